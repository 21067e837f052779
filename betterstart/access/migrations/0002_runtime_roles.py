from django.db import migrations

# The roles themselves are made once per cluster (docs/decisions.md): they are not this database's to create.
GRANTS = """
grant usage on schema public to app_rw, app_scoped, app_all;
grant select, insert, update, delete on all tables in schema public to app_rw, app_scoped, app_all;
grant usage on all sequences in schema public to app_rw, app_scoped, app_all;
alter default privileges in schema public
    grant select, insert, update, delete on tables to app_rw, app_scoped, app_all;
alter default privileges in schema public grant usage on sequences to app_rw, app_scoped, app_all;
"""

FUNCTIONS = """
create function access_user_id() returns bigint language sql stable as
    $$ select nullif(current_setting('app.user_id', true), '')::bigint $$;

create function access_services_held(held_role text) returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select s.id
    from access_membership m
    join access_user u on u.id = m.user_id and u.is_active
    join access_service s on s.id = m.service_id or (m.service_id is null and s.organisation_id = m.organisation_id)
    where m.user_id = access_user_id() and m.role = held_role
      and m.starts_at <= statement_timestamp() and (m.ends_at is null or m.ends_at > statement_timestamp())
$$;

create function access_colleagues_administered() returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select other.user_id
    from access_membership m
    join access_user u on u.id = m.user_id and u.is_active
    join access_membership other on other.organisation_id = m.organisation_id
    where m.user_id = access_user_id() and m.role = 'administrator'
      and m.starts_at <= statement_timestamp() and (m.ends_at is null or m.ends_at > statement_timestamp())
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("sessions", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL(
            FUNCTIONS,
            "drop function access_colleagues_administered(); drop function access_services_held(text);"
            " drop function access_user_id();",
        ),
    ]
