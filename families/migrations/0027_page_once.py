from django.db import migrations

# What an adult may know about, as in 0025 and 0026, but whose page it is is asked once for each statement and not for
# each row: with many rows, and no statistics of them yet, that was the difference between milliseconds and minutes.
ONCE = """
create or replace function families_page_is_alone() returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select families_page_adult_id() is not null and not exists (
        select from families_familymember m
        where m.family_id = (select families_page_family_id()) and m.id <> (select families_page_adult_id())
          and m.role not in ('child', 'unborn')
    )
$$;

create or replace function families_page_support_ids() returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select s.id from families_support s
    where s.family_id = (select families_page_family_id()) and (
        (select families_page_is_alone())
        or s.id in (select p.support_id from families_ownpage p where p.adult_id = (select families_page_adult_id()))
        or s.id in (
            select v.support_id from families_visitpresence w join families_visit v on v.id = w.visit_id
            where w.member_id = (select families_page_adult_id()) and v.state in ('delivered', 'checked_in', 'seen')
        )
    )
$$;

create or replace function families_page_visit_ids() returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select v.id from families_visit v
    where v.family_id = (select families_page_family_id()) and (
        ((select families_page_is_alone()) and v.state in ('planned', 'delivered', 'checked_in', 'seen'))
        or (v.state in ('delivered', 'checked_in', 'seen') and v.id in (
            select w.visit_id from families_visitpresence w where w.member_id = (select families_page_adult_id())
        ))
    )
$$;

create or replace function families_page_reply_supports() returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select id from families_support where family_id = (select families_page_family_id())
$$;

create or replace function families_page_readers(most int)
returns table (looked_on date, reader_name text, reader_role text, gave_reason boolean)
language sql stable security definer set search_path = public, pg_temp as $$
    select (r.happened_at at time zone 'Europe/London')::date, max(r.reader_name), max(r.reader_role),
           bool_or(r.reason <> '')
    from audit_familyread r
    where r.family_id = (select families_page_family_id()) and (
        (select families_page_is_alone())
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


class Migration(migrations.Migration):
    dependencies = [
        ("families", "0024_b_posted_letters"),
    ]

    operations = [migrations.RunSQL(ONCE, migrations.RunSQL.noop)]
