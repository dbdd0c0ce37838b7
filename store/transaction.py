"""All or nothing. The only file with a commit.

The outermost verb opens `transaction()`; a verb that is called by another one says `require_transaction()`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy.orm import Session

from store import sending
from store.db import REGISTER_BIND, db
from store.errors import NestedTransaction, NoTransaction, Refused
from store.practice import is_transaction_open, transaction_open

Tail = Callable[[Session], None]
RefusalWitness = Callable[[Refused], None]

_session: ContextVar[Session | None] = ContextVar("session", default=None)
_tails: list[Tail] = []
_witnesses: list[RefusalWitness] = []


def before_commit(tail: Tail) -> Tail:
    """Register what runs last before each commit. The audit link goes here: its row lock is the shared one."""
    _tails.append(tail)
    return tail


def on_refusal(witness: RefusalWitness) -> RefusalWitness:
    """Register what remembers a refusal after the rollback, so that it leaves a trace."""
    _witnesses.append(witness)
    return witness


@contextmanager
def transaction() -> Iterator[Session]:
    """One verb, one commit. Raises NestedTransaction inside another one."""
    with _single(), _committing(db.session()) as session:
        yield session


@contextmanager
def register_transaction() -> Iterator[Session]:
    """Like transaction(), on the role that may write register facts. Only the register verbs of mso/ use it."""
    with _single(), Session(db.engines[REGISTER_BIND], expire_on_commit=False) as own, _committing(own) as session:
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A READ ONLY block for the reads of a request; it ends before a verb opens its own transaction."""
    with _single(), _current(db.session()) as session:
        try:
            sending.later(session, "set transaction read only")
            yield session
        finally:
            # What was read stays readable: nothing may load itself later, in a transaction with another scope.
            session.expunge_all()
            session.rollback()


def answers(*questions: sending.Statement) -> list[sending.Rows]:
    """What each question gives, read in a READ ONLY block that is one round trip."""
    with _single(), _current(db.session()) as session:
        try:
            sending.later(session, "set transaction read only")
            return sending.ask_last(session, *questions)
        finally:
            session.rollback()


def require_transaction() -> Session:
    """The open session of the caller's transaction; raises NoTransaction when there is none."""
    session = _session.get()
    if session is None:
        raise NoTransaction("This must run inside transaction().")
    return session


@contextmanager
def savepoint() -> Iterator[None]:
    """A part of the caller's transaction that is undone alone when it raises, with what waited for the commit."""
    session = require_transaction()
    waiting = {name: list(value) for name, value in session.info.items() if isinstance(value, list)}
    try:
        with session.begin_nested():
            yield
    except BaseException:
        for name in [name for name, value in session.info.items() if isinstance(value, list)]:
            session.info[name] = waiting.get(name, [])
        raise


@contextmanager
def _single() -> Iterator[None]:
    if is_transaction_open():
        raise NestedTransaction("A transaction is already open in this request or job.")
    yield


@contextmanager
def _current(session: Session) -> Iterator[Session]:
    token = _session.set(session)
    try:
        with transaction_open():
            yield session
    finally:
        _session.reset(token)


@contextmanager
def _committing(session: Session) -> Iterator[Session]:
    refusal: Refused | None = None
    with _current(session):
        try:
            yield session
            session.flush()
            for tail in _tails:
                tail(session)
            sending.commit(session)
            session.commit()
            session.expunge_all()
        except Refused as refused:
            _undo(session)
            refusal = refused
        except BaseException:
            _undo(session)
            raise
    if refusal is not None:
        for witness in _witnesses:
            witness(refusal)
        raise refusal


def _undo(session: Session) -> None:
    """Roll back, with what waited for the commit: entries of what never happened must not ride on the next one."""
    session.rollback()
    session.info.clear()
