"""Driver of SpiffWorkflow used the plain way: a JSON blob, a task row and an event row in one transaction."""

import json
import time
from collections import deque
from importlib.metadata import version
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, create_engine, text

from bench import models
from bench.forms import ANSWER
from bench.peers.naive.stock import Stock, dump, load, ready, sizes
from bench.wire import Driver

TABLES = (
    "create table if not exists naive_instance (id bigint generated always as identity primary key,"
    " status text not null, version int not null, state text not null)",
    "create table if not exists naive_task (id bigint generated always as identity primary key,"
    " instance_id bigint not null, engine_id uuid not null, name text not null, status smallint not null,"
    " completed_by text, completed_at timestamptz)",
    "create index if not exists naive_task_instance on naive_task (instance_id)",
    "create table if not exists naive_event (id bigint generated always as identity primary key,"
    " instance_id bigint not null, kind text not null, task text, data text, at timestamptz not null default now())",
)
VARIABLES = {"claim": {"number": "C-2026-000117", "amount": "742.10", "payer": "Northern Mutual"}}

_INSTANCE = text("insert into naive_instance (status, version, state) values ('open', 1, :state) returning id")
_TASK = text("insert into naive_task (instance_id, engine_id, name, status) values (:id, :task, :name, 0) returning id")
_EVENT = text("insert into naive_event (instance_id, kind, task, data) values (:id, :kind, :task, :data)")
_FIND = text("select instance_id, engine_id from naive_task where id = :id and status = 0")
_LOCK = text("select version, state from naive_instance where id = :id for update")
_SAVE = text(
    "update naive_instance set version = version + 1, state = :state, status = :status where id = :id"
    " and version = :version"
)
_DONE = text("update naive_task set status = 1, completed_by = 'b', completed_at = now() where id = :id")


class Start:
    """Start an instance of the three tasks; no work is needed."""

    def __init__(self, stock: Stock, engine: Engine) -> None:
        self._stock, self._engine = stock, engine

    def load(self, work: list[Any]) -> None:
        return

    def step(self) -> float | None:
        begin = time.perf_counter()
        self.start()
        return (time.perf_counter() - begin) * 1000

    def start(self) -> int:
        with self._engine.begin() as connection:
            workflow = self._stock.start(VARIABLES)
            instance = connection.execute(_INSTANCE, {"state": dump(workflow)}).scalar_one()
            connection.execute(_EVENT, {"id": instance, "kind": "started", "task": None, "data": None})
            return _open(connection, instance, ready(workflow)[0])


class Complete:
    """Complete tasks, of instances that it starts itself, untimed. One that is completed leaves the next one open."""

    def __init__(self, starter: Start, stock: Stock, engine: Engine) -> None:
        self._starter, self._stock, self._engine = starter, stock, engine
        self._open: deque[int] = deque()

    def load(self, work: list[Any]) -> None:
        """work: how many instances to start now."""
        for count in work:
            self._open.extend(self._starter.start() for _ in range(count))

    def step(self) -> float | None:
        if not self._open:
            return None
        begin = time.perf_counter()
        following = self._complete(self._open.popleft())
        took = (time.perf_counter() - begin) * 1000
        if following is not None:
            self._open.append(following)
        return took

    def _complete(self, task_id: int) -> int | None:
        with self._engine.begin() as connection:
            instance, engine_id = connection.execute(_FIND, {"id": task_id}).one()
            version_, state = connection.execute(_LOCK, {"id": instance}).one()
            workflow = load(state)
            task = workflow.get_task_from_id(UUID(str(engine_id)))
            self._stock.complete(workflow, task, ANSWER)
            status = "done" if workflow.completed else "open"
            saved = {"state": dump(workflow), "status": status, "id": instance, "version": version_}
            connection.execute(_SAVE, saved)
            connection.execute(_DONE, {"id": task_id})
            said = {"id": instance, "kind": "completed", "task": task.task_spec.name, "data": json.dumps(dict(ANSWER))}
            connection.execute(_EVENT, said)
            waiting = ready(workflow)
            return _open(connection, instance, waiting[0]) if waiting else None


def _open(connection: Connection, instance: int, task: Any) -> int:
    row = {"id": instance, "task": str(task.id), "name": task.task_spec.name}
    found: int = connection.execute(_TASK, row).scalar_one()
    return found


def _size(asked: dict[str, Any]) -> float:
    """Bytes of the state of another model after so many completions."""
    stock = Stock(asked["bpmn"].encode(), asked["key"])
    return float(list(sizes(stock, asked["variables"], asked["answers"], asked["completions"]))[-1])


def open_driver(given: dict[str, Any]) -> Driver:
    """given["url"]: the peers' database as SQLAlchemy names it."""
    engine = create_engine(given["url"], pool_size=1)
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(4711)"))
        for statement in TABLES:
            connection.execute(text(statement))
    model = models.straight(3)
    stock = Stock(model.bpmn, model.key)
    starter = Start(stock, engine)

    return Driver(
        {"start": starter, "complete": Complete(starter, stock, engine)},
        {"size": _size},
        {"spiffworkflow": version("spiffworkflow")},
    )
