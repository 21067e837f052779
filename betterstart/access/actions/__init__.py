"""Every write on people, roles, invitations and services. Each is checked here again, whatever the page showed."""

from betterstart.access.actions.account import ask_for_new_password, send_reset_letters, update_account
from betterstart.access.actions.invitation import (
    InvitationGone,
    accept_as,
    accept_as_new,
    forget_invitations,
    found_organisation,
    invite,
    resend_invitation,
    revoke_invitation,
    take_back_invitations,
)
from betterstart.access.actions.person import (
    end_access,
    end_role,
    forget_sessions,
    give_role,
    reset_second_factor,
    restore_access,
    sign_out_everywhere,
)
from betterstart.access.actions.role import give_back_roles, withdraw_role
from betterstart.access.actions.rules import AccessRefused, on_role_given
from betterstart.access.actions.service import rename_organisation, save_service

__all__ = [
    "AccessRefused",
    "InvitationGone",
    "accept_as",
    "accept_as_new",
    "ask_for_new_password",
    "end_access",
    "end_role",
    "forget_invitations",
    "forget_sessions",
    "found_organisation",
    "give_back_roles",
    "give_role",
    "invite",
    "on_role_given",
    "rename_organisation",
    "resend_invitation",
    "reset_second_factor",
    "restore_access",
    "revoke_invitation",
    "save_service",
    "send_reset_letters",
    "sign_out_everywhere",
    "take_back_invitations",
    "update_account",
    "withdraw_role",
]
