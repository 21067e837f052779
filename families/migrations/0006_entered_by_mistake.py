from django.conf import settings
from django.db import migrations, models

STATES = [
    ("planned", "Planned"),
    ("delivered", "Happened"),
    ("not_delivered", "Did not happen"),
    ("moved", "Moved to another time"),
    ("checked_in", "Check-in received"),
    ("seen", "Check-in read"),
    ("withdrawn", "Entered by mistake"),
]
STATE = models.CharField(choices=STATES, default="planned", max_length=20, verbose_name="state")

# As in 0005, but a visit that was entered by mistake was no contact.
NOTE_CONTACT = """
create or replace function families_note_contact() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update families_support s set last_contact_at = latest.at
    from (
        select c.support_id, (
            select max(v.actual_start) from families_visit v where v.support_id = c.support_id{standing}
        ) as at
        from (select distinct support_id from changed) c
    ) latest
    where s.id = latest.support_id and s.last_contact_at is distinct from latest.at;
    return null;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("families", "0005_last_contact"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="visit", name="visit_state_known"),
        migrations.RemoveConstraint(model_name="visit", name="visit_not_happened_has_plan"),
        migrations.AlterField(model_name="visit", name="state", field=STATE),
        migrations.AlterField(model_name="visitevent", name="state", field=STATE),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(state__in=[state for state, _words in STATES]), name="visit_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(state__in=("delivered", "checked_in", "seen"))
                | models.Q(planned_start__isnull=False, actual_start=None, duration_minutes=None)
                | models.Q(state="withdrawn", actual_start__isnull=False, duration_minutes__isnull=False),
                name="visit_not_happened_has_plan",
            ),
        ),
        migrations.RunSQL(
            NOTE_CONTACT.format(standing=" and v.state <> 'withdrawn'"), NOTE_CONTACT.format(standing="")
        ),
    ]
