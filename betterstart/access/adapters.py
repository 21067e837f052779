"""How sign-in behaves here: invitation only, recorded, second-factor secrets sealed."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_removed
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from betterstart.access.decorators import SIGNED_OUT, TYPED
from betterstart.access.models import User
from betterstart.access.recording import record


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: the administrator invites."""
        return False

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        record(by=user, verb="sign_in.succeeded", target=user)
        session = request.session
        session.pop(SIGNED_OUT, None)
        if session.get(TYPED, {}).get("by") != user.pk:
            session.pop(TYPED, None)
        return super().post_login(request, user, **details)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """One row whether the address is known or not: the same work, and no stranger's address kept."""
        tried = User.objects.filter(email=credentials.get("email", "").lower()).first()
        record(by=tried, verb="sign_in.failed", target=tried)

    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        record(by=user, verb="password.changed", target=user)


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return _vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _vault().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return "Better Start"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Paid roles keep at least one second factor; an administrator can reset a lost one."""
        if not (settings.REQUIRE_SECOND_FACTOR and authenticator.user.is_staff_member):
            return True
        return authenticator.user.second_factors.exclude(pk=authenticator.pk).exists()


def _vault() -> MultiFernet:
    """The first key seals, every key opens: put a new one in front, and old secrets keep working."""
    secrets = settings.MFA_KEYS or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derive(secret)) for secret in secrets])


def _derive(secret: str) -> bytes:
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"better-start second factor v1")
    return base64.urlsafe_b64encode(kdf.derive(secret.encode()))


# The library adds and removes second factors in several places; these two are told of each.


@receiver(post_save, sender=Authenticator)
def second_factor_added(instance: Authenticator, created: bool, **kwargs: Any) -> None:
    """Recorded in the same transaction. The session that set it up has just proved it, so it may go on."""
    if not created:
        return
    record(by=instance.user, verb="second_factor.added", target=instance.user, details={"type": instance.type})
    request = context.request
    if request and request.user.pk == instance.user_id and instance.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, instance.user, "mfa", id=instance.pk, type=instance.type)


@receiver(authenticator_removed)
def second_factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Without any second factor left, what this session once proved no longer counts."""
    record(by=user, verb="second_factor.removed", target=user, details={"type": authenticator.type})
    if not user.second_factors.exists():
        proofs = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [p for p in proofs if p["method"] != "mfa"]
