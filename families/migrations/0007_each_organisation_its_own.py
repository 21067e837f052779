from django.db import migrations

from betterstart.access.row_security import (
    ME,
    RESPONSIBLE_FAMILIES,
    RESPONSIBLE_SUPPORTS,
    VISIBLE_FAMILIES,
    VISIBLE_SUPPORTS,
    change_policy,
)

# What one organisation does with a family is not another's to read. These functions say in the database what
# `Support.objects.visible_to` and `responsible_to` say in Python; a test holds the two together.
FUNCTIONS = """
create function families_services_around(held_roles text[]) returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select s.id
    from access_membership m
    join access_user u on u.id = m.user_id and u.is_active
    join access_service s on s.organisation_id = m.organisation_id
    where m.user_id = access_user_id() and m.role = any(held_roles)
      and m.starts_at <= statement_timestamp() and (m.ends_at is null or m.ends_at > statement_timestamp())
$$;

create function families_beside_support_ids() returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select s.id from families_support s
    where s.service_id = any(array(
        select families_services_around('{coordinator}') except select access_services_held('coordinator')
    ))
      and s.family_id in (
        select family_id from families_support
        where service_id = any(array(select access_services_held('coordinator')))
    )
    union
    select s.id
    from families_breakglass b
    join access_user u on u.id = b.user_id and u.is_active
    join families_support s on s.family_id = b.family_id
    where b.user_id = access_user_id() and b.closed_at is null and b.expires_at > statement_timestamp()
      and s.service_id = any(array(select families_services_around('{manager,safeguarding_lead}')))
$$;

create function families_together_support_ids() returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select a.support_id from families_assignment a
    join access_user u on u.id = a.worker_id and u.is_active
    where a.worker_id = access_user_id()
      and a.starts_on <= (now() at time zone 'Europe/London')::date
      and (a.ends_on is null or a.ends_on > (now() at time zone 'Europe/London')::date)
$$;

create function families_responsible_support_ids() returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select id from families_support
    where service_id = any(array(select access_services_held('coordinator')))
    union
    select families_beside_support_ids()
$$;

create function families_visible_support_ids() returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select families_together_support_ids()
    union
    select families_responsible_support_ids()
$$;

create function families_openers_around() returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select other.user_id
    from access_membership m
    join access_user u on u.id = m.user_id and u.is_active
    join access_membership other on other.organisation_id = m.organisation_id
    where m.user_id = access_user_id() and m.role in ('coordinator', 'manager', 'safeguarding_lead')
      and m.starts_at <= statement_timestamp() and (m.ends_at is null or m.ends_at > statement_timestamp())
      and other.role in ('manager', 'safeguarding_lead')
$$;
"""
FORGET = """
drop function families_openers_around();
drop function families_visible_support_ids();
drop function families_responsible_support_ids();
drop function families_together_support_ids();
drop function families_beside_support_ids();
drop function families_services_around(text[]);
"""

OF_THE_FAMILY = f"family_id = {VISIBLE_FAMILIES}"
# By the service first: a support just added is not yet among those a function of the same statement finds.
SUPPORTS = """
    service_id = any(array(select access_services_held('coordinator')))
    or id = any(array(select families_beside_support_ids()))
    or id = any(array(select families_together_support_ids()))
"""
UNDER_A_SUPPORT = f"support_id = {VISIBLE_SUPPORTS}"
VISITS = f"support_id = {VISIBLE_SUPPORTS} and (worker_id = {ME} or support_id in {RESPONSIBLE_SUPPORTS})"
VISITS_BEFORE = f"family_id = {VISIBLE_FAMILIES} and (worker_id = {ME} or family_id = {RESPONSIBLE_FAMILIES})"
PRESENCES = f"family_id = {VISIBLE_FAMILIES} and exists (select from families_visit v where v.id = visit_id)"
MOVES = f"""
    family_id = {VISIBLE_FAMILIES} and case machine
        when 'support' then subject_id in (select families_visible_support_ids())
        when 'visit' then exists (select from families_visit v where v.id = subject_id)
    end
"""
OPENINGS = f"""
    user_id = {ME}
    or (family_id = {RESPONSIBLE_FAMILIES} and user_id = any(array(select families_openers_around())))
"""
OPENINGS_BEFORE = f"user_id = {ME} or family_id = {RESPONSIBLE_FAMILIES}"


class Migration(migrations.Migration):
    dependencies = [
        ("families", "0006_entered_by_mistake"),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, FORGET),
        change_policy("families_support", SUPPORTS, OF_THE_FAMILY),
        change_policy("families_supportevent", f"pgh_obj_id = {VISIBLE_SUPPORTS}", OF_THE_FAMILY),
        change_policy("families_assignment", UNDER_A_SUPPORT, OF_THE_FAMILY),
        change_policy("families_assignmentevent", UNDER_A_SUPPORT, OF_THE_FAMILY),
        change_policy("families_visit", VISITS, VISITS_BEFORE),
        change_policy("families_visitevent", VISITS, VISITS_BEFORE),
        change_policy("families_visitpresence", PRESENCES, OF_THE_FAMILY),
        change_policy("transitions_transition", MOVES, OF_THE_FAMILY),
        change_policy("families_breakglass", OPENINGS, OPENINGS_BEFORE),
    ]
