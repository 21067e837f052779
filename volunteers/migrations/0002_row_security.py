from django.db import migrations

from betterstart.access.row_security import ME, RESPONSIBLE_FAMILIES, VISIBLE_FAMILIES, protect, protect_log

OWN_CHECK_INS = f"family_id = {VISIBLE_FAMILIES} and (author_id = {ME} or family_id = {RESPONSIBLE_FAMILIES})"
OWN_MATCHES = f"""
    family_id = {VISIBLE_FAMILIES} and (
        volunteer_id = (select id from volunteers_volunteer where user_id = {ME}) or family_id = {RESPONSIBLE_FAMILIES}
    )
"""


class Migration(migrations.Migration):
    dependencies = [("volunteers", "0001_initial"), ("families", "0002_row_security")]

    operations = [
        protect("volunteers_match", OWN_MATCHES),
        protect_log("volunteers_matchevent", OWN_MATCHES),
        protect("volunteers_checkin", OWN_CHECK_INS),
        protect_log("volunteers_checkinevent", OWN_CHECK_INS),
        protect("volunteers_checkinnote", "check_in_id in (select id from volunteers_checkin)"),
    ]
