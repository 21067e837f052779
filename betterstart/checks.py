"""What must hold before anyone is served: row-level security cannot be looked around, the settings are safe.

`check --deploy` says it all; the web server and the workers ask for the first part each time they start.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

# Judged for the login as well as for the role in use, because a session may always go back to its login.
# A member that inherits a role has its rights at once, also the owner's right to look past every policy.
_ROLE_FACTS = """
select r.rolname, r.rolsuper, r.rolbypassrls,
       exists (select from pg_class c where c.relrowsecurity and c.relkind in ('r', 'p')
               and pg_has_role(r.oid, c.relowner, 'usage')) as owns,
       exists (select from pg_roles a where a.rolname = 'app_all' and pg_has_role(r.oid, a.oid, 'usage')) as sees_all,
       (select count(*) = 3 from pg_roles a where a.rolname in ('app_scoped', 'app_all', 'app_family')
        and pg_has_role(r.oid, a.oid, 'member')) as may_act
from pg_roles r where r.rolname in (current_user, session_user)
"""


def role_problems() -> list[str]:
    """Out: one sentence for each reason why this database role must not serve people; none when it may."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLE_FACTS)
        rows = cursor.fetchall()
    problems = []
    for name, is_superuser, bypasses, owns, sees_all, may_act in rows:
        if is_superuser or bypasses:
            problems.append(f"The database role {name} bypasses row-level security.")
        elif owns:
            problems.append(
                f"The database role {name} owns tables that row-level security protects, so it sees every row."
            )
        elif sees_all:
            problems.append(f"The database role {name} inherits app_all; alter it with NOINHERIT.")
        if not may_act:
            problems.append(
                f"The database role {name} may not act as app_scoped, app_all and app_family; grant it all."
            )
    return problems


def refuse_unsafe_role() -> None:
    """Called when the web server or a worker starts. Raises ImproperlyConfigured."""
    try:
        problems = role_problems()
    finally:
        connection.close()  # not to be carried over a fork
    if problems:
        raise ImproperlyConfigured(
            " ".join(problems) + " Set DATABASE_URL to the runtime role (app_rw; see README, production shape)."
        )


@register(Tags.security, deploy=True)
def check_role(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [Error(problem, id="betterstart.E001") for problem in role_problems()]


@register(Tags.security, deploy=True)
def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Switches that exist for the demo and for development, left on where real families are looked after."""
    errors: list[CheckMessage] = []
    if settings.DEMO:
        errors.append(Error("DEMO is on: it prints logins and asks for no second factor.", id="betterstart.E002"))
    if not settings.REQUIRE_SECOND_FACTOR:
        errors.append(Error("REQUIRE_SECOND_FACTOR is off: staff must have one.", id="betterstart.E003"))
    if not settings.SECURE:
        errors.append(Error("SECURE is off: cookies would travel over plain http.", id="betterstart.E004"))
    return errors
