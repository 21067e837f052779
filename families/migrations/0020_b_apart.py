import importlib

from django.db import migrations

# What somebody shared with the other adults of a family is theirs again once they have left it.
BEFORE = importlib.import_module("families.migrations.0020_plan")
AT_HOME = "member_id = any(array(select families_adults_at_home()))"
OURS = f"{BEFORE.MINE} or is_ours and {AT_HOME}"
OUR_NUMBERS = f"""
    {BEFORE.MINE} or {AT_HOME}
    and (support_id, member_id) in (select support_id, member_id from families_scores_shown('family_sees'))
"""
CONDITIONS = {
    "families_need": (OURS, BEFORE.OURS),
    "families_goal": (OURS, BEFORE.OURS),
    "families_planaction": (OURS, BEFORE.OURS),
    "families_ownwords": (OURS, BEFORE.OURS),
    "families_score": (OUR_NUMBERS, BEFORE.OUR_NUMBERS),
    "families_goalrating": (OUR_NUMBERS, BEFORE.OUR_NUMBERS),
}
AT_HOME_NOW = """
create function families_adults_at_home() returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select m.id from families_familymember m
    where m.family_id = (select families_page_family_id()) and m.left_on is null and m.role not in ('child', 'unborn')
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("families", "0021_reviews"),
    ]

    operations = [
        migrations.RunSQL(AT_HOME_NOW, "drop function families_adults_at_home()"),
        *[
            migrations.RunSQL(
                f"alter policy {table}_family on {table} using ({now})",
                f"alter policy {table}_family on {table} using ({then})",
            )
            for table, (now, then) in CONDITIONS.items()
        ],
    ]
