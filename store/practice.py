"""Whose rows may be seen. The scope is set outside a transaction and becomes its first statement.

No scope means no rows of any practice: the database fails closed (row-level security).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from store.errors import NestedTransaction

MSO = 1
"""Organization id of the MSO itself: the tenant of what belongs to no practice (unread files, sign-ins)."""


@dataclass(frozen=True)
class Scope:
    """practice: the one practice whose rows may be written; visible: the practices whose rows may be read."""

    practice: int | None = None
    visible: tuple[int, ...] = ()


_NOTHING = Scope()
_scope: ContextVar[Scope] = ContextVar("practice_scope", default=_NOTHING)
_open: ContextVar[bool] = ContextVar("transaction_open", default=False)


def current() -> Scope:
    """The scope that the next transaction of this request or job will have."""
    return _scope.get()


@contextmanager
def as_practice(practice_id: int) -> Iterator[None]:
    """Read and write the rows of one practice."""
    with _scoped(Scope(practice_id, (practice_id,))):
        yield


@contextmanager
def viewing(practice_ids: Iterable[int]) -> Iterator[None]:
    """Read the rows of several practices, write none."""
    with _scoped(Scope(None, tuple(sorted(set(practice_ids))))):
        yield


@contextmanager
def acting_for(practice_ids: Iterable[int]) -> Iterator[None]:
    """Act on one row that lies in one of these practices: `narrow` finds which, inside the transaction."""
    with viewing(practice_ids):
        yield


def narrowing(table: str, row_id: object) -> tuple[str, tuple[object, ...]]:
    """The statement that makes the practice of a visible row the transaction's own; its answer goes to `narrow`.

    No such row among the practices in view: nothing is set, and nothing can be written.
    """
    return (
        "select practice_id, set_config('app.practice', practice_id::text, true),"
        f" set_config('app.practices', practice_id::text, true) from {table} where id = %s",
        (row_id,),
    )


def narrow(rows: Sequence[Sequence[Any]]) -> int | None:
    """Take over what the `narrowing` statement answered: the practice, or None when there is no such row."""
    if not rows:
        return None
    practice_id = int(rows[0][0])
    if practice_id not in current().visible:
        raise NestedTransaction("A row was found outside the practices in view.")
    _scope.set(Scope(practice_id, (practice_id,)))
    return practice_id


@contextmanager
def _scoped(scope: Scope) -> Iterator[None]:
    # PostgreSQL takes the setting at the start of a transaction; changing it inside would silently do nothing.
    if _open.get():
        raise NestedTransaction("The practice cannot change inside a transaction.")
    token = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def transaction_open() -> Iterator[None]:
    """Marks the time in which the scope may not change (used by store.transaction only)."""
    token = _open.set(True)
    try:
        yield
    finally:
        _open.reset(token)


def is_transaction_open() -> bool:
    """Whether a transaction() or reading() block is open in this request or job."""
    return _open.get()
