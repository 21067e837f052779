"""A server that runs already, given by its address: what is made there, and what is said when it cannot be."""

from urllib.parse import urlsplit

import psycopg
import pytest

from betterstart.devservices import postgres
from betterstart.devservices.roles import Addresses, DatabaseNotReady, settle

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
ROLES = ("app_owner", "app_rw", "app_scoped", "app_all", "app_family", "plain", "maker")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The superuser's address of a Postgres of our own."""
    folder = tmp_path_factory.mktemp("server")
    child, url = postgres.start(home=folder / "postgres", log=folder / "log", durable=False)
    yield url
    child.ask_to_stop()
    child.wait_or_kill(20)


@pytest.fixture
def admin(server):
    """That address, with nothing of ours on the server."""
    with psycopg.connect(server, autocommit=True) as connection:
        for name in ("betterstart", "theirs"):
            connection.execute(f"drop database if exists {name} with (force)")
        found = connection.execute("select rolname from pg_roles where rolname = any(%s)", [list(ROLES)]).fetchall()
        for (name,) in found:
            connection.execute(f"drop owned by {name}")
        for (name,) in found:
            connection.execute(f"drop role {name}")
    return server


def ask(url: str, question: str):
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(question).fetchone()[0]


def other(url: str, *, user: str, password: str, database: str = "betterstart") -> str:
    place = urlsplit(url).netloc.rpartition("@")[2]
    return f"postgres://{user}:{password}@{place}/{database}"


def of_database(admin: str, database: str) -> str:
    return admin.rpartition("/")[0] + f"/{database}"


def test_administrator_gets_roles_and_database_made(admin):
    addresses = settle(of_database(admin, "betterstart"), "", secret="s")

    assert ask(addresses.runtime, "select current_user || '@' || current_database()") == "app_rw@betterstart"
    owner = ask(addresses.owner, "select pg_get_userbyid(datdba) from pg_database where datname = current_database()")
    assert owner == "app_owner"
    strong = ask(addresses.runtime, "select rolsuper or rolbypassrls or rolinherit from pg_roles where rolname = user")
    assert strong is False
    assert ask(addresses.runtime, "select set_config('role', 'app_scoped', false)") == "app_scoped"


def test_second_checkout_with_the_same_administrator_gets_the_same_addresses(admin):
    first = settle(of_database(admin, "betterstart"), "", secret="one checkout")

    second = settle(of_database(admin, "betterstart"), "", secret="another checkout")

    assert second == first


def test_address_without_a_database_means_the_usual_name(admin):
    addresses = settle(admin.rpartition("/")[0], "", secret="s")

    assert ask(addresses.owner, "select current_database()") == "betterstart"


def test_administrator_who_is_no_superuser_is_enough(admin):
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("create role maker login createrole createdb password 'made'")

    addresses = settle(other(admin, user="maker", password="made"), "", secret="s")

    assert ask(addresses.runtime, "select set_config('role', 'app_all', false)") == "app_all"


def test_database_that_is_there_already_lets_the_owner_make_tables(admin):
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("create database theirs")

    addresses = settle(of_database(admin, "theirs"), "", secret="s")

    with psycopg.connect(addresses.owner, autocommit=True) as owner:
        owner.execute("create table mine (id bigint)")
        owner.execute("create extension pg_trgm")
    assert ask(addresses.owner, "select tableowner from pg_tables where tablename = 'mine'") == "app_owner"


def test_both_addresses_given_are_taken_as_they_are(admin):
    made = settle(of_database(admin, "betterstart"), "", secret="s")

    assert settle(made.runtime, made.owner, secret="other") == Addresses(made.runtime, made.owner)


def test_ordinary_user_alone_is_told_what_an_administrator_must_run(admin):
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("create role plain login password 'plain'")

    with pytest.raises(DatabaseNotReady) as refused:
        settle(other(admin, user="plain", password="plain"), "", secret="s")

    message = str(refused.value)
    assert "plain" in message
    assert "create role app_rw login noinherit" in message
    assert "create database betterstart owner app_owner" in message
    assert "DATABASE_OWNER_URL" in message


def test_roles_with_passwords_nobody_told_us_are_left_alone(admin):
    """They may belong to a deployment that runs: its passwords are not ours to change."""
    settle(of_database(admin, "betterstart"), "", secret="s")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("alter role app_owner password 'theirs'")

    with pytest.raises(DatabaseNotReady, match="Give both addresses"):
        settle(of_database(admin, "betterstart"), "", secret="s")

    assert ask(other(admin, user="app_owner", password="theirs"), "select 1") == 1


def test_server_that_does_not_answer_is_named(admin):
    with pytest.raises(DatabaseNotReady, match=r"127\.0\.0\.1"):
        settle("postgres://postgres:x@127.0.0.1:1/betterstart", "", secret="s")
