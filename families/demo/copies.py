"""A large partnership for load tests: the small one repeated inside the database, with other names and references.

Every copy is a further pair of organisations with its own services, people, families and visits, so that each
worker's own work stays as small as in life. Ids are shifted by a fixed stride per table and copy, which makes every
foreign key a sum; unique codes are made from the shifted id by a permutation, so that no two copies collide.
"""

from __future__ import annotations

from math import ceil

from django.apps import apps
from django.db import connection, models

from families.models import Family, FamilyMember
from families.models.family import REFERENCE_LENGTH, REFERENCE_LETTERS, fold

# Parents before children; what is not listed (sessions, history, audit) does not belong to a copy.
TABLES = [
    "access.Organisation", "access.Service", "access.User", "access.Membership", "account.EmailAddress",
    "families.Cover",
    "families.Family", "families.FamilyMember", "families.SharedCare", "families.Relationship",
    "families.OtherAgency", "families.HouseholdFlag", "families.Personal", "families.NhsNumber",
    "families.StatutoryStatus", "families.Address", "families.ContactMethod", "families.KeptApart", "families.Support",
    "families.Assignment", "families.Visit", "families.VisitPresence",
    "families.GroupSeries", "families.GroupFacilitator", "families.GroupSession", "families.GroupBooking",
    "families.BookingPerson", "families.GroupAttendance",
    "families.Referral", "families.ReferralQuestion", "families.ReferralTry", "families.Transfer",
    "families.TransferQuestion", "families.ContactChange", "families.LeadContact", "transitions.Transition",
    "families.EndingStep", "families.PostedLetter", "families.TurnTo", "families.FollowUp", "families.HandoverLine",
    "families.Wording", "families.PurposeBasis", "families.SupportAgreement", "families.DataChoice",
    "families.SharingPermission", "families.Disclosure",
    "families.Signpost", "families.NeedItem", "families.OwnWords", "families.Need", "families.Score",
    "families.Goal", "families.GoalRating", "families.PlanAction", "families.PlanChoice", "families.VisitNeeds",
    "families.Circle", "families.CircleTie", "families.CircleLink",
    "families.FamilyReply",
    "families.Review", "families.ReviewPart", "families.HowItGoes",
    "volunteers.Volunteer", "volunteers.Reference", "volunteers.ReferenceWords", "volunteers.DbsCheck",
    "volunteers.Course", "volunteers.CourseRun", "volunteers.CourseSession", "volunteers.CoursePlace",
    "volunteers.Attendance", "volunteers.AgreementWording", "volunteers.AgreementSigned",
    "volunteers.Match", "volunteers.CheckIn", "volunteers.CheckInNote", "volunteers.MatchView",
    "volunteers.VolunteerProfile", "volunteers.NeverWith", "volunteers.MatchDecision", "volunteers.LookedAgain",
    "volunteers.Application", "volunteers.Interview", "volunteers.Break", "volunteers.Suspension", "volunteers.Leaving",
    "volunteers.VolunteerOffer", "volunteers.FamilyOffer", "volunteers.MatchFeedback",
    "volunteers.PayRun", "volunteers.ExpenseClaim", "volunteers.ExpenseLine", "volunteers.ClaimQuestion",
    "volunteers.MilesElsewhere", "volunteers.Thanks",
]  # fmt: skip
COPIES_AT_ONCE = 40
_CODES = len(REFERENCE_LETTERS) ** REFERENCE_LENGTH
_STEP = 7_368_787  # a prime that does not divide the number of codes: multiplying by it is a permutation


def copy_partnership(families: int, base: int) -> None:
    """Repeat the partnership of `base` families until there are at least `families`. Run as the owner.

    Row history is not written for the copies: it would double them without telling anything.
    """
    listed = [apps.get_model(label) for label in TABLES]
    copies = ceil(families / base) - 1
    strides = {model: _one(f"select coalesce(max(id), 0) + 1 from {model._meta.db_table}") for model in listed}
    _prepare_names()
    with connection.cursor() as cursor:
        for model in listed:
            _copy_table(cursor, model, strides, copies)
        for model in listed:
            table = model._meta.db_table
            cursor.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))")
            cursor.execute(f"alter table {table} enable trigger user")
        cursor.execute("drop table demo_name")


def _copy_table(cursor, model: type[models.Model], strides: dict[type[models.Model], int], copies: int) -> None:  # type: ignore[no-untyped-def]
    table = model._meta.db_table
    columns = [field for field in model._meta.concrete_fields if not field.generated]
    names = ", ".join(f'"{field.column}"' for field in columns)
    values = ", ".join(_value(model, field, strides) for field in columns)
    cursor.execute(f"alter table {table} disable trigger user")
    for first in range(1, copies + 1, COPIES_AT_ONCE):
        last = min(first + COPIES_AT_ONCE - 1, copies)
        cursor.execute(
            f"insert into {table} ({names}) select {values} from {table} t, generate_series(%s, %s) k"
            f" where t.id < {strides[model]}",
            [first, last],
        )
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


def _value(model: type[models.Model], field: models.Field, strides: dict[type[models.Model], int]) -> str:
    """The SQL for one column of a copy; `t` is the original row and `k` the number of the copy."""
    column = f't."{field.column}"'
    new_family = f"(t.{'id' if model is Family else 'family_id'} + k * {strides[Family]})" if _of_family(model) else ""
    special = {
        ("access.Organisation", "name"): "t.name || ' ' || k",
        ("access.User", "email"): "'copy' || k || '.' || t.email",
        ("account.EmailAddress", "email"): "'copy' || k || '.' || t.email",
        ("families.Family", "reference"): _code(new_family),
        ("families.Family", "name"): _name(new_family, "name"),
        ("families.Family", "search_text"): f"{_name(new_family, 'folded')} || ' ' || lower({_code(new_family)})",
        ("families.Referral", "reference"): _code(f"(t.id + k * {strides[model]})"),
        ("families.FamilyMember", "display_name"): f"case when t.is_main_carer then {_name(new_family, 'name')}"
        " else t.display_name end",
    }.get((model._meta.label, field.column))
    if special:
        return special
    if field.column == "subject_id":  # of a transition
        moved = {"support": "Support", "referral": "Referral", "transfer": "Transfer", "booking": "GroupBooking"}
        moved |= {"contact_change": "ContactChange", "lead": "LeadContact", "goal": "Goal", "reply": "FamilyReply"}
        moved |= {"review": "Review", "kept_apart": "KeptApart"}
        labels = {machine: f"families.{name}" for machine, name in moved.items()}
        labels |= {"volunteer": "volunteers.Volunteer", "match": "volunteers.Match"}
        labels |= {"expense_claim": "volunteers.ExpenseClaim"}
        cases = (f"when '{machine}' then {strides[apps.get_model(label)]}" for machine, label in labels.items())
        return f"{column} + k * case t.machine {' '.join(cases)} end"
    if field.column == "family_id" and not field.is_relation:
        return f"{column} + k * {strides[Family]}"
    if isinstance(field, models.UUIDField):
        return f"md5({column}::text || k)::uuid"
    if field.primary_key:
        return f"{column} + k * {strides[model]}"
    if field.is_relation and field.related_model in strides:
        return f"{column} + k * {strides[field.related_model]}"
    return column


def _of_family(model: type[models.Model]) -> bool:
    return model is Family or any(field.column == "family_id" for field in model._meta.concrete_fields)


def _prepare_names() -> None:
    """The names of the small partnership's main carers, with their folded form, numbered from nought."""
    names = sorted(set(FamilyMember.objects.filter(is_main_carer=True).values_list("display_name", flat=True)))
    with connection.cursor() as cursor:
        cursor.execute("create temporary table demo_name (number int primary key, name text, folded text)")
        cursor.executemany(
            "insert into demo_name values (%s, %s, %s)",
            [(number, name, fold(name)) for number, name in enumerate(names)],
        )


def _name(family_id: str, column: str) -> str:
    return (
        f"(select d.{column} from demo_name d"
        f" where d.number = ({family_id} * 7919) %% (select count(*) from demo_name))"
    )


def _code(family_id: str) -> str:
    """A reference: the id through a permutation of all codes, written with our letters."""
    base = len(REFERENCE_LETTERS)
    number = f"(({family_id} * {_STEP}) %% {_CODES})"
    letters = [
        f"substr('{REFERENCE_LETTERS}', 1 + ({number} / {base**place} %% {base})::int, 1)"
        for place in range(REFERENCE_LENGTH)
    ]
    return f"({' || '.join(letters)})"


def _one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
