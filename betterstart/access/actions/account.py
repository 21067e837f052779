from __future__ import annotations

import logging

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from betterstart.access.models import ResetRequest, User
from betterstart.access.recording import record

log = logging.getLogger(__name__)


@transaction.atomic
def update_account(*, by: User, display_name: str, language: str, time_zone: str) -> User:
    """Change what one is called, and the language and time zone one reads in."""
    by.display_name, by.language, by.time_zone = display_name, language, time_zone
    by.save(update_fields=["display_name", "language", "time_zone", "updated_at"])
    record(by=by, verb="account.changed", target=by, label=display_name, details={"language": language})
    return by


def ask_for_new_password(*, email: str, site: str) -> None:
    """Note the wish; `send_reset_letters` sees to it. The same for every address. `site` is where links lead."""
    ResetRequest.objects.create(email=email, site=site)


def send_reset_letters() -> int:
    """Write to each address that asked and has an open account; the others hear nothing. Gives how many were seen to.

    A letter that cannot be sent is dropped: the person asks again. Running it twice at once does no harm.
    """
    seen = 0
    while True:
        with transaction.atomic():
            request = ResetRequest.objects.select_for_update(skip_locked=True).order_by("pk").first()
            if request is None:
                return seen
            user = User.objects.filter(email=request.email, is_active=True).first()
            request.delete()
        seen += 1
        if user:
            _send_reset_letter(user, request.site)


def _send_reset_letter(user: User, site: str) -> None:
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    place = {"uidb36": user_pk_to_url_str(user), "key": key}
    facts = {
        "user": user,
        "password_reset_url": site.rstrip("/") + reverse("account_reset_password_from_key", kwargs=place),
        "current_site": {"domain": site},
    }
    with translation.override(user.language):
        subject = " ".join(render_to_string("account/email/password_reset_key_subject.txt", facts).split())
        body = render_to_string("account/email/password_reset_key_message.txt", facts)
    try:
        EmailMessage(subject, body, to=[user.email]).send()
    except OSError:
        log.exception("a letter with a reset link could not be sent")
