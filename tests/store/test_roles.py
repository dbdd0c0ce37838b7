"""What the database refuses by itself."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from store import audit, roles
from store.practice import as_practice, viewing
from store.transaction import reading, transaction
from store.types import Protection
from tests.conftest import Database


def _entries_seen() -> int:
    with reading() as session:
        return int(session.scalar(text("select count(*) from audit_entry")) or 0)


def _record(practice: int) -> None:
    with as_practice(practice), transaction():
        audit.record("test:done", by=None, on="thing/1")


@pytest.fixture
def owner(database: Database) -> Iterator[Engine]:
    """An engine of the owner role, with one table of each kind that these tests need."""
    engine = create_engine(database.urls.owner)
    with engine.begin() as connection:
        for name, protection in {
            "note": Protection(tenant=True),
            "fact": Protection(tenant=False, append_only=True, writer="register"),
            "lock_row": Protection(tenant=False, writer="register"),
        }.items():
            connection.execute(text(f"create table {name} (practice_id int, n int)"))
            roles.protect_table(connection, name, protection)
            roles.protect_table(connection, name, protection)
    yield engine
    engine.dispose()


def _as(url: str, statement: str, practice: int = 2) -> list[tuple[object, ...]]:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            setting = "select set_config('app.practice', :one, true), set_config('app.practices', :one, true)"
            connection.execute(text(setting), {"one": str(practice)})
            found = connection.execute(text(statement))
            return [tuple(row) for row in found] if found.returns_rows else []
    finally:
        engine.dispose()


def test_without_a_practice_no_row_is_seen(database: Database) -> None:
    _record(2)
    assert _entries_seen() == 0
    with as_practice(2):
        assert _entries_seen() == 1


def test_a_practice_sees_its_own_rows_only(database: Database) -> None:
    _record(2)
    _record(3)
    with as_practice(3):
        assert _entries_seen() == 1
    with viewing([2, 3]):
        assert _entries_seen() == 2


def test_rows_of_another_practice_are_neither_written_nor_moved(database: Database, owner: Engine) -> None:
    _as(database.urls.app, "insert into note values (2, 1)")
    for statement in ("insert into note values (3, 1)", "update note set practice_id = 3"):
        with pytest.raises(ProgrammingError, match="row-level security"):
            _as(database.urls.app, statement)
    _as(database.urls.app, "delete from note", practice=3)
    assert _as(database.urls.app, "select * from note") == [(2, 1)]


def test_many_practices_are_read_and_none_is_written(database: Database, owner: Engine) -> None:
    _as(database.urls.app, "insert into note values (2, 1)")
    with viewing([2, 3]), reading() as session:
        assert session.scalar(text("select count(*) from note")) == 1
    with viewing([2, 3]), pytest.raises(ProgrammingError, match="row-level security"), transaction() as session:
        session.execute(text("insert into note values (2, 2)"))


def test_register_facts_come_from_the_register_role_only(database: Database, owner: Engine) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        _as(database.urls.app, "insert into fact values (2, 1)")
    _as(database.urls.register, "insert into fact values (2, 1)")
    assert _as(database.urls.app, "select n from fact") == [(1,)]


@pytest.mark.parametrize("statement", ["update fact set n = 2", "delete from fact", "truncate fact"])
def test_not_even_the_owner_changes_an_append_only_table(database: Database, owner: Engine, statement: str) -> None:
    _as(database.urls.register, "insert into fact values (2, 1)")
    for url in (database.urls.app, database.urls.register):
        with pytest.raises(ProgrammingError, match="permission denied"):
            _as(url, statement)
    with pytest.raises(DBAPIError, match="added and never changed"):
        _as(database.urls.owner, statement)


def test_a_register_row_is_locked_but_not_changed_by_the_application(database: Database, owner: Engine) -> None:
    _as(database.urls.register, "insert into lock_row values (2, 1)")
    assert _as(database.urls.app, "select n from lock_row for share") == [(1,)]
    with pytest.raises(DBAPIError, match="only the register verbs"):
        _as(database.urls.app, "update lock_row set n = 2")
    _as(database.urls.register, "update lock_row set n = 2")


@pytest.mark.parametrize(
    "statement",
    [
        "alter table note disable row level security",
        "drop policy seen on note",
        "alter table fact disable trigger all",
        "create table mine (n int)",
        "create temporary table audit_entry (n int)",
        "create function mine() returns int language sql as 'select 1'",
        "set role countersign_owner",
        "set role postgres",
        "set session_replication_role = replica",
    ],
)
def test_the_application_cannot_take_a_guard_away(database: Database, owner: Engine, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"must be owner|permission denied"):
        _as(database.urls.app, statement)


def test_a_role_that_could_switch_guards_off_stops_the_start(database: Database) -> None:
    roles.refuse_powerful_role(database.urls.app)
    roles.refuse_powerful_role(database.urls.register)
    for url in (database.urls.owner, database.urls.admin):
        with pytest.raises(roles.RoleTooPowerful, match="DATABASE_URL"):
            roles.refuse_powerful_role(url)
