from django.db import migrations

# Who reads their own page: an adult who is part of the family now. Nobody who left its household, and no row that
# stayed behind in a record that was joined with another.
FUNCTIONS = """
create function families_page_adult_id() returns bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select m.id from families_familymember m
    where m.id = access_adult_id() and m.left_on is null and m.role not in ('child', 'unborn')
      and not exists (select from families_familymerge j where j.merged_id = m.family_id and j.undone_at is null)
$$;

create function families_page_family_id() returns bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select family_id from families_familymember where id = families_page_adult_id()
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("families", "0019_contact_changes"),
        ("access", "0007_own_page_role"),
    ]

    operations = [
        migrations.RunSQL(
            FUNCTIONS, "drop function families_page_family_id(); drop function families_page_adult_id();"
        ),
    ]
