"""What adults answer: who may, how it is written down, in which order it counts, and what a no does at once."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_date, london_today
from families.actions.answer import AnswerRefused, give_agreement, give_choice
from families.actions.merge import merge_families, separate_families
from families.models import (
    DataChoice,
    FamilyMember,
    PurposeBasis,
    Relationship,
    SharingPermission,
    Support,
    SupportAgreement,
    Wording,
)
from families.models.sharing import To, may_use
from families.models.wording import AGREEMENT, Words
from families.reports.answers import own_answers
from tests import factories
from tests.families.consenting import BACK, NO, YES, choose, may, permit, two_of


@pytest.fixture
def two(cast):
    return two_of(cast)


def test_an_answer_says_who_asked_whom_how_in_which_words_and_language_and_leaves_a_trace(two):
    row = choose(two, YES, language="ur", interpreter="interpreter", evidence="Green folder", on=london_today())

    assert (row.member, row.asked_by, row.how, row.language) == (two.amina, two.coordinator, "spoken", "ur")
    assert (row.organisation, row.family, row.evidence) == (two.here, two.family, "Green folder")
    assert row.wording.words == Words(two.here.pk).about("photos", "ur").words
    assert (row.wording.version, row.wording.by) == (1, None)
    event = AuditEvent.objects.get(verb="choice.given")
    assert event.details == {"adult": str(two.amina.uuid), "how": "spoken"}
    assert bool(may_use(adult=two.amina, organisation_id=two.here.pk, purpose="photos"))
    assert not may_use(adult=two.bilal, organisation_id=two.here.pk, purpose="photos")
    assert not may_use(adult=two.amina, organisation_id=two.elsewhere.pk, purpose="photos")


def test_an_adult_answers_alone_on_their_own_page(two):
    with acting_as(Scope.FAMILY, None, adult_id=two.amina.pk):
        row = give_choice(by=None, adult=two.amina, organisation=two.here, purpose="story", answer="given")
        assert set(DataChoice.objects.values_list("pk", flat=True)) == {row.pk}
    assert (row.how, row.asked_by) == ("online", None)
    assert AuditEvent.objects.get(verb="choice.given").actor_id is None

    with acting_as(Scope.FAMILY, None, adult_id=two.bilal.pk):
        assert not DataChoice.objects.exists()


PATHS = [
    # what was said one after the other, and what is written down: a no said twice is one no
    ([YES, BACK], ["given", "withdrawn"]),
    ([YES, BACK, BACK], ["given", "withdrawn"]),
    ([YES, BACK, NO], ["given", "withdrawn"]),
    ([NO, NO], ["refused"]),
    ([BACK], ["refused"]),
    ([NO, YES, BACK, YES], ["refused", "given", "withdrawn", "given"]),
    ([YES, NO], ["given", "refused"]),
]


@pytest.mark.parametrize(("said", "written"), PATHS)
def test_states_follow_each_other_and_the_newest_holds(two, said, written):
    for told in said:
        permit(two, told)

    rows = SharingPermission.objects.order_by("pk").values_list("answer", flat=True)
    assert list(rows) == written
    assert may(two) is (written[-1] == "given")


@pytest.mark.parametrize("first", ["no", "yes"])
def test_an_earlier_yes_written_down_late_does_not_undo_a_later_no(two, first):
    yes = YES | {"on": london_today() - dt.timedelta(days=9)}
    no = NO | {"on": london_today() - dt.timedelta(days=3)}
    for told in (no, yes) if first == "no" else (yes, no):
        permit(two, told)

    assert SharingPermission.objects.count() == 2
    assert not may(two)


def test_an_earlier_no_written_down_late_does_not_undo_a_later_yes(two):
    permit(two, YES | {"on": london_today() - dt.timedelta(days=3)})
    permit(two, NO | {"on": london_today() - dt.timedelta(days=9)})

    assert may(two)


def test_of_two_answers_on_one_past_day_the_no_counts(two):
    day = london_today() - dt.timedelta(days=3)
    permit(two, NO | {"on": day})
    permit(two, YES | {"on": day})

    assert not may(two)


def test_a_form_sent_twice_is_one_answer(two):
    form = {"uuid": uuid.uuid4()}
    assert permit(two, YES | form) == permit(two, YES | form)
    assert SharingPermission.objects.count() == 1


@pytest.fixture
def refused(two):
    """People and things that cannot be."""
    two.gone = factories.member(two.family, "Gino", "parent", left_on=london_today() - dt.timedelta(days=1))
    two.friend = factories.member(two.family, "Fay", "helper")
    two.granny = factories.member(two.family, "Gran", "other_adult")
    two.uncle = factories.member(two.family, "Uli", "other_adult")
    Relationship.objects.create(family=two.family, person=two.uncle, relative=two.amina, kind="former_partner")
    two.stranger = two.other_family.members.get()
    return two


REFUSED = [
    ({"adult": "zayn"}, {}, "A child is not asked to decide this"),
    ({"adult": "gone"}, {}, "Gino is no longer part of this family"),
    ({"adult": "friend"}, {}, "cannot answer for it"),
    ({"child": "bilal"}, {}, "Choose a child who is part of this family"),
    ({}, {"answer": "perhaps"}, "Choose what they said"),
    ({}, {"how": ""}, "Say how they answered"),
    ({}, {"how": "online"}, "Say how they answered"),
    ({}, {"on": london_today() + dt.timedelta(days=1)}, "has not come yet"),
    ({}, {"interpreter": "child"}, "Say who interpreted"),
    ({"interpreted_by": "zayn"}, {"interpreter": "friend"}, "A child should not have to interpret"),
    ({"interpreted_by": "bilal"}, {"interpreter": "friend"}, "A partner should not interpret"),
    ({"interpreted_by": "uncle"}, {"interpreter": "friend"}, "A partner should not interpret"),
    ({}, {"read": 2}, "These words have changed since"),
]


@pytest.mark.parametrize(("people", "told", "sentence"), REFUSED)
def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_written(refused, people, told, sentence):
    people = {name: getattr(refused, who) for name, who in people.items()}
    with pytest.raises(AnswerRefused) as found:
        choose(refused, YES | told, **people)

    assert sentence in " ".join(found.value.messages)
    assert not DataChoice.objects.exists()


def test_grandmother_may_interpret_and_a_no_needs_no_words_read(refused):
    choose(refused, YES, interpreter="friend", interpreted_by=refused.granny)
    assert choose(refused, BACK, read=99).answer == "withdrawn"


def test_only_who_coordinates_the_family_asks_and_only_in_their_own_organisation(two):
    for by, organisation in ((two.other_coordinator, two.here), (two.coordinator, two.elsewhere)):
        with pytest.raises(PermissionDenied):
            choose(two, YES, by=by, organisation=organisation)
    with pytest.raises(PermissionDenied):  # nor does an adult answer an organisation that is not with them
        choose(two, YES, by=None, organisation=two.elsewhere)


@pytest.mark.parametrize("recipient", ["agency", "referral"])
def test_recipients_are_the_organisations_own_and_the_familys(two, recipient):
    far = {"agency": lambda: two.far_family.agencies.create(organisation=two.elsewhere, role="gp"),
           "referral": lambda: factories.referral(two.far, family=two.far_family)}[recipient]()  # fmt: skip
    with pytest.raises(PermissionDenied):
        permit(two, YES, To(**{recipient: far}))
    with pytest.raises(AnswerRefused):
        permit(two, YES, To())
    with pytest.raises(AnswerRefused):
        permit(two, YES, To(named="Library", service=two.far))


LIFE = [
    ({}, {}, None),
    ({"until": 30}, {}, None),
    ({"until": 0}, {}, "Choose a day after today"),
    ({"until": 367}, {}, "Choose a day after today"),
    ({}, {"on": 200}, None),
    ({}, {"on": 366}, "more than a year ago"),
]


@pytest.mark.parametrize(("until", "on", "sentence"), LIFE)
def test_a_yes_to_sharing_lasts_a_year_or_less(two, until, on, sentence):
    until = {name: london_today() + dt.timedelta(days=days) for name, days in until.items()}
    on = {name: london_today() - dt.timedelta(days=days) for name, days in on.items()}
    if sentence:
        with pytest.raises(AnswerRefused, match=sentence):
            permit(two, YES | on, **until)
        return
    row = permit(two, YES | on, **until)
    said = on.get("on", london_today())
    assert london_date(row.expires_at) == until.get("until", said.replace(year=said.year + 1))


def test_only_purposes_that_rest_on_consent_are_asked_and_others_say_why(two):
    words = Words(two.here.pk)
    assert {purpose for purpose in words.bases if words.is_asked(purpose)} == set(words.bases) - {
        "record",
        "statistics",
    }
    with pytest.raises(AnswerRefused, match="not put as a question"):
        choose(two, YES, "statistics")
    PurposeBasis.objects.create(organisation=two.here, purpose="text", basis="legitimate", by=two.administrator)

    with pytest.raises(AnswerRefused, match="not put as a question"):
        choose(two, NO, "text")
    told = may_use(adult=two.amina, organisation_id=two.here.pk, purpose="text")
    assert told
    assert told.reason.startswith("We need this because")
    assert Words(two.elsewhere.pk).is_asked("text")


def test_agreement_is_each_adults_and_the_supports_day_follows(two):
    Support.objects.update(agreed_on=None)
    day = london_today() - dt.timedelta(days=5)
    for adult, told, expected in (
        (two.amina, NO, None),
        (two.bilal, YES | {"on": day}, day),
        (two.amina, YES, day),
        (two.bilal, BACK, london_today()),
        (two.amina, BACK, None),
    ):
        give_agreement(by=two.coordinator, adult=adult, support=two.support, **told)
        assert Support.objects.get(pk=two.support.pk).agreed_on == expected
    assert set(SupportAgreement.objects.values_list("wording__about", flat=True)) == {AGREEMENT}
    with pytest.raises(PermissionDenied):
        give_agreement(by=two.coordinator, adult=two.amina, support=two.other_family.supports.get(), **YES)


def test_answers_stay_as_they_were_said(two):
    rows = [choose(two, YES), permit(two, YES), give_agreement(by=two.coordinator, adult=two.amina, support=two.support,
                                                               **YES)]  # fmt: skip
    rows.append(factories.disclosure(two.family, two.lead))
    for row in rows:
        model = type(row)
        with acting_as(Scope.ALL, two.coordinator.pk):
            with pytest.raises(DatabaseError, match="stays as it was said"), transaction.atomic():
                model.objects.filter(pk=row.pk).update(happened_at=timezone.now())
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                model.objects.filter(pk=row.pk).delete()
            model.objects.filter(pk=row.pk).update(family=two.other_family)  # as where two records are joined
    for model in (Wording, PurposeBasis):
        with acting_as(Scope.ALL, None), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            model.objects.update(created_at=timezone.now())


def test_what_one_organisation_was_told_is_read_there_alone_and_never_by_volunteers(two):
    choose(two, YES)
    factories.support(two.family, two.far)
    for who in (two.other_coordinator, two.volunteer, two.manager, two.administrator):
        with acting_as(Scope.SCOPED, who.pk):
            assert not DataChoice.objects.exists()
    with acting_as(Scope.SCOPED, two.coordinator.pk), connection.cursor():
        assert DataChoice.objects.count() == 1


def test_own_page_is_told_of_the_adults_own_answers_alone(two):
    choose(two, YES)
    choose(two, NO, "story", adult=two.bilal)
    known = list(two.family.supports.values_list("pk", flat=True))
    with acting_as(Scope.FAMILY, None, adult_id=two.amina.pk):
        [part] = own_answers(FamilyMember(pk=two.amina.pk, family_id=two.family.pk, family=two.family), known)

    assert part.organisation == two.here
    assert {line.title: line.word for line in part.choices if line.said} == {"Take and show photos of you": "Yes"}
    assert [line.word for line in part.supports] == ["Not asked yet"]


def test_record_joined_with_another_takes_its_answers_along_and_gives_them_back(two):
    two.other_family.supports.update(state="ended_planned", ended_on=london_today())
    berta = two.other_family.members.get()
    facts = {"organisation": two.here, "role": "gp", "agency": "Horton Park"}
    ours, theirs = (family.agencies.create(**facts) for family in (two.family, two.other_family))
    row = permit(two, YES, To(agency=theirs), adult=berta)
    joined = {"kept": two.family, "merged": two.other_family, "name": "Amina", "reason": "The same."}
    merge = merge_families(by=two.coordinator, same_people=[(two.amina.pk, berta.pk)], **joined)

    assert may(two, To(agency=ours))
    separate_families(by=two.coordinator, merge=merge, reason="They are two.")
    row.refresh_from_db()
    assert (row.family, row.member, row.agency) == (two.other_family, berta, theirs)
    assert not may(two, To(agency=ours))
