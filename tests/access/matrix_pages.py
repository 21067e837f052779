"""Every page of ours, and whom it is for: the list that the matrix asks through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from tests.access import answer_rows as said
from tests.access import (
    checks_rows,
    circle_rows,
    directory_rows,
    finding_rows,
    joint_plan_rows,
    match_rows,
    money_rows,
    people_rows,
    plan_rows,
    profile_rows,
    review_rows,
)
from tests.access import matrix_rows as rows
from tests.access import supervision_rows as talks

EVERYBODY = frozenset(
    {
        "coordinator",
        "other_coordinator",
        "volunteer",
        "other_volunteer",
        "manager",
        "lead",
        "administrator",
        "nobody",
    }
)
OPEN = EVERYBODY | {"anonymous"}
Args = Callable[[SimpleNamespace], dict[str, Any]]


@dataclass(frozen=True)
class Page:
    """Who gets this page. `args` makes the address of a record here, `far` of one in another organisation."""

    allowed: frozenset[str] | set[str]
    args: Args = lambda cast: {}
    far: Args | None = None
    far_allowed: set[str] = field(default_factory=set)
    by_link: bool = False
    """Behind a link from a letter: without one it is nothing to anybody, signed in or not."""


COORDINATORS = {"coordinator", "other_coordinator"}
VOLUNTEERS = {"volunteer", "other_volunteer"}
FAMILY_READERS = COORDINATORS | VOLUNTEERS | {"manager", "lead"}
ADMINISTRATORS = {"administrator"}
WITH_FAMILY = {"coordinator", "volunteer"}
FAR = {"other_coordinator"}

PAGES: dict[str, Page] = {
    "volunteers:how-it-goes": Page({"volunteer"}, review_rows.mine("review"), review_rows.mine("far_review")),
    "home": Page(EVERYBODY),
    "health": Page(OPEN),
    "links:open": Page(OPEN, rows.link),
    "lexicon:wording-check": Page(EVERYBODY),
    "lexicon:prompt-list": Page({"administrator"}),
    "lexicon:prompt-add": Page({"administrator"}),
    "lexicon:prompt-edit": Page({"administrator"}, rows.prompt),
    "access:account": Page(EVERYBODY),
    "access:second-factor": Page(EVERYBODY),
    "access:people": Page(ADMINISTRATORS),
    "access:invite": Page(ADMINISTRATORS),
    "access:invitation-resend": Page(ADMINISTRATORS, rows.invitation, rows.far_invitation),
    "access:invitation-revoke": Page(ADMINISTRATORS, rows.invitation, rows.far_invitation),
    "access:accept": Page(OPEN, rows.token),
    "access:person": Page(ADMINISTRATORS, rows.person, rows.far_person),
    "access:role-add": Page(ADMINISTRATORS, rows.person, rows.far_person),
    "access:role-end": Page(ADMINISTRATORS, rows.membership, rows.far_membership),
    "access:end-access": Page(ADMINISTRATORS, rows.person, rows.far_person),
    "access:restore-access": Page(ADMINISTRATORS, rows.person, rows.far_person),
    "access:reset-second-factor": Page(ADMINISTRATORS, rows.person, rows.far_person),
    "access:sign-out-everywhere": Page(ADMINISTRATORS, rows.person, rows.far_person),
    "access:services": Page(ADMINISTRATORS),
    "access:service-add": Page(ADMINISTRATORS),
    "access:service": Page(ADMINISTRATORS, rows.service, rows.far_service),
    "access:organisation": Page(ADMINISTRATORS, rows.organisation, rows.far_organisation),
    "audit:events": Page(ADMINISTRATORS),
    "directory:search": Page(COORDINATORS | ADMINISTRATORS),
    "directory:entry": Page(COORDINATORS | ADMINISTRATORS, directory_rows.entry),
    "directory:entry-add": Page(COORDINATORS | ADMINISTRATORS),
    "directory:entry-edit": Page(COORDINATORS | ADMINISTRATORS, directory_rows.entry),
    "directory:run-start": Page(ADMINISTRATORS),
    "directory:run": Page(ADMINISTRATORS, directory_rows.directory_run),
    "directory:run-confirm": Page(ADMINISTRATORS, directory_rows.directory_run),
    "directory:run-cancel": Page(ADMINISTRATORS, directory_rows.directory_run),
    "families:signposts": Page({"coordinator"}, rows.family, rows.far_family, {"other_coordinator"}),
    "families:signpost-find": Page({"coordinator"}, rows.family, rows.far_family, {"other_coordinator"}),
    "families:signpost-entry": Page(
        {"coordinator"}, directory_rows.family_entry, directory_rows.far_family_entry, {"other_coordinator"}
    ),
    "families:signpost-answer": Page(
        {"coordinator"}, directory_rows.signpost, directory_rows.far_signpost, {"other_coordinator"}
    ),
    "families:signpost-take-back": Page(
        {"coordinator"}, directory_rows.signpost, directory_rows.far_signpost, {"other_coordinator"}
    ),
    "families:circles": Page({"coordinator"}, rows.family, rows.far_family, {"other_coordinator"}),
    "families:circle-start": Page({"coordinator"}, circle_rows.adult, circle_rows.far_adult, {"other_coordinator"}),
    "families:circle": Page({"coordinator"}, circle_rows.circle, circle_rows.far_circle, {"other_coordinator"}),
    "families:circle-add": Page({"coordinator"}, circle_rows.circle, circle_rows.far_circle, {"other_coordinator"}),
    "families:circle-finish": Page({"coordinator"}, circle_rows.circle, circle_rows.far_circle, {"other_coordinator"}),
    "families:circle-put-off": Page({"coordinator"}, circle_rows.circle, circle_rows.far_circle, {"other_coordinator"}),
    "families:circle-take-back": Page(
        {"coordinator"}, circle_rows.circle, circle_rows.far_circle, {"other_coordinator"}
    ),
    "families:circle-tie": Page({"coordinator"}, circle_rows.tie, circle_rows.far_tie, {"other_coordinator"}),
    "families:circle-tie-out": Page({"coordinator"}, circle_rows.tie, circle_rows.far_tie, {"other_coordinator"}),
    "kindness_metrics:circle-panel": Page(
        {"coordinator"}, circle_rows.figures, circle_rows.far_figures, {"other_coordinator"}
    ),
    "families:replies": Page({"coordinator"}, rows.family, rows.far_family, FAR),
    "families:reply-tell": Page({"coordinator"}, rows.family, rows.far_family, FAR),
    "families:reply": Page({"coordinator"}, directory_rows.reply, directory_rows.far_reply, FAR),
    "families:reply-translate": Page({"coordinator"}, directory_rows.reply, directory_rows.far_reply, FAR),
    "families:list": Page(FAMILY_READERS),
    "families:all": Page(FAMILY_READERS),
    "families:register": Page(COORDINATORS),
    "families:cover": Page(COORDINATORS),
    "families:cover-answer": Page({"coordinator"}, rows.cover, rows.far_cover, FAR),
    "families:cover-end": Page({"coordinator"}, rows.cover, rows.far_cover, FAR),
    "families:covers": Page({"manager", "lead"}),
    "families:cover-stop": Page({"manager", "lead"}, rows.cover, rows.far_cover),
    "families:waiting-list": Page(COORDINATORS),
    "families:waiting-long": Page({"manager"}),
    "families:touch": Page({"coordinator"}, rows.waiting_support, rows.far_waiting_support, FAR),
    "families:family": Page({"coordinator", "volunteer"}, rows.family, rows.far_family, {"other_coordinator"}),
    "families:family-story": Page({"coordinator", "volunteer"}, rows.family, rows.far_family, {"other_coordinator"}),
    "families:family-edit": Page({"coordinator"}, rows.family, rows.far_family, {"other_coordinator"}),
    "families:silence-end": Page({"coordinator"}, rows.family, rows.far_family, {"other_coordinator"}),
    "families:same-list": Page(COORDINATORS),
    "families:same-choose": Page({"coordinator"}, rows.family, rows.far_family, {"other_coordinator"}),
    "families:merge": Page({"coordinator"}, rows.pair, rows.far_pair),
    "families:not-the-same": Page({"coordinator"}, rows.pair, rows.far_pair),
    "families:separate": Page({"coordinator"}, rows.joined, rows.far_joined, {"other_coordinator"}),
    "families:member-add": Page({"coordinator"}, rows.family, rows.far_family, {"other_coordinator"}),
    "families:member-edit": Page({"coordinator"}, rows.member, rows.far_member, {"other_coordinator"}),
    "families:member-born": Page({"coordinator"}, rows.member, rows.far_member, {"other_coordinator"}),
    "families:member-left": Page({"coordinator"}, rows.member, rows.far_member, {"other_coordinator"}),
    "families:member-back": Page({"coordinator"}, rows.member, rows.far_member, {"other_coordinator"}),
    "families:member": Page({"coordinator", "volunteer"}, rows.member, rows.far_member, {"other_coordinator"}),
    "families:member-more": Page({"coordinator"}, rows.member, rows.far_member, {"other_coordinator"}),
    "families:member-grief": Page({"coordinator"}, rows.member, rows.far_member, {"other_coordinator"}),
    "families:member-share": Page({"coordinator"}, rows.member, rows.far_member, {"other_coordinator"}),
    "families:status-add": Page({"coordinator"}, rows.member, rows.far_member, {"other_coordinator"}),
    "families:nhs-number": Page({"coordinator"}, rows.member, rows.far_member, {"other_coordinator"}),
    "families:nhs-number-show": Page({"coordinator"}, rows.member, rows.far_member, {"other_coordinator"}),
    "families:nhs-number-remove": Page({"coordinator"}, rows.member, rows.far_member, {"other_coordinator"}),
    "families:relationship-add": Page({"coordinator"}, rows.member, rows.far_member, {"other_coordinator"}),
    "families:relationship-edit": Page(
        {"coordinator"}, rows.relationship, rows.far_relationship, {"other_coordinator"}
    ),
    "families:relationship-end": Page({"coordinator"}, rows.relationship, rows.far_relationship, FAR),
    "families:own-pages": Page({"coordinator"}, rows.family, rows.far_family, FAR),
    "families:own-page-give": Page({"coordinator"}, rows.page_adult, rows.far_page_adult, FAR),
    "families:own-page-take-back": Page({"coordinator"}, rows.own_page, rows.far_own_page, FAR),
    "families:own": Page(OPEN, by_link=True),
    "families:own-circle": Page(OPEN, by_link=True),
    "families:own-open": Page(OPEN, by_link=True),
    "families:own-code": Page(OPEN, by_link=True),
    "families:own-leave": Page(OPEN),
    "families:contact-rules": Page(WITH_FAMILY, rows.family, rows.far_family, FAR),
    "families:contact-same": Page({"coordinator"}, rows.contact, rows.far_contact, FAR),
    "families:kept-apart-add": Page({"coordinator"}, rows.family, rows.far_family, FAR),
    "families:kept-apart-list": Page({"lead"}),
    "families:kept-apart": Page({"lead"}, rows.kept_apart, rows.far_kept_apart),
    "families:own-plan": Page(OPEN, by_link=True),
    "families:own-visits": Page(OPEN, by_link=True),
    "families:own-note": Page(OPEN, rows.visit, by_link=True),
    "families:own-say": Page(OPEN, by_link=True),
    "families:own-said": Page(OPEN, by_link=True),
    "families:own-how": Page(OPEN, by_link=True),
    "families:own-looked": Page(OPEN, by_link=True),
    "families:own-choices": Page(OPEN, by_link=True),
    "families:own-keepsake": Page(OPEN, by_link=True),
    "families:own-keepsake-file": Page(OPEN, rows.keepsake_kind, by_link=True),
    "families:around": Page({"coordinator"}, rows.family, rows.far_family, {"other_coordinator"}),
    "families:agency-add": Page({"coordinator"}, rows.family, rows.far_family, {"other_coordinator"}),
    "families:agency-edit": Page({"coordinator"}, rows.agency, rows.far_agency, {"other_coordinator"}),
    "families:flag-answer": Page({"coordinator"}, rows.flag, rows.far_flag, {"other_coordinator"}),
    **{name: Page({"coordinator"}, here, far, FAR) for name, here, far in said.PAGES},
    "families:asked": Page(ADMINISTRATORS, rows.organisation, rows.far_organisation),
    "families:asked-edit": Page(ADMINISTRATORS, said.asked, said.far_asked),
    "families:contact-add": Page({"coordinator"}, rows.family, rows.far_family, {"other_coordinator"}),
    "families:contact-edit": Page({"coordinator"}, rows.contact, rows.far_contact, {"other_coordinator"}),
    "families:contact-stop": Page({"coordinator"}, rows.contact, rows.far_contact, {"other_coordinator"}),
    "families:address-add": Page({"coordinator"}, rows.family, rows.far_family, {"other_coordinator"}),
    "families:address-edit": Page({"coordinator"}, rows.address, rows.far_address, {"other_coordinator"}),
    "families:contact-changes": Page({"coordinator"}, rows.family, rows.far_family, FAR),
    "families:contact-change-answer": Page({"coordinator"}, rows.change, rows.far_change, FAR),
    "families:lead": Page({"coordinator"}, rows.family, rows.far_family, FAR),
    "families:lead-answer": Page({"coordinator"}, rows.lead_answer, rows.far_lead_answer, FAR),
    "families:support-named": Page({"coordinator"}, rows.support, rows.far_support, FAR),
    "families:support-offer": Page({"coordinator"}, rows.family, rows.far_family, {"other_coordinator"}),
    "families:support": Page({"coordinator"}, rows.support, rows.far_support, {"other_coordinator"}),
    "families:support-move": Page({"coordinator"}, rows.support_pause, rows.far_support_pause, {"other_coordinator"}),
    "families:transfer-list": Page(COORDINATORS),
    "families:transfer-propose": Page({"coordinator"}, rows.support, rows.far_support, FAR),
    # Who sends and who answers: neither does the other's part.
    "families:transfer": Page({"coordinator"}, rows.transfer, rows.far_transfer, FAR),
    "families:transfer-agreed": Page({"coordinator"}, rows.transfer, rows.far_transfer, FAR),
    "families:transfer-send": Page({"coordinator"}, rows.going, rows.coming, FAR),
    "families:transfer-take-back": Page({"coordinator"}, rows.going, rows.coming, FAR),
    "families:transfer-noted": Page({"coordinator"}, rows.transfer, rows.far_transfer, FAR),
    "families:transfer-reply": Page({"coordinator"}, rows.going_question, rows.coming_question, FAR),
    "families:transfer-ask": Page({"coordinator"}, rows.coming, rows.going, FAR),
    "families:transfer-decline": Page({"coordinator"}, rows.coming, rows.going, FAR),
    "families:transfer-accept": Page({"coordinator"}, rows.coming, rows.going, FAR),
    "families:ending": Page({"coordinator"}, rows.support, rows.far_support, FAR),
    "families:ending-visits": Page({"coordinator"}, rows.support, rows.far_support, FAR),
    "families:ending-step": Page({"coordinator"}, rows.ending_step, rows.far_ending_step, FAR),
    "families:turn-to-add": Page({"coordinator"}, rows.support, rows.far_support, FAR),
    "families:turn-to-remove": Page({"coordinator"}, rows.turn_to, rows.far_turn_to, FAR),
    "families:letter": Page({"coordinator"}, rows.support, rows.far_support, FAR),
    "families:keepsake": Page({"coordinator"}, rows.support, rows.far_support, FAR),
    "families:follow-up": Page({"coordinator"}, rows.support, rows.far_support, FAR),
    "families:handover": Page(WITH_FAMILY, rows.support, rows.far_support, FAR),
    "families:handover-add": Page(WITH_FAMILY, rows.support, rows.far_support, FAR),
    "families:handover-leave-out": Page({"coordinator"}, rows.support, rows.far_support, FAR),
    "families:handover-take-back": Page(WITH_FAMILY, rows.handover_line, rows.far_handover_line, FAR),
    "families:open-record": Page({"manager", "lead"}),
    "families:close-record": Page({"lead"}, rows.opening),
    "families:import-start": Page(COORDINATORS),
    "families:import-detail": Page({"coordinator"}, rows.run, rows.far_run, {"other_coordinator"}),
    "families:import-columns": Page({"coordinator"}, rows.run, rows.far_run, {"other_coordinator"}),
    "families:import-confirm": Page({"coordinator"}, rows.run, rows.far_run, {"other_coordinator"}),
    "families:import-cancel": Page({"coordinator"}, rows.run, rows.far_run, {"other_coordinator"}),
    "families:import-fix-list": Page({"coordinator"}, rows.run, rows.far_run, {"other_coordinator"}),
    "families:group-list": Page(COORDINATORS | VOLUNTEERS),
    "families:group-new": Page(COORDINATORS),
    "families:group": Page({"coordinator"}, rows.group, rows.far_group, FAR),
    "families:group-edit": Page({"coordinator"}, rows.group, rows.far_group, FAR),
    "families:group-sessions-add": Page({"coordinator"}, rows.group, rows.far_group, FAR),
    "families:group-finish": Page({"coordinator"}, rows.group, rows.far_group, FAR),
    "families:group-choose-family": Page({"coordinator"}, rows.group, rows.far_group, FAR),
    "families:group-book": Page({"coordinator"}, rows.group_family, rows.far_group_family, FAR),
    "families:booking-people": Page({"coordinator"}, rows.booked, rows.far_booked, FAR),
    "families:booking-move": Page({"coordinator"}, rows.booking, rows.far_booking, FAR),
    "families:session-door": Page({"coordinator", "volunteer"}, rows.session, rows.far_session, FAR),
    "families:session-someone-new": Page({"coordinator", "volunteer"}, rows.session, rows.far_session, FAR),
    "families:session-cancel": Page({"coordinator"}, rows.session, rows.far_session, FAR),
    "families:today": Page(COORDINATORS),
    "families:needs": Page(COORDINATORS),
    "families:day": Page(COORDINATORS, rows.day),
    "families:refer": Page(OPEN),
    "families:refer-step": Page(OPEN, rows.refer_step),
    "families:refer-review": Page(OPEN, rows.refer_kind),
    "families:refer-thanks": Page(OPEN),
    "families:refer-later": Page(OPEN),
    "families:refer-return": Page(OPEN, by_link=True),
    "families:refer-leave": Page(OPEN),
    "families:referral-status": Page(OPEN, by_link=True),
    "families:referral-answer": Page(OPEN, by_link=True),
    "families:referral-list": Page(COORDINATORS),
    "families:referral-new": Page(COORDINATORS),
    "families:referral": Page({"coordinator"}, rows.referral, rows.far_referral, FAR),
    "families:referral-accept": Page({"coordinator"}, rows.referral, rows.far_referral, FAR),
    "families:referral-try": Page({"coordinator"}, rows.referral, rows.far_referral, FAR),
    "families:referral-heard": Page({"coordinator"}, rows.question, rows.far_question, FAR),
    "families:referral-told": Page({"coordinator"}, rows.referral, rows.far_referral, FAR),
    "families:referral-take-in": Page({"coordinator"}, rows.referral, rows.far_referral, FAR),
    "families:referral-decide": Page({"coordinator"}, rows.referral_no, rows.far_referral_no, FAR),
    "families:visit-choose-family": Page(COORDINATORS),
    "families:visit-detail": Page(WITH_FAMILY, rows.visit, rows.far_visit, FAR),
    "families:visit-record": Page({"coordinator"}, rows.visit, rows.far_visit, FAR),
    "families:visit-edit": Page(WITH_FAMILY, rows.visit, rows.far_visit, FAR),
    "families:visit-move": Page(WITH_FAMILY, rows.visit, rows.far_visit, FAR),
    "families:visit-missed": Page(WITH_FAMILY, rows.visit, rows.far_visit, FAR),
    "families:visit-withdraw": Page(WITH_FAMILY, rows.visit, rows.far_visit, FAR),
    "families:visit-reopen": Page({"coordinator"}, rows.visit, rows.far_visit, FAR),
    "families:visit-log": Page({"coordinator"}, rows.family, rows.far_family, FAR),
    "families:visit-plan": Page(WITH_FAMILY, rows.family, rows.far_family, FAR),
    "families:visit-try": Page(WITH_FAMILY, rows.family, rows.far_family, FAR),
    "families:draft": Page(WITH_FAMILY, rows.draft, rows.far_draft, FAR),
    "families:draft-discard": Page(WITH_FAMILY, rows.draft, rows.far_draft, FAR),
    "families:my-calendar": Page(COORDINATORS | VOLUNTEERS),
    "families:calendar-take-back": Page(COORDINATORS | VOLUNTEERS),
    "families:calendar-feed": Page(OPEN, lambda cast: {"token": cast.calendar}),
    "volunteers:supervision-list": Page({"coordinator"}, rows.volunteer, talks.mine("far_volunteer_row"), FAR),
    "volunteers:supervision-plan": Page({"coordinator"}, rows.volunteer, talks.mine("far_volunteer_row"), FAR),
    "volunteers:supervision-write": Page({"coordinator"}, rows.volunteer, talks.mine("far_volunteer_row"), FAR),
    "volunteers:supervision-group-plan": Page(COORDINATORS),
    "volunteers:supervision-group-write": Page(COORDINATORS),
    "volunteers:supervision": Page({"coordinator"}, talks.mine("talk"), talks.mine("far_talk"), FAR),
    "volunteers:supervision-hold": Page(
        {"coordinator"}, talks.mine("planned_talk"), talks.mine("far_planned_talk"), FAR
    ),
    "volunteers:supervision-edit": Page({"coordinator"}, talks.mine("talk"), talks.mine("far_talk"), FAR),
    "volunteers:supervision-cancel": Page(
        {"coordinator"}, talks.mine("planned_talk"), talks.mine("far_planned_talk"), FAR
    ),
    "volunteers:agreed-done": Page({"coordinator", "volunteer"}, talks.mine("agreed"), talks.mine("far_agreed"), FAR),
    "volunteers:supervision-dates": Page({"manager"}),
    "volunteers:supervision-coordinator": Page({"manager"}, talks.of_coordinator, talks.of_far_coordinator),
    "volunteers:my-supervision": Page(EVERYBODY),
    "volunteers:my-talk": Page({"volunteer"}, talks.mine("talk"), talks.mine("far_talk")),
    "volunteers:my-load": Page(VOLUNTEERS),
    "volunteers:my-visits": Page(VOLUNTEERS),
    "volunteers:after-visits": Page(VOLUNTEERS),
    "volunteers:my-check-in": Page({"volunteer"}, rows.check_in, rows.far_check_in),
    "volunteers:check-in-sent": Page({"volunteer"}, rows.check_in, rows.far_check_in),
    "volunteers:check-in-edit": Page({"volunteer"}, rows.check_in, rows.far_check_in),
    "volunteers:call-ask": Page(VOLUNTEERS),
    "volunteers:call-take-back": Page({"volunteer"}, rows.call),
    "volunteers:before-visit": Page({"volunteer"}, rows.visit, rows.far_visit),
    "volunteers:check-in-record": Page({"volunteer"}, rows.visit, rows.far_visit),
    "volunteers:check-in-unplanned": Page({"volunteer"}, rows.unplanned, rows.far_unplanned),
    "volunteers:check-in-list": Page(COORDINATORS),
    "volunteers:check-in": Page({"coordinator"}, rows.check_in, rows.far_check_in, FAR),
    "volunteers:joint-plans": Page(COORDINATORS),
    "volunteers:joint-plan-ask": Page({"coordinator"}, rows.service, rows.far_service, FAR),
    "volunteers:joint-plan": Page(
        {"coordinator"}, joint_plan_rows.at("joint_plan"), joint_plan_rows.at("far_joint_plan"), FAR
    ),
    "volunteers:joint-plan-stop": Page(
        {"coordinator"}, joint_plan_rows.at("joint_plan"), joint_plan_rows.at("far_joint_plan"), FAR
    ),
    "volunteers:list": Page(COORDINATORS),
    "volunteers:ask": Page(OPEN),
    "volunteers:asked": Page(OPEN),
    "volunteers:apply": Page(OPEN),
    "volunteers:apply-step": Page(OPEN, people_rows.step),
    "volunteers:applied": Page(OPEN),
    "volunteers:apply-open": Page(OPEN, by_link=True),
    "volunteers:on-their-way": Page(COORDINATORS),
    "volunteers:enquiry-new": Page(COORDINATORS),
    "volunteers:everybody": Page({"manager", "lead"}),
    "volunteers:how-they-are": Page(COORDINATORS),
    "volunteers:volunteer": Page({"coordinator"}, rows.volunteer),
    "volunteers:call-close": Page({"coordinator"}, rows.call),
    **{name: Page(VOLUNTEERS, args) for name, args in profile_rows.MINE.items()},
    **{name: Page({"coordinator"}, args) for name, args in profile_rows.KEPT.items()},
    "volunteers:never-with": Page({"coordinator"}, rows.family_uuid, rows.far_family_uuid, FAR),
    "kindness_metrics:two-languages": Page({"manager"}),
    "kindness_metrics:equity": Page({"manager"}),
    "kindness_metrics:definitions": Page({"manager"}),
}
PAYING = {"manager", "administrator"}
PAGES |= {
    "volunteers:my-expenses": Page(VOLUNTEERS),
    "volunteers:expense-add": Page(VOLUNTEERS, money_rows.journey),
    "volunteers:miles-elsewhere": Page(VOLUNTEERS),
    "volunteers:my-thanks": Page(VOLUNTEERS),
    "volunteers:thank": Page(
        {"coordinator", "manager", "lead"}, money_rows.whose("claim_paid"), money_rows.whose("far_claim_paid"), FAR
    ),
    "volunteers:receipt": Page(
        {"volunteer", "coordinator", "manager"},
        money_rows.line("claim_submitted"),
        money_rows.line("far_claim_queried"),
        FAR,
    ),
    "volunteers:expense-claims": Page(COORDINATORS | {"manager"}),
    "volunteers:pay-runs": Page(PAYING),
    "volunteers:expense-terms": Page(PAYING),
}
PAGES |= {f"volunteers:{name}": Page({"volunteer"}, here, far) for name, here, far in money_rows.OWN}
PAGES |= {
    f"volunteers:{name}": Page({"coordinator", "manager"}, here, far, FAR) for name, here, far in money_rows.DECIDED
}
PAGES |= {f"volunteers:{name}": Page(PAYING, here, far) for name, here, far in money_rows.PAID}
PAGES |= {name: Page({"coordinator"}, here, far, FAR) for name, here, far in review_rows.COORDINATED}
PAGES |= {name: Page({"coordinator"}, here, far, allowed) for name, here, far, allowed in finding_rows.PAGES}
PAGES |= {name: Page({"coordinator"}, here, far, FAR) for name, here, far in checks_rows.COORDINATED}
PAGES |= {
    "volunteers:reference-answer": Page(OPEN, by_link=True),
    "volunteers:my-checks": Page(VOLUNTEERS),
    "volunteers:my-agreement": Page(VOLUNTEERS, lambda cast: {"kind": "conduct"}),
    "volunteers:dbs-to-decide": Page({"manager"}),
    "volunteers:dbs-decide": Page({"manager"}, checks_rows.of("dbs"), checks_rows.of("far_dbs")),
    "volunteers:course-list": Page(COORDINATORS),
    "volunteers:course-add": Page(COORDINATORS),
    "volunteers:agreement-list": Page(COORDINATORS | ADMINISTRATORS),
    "volunteers:agreement-word": Page(
        {"coordinator", "administrator"}, checks_rows.wording("here"), checks_rows.wording("elsewhere"), FAR
    ),
}
PAGES |= {name: Page({"coordinator"}, here, far, FAR) for name, here, far in plan_rows.COORDINATED}
PAGES |= {name: Page(WITH_FAMILY, here, far, FAR) for name, here, far in plan_rows.READ}
PAGES |= {name: Page(*rest) for name, *rest in match_rows.PAGES}
PAGES |= {
    "families:need-set": Page(ADMINISTRATORS),
    "families:need-item-new": Page(ADMINISTRATORS, lambda cast: {"organisation": cast.here.pk}),
    "families:need-item": Page(ADMINISTRATORS, plan_rows.item, plan_rows.far_item),
    "families:need-item-move": Page(ADMINISTRATORS, plan_rows.item_up, plan_rows.far_item_up),
}
PAGES |= {name: Page({"coordinator"}, here, far, FAR) for name, here, far in people_rows.KEPT}
PAGES |= {name: Page({"manager", "lead"}, here, far) for name, here, far in people_rows.OVERSEEN}
