from django.db import migrations

from betterstart.access.row_security import ME, protect, protect_log

# As `CallRequest.objects.visible_to` says: one's own, and those of the organisations whose services one coordinates.
CALLS = f"""
    volunteer_id = any(array(
        select v.id from volunteers_volunteer v
        where v.user_id = {ME} or v.organisation_id = any(array(
            select s.organisation_id from access_service s
            where s.id = any(array(select access_services_held('coordinator')))
        ))
    ))
"""


class Migration(migrations.Migration):
    dependencies = [("volunteers", "0004_calls_and_replies")]

    operations = [
        protect("volunteers_callrequest", CALLS),
        protect_log("volunteers_callrequestevent", CALLS),
    ]
