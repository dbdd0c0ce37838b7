"""What the database says when it cannot or will not, as an error of ours: what a person can do about it, no values."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from store.errors import Conflict, DomainError, Invalid, Unavailable


class Busy(Conflict):
    """Somebody else works on the same record, for longer than we wait."""

    code = "database.busy"
    message = "Somebody else is working on the same record right now. Send again in a moment."


class MadeMeanwhile(Conflict):
    """Two made the same thing at once; the other one was first."""

    code = "database.made_meanwhile"
    message = "Somebody else did the same a moment before. Reload to see it."


class GuardRefused(Conflict):
    """A rule of the database held where everything above it had let through (store/sql/guards.sql)."""

    code = "database.guard"
    message = "The database refused this: the register or the task changed meanwhile. Reload and decide again."


class NotStorable(Invalid):
    """A value that no column can hold."""

    code = "database.not_storable"
    message = "A value cannot be stored: too large, or with characters that are no text. Correct it and send again."


class DatabaseSilent(Unavailable):
    """The database does not answer, or not in time."""

    code = "database.silent"
    message = "The database cannot be reached, or takes too long. Nothing was saved. Try again in a moment."


# PostgreSQL error codes, by code or class (manual, appendix A); CS is ours.
_BY_STATE: dict[str, type[DomainError]] = {
    "55P03": Busy,
    "40P01": Busy,
    "40001": Busy,
    "23505": MadeMeanwhile,
    "CS001": GuardRefused,
    "CS002": GuardRefused,
    "22": NotStorable,
    "08": DatabaseSilent,
    "53": DatabaseSilent,
    "57": DatabaseSilent,
    "25P03": DatabaseSilent,
}


def in_words(error: BaseException) -> DomainError | None:
    """The error a caller can act on; None for anything that is a fault of ours."""
    if isinstance(error, StaleDataError):
        return Busy()
    if isinstance(error, PoolTimeout):
        return DatabaseSilent()
    if not isinstance(error, DBAPIError):
        return None
    state = str(getattr(error.orig, "sqlstate", None) or "")
    found = _BY_STATE.get(state) or _BY_STATE.get(state[:2])
    if found is None and not state and isinstance(error, OperationalError | InterfaceError):
        found = DatabaseSilent
    return found() if found else None
