"""Where does the time of one operation go? Every function of the product's rooms is timed and booked on its phase.

Time is exclusive: what a function spends in another phase counts there, and what the driver waits for PostgreSQL counts
as waiting, by what it waited for. Phases follow rooms, not function names, so that a room may be rewritten.
"""

import functools
import inspect
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import psycopg
from psycopg.pq import PipelineStatus
from sqlalchemy import Connection as CoreConnection
from sqlalchemy.orm import Session

from workflows.engine import Execution

ROOMS = (
    ("mso.people", "password and session"),
    ("mso.access", "password and session"),
    ("tasks.assignment", "find and lock the task"),
    ("tasks.page", "page that was seen"),
    ("mso.denials.sheet", "page that was seen"),
    ("mso.documents", "page that was seen"),
    ("mso.practices", "page that was seen"),
    ("tasks.forms", "forms"),
    ("tasks.gate", "who may do this"),
    ("tasks.eligibility", "who may do this"),
    ("tasks.routing", "who may do this"),
    ("mso.register", "who may do this"),
    ("mso.authority", "who may do this"),
    ("tasks.separation", "who may do this"),
    ("tasks.signatures", "signature"),
    ("tasks.projection", "open the next task"),
    ("tasks.sla", "open the next task"),
    ("mso.calendars", "open the next task"),
    ("mso.cases", "case and its story"),
    ("tasks", "completion"),
    ("workflows.engine.codec", "engine: load and dump"),
    ("workflows.definitions", "definitions"),
    ("workflows.runtime", "runtime"),
    ("workflows.instances", "runtime"),
    ("workflows.timers", "timers and messages"),
    ("workflows.messages", "timers and messages"),
    ("workflows.deciding", "runtime"),
    ("workflows.history", "history"),
    ("workflows.service_tasks", "runtime"),
    ("store.crypto", "encryption"),
    ("store.audit", "audit"),
    ("store.jobs", "jobs"),
    ("store", "transaction"),
    ("webapp", "web"),
)
"""Beginning of a module's name -> phase; the first that fits."""

SKIPPED = ("workflows.feel", "workflows.decisions", "workflows.model", "workflows.lint", "workflows.engine")
"""Small functions in great number: timing each would cost more than it says. Their time counts for who calls them."""
ENGINE = {"load": "engine: load and dump", "dump": "engine: load and dump", "waiting": "engine: what waits"}
STEP, ORM, PYTHON, READ = "engine: step", "SQLAlchemy", "everything else in Python", "database: read"
ANSWERED = 0.00005
"""Seconds. A shorter wait in a pipeline got nothing from the server: what was sent went into a buffer."""
_KINDS = {
    "select": READ,
    "with": "database: write",
    "insert": "database: write",
    "update": "database: write",
    "delete": "database: write",
    "begin": "database: begin",
    "commit": "database: commit",
    "rollback": "database: rollback",
}


class Ledger:
    """Times by phase, and waiting by statement. For one thread."""

    def __init__(self) -> None:
        self.own: dict[str, float] = defaultdict(float)
        self.calls: dict[str, int] = defaultdict(int)
        self.statements: dict[str, list[float]] = defaultdict(lambda: [0, 0.0])
        self.statement = ""
        self.batch: list[str] = []
        self._inner: list[float] = []

    @contextmanager
    def phase(self, label: str) -> Iterator[None]:
        """What runs inside belongs to this phase, except for what belongs to another one."""
        self._inner.append(0.0)
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.leave(label, time.perf_counter() - begin)

    def enter(self) -> float:
        self._inner.append(0.0)
        return time.perf_counter()

    def leave(self, label: str, took: float) -> None:
        inner = self._inner.pop()
        self.own[label] += took - inner
        self.calls[label] += 1
        if self._inner:
            self._inner[-1] += took

    def waited(self, took: float) -> None:
        """Book a wait: for a statement, or for the answers to a batch that was sent without waiting."""
        text, kind = self.statement, _KINDS.get(self.statement.partition(" ")[0].lower(), "database: the rest")
        if self.batch and self.statement:
            kind = "database: sending a batch"
        if not text:
            text, kind = _of_batch(self.batch)
            # A batch is waited for in several pieces; what is sent next begins a new one.
            self.batch = [] if took > ANSWERED else self.batch
        self.leave(kind, took)
        booked = self.statements[text]
        booked[0] += 1
        booked[1] += took

    def answer(self, count: int) -> dict[str, Any]:
        """Per operation: milliseconds and calls of each phase, the longest first; statements likewise."""
        phases = [
            {"phase": label, "ms": took * 1000 / count, "calls": self.calls[label] / count}
            for label, took in sorted(self.own.items(), key=lambda one: -one[1])
        ]
        statements = [
            {"statement": text, "ms": took * 1000 / count, "calls": times / count}
            for text, (times, took) in sorted(self.statements.items(), key=lambda one: -one[1][1])
        ]
        return {"phases": phases, "statements": statements}


@contextmanager
def watched() -> Iterator[Ledger]:
    """Time everything until the block ends."""
    ledger, undo = Ledger(), _Undo()
    try:
        _watch_rooms(ledger, undo)
        _watch_engine(ledger, undo)
        _watch_orm(ledger, undo)
        _watch_driver(ledger, undo)
        yield ledger
    finally:
        undo.all()


class _Undo:
    """What was replaced, and by what it was replaced."""

    def __init__(self) -> None:
        self._kept: list[tuple[Any, str, Any]] = []

    def put(self, place: Any, name: str, value: Any) -> None:
        self._kept.append((place, name, inspect.getattr_static(place, name)))
        setattr(place, name, value)

    def all(self) -> None:
        for place, name, value in reversed(self._kept):
            setattr(place, name, value)


def _timed(ledger: Ledger, label: str, function: Callable[..., Any]) -> Callable[..., Any]:
    enter, leave, clock = ledger.enter, ledger.leave, time.perf_counter

    @functools.wraps(function)
    def run(*positional: Any, **named: Any) -> Any:
        begin = enter()
        try:
            return function(*positional, **named)
        finally:
            leave(label, clock() - begin)

    return run


def _watch_rooms(ledger: Ledger, undo: _Undo) -> None:
    modules = [one for name, one in list(sys.modules.items()) if isinstance(one, ModuleType) and _label(name)]
    wrapped: dict[Any, Any] = {}
    for module in modules:
        label = _label(module.__name__) or PYTHON
        for one in list(vars(module).values()):
            if inspect.isfunction(one) and one.__module__ == module.__name__ and not inspect.isgeneratorfunction(one):
                wrapped[one] = _timed(ledger, label, one)
    for module in [one for name, one in list(sys.modules.items()) if name.split(".")[0] in _PACKAGES]:
        for name, one in list(vars(module).items()):
            if inspect.isfunction(one) and one in wrapped:
                undo.put(module, name, wrapped[one])


_PACKAGES = ("webapp", "tasks", "mso", "workflows", "store", "bench")


def _label(module: str) -> str | None:
    for room, label in ROOMS:
        if module == room or module.startswith(f"{room}."):
            return label
    if module.startswith(SKIPPED) or module.split(".")[0] not in ("workflows", "mso"):
        return None
    return "the rest of the product"


def _watch_engine(ledger: Ledger, undo: _Undo) -> None:
    for kind in Execution.__mro__[:-1]:
        for name, one in list(vars(kind).items()):
            inner = one.__func__ if isinstance(one, classmethod) else one
            if name.startswith("_") or not inspect.isfunction(inner) or not kind.__module__.startswith("workflows."):
                continue
            label = ENGINE.get(name, STEP)
            made = _timed(ledger, label, inner)
            undo.put(kind, name, classmethod(made) if isinstance(one, classmethod) else made)


def _watch_orm(ledger: Ledger, undo: _Undo) -> None:
    for name in ("execute", "scalars", "scalar", "get", "flush", "commit", "rollback", "connection", "expunge_all"):
        undo.put(Session, name, _timed(ledger, ORM, getattr(Session, name)))
    for name in ("execute", "scalar", "exec_driver_sql"):
        undo.put(CoreConnection, name, _timed(ledger, ORM, getattr(CoreConnection, name)))


def _watch_driver(ledger: Ledger, undo: _Undo) -> None:
    execute, wait, clock = psycopg.Cursor.execute, psycopg.Connection.wait, time.perf_counter

    def executing(self: Any, query: Any, *positional: Any, **named: Any) -> Any:
        before, ledger.statement = ledger.statement, _shortened(query)
        ledger.batch = [*ledger.batch, ledger.statement] if _is_pipelined(self.connection) else []
        begin = ledger.enter()
        try:
            return execute(self, query, *positional, **named)
        finally:
            ledger.leave("driver", clock() - begin)
            ledger.statement = before

    def waiting(self: Any, *positional: Any, **named: Any) -> Any:
        begin = ledger.enter()
        try:
            return wait(self, *positional, **named)
        finally:
            ledger.waited(clock() - begin)

    undo.put(psycopg.Cursor, "execute", executing)
    undo.put(psycopg.Connection, "wait", waiting)
    for name in ("commit", "rollback"):
        undo.put(psycopg.Connection, name, _named(ledger, name, getattr(psycopg.Connection, name)))


def _is_pipelined(connection: Any) -> bool:
    return bool(connection.pgconn.pipeline_status != PipelineStatus.OFF)


def _of_batch(batch: list[str]) -> tuple[str, str]:
    """What is waited for after a batch, in words and as a phase."""
    if not batch:
        return "(connection)", "database: the rest"
    words = [one.partition(" ")[0].lower() for one in batch]
    what = "reads" if set(words) <= {"select", "begin"} else "writes"
    if "commit" in words:
        what += ", commit"
    return f"({len(batch)} statements at once: {what})", f"database: batch of {what}"


def _named(ledger: Ledger, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def run(*positional: Any, **named: Any) -> Any:
        before, ledger.statement = ledger.statement, name
        if _is_pipelined(positional[0]):
            ledger.batch.append(name)
        try:
            return function(*positional, **named)
        finally:
            ledger.statement = before

    return run


def _shortened(query: Any) -> str:
    """A statement as people recognize it: without line ends, its columns left out."""
    words = " ".join((query.decode() if isinstance(query, bytes) else str(query)).split())
    if words[:7].upper() == "SELECT " and " FROM " in words:
        head, _, tail = words.partition(" FROM ")
        return f"select … from {tail}"[:110] if len(head) > 40 else f"{head} from {tail}"[:110]
    return words[:110]
