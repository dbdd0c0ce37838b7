"""Statements that need no answer wait and go out together; questions are asked together. Each saves a round trip.

A transaction over a network costs what its round trips cost. So a write is noted (`later`) and sent in PostgreSQL's
pipeline with whatever is sent next, at the latest with the COMMIT; several reads (`ask`) make one trip. Order is kept:
whatever goes through SQLAlchemy sends the waiting statements first. A row count comes too late to be looked at, so
who writes later has locked what is written before.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Parameters = Sequence[Any] | Mapping[str, Any] | None
Statement = tuple[str, Parameters]
Rows = list[tuple[Any, ...]]
Witness = Callable[[Sequence[str]], None]
_Write = tuple[str, Parameters, str | None]

# The driver warns of what it skips after a failed statement of a trip; the failure itself is raised.
logging.getLogger("psycopg").setLevel(logging.ERROR)

_WAITING = "statements_waiting"
_witnesses: list[Witness] = []


def later(session: Session, statement: str, parameters: Parameters = None, *, table: str | None = None) -> None:
    """Note a statement of the driver's own style (%s, %(name)s) that needs no answer.

    table: for an INSERT, UPDATE or DELETE with parameters in a sequence: what it changes. Neighbors that change
    different tables then go as one statement, in which none sees what the others did; so it must depend on none of
    them, neither by itself nor by a trigger.
    """
    _waiting(_connection(session)).append((statement, parameters, table))


def later_on(connection: Connection, statement: str, parameters: Parameters = None) -> None:
    """The same for a connection, e.g. while its transaction begins."""
    _waiting(connection).append((statement, parameters, None))


def ask(session: Session, *questions: Statement) -> list[Rows]:
    """The rows of each question, after whatever waits, in one round trip. Each sees what the ones before it did."""
    session.flush()
    connection = _connection(session)
    cursors = _send(connection, _taken(connection), questions)
    return [cursor.fetchall() for cursor in cursors]


def ask_last(session: Session, *questions: Statement) -> list[Rows]:
    """The rows of each question, and the end of the transaction, in one round trip."""
    connection = _connection(session)
    cursors = _send(connection, _taken(connection), [*questions, ("commit", None)])
    return [cursor.fetchall() for cursor in cursors[:-1]]


def commit(session: Session) -> None:
    """Send what waits together with the COMMIT. Without a connection there is nothing to send."""
    connection = session.info.pop("connection", None)
    if connection is None or connection.closed:
        return
    waiting = _taken(connection)
    if len(waiting) == 1 and not _driver(connection).info.transaction_status:
        return  # Only the scope waited: nothing was asked and nothing written.
    _send(connection, [*waiting, ("commit", None, None)])


@contextmanager
def witnessed(witness: Witness) -> Iterator[None]:
    """Tell `witness` the statements of each round trip made here; for counting."""
    _witnesses.append(witness)
    try:
        yield
    finally:
        _witnesses.remove(witness)


def _send(
    connection: Connection, writes: Sequence[_Write], questions: Sequence[Statement] = ()
) -> list[psycopg.Cursor[Any]]:
    """One trip for all. Raises SQLAlchemy's errors, as its own statements do."""
    for witness in _witnesses:
        witness([*(one[0] for one in writes), *(statement for statement, _ in questions)])
    driver = _driver(connection)
    try:
        with driver.pipeline():
            numbered = psycopg.RawCursor(driver)
            for statement, parameters in _joined(writes):
                (driver if isinstance(parameters, Mapping) else numbered).execute(statement, parameters)
            return [driver.execute(statement, parameters) for statement, parameters in questions]
    except psycopg.Error as error:
        raise _translated(connection, error) from error


def _joined(writes: Sequence[_Write]) -> Iterator[Statement]:
    """The writes in their order, neighbors of different tables as one statement."""
    group: list[_Write] = []
    for write in writes:
        if write[2] is None or any(one[2] in (None, write[2]) for one in group):
            yield from _as_one(group)
            group = []
        group.append(write)
    yield from _as_one(group)


def _as_one(group: Sequence[_Write]) -> Iterator[Statement]:
    if not group:
        return
    statements, parameters = tuple(one[0] for one in group), group[0][1]
    if isinstance(parameters, Mapping):
        yield statements[0], parameters
    else:
        yield _numbered(statements), [value for one in group for value in one[1] or ()]


@lru_cache(maxsize=1000)
def _numbered(statements: tuple[str, ...]) -> str:
    """One statement with the server's own placeholders; the driver would translate a long one each time."""
    *first, last = statements
    parts = ", ".join(f"w{number} as ({statement})" for number, statement in enumerate(first))
    pieces = (f"with {parts} {last}" if first else last).split("%s")
    return pieces[0] + "".join(f"${number}{piece}" for number, piece in enumerate(pieces[1:], 1))


def _translated(connection: Connection, error: psycopg.Error) -> BaseException:
    """SQLAlchemy's class for a driver's error; a broken connection is given up, as SQLAlchemy would."""
    driver: Any = _driver(connection)
    is_gone = connection.dialect.is_disconnect(error, driver, None)  # type: ignore[arg-type]
    if is_gone:
        connection.invalidate(error)
        connection.engine.dispose(close=False)
    return DBAPIError.instance(
        None, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=is_gone,
        dialect=connection.dialect,
    )  # fmt: skip


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    driver: Any = connection.connection.driver_connection
    return driver  # type: ignore[no-any-return]


def _connection(session: Session) -> Connection:
    """The connection of the open transaction; finding it through the session costs more than a statement."""
    known: Connection | None = session.info.get("connection")
    return known if known is not None and not known.closed and known.in_transaction() else session.connection()


def _waiting(connection: Connection) -> list[_Write]:
    waiting: list[_Write] = connection.info.setdefault(_WAITING, [])
    return waiting


def _taken(connection: Connection) -> list[_Write]:
    taken: list[_Write] = connection.info.pop(_WAITING, [])
    return taken


@event.listens_for(Engine, "before_cursor_execute")
def _send_waiting_first(connection: Connection, *_: Any) -> None:
    waiting = _taken(connection)
    if waiting:
        _send(connection, waiting)


@event.listens_for(Engine, "rollback")
def _forget(connection: Connection) -> None:
    if not connection.invalidated:
        _taken(connection)


@event.listens_for(Engine, "rollback_savepoint")
def _forget_inner(connection: Connection, name: str, context: None) -> None:
    # SAVEPOINT itself sent what waited before it, so all of this is undone.
    _taken(connection)
