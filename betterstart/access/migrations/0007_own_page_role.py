from django.db import migrations

# What every page needs beside what is the family's: the name of whoever visits, services, and to leave a trace.
GRANTS = """
grant usage on schema public to app_family;
grant select on access_service, access_organisation to app_family;
grant select (id, display_name) on access_user to app_family;
grant insert on audit_auditevent to app_family;
grant select, insert, update on pghistory_context to app_family;
"""
UNDO = """
revoke all on access_service, access_organisation, access_user, audit_auditevent, pghistory_context from app_family;
revoke usage on schema public from app_family;
"""
ADULT = """
create function access_adult_id() returns bigint language sql stable as
    $$ select nullif(current_setting('app.adult_id', true), '')::bigint $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_public_referrals"),
        ("audit", "0003_find_by_day_and_family"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.RunSQL(GRANTS, UNDO),
        migrations.RunSQL(ADULT, "drop function access_adult_id()"),
    ]
