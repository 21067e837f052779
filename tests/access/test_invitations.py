from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.utils import timezone

from betterstart.access import actions
from betterstart.access.models import Invitation, Membership, Service, User
from betterstart.access.roles import Role
from betterstart.audit.models import AuditEvent
from tests import factories
from tests.access.signing_in import sign_in
from volunteers.models import Volunteer

NEW = {"email": "Ines.New@Example.org", "display_name": "Ines New", "language": "en-gb"}
CHOSEN = {"display_name": "Inès New", "password": "lentils and rain", "password_again": "lentils and rain"}


def sent_link() -> str:
    return re.search(r"http://testserver(/invitation/\S+)", mail.outbox[-1].body).group(1)


def wish(service: Service, role: str = Role.VOLUNTEER, **changes: str) -> dict[str, str]:
    return {**NEW, "role": role, "place": f"service-{service.pk}", **changes}


@pytest.fixture
def invited(cast, administrator, client):
    """An invitation to be a volunteer in Home visiting, sent through the page. Out: the link."""
    administrator.post("/people/invite/", wish(cast.home))
    client.post("/account/logout/")
    return sent_link()


def test_invited_person_chooses_a_password_and_is_in_with_the_role(cast, invited, client):
    assert "Ines New" in client.get(invited).content.decode()

    response = client.post(invited, CHOSEN)

    assert response["Location"] == "/"
    person = User.objects.get(email="ines.new@example.org")
    assert person.display_name == "Inès New"
    assert [(m.role, m.service) for m in person.memberships.all()] == [(Role.VOLUNTEER, cast.home)]
    assert person.emailaddress_set.get().verified
    assert Volunteer.objects.get(user=person).organisation == cast.here
    assert client.get("/me/").status_code == 200
    verbs = AuditEvent.objects.filter(target_label="Ines New").values_list("verb", flat=True)
    assert set(verbs) == {"invitation.sent", "invitation.accepted"}


def test_new_paid_person_is_led_to_the_second_step_without_typing_the_password_again(cast, administrator, settings):
    administrator.post("/people/invite/", wish(cast.home, Role.COORDINATOR))
    administrator.post("/account/logout/")
    settings.REQUIRE_SECOND_FACTOR = True

    administrator.post(sent_link(), CHOSEN)

    assert administrator.get("/")["Location"] == "/me/second-step/"
    assert administrator.get("/account/2fa/totp/activate/").status_code == 200


def test_letter_names_no_family_and_has_text_and_page(cast, administrator):
    administrator.post("/people/invite/", wish(cast.home))

    letter = mail.outbox[-1]
    assert letter.to == ["ines.new@example.org"]
    assert letter.subject == "An invitation from Bowling Families"
    assert letter.alternatives[0].mimetype == "text/html"
    assert sent_link() in letter.alternatives[0].content
    assert "Amina" not in letter.body


def test_mail_scanner_that_looks_twenty_times_changes_nothing(cast, invited, client):
    before = Invitation.objects.values().get()
    for _scan in range(20):
        assert client.get(invited).status_code == 200
        assert client.head(invited).status_code == 200

    assert Invitation.objects.values().get() == before
    assert client.post(invited, CHOSEN).status_code == 302


def test_used_old_revoked_and_unknown_links_show_one_and_the_same_page(cast, client):
    now = timezone.now()
    for token, fields in {
        "used": {"accepted_at": now},
        "revoked": {"revoked_at": now},
        "old": {"expires_at": now - dt.timedelta(seconds=1)},
    }.items():
        factories.invitation(cast.here, token=token, **fields)
    pages = {
        (method, token): getattr(client, method)(f"/invitation/{token}/", CHOSEN if method == "post" else None)
        for method in ("get", "post")
        for token in ("used", "revoked", "old", "unknown", "a" * 500, "%00")
    }

    assert {page.status_code for page in pages.values()} == {404}
    assert len({page.content for page in pages.values()}) == 1
    assert not User.objects.filter(display_name="Inès New").exists()


def test_link_works_for_seven_days(cast, invited):
    lasts = Invitation.objects.get().expires_at - timezone.now()

    assert dt.timedelta(days=7, minutes=-1) < lasts <= dt.timedelta(days=7)


def test_sending_again_makes_a_new_link_and_kills_the_old(cast, invited, administrator):
    sign_in(administrator, cast.administrator)
    administrator.post(f"/people/invitations/{Invitation.objects.get().pk}/resend/")
    administrator.post("/account/logout/")

    assert administrator.get(invited).status_code == 404
    assert administrator.get(sent_link()).status_code == 200
    assert len(mail.outbox) == 2


def test_taken_back_invitation_opens_nothing(cast, invited, administrator):
    sign_in(administrator, cast.administrator)
    administrator.post(f"/people/invitations/{Invitation.objects.get().pk}/revoke/")
    administrator.post("/account/logout/")

    assert administrator.post(invited, CHOSEN).status_code == 404
    assert not User.objects.filter(email="ines.new@example.org").exists()


@pytest.mark.parametrize("verb", ["resend", "revoke"])
def test_used_invitation_cannot_be_sent_again_or_taken_back(cast, administrator, verb):
    used = factories.invitation(cast.here, accepted_at=timezone.now())

    page = administrator.post(f"/people/invitations/{used.pk}/{verb}/", follow=True)

    assert "already used or taken back" in page.content.decode()
    assert not mail.outbox


def test_person_with_an_account_signs_in_and_gets_the_role_beside_the_old_one(cast, client, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    factories.invitation(cast.here, Role.MANAGER, token="more", email=cast.other_coordinator.email)

    assert "already have an account" in client.get("/invitation/more/").content.decode()
    client.force_login(cast.other_coordinator)
    assert "Take up this role" in client.get("/invitation/more/").content.decode()
    assert not cast.other_coordinator.memberships.filter(role=Role.MANAGER).exists()
    client.post("/invitation/more/")

    held = cast.other_coordinator.memberships.values_list("role", "organisation__name")
    assert set(held) == {(Role.COORDINATOR, "Manningham Families"), (Role.MANAGER, "Bowling Families")}
    assert client.get("/invitation/more/").status_code == 404


def test_invitation_for_somebody_else_is_not_taken_up_by_the_one_signed_in(cast, client):
    factories.invitation(cast.here, Role.ADMINISTRATOR, token="other", email="somebody@example.org")
    client.force_login(cast.volunteer)

    page = client.post("/invitation/other/", CHOSEN)

    assert "Sign out first" in page.content.decode()
    assert Invitation.objects.open().exists()
    assert cast.volunteer.memberships.count() == 1


def test_person_whose_access_ended_comes_back_by_invitation_with_a_new_password(cast, client, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    actions.end_access(by=cast.administrator, person=cast.volunteer, reason="Moved away")
    factories.invitation(cast.here, Role.VOLUNTEER, token="back", email=cast.volunteer.email, service=cast.home)

    assert client.post("/invitation/back/", CHOSEN).status_code == 302

    cast.volunteer.refresh_from_db()
    assert cast.volunteer.is_active
    assert cast.volunteer.check_password("lentils and rain")
    assert Membership.objects.active().filter(user=cast.volunteer).count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": "nobody"}, "valid email"),
        ({"email": "a@localhost"}, "valid email"),
        ({"email": "a@b.example\r\nBcc: x@y.example"}, "valid email"),
        ({"email": "x" * 320 + "@example.org"}, "valid email|at most 254"),
        ({"role": "king"}, "not one of the available"),
        ({"role": Role.ADMINISTRATOR}, "for a whole organisation"),
        ({"place": ""}, "required"),
        ({"display_name": "   "}, "required"),
        ({"display_name": "x" * 201}, "at most 200"),
    ],
)
def test_wrong_input_is_refused_next_to_the_field_and_kept(cast, administrator, changes, sentence):
    page = administrator.post("/people/invite/", wish(cast.home, **changes))

    assert page.status_code == 200
    assert re.search(sentence, page.content.decode())
    assert not Invitation.objects.exists()
    assert not mail.outbox


def test_plus_address_and_unusual_name_are_kept(cast, administrator):
    administrator.post("/people/invite/", wish(cast.home, email="ines+work@example.org", display_name="林"))

    assert Invitation.objects.get().email == "ines+work@example.org"
    assert Invitation.objects.get().display_name == "林"


@pytest.mark.parametrize("place", ["far service", "far organisation", "nonsense"])
def test_role_outside_ones_own_organisations_cannot_be_granted(cast, administrator, place):
    places = {"far service": f"service-{cast.far.pk}", "far organisation": f"organisation-{cast.elsewhere.pk}"}

    page = administrator.post("/people/invite/", wish(cast.home, place=places.get(place, "service-x")))

    assert page.status_code == 200
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("field", ["organisation", "is_active", "invited_by", "expires_at", "token_hash", "id"])
def test_extra_fields_change_nothing(cast, administrator, field):
    administrator.post("/people/invite/", wish(cast.home, **{field: "7"}))

    invitation = Invitation.objects.get()
    assert (invitation.organisation, invitation.invited_by) == (cast.here, cast.administrator)
    assert len(invitation.token_hash) == 64


def test_second_invitation_of_an_address_is_refused_while_the_first_is_open(cast, administrator):
    administrator.post("/people/invite/", wish(cast.home))

    page = administrator.post("/people/invite/", wish(cast.home))

    assert "already has an open invitation" in page.content.decode()
    assert len(mail.outbox) == 1


def test_new_invitation_takes_the_place_of_one_that_is_too_old(cast, administrator):
    factories.invitation(cast.here, email="ines.new@example.org", expires_at=timezone.now())

    administrator.post("/people/invite/", wish(cast.home))

    assert Invitation.objects.open().get().invited_by == cast.administrator


def test_inviting_somebody_to_a_role_they_have_is_refused(cast, administrator):
    page = administrator.post("/people/invite/", wish(cast.home, email=cast.volunteer.email))

    assert "already has this role there" in page.content.decode()


def test_inviting_an_address_known_elsewhere_looks_like_inviting_a_stranger(cast, administrator):
    stranger = administrator.post("/people/invite/", wish(cast.home))
    known = administrator.post("/people/invite/", wish(cast.home, email=cast.other_coordinator.email))

    assert (stranger.status_code, stranger["Location"]) == (known.status_code, known["Location"])


def test_letter_that_cannot_be_sent_leaves_no_invitation(cast, administrator, monkeypatch):
    def refuse(letter, fail_silently=False):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", refuse)
    page = administrator.post("/people/invite/", wish(cast.home))

    assert "nothing was saved" in page.content.decode()
    assert not Invitation.objects.exists()
    assert not AuditEvent.objects.filter(verb="invitation.sent").exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"password_again": "lentils and snow"}, "not the same"),
        ({"password": "short", "password_again": "short"}, "at least 12"),
        ({"password": "ines.new@example", "password_again": "ines.new@example"}, "similar"),
        ({"password": "x" * 200, "password_again": "x" * 200}, "at most 128"),
        ({"display_name": ""}, "required"),
    ],
)
def test_wrong_choice_on_the_first_page_is_explained_and_the_link_still_works(cast, invited, client, changes, sentence):
    page = client.post(invited, {**CHOSEN, **changes})

    assert sentence in page.content.decode()
    assert not User.objects.filter(email="ines.new@example.org").exists()
    assert client.post(invited, CHOSEN).status_code == 302


def test_inviting_asks_for_the_password_again_after_five_minutes(cast, as_user):
    client = as_user(cast.administrator)

    assert client.get("/people/invite/")["Location"].startswith("/account/reauthenticate/")
