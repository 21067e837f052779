"""Receipts are for whoever decides, a talk one led only while one works there, a family's thanks for who answers."""

from django.db import migrations

from betterstart.access.row_security import ME, RESPONSIBLE_FAMILIES, change_policy

# A talk is seen by its columns, so that it is seen the moment it is added; its parts cannot ask it without asking back.
FUNCTIONS = """
create function volunteers_led_ids() returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select s.id from volunteers_supervision s
    where s.supervisor_id = access_user_id()
      and s.organisation_id in (select families_organisations_held('{coordinator,manager}'))
$$;
"""
LED = f"supervisor_id = {ME} and supervision_id in (select volunteers_led_ids())"
LED_BEFORE = f"supervisor_id = {ME}"
TALK_LED = (
    f"supervisor_id = {ME} and organisation_id in (select families_organisations_held('{{coordinator,manager}}'))"
)


def shared(led: str) -> str:
    return f"person_id = {ME} or {led} or volunteer_id in (select volunteers_kept_ids())"


def parts(led: str) -> str:
    return f"{shared(led)} or volunteer_id in (select volunteers_overseen_ids())"


def talks(talk_led: str) -> str:
    return f"{talk_led} or id in (select supervision_id from volunteers_supervisionpart)"


def of_shared(led: str, talk_led: str) -> str:
    return f"""
    supervision_id in (
        select id from volunteers_supervision where {talk_led}
        union select supervision_id from volunteers_supervisionpart where {shared(led)}
    )
    """


def notes(led: str, talk_led: str) -> str:
    return f"""
    {of_shared(led, talk_led)} and (match_id is null or match_id in (select id from volunteers_match))
    and (part_id is null or part_id in (select id from volunteers_supervisionpart where {shared(led)}))
    """


RECEIPTS = """
    exists (
        select from volunteers_expenseline l join volunteers_expenseclaim c on c.id = l.claim_id
        where l.id = line_id and (
            c.volunteer_id = (select volunteers_own_id())
            or c.state <> 'draft' and (
                c.volunteer_id in (select volunteers_kept_ids())
                or c.organisation_id in (select families_organisations_held('{manager}'))
            )
        )
    )
"""
RECEIPTS_BEFORE = "exists (select from volunteers_expenseline l where l.id = line_id)"
THANKS = f"""
    volunteer_id = (select volunteers_own_id()) or given_by_id = {ME}
    or volunteer_id in (select volunteers_kept_ids()) and (family_id is null or family_id = {RESPONSIBLE_FAMILIES})
"""
THANKS_BEFORE = f"""
    volunteer_id = (select volunteers_own_id()) or given_by_id = {ME}
    or volunteer_id in (select volunteers_kept_ids())
"""
CHANGES = [
    ("supervisionpart", parts(LED), parts(LED_BEFORE)),
    ("supervision", talks(TALK_LED), talks(LED_BEFORE)),
    ("supervisionnote", notes(LED, TALK_LED), notes(LED_BEFORE, LED_BEFORE)),
    ("supervisionaction", of_shared(LED, TALK_LED), of_shared(LED_BEFORE, LED_BEFORE)),
    ("thanks", THANKS, THANKS_BEFORE),
]


class Migration(migrations.Migration):
    dependencies = [("volunteers", "0010_pipeline")]

    operations = [
        migrations.RunSQL(FUNCTIONS, "drop function volunteers_led_ids()"),
        *(
            change_policy(f"volunteers_{table}{log}", after, before)
            for table, after, before in CHANGES
            for log in ("", "event")
        ),
        change_policy("volunteers_receipt", RECEIPTS, RECEIPTS_BEFORE),
    ]
