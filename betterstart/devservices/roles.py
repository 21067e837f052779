"""The database roles and the two addresses the application works with (SQL: betterstart/access/database_roles.sql)."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROLES_FILE = Path(__file__).resolve().parent.parent / "access" / "database_roles.sql"
OWNER, RUNTIME = "app_owner", "app_rw"
DEFAULT_DATABASE = "betterstart"
MEMBERSHIPS = 7


class DatabaseNotReady(Exception):
    """The server given does not let us work; the message says what to do."""


@dataclass(frozen=True)
class Addresses:
    runtime: str
    owner: str


def settle(url: str, owner_url: str, *, secret: str) -> Addresses:
    """Make a Postgres server ready for the application and say how to reach it.

    In: an address; if an owner's address comes with it, both are taken as they are. Alone, its user must be allowed to
    create roles: missing roles and the database are then made. `secret` is the root of the roles' passwords when the
    address carries none.
    Out: the addresses of the runtime role and of the owner. Raises DatabaseNotReady.
    """
    if owner_url:
        for each in (url, owner_url):
            _try(each)
        return Addresses(url, owner_url)
    database = _database_name(url)
    admin = _maintenance(url)
    passwords = {role: _password(role, urlsplit(url).password or secret, url) for role in (OWNER, RUNTIME)}
    with psycopg.connect(admin, autocommit=True) as connection:
        if not _may_create_roles(connection):
            raise DatabaseNotReady(_for_the_administrator(connection.info.user, database))
        _make_roles(connection, passwords)
    addresses = Addresses(*(_as_role(url, role, passwords[role], database) for role in (RUNTIME, OWNER)))
    owner_elsewhere = _as_role(url, OWNER, passwords[OWNER], _database_name(admin))
    if not _reaches(owner_elsewhere):
        raise DatabaseNotReady(
            f"The role {OWNER} was on this server before, with a password that is not known here (or the server does "
            "not let it in). Give both addresses: DATABASE_URL for app_rw and DATABASE_OWNER_URL for app_owner."
        )
    _make_database(url, owner_elsewhere, database)
    for each in (addresses.runtime, addresses.owner):
        _try(each)
    return addresses


def _maintenance(url: str) -> str:
    """The address itself when its database exists, else the same server's `postgres`. Raises DatabaseNotReady."""
    if urlsplit(url).path.strip("/") and _reaches(url):
        return url
    fallback = urlunsplit(urlsplit(url)._replace(path="/postgres"))
    _try(fallback)
    return fallback


def _reaches(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError:
        return False
    return True


def _try(url: str) -> None:
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError as error:
        parts = urlsplit(url)
        where = f"{parts.hostname or 'the local socket'} as {parts.username or 'the current user'}"
        raise DatabaseNotReady(f"The database at {where} refused us: {str(error).strip()}") from error


def _database_name(url: str) -> str:
    return unquote(urlsplit(url).path.strip("/")) or DEFAULT_DATABASE


def _password(role: str, secret: str, url: str) -> str:
    """Made from what only the administrator's address knows, so any checkout on the same server finds the same one."""
    salt = f"betterstart:{role}:{urlsplit(url).username or ''}".encode()
    return hashlib.scrypt(secret.encode(), salt=salt, n=2**14, r=8, p=1, dklen=24).hex()


def _as_role(url: str, role: str, password: str, database: str) -> str:
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password)}@{place}", path=f"/{quote(database)}"))


def _may_create_roles(connection: psycopg.Connection) -> bool:
    query = "select rolsuper or (rolcreaterole and rolcreatedb) from pg_roles where rolname = current_user"
    row = connection.execute(query).fetchone()
    return bool(row and row[0])


def _make_roles(connection: psycopg.Connection, passwords: dict[str, str]) -> None:
    names = [OWNER, RUNTIME, "app_scoped", "app_all", "app_family"]
    found = connection.execute("select rolname from pg_roles where rolname = any(%s)", [names])
    existing = {name for (name,) in found}
    held = connection.execute(
        "select count(distinct (roleid, member)) from pg_auth_members "
        "where roleid = any(%(names)s::text[]::regrole[]) and member = any(%(names)s::text[]::regrole[])",
        {"names": sorted(existing)},
    ).fetchone()
    if len(existing) < len(names) or not held or held[0] < MEMBERSHIPS:
        connection.execute(ROLES_FILE.read_bytes())
    for role, password in passwords.items():
        if role not in existing:
            statement = sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password))
            connection.execute(statement)


def _make_database(url: str, owner_elsewhere: str, database: str) -> None:
    """The owner makes it; in one that is there already the administrator lets the owner make tables."""
    with psycopg.connect(owner_elsewhere, autocommit=True) as connection:
        found = connection.execute(
            "select pg_get_userbyid(datdba) from pg_database where datname = %s", [database]
        ).fetchone()
        if found is None:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(database)))
    if found and found[0] != OWNER:
        with psycopg.connect(urlunsplit(urlsplit(url)._replace(path=f"/{quote(database)}")), autocommit=True) as admin:
            name, owner = sql.Identifier(database), sql.Identifier(OWNER)
            admin.execute(sql.SQL("grant all on database {} to {}").format(name, owner))
            admin.execute(sql.SQL("grant all on schema public to {}").format(owner))


def _for_the_administrator(user: str, database: str) -> str:
    return (
        f"DATABASE_URL names the user {user}, who may not create roles and databases. Either give an administrator's "
        "address there, or ask a database administrator to run:\n\n"
        f"{ROLES_FILE.read_text()}\n"
        f"alter role {OWNER} password '...';\nalter role {RUNTIME} password '...';\n"
        f"create database {database} owner {OWNER};\n\n"
        f"and then set DATABASE_URL=postgres://{RUNTIME}:...@HOST/{database} and "
        f"DATABASE_OWNER_URL=postgres://{OWNER}:...@HOST/{database}."
    )
