from django.db import migrations

# Who opened the record, day by day, as its own page may say it: name, role, and whether they gave a reason because
# they do not usually work with the family. Where there is or was another adult: only people of organisations that this
# adult knows to be with them, for another adult may be with a service alone.
WHO_LOOKED = """
create function families_page_readers(most int)
returns table (looked_on date, reader_name text, reader_role text, gave_reason boolean)
language sql stable security definer set search_path = public, pg_temp as $$
    select (r.happened_at at time zone 'Europe/London')::date, max(r.reader_name), max(r.reader_role),
           bool_or(r.reason <> '')
    from audit_familyread r
    where r.family_id = families_page_family_id() and (
        families_page_is_alone()
        or r.reader_id in (
            select m.user_id from access_membership m
            where m.organisation_id in (
                select v.organisation_id from families_support s join access_service v on v.id = s.service_id
                where s.id in (select families_page_support_ids())
            )
        )
    )
    group by 1, r.reader_id
    order by 1 desc, 2
    limit most
$$;
"""

# What an adult does on their page leaves a trace like everything else; it names no user, for they are none.
TRACE = """
create policy audit_auditevent_family on audit_auditevent for insert to app_family with check (actor_id is null);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("families", "0020_b_apart"),
        ("audit", "0003_find_by_day_and_family"),
    ]

    operations = [
        migrations.RunSQL(WHO_LOOKED, "drop function families_page_readers(int);"),
        migrations.RunSQL(TRACE, "drop policy audit_auditevent_family on audit_auditevent;"),
    ]
