"""Where each person begins. The platform names the apps' pages by URL name only."""

from __future__ import annotations

from collections.abc import Callable

from betterstart.access.models import User
from betterstart.access.roles import Role

# In this order, where nothing says that another waits more.
HOMES: dict[str, str] = {
    Role.COORDINATOR: "families:today",
    Role.VOLUNTEER: "volunteers:my-visits",
    Role.SAFEGUARDING_LEAD: "families:open-record",
    Role.MANAGER: "kindness_metrics:two-languages",
    Role.ADMINISTRATOR: "access:people",
}

_counts: dict[str, Callable[[User], int]] = {}


def register_things_to_do(role: Role, count: Callable[[User], int]) -> None:
    """Called in `AppConfig.ready`: how many things wait today for a person in this role."""
    _counts[role] = count


def home_of(user: User) -> str | None:
    """The URL name of the page where most waits for this person today; None without a role."""
    own = [role for role in HOMES if role in user.roles]
    if len(own) > 1:
        own.sort(key=lambda role: -_counts[role](user) if role in _counts else 0)
    return HOMES[own[0]] if own else None
