"""One row of everything that has a page, here and in the other organisation, and the addresses made from them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


def prompt(cast: SimpleNamespace) -> dict[str, Any]:
    return {"prompt_id": cast.prompt.pk}


def invitation(cast: SimpleNamespace) -> dict[str, Any]:
    return {"invitation_id": cast.invitation.pk}


def far_invitation(cast: SimpleNamespace) -> dict[str, Any]:
    return {"invitation_id": cast.far_invitation.pk}


def token(cast: SimpleNamespace) -> dict[str, Any]:
    return {"token": "here"}


def person(cast: SimpleNamespace) -> dict[str, Any]:
    return {"person_id": cast.volunteer.pk}


def far_person(cast: SimpleNamespace) -> dict[str, Any]:
    return {"person_id": cast.other_coordinator.pk}


def membership(cast: SimpleNamespace) -> dict[str, Any]:
    return {"person_id": cast.volunteer.pk, "membership_id": cast.volunteer.memberships.get().pk}


def far_membership(cast: SimpleNamespace) -> dict[str, Any]:
    return {"person_id": cast.other_coordinator.pk, "membership_id": cast.other_coordinator.memberships.get().pk}


def link(cast: SimpleNamespace) -> dict[str, Any]:
    return {"token": cast.link.split("/")[2]}


def service(cast: SimpleNamespace) -> dict[str, Any]:
    return {"service_id": cast.home.pk}


def far_service(cast: SimpleNamespace) -> dict[str, Any]:
    return {"service_id": cast.far.pk}


def organisation(cast: SimpleNamespace) -> dict[str, Any]:
    return {"organisation_id": cast.here.pk}


def far_organisation(cast: SimpleNamespace) -> dict[str, Any]:
    return {"organisation_id": cast.elsewhere.pk}


def day(cast: SimpleNamespace) -> dict[str, Any]:
    return {"day": "2026-08-04"}


def visit(cast: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": cast.visit.uuid}


def far_visit(cast: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": cast.far_visit.uuid}


def family(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.family.reference}


def pair(cast: SimpleNamespace) -> dict[str, Any]:
    return family(cast) | {"other": cast.other_family.reference}


def far_pair(cast: SimpleNamespace) -> dict[str, Any]:
    return far_family(cast) | {"other": cast.other_family.reference}


def joined(cast: SimpleNamespace) -> dict[str, Any]:
    return family(cast) | {"pk": cast.joined.pk}


def far_joined(cast: SimpleNamespace) -> dict[str, Any]:
    return far_family(cast) | {"pk": cast.far_joined.pk}


def far_family(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.far_family.reference}


def member(cast: SimpleNamespace) -> dict[str, Any]:
    return family(cast) | {"uuid": cast.unborn.uuid}


def far_member(cast: SimpleNamespace) -> dict[str, Any]:
    return far_family(cast) | {"uuid": cast.far_unborn.uuid}


def relationship(cast: SimpleNamespace) -> dict[str, Any]:
    return member(cast) | {"pk": cast.family.relationships.get().pk}


def far_relationship(cast: SimpleNamespace) -> dict[str, Any]:
    return far_member(cast) | {"pk": cast.far_family.relationships.get().pk}


def agency(cast: SimpleNamespace) -> dict[str, Any]:
    return family(cast) | {"pk": cast.family.agencies.get().pk}


def far_agency(cast: SimpleNamespace) -> dict[str, Any]:
    return far_family(cast) | {"pk": cast.far_family.agencies.get().pk}


def flag(cast: SimpleNamespace) -> dict[str, Any]:
    return family(cast) | {"flag": "lone_parent"}


def far_flag(cast: SimpleNamespace) -> dict[str, Any]:
    return far_family(cast) | {"flag": "lone_parent"}


def contact(cast: SimpleNamespace) -> dict[str, Any]:
    return family(cast) | {"pk": cast.family.contact_methods.get().pk}


def far_contact(cast: SimpleNamespace) -> dict[str, Any]:
    return far_family(cast) | {"pk": cast.far_family.contact_methods.get().pk}


def address(cast: SimpleNamespace) -> dict[str, Any]:
    return family(cast) | {"pk": cast.family.addresses.exclude(kind="confidential").get().pk}


def far_address(cast: SimpleNamespace) -> dict[str, Any]:
    return far_family(cast) | {"pk": cast.far_family.addresses.exclude(kind="confidential").get().pk}


def support(cast: SimpleNamespace) -> dict[str, Any]:
    return family(cast) | {"pk": cast.family.supports.get(state="active").pk}


def far_support(cast: SimpleNamespace) -> dict[str, Any]:
    return far_family(cast) | {"pk": cast.far_family.supports.get(state="active").pk}


def support_pause(cast: SimpleNamespace) -> dict[str, Any]:
    return support(cast) | {"to": "paused"}


def far_support_pause(cast: SimpleNamespace) -> dict[str, Any]:
    return far_support(cast) | {"to": "paused"}


def ending_step(cast: SimpleNamespace) -> dict[str, Any]:
    return support(cast) | {"kind": "celebration"}


def far_ending_step(cast: SimpleNamespace) -> dict[str, Any]:
    return far_support(cast) | {"kind": "celebration"}


def turn_to(cast: SimpleNamespace) -> dict[str, Any]:
    return support(cast) | {"line": cast.turn_to.pk}


def far_turn_to(cast: SimpleNamespace) -> dict[str, Any]:
    return far_support(cast) | {"line": cast.far_turn_to.pk}


def handover_line(cast: SimpleNamespace) -> dict[str, Any]:
    return support(cast) | {"line": cast.handover_line.pk}


def far_handover_line(cast: SimpleNamespace) -> dict[str, Any]:
    return far_support(cast) | {"line": cast.far_handover_line.pk}


def group(cast: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": cast.group.uuid}


def far_group(cast: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": cast.far_group.uuid}


def group_family(cast: SimpleNamespace) -> dict[str, Any]:
    return group(cast) | family(cast)


def far_group_family(cast: SimpleNamespace) -> dict[str, Any]:
    return far_group(cast) | far_family(cast)


def booked(cast: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": cast.booking.uuid}


def far_booked(cast: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": cast.far_booking.uuid}


def booking(cast: SimpleNamespace) -> dict[str, Any]:
    return booked(cast) | {"to": "cancelled"}


def far_booking(cast: SimpleNamespace) -> dict[str, Any]:
    return far_booked(cast) | {"to": "cancelled"}


def session(cast: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": cast.group.sessions.first().uuid}


def far_session(cast: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": cast.far_group.sessions.first().uuid}


def change(cast: SimpleNamespace) -> dict[str, Any]:
    return family(cast) | {"pk": cast.change.pk}


def far_change(cast: SimpleNamespace) -> dict[str, Any]:
    return far_family(cast) | {"pk": cast.far_change.pk}


def lead_answer(cast: SimpleNamespace) -> dict[str, Any]:
    return family(cast) | {"pk": cast.asked.pk, "answer": "no"}


def far_lead_answer(cast: SimpleNamespace) -> dict[str, Any]:
    return far_family(cast) | {"pk": cast.far_asked.pk, "answer": "no"}


def kept_apart(cast: SimpleNamespace) -> dict[str, Any]:
    return {"pk": cast.family.kept_apart.get().pk}


def far_kept_apart(cast: SimpleNamespace) -> dict[str, Any]:
    return {"pk": cast.far_family.kept_apart.get().pk}


def opening(cast: SimpleNamespace) -> dict[str, Any]:
    return {"pk": cast.opening.pk}


def run(cast: SimpleNamespace) -> dict[str, Any]:
    return {"run_uuid": cast.run.uuid}


def far_run(cast: SimpleNamespace) -> dict[str, Any]:
    return {"run_uuid": cast.far_run.uuid}


def draft(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.family.reference, "purpose": "visit-log"}


def far_draft(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.far_family.reference, "purpose": "visit-log"}


def check_in(cast: SimpleNamespace) -> dict[str, Any]:
    return {"pk": cast.check_in.pk}


def far_check_in(cast: SimpleNamespace) -> dict[str, Any]:
    return {"pk": cast.far_check_in.pk}


def call(cast: SimpleNamespace) -> dict[str, Any]:
    return {"pk": cast.call.pk}


def unplanned(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.family.reference, "support_id": cast.family.supports.get(state="active").pk}


def far_unplanned(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.far_family.reference, "support_id": cast.far_family.supports.get(state="active").pk}


def family_uuid(cast: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": cast.family.uuid}


def far_family_uuid(cast: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": cast.far_family.uuid}


def volunteer(cast: SimpleNamespace) -> dict[str, Any]:
    return {"pk": cast.volunteer_row.pk}


def refer_step(cast: SimpleNamespace) -> dict[str, Any]:
    return {"kind": "professional", "slug": "you"}


def refer_kind(cast: SimpleNamespace) -> dict[str, Any]:
    return {"kind": "family"}


def referral(cast: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": cast.referral.uuid}


def far_referral(cast: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": cast.far_referral.uuid}


def referral_no(cast: SimpleNamespace) -> dict[str, Any]:
    return referral(cast) | {"to": "not_accepted"}


def far_referral_no(cast: SimpleNamespace) -> dict[str, Any]:
    return far_referral(cast) | {"to": "not_accepted"}


def question(cast: SimpleNamespace) -> dict[str, Any]:
    return referral(cast) | {"pk": cast.question.pk}


def far_question(cast: SimpleNamespace) -> dict[str, Any]:
    return far_referral(cast) | {"pk": cast.far_question.pk}


def transfer(cast: SimpleNamespace) -> dict[str, Any]:
    return {"pk": cast.transfer.pk}


def far_transfer(cast: SimpleNamespace) -> dict[str, Any]:
    return {"pk": cast.far_transfer.pk}


def coming(cast: SimpleNamespace) -> dict[str, Any]:
    return {"pk": cast.coming.pk}


def going(cast: SimpleNamespace) -> dict[str, Any]:
    return {"pk": cast.going.pk}


def going_question(cast: SimpleNamespace) -> dict[str, Any]:
    return going(cast) | {"question": cast.going.questions.get().pk}


def coming_question(cast: SimpleNamespace) -> dict[str, Any]:
    return coming(cast) | {"question": cast.coming.questions.get().pk}


def waiting_support(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.waiting.reference, "pk": cast.waiting.supports.get().pk}


def far_waiting_support(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.far_waiting.reference, "pk": cast.far_waiting.supports.get().pk}


def cover(cast: SimpleNamespace) -> dict[str, Any]:
    return {"pk": cast.cover.pk}


def far_cover(cast: SimpleNamespace) -> dict[str, Any]:
    return {"pk": cast.far_cover.pk}


def own_page(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.family.reference, "pk": cast.own_page.pk}


def far_own_page(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.far_family.reference, "pk": cast.far_own_page.pk}


def page_adult(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.family.reference, "uuid": cast.own_page.adult.uuid}


def far_page_adult(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.far_family.reference, "uuid": cast.far_own_page.adult.uuid}


def keepsake_kind(cast: SimpleNamespace) -> dict[str, Any]:
    return {"kind": "pdf"}
