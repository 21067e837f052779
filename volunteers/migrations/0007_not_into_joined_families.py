from django.db import migrations

from betterstart.access.row_security import VISIBLE_FAMILIES, watch_added

# The moves of a match keep the family they were made in, and are read with the one its record is part of now.
MATCH_MOVES = """
alter policy transitions_transition_matches on transitions_transition using (
    family_id = {families} and machine = 'match'
    and exists (select from volunteers_match m where m.id = subject_id)
)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0006_each_organisation_its_own"),
        ("families", "0016_merges"),
    ]

    operations = [
        *[
            watch_added(table, "families_not_into_joined")
            for table in ("volunteers_match", "volunteers_checkin", "volunteers_checkinnote")
        ],
        migrations.RunSQL(
            MATCH_MOVES.format(families="any(array(select families_told_ids()))"),
            MATCH_MOVES.format(families=VISIBLE_FAMILIES),
        ),
    ]
