"""What somebody answered, here and in the other organisation, and the addresses made from it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from families.models import DataChoice, SupportAgreement
from tests import factories

Args = Callable[[SimpleNamespace], dict[str, Any]]


def add_answers(cast: SimpleNamespace) -> None:
    for family, by in ((cast.family, cast.coordinator), (cast.far_family, cast.other_coordinator)):
        factories.permission(
            family.members.filter(is_main_carer=True).earliest("pk"), family.organisation, by, named="Library"
        )


def add_answers_of_both(cast: SimpleNamespace) -> None:
    """What was said to either organisation, also about a family that the other is with too."""
    shared = factories.support(factories.family(cast.far, "Fay"), cast.home).family
    for family, organisation, by in (
        (cast.family, cast.here, cast.coordinator),
        (cast.other_family, cast.here, cast.coordinator),  # opened by the safeguarding lead
        (shared, cast.here, cast.coordinator),
        (shared, cast.elsewhere, cast.other_coordinator),
    ):
        member = family.members.get(role="parent")
        said = {"family": family, "organisation": organisation, "member": member, "asked_by": by}
        said |= {"answer": "refused", "how": "spoken"}
        SupportAgreement.objects.create(support=family.supports.first(), **said)
        DataChoice.objects.create(purpose="photos", **said)
        factories.permission(member, organisation, by, named="Library")
        factories.disclosure(family, by, organisation=organisation)


def _of(family: str, **more: Any) -> Args:
    def args(cast: SimpleNamespace) -> dict[str, Any]:
        row = getattr(cast, family)
        found = {name: make(row) for name, make in more.items()}
        return {"reference": row.reference} | found

    return args


def _adult(family: Any) -> Any:
    return family.members.filter(is_main_carer=True).earliest("pk").uuid


def _support(family: Any) -> int:
    return family.supports.get(state="active").pk


def agreement(family: str) -> Args:
    return _of(family, uuid=_adult, pk=_support)


def permission(family: str) -> Args:
    return _of(family, uuid=_adult, pk=lambda row: row.organisation_id)


def choice(family: str) -> Args:
    return _of(family, uuid=_adult, pk=lambda row: row.organisation_id, purpose=lambda row: "photos")


def answer(family: str) -> Args:
    def said(row: Any) -> Any:
        return factories.SharingPermission.objects.get(family=row, named="Library").uuid

    return _of(family, kind=lambda row: "permission", uuid=said)


def asked(cast: SimpleNamespace) -> dict[str, Any]:
    return {"organisation_id": cast.here.pk, "about": "photos", "language": "ur"}


def far_asked(cast: SimpleNamespace) -> dict[str, Any]:
    return {"organisation_id": cast.elsewhere.pk, "about": "photos", "language": "ur"}


def _pages() -> list[tuple[str, Args, Args]]:
    """The pages of one family, for those who coordinate it."""
    made: dict[str, Callable[[str], Args]] = {
        "answers": _of,
        "disclosures": _of,
        "disclosure-add": _of,
        "agreement-ask": agreement,
        "choice-ask": choice,
        "share-ask": permission,
        "answer-take-back": answer,
    }
    return [(f"families:{name}", args("family"), args("far_family")) for name, args in made.items()]


PAGES = _pages()
