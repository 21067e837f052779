from django.db import migrations

from betterstart.access.row_security import ME, protect_log

GUARD = """
create function audit_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger audit_event_append_only before update or delete on audit_auditevent
    for each row execute function audit_refuse_change();
create trigger audit_event_no_truncate before truncate on audit_auditevent
    for each statement execute function audit_refuse_change();
create trigger family_read_append_only before update or delete on audit_familyread
    for each row execute function audit_refuse_change();
create trigger family_read_no_truncate before truncate on audit_familyread
    for each statement execute function audit_refuse_change();
"""
UNGUARD = """
drop trigger audit_event_append_only on audit_auditevent;
drop trigger audit_event_no_truncate on audit_auditevent;
drop trigger family_read_append_only on audit_familyread;
drop trigger family_read_no_truncate on audit_familyread;
drop function audit_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("access", "0002_runtime_roles")]

    operations = [
        migrations.RunSQL(GUARD, UNGUARD),
        protect_log(
            "audit_auditevent",
            f"actor_id = {ME} or actor_id = any(array(select access_colleagues_administered()))",
        ),
        protect_log(
            "audit_familyread",
            f"reader_id = {ME} or reader_id = any(array(select access_colleagues_administered()))",
        ),
    ]
