from django.db import migrations

from betterstart.access.row_security import ME, RESPONSIBLE_FAMILIES, VISIBLE_FAMILIES, protect, protect_log

# The one place in the database that says which families a person may see. `Family.objects.visible_to` says the same
# in Python; a test holds the two together.
FUNCTIONS = """
create function families_responsible_ids() returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select family_id from families_support
    where service_id = any(array(select access_services_held('coordinator')))
    union
    select b.family_id from families_breakglass b
    join access_user u on u.id = b.user_id and u.is_active
    where b.user_id = access_user_id() and b.closed_at is null and b.expires_at > statement_timestamp()
$$;

create function families_visible_ids() returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select a.family_id from families_assignment a
    join access_user u on u.id = a.worker_id and u.is_active
    where a.worker_id = access_user_id()
      and a.starts_on <= (now() at time zone 'Europe/London')::date
      and (a.ends_on is null or a.ends_on > (now() at time zone 'Europe/London')::date)
    union
    select families_responsible_ids()
$$;
"""

FAMILY_OWNED = [
    "families_familymember",
    "families_address",
    "families_contactmethod",
    "families_support",
    "families_assignment",
    "families_visitpresence",
]
HISTORIES = [
    "families_familymemberevent",
    "families_addressevent",
    "families_contactmethodevent",
    "families_supportevent",
    "families_assignmentevent",
]
OWN_VISITS = f"family_id = {VISIBLE_FAMILIES} and (worker_id = {ME} or family_id = {RESPONSIBLE_FAMILIES})"


class Migration(migrations.Migration):
    dependencies = [
        ("families", "0001_initial"),
        ("access", "0002_runtime_roles"),
        ("transitions", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, "drop function families_visible_ids(); drop function families_responsible_ids();"),
        protect("families_family", f"id = {VISIBLE_FAMILIES}"),
        protect_log("families_familyevent", f"id = {VISIBLE_FAMILIES}"),
        *[protect(table, f"family_id = {VISIBLE_FAMILIES}") for table in FAMILY_OWNED],
        *[protect_log(table, f"family_id = {VISIBLE_FAMILIES}") for table in HISTORIES],
        protect("families_visit", OWN_VISITS),
        protect_log("families_visitevent", OWN_VISITS),
        protect("families_breakglass", f"user_id = {ME} or family_id = {RESPONSIBLE_FAMILIES}"),
        protect("families_draft", f"user_id = {ME} and family_id = {VISIBLE_FAMILIES}"),
        protect_log("transitions_transition", f"family_id = {VISIBLE_FAMILIES}"),
        migrations.RunSQL(
            "create index family_search on families_family using gin (search_text gin_trgm_ops)",
            "drop index family_search",
        ),
    ]
