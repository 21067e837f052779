from django.db import migrations

from betterstart.access.row_security import ME, protect


class Migration(migrations.Migration):
    dependencies = [("reminders", "0001_initial"), ("access", "0002_runtime_roles")]

    operations = [protect("reminders_message", f"created_by_id = {ME}")]
