"""A desk for tests: publish a tiny model, start it in a practice, work on it, and look at what is stored."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from mso.demo import LAKESHORE
from store import clock as product_clock
from store.practice import MSO, as_practice, viewing
from store.transaction import reading, transaction
from tests.conftest import Clock
from tests.office import Office
from tests.workflows.lint.draw import task
from workflows import definitions, runtime, service_calls, service_tasks
from workflows.engine import Execution
from workflows.instances import Incident, ProcessInstance, find
from workflows.service_calls.records import ALIVE, ServiceCallRecord

Model = bytes


def service(name: str, operator: str, result: str = "result", inner: str = "", **properties: str) -> str:
    """A service task. inner: parameters, as `parameter` draws them."""
    parameters = f"<s:parameters>{inner}</s:parameters>"
    extension = f'<s:serviceTaskOperator id="{operator}" resultVariable="{result}">{parameters}</s:serviceTaskOperator>'
    return task("serviceTask", name, extension=extension, **properties)


def parameter(name: str, value: str) -> str:
    """One parameter with a FEEL text."""
    escaped = value.replace('"', "&quot;").replace("<", "&lt;")
    return f'<s:parameter id="{name}" type="any" value="{escaped}"/>'


class Desk:
    """One tester at work in a practice."""

    def __init__(self, office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
        self.office, self.clock, self.monkeypatch = office, clock, monkeypatch
        self.asked: list[service_tasks.ServiceCall] = []
        monkeypatch.setattr(service_tasks, "_operators", dict(service_tasks._operators))
        monkeypatch.setattr(service_tasks, "_settings", {})
        monkeypatch.setattr(definitions, "examine", lambda files, known: [])

    def operator(self, key: str, answer: Any, *, local: bool = False, **options: Any) -> None:
        """Register an operator. answer: what it gives; a function gets the call; an exception is raised."""

        def handler(call: service_tasks.ServiceCall) -> Mapping[str, object]:
            self.asked.append(call)
            given = answer(call) if callable(answer) and not isinstance(answer, type) else answer
            if isinstance(given, BaseException):
                raise given
            return given  # type: ignore[no-any-return]

        handler.__qualname__ = key
        service_tasks.service_task(key, **({"parameters": {}} | options), local=local)(handler)

    def publish(self, model: Model, **files: bytes) -> UUID:
        """A version of the process "p"."""
        with as_practice(MSO), transaction():
            return definitions.publish({"p.bpmn": model, **files}, "p", by=None, now=product_clock.now())

    def start(self, model: Model | None = None, **variables: Any) -> UUID:
        """Start an instance of the newest version, or of a model that is published first."""
        if model is not None:
            self.publish(model)
        with self.writing():
            return runtime.start("p", variables, runtime.About(LAKESHORE), now=product_clock.now(), by="tester")

    @contextmanager
    def writing(self) -> Iterator[Any]:
        with as_practice(LAKESHORE), transaction() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Any]:
        with viewing((LAKESHORE,)), reading() as session:
            yield session

    def complete(self, instance_id: UUID, element_id: str, by: UUID | str | None = "tester", **answers: Any) -> None:
        """Complete an open user task."""
        task_id = self.open(instance_id)[element_id]
        with self.writing():
            run = runtime.open_run(instance_id, by=by, now=product_clock.now())
            runtime.complete(run, task_id, answers, None)

    def look(self, instance_id: UUID) -> Execution:
        with self.reading() as session:
            return runtime.look(session, instance_id, now=product_clock.now())

    def open(self, instance_id: UUID) -> dict[str, UUID]:
        """Open user tasks: element id -> engine task id."""
        return {one.element_id: one.id for one in self.look(instance_id).waiting().user_tasks}

    def row(self, instance_id: UUID) -> ProcessInstance:
        with self.reading() as session:
            return find(session, instance_id)

    def calls(self, instance_id: UUID) -> list[ServiceCallRecord]:
        with self.reading() as session:
            query = select(ServiceCallRecord).where(ServiceCallRecord.instance_id == instance_id)
            return list(session.scalars(query.order_by(ServiceCallRecord.requested_at, ServiceCallRecord.id)))

    def call(self, instance_id: UUID) -> ServiceCallRecord:
        """The only call of an instance."""
        (found,) = self.calls(instance_id)
        return found

    def incidents(self, instance_id: UUID, *, resolved: bool = False) -> list[Incident]:
        with self.reading() as session:
            query = select(Incident).where(Incident.instance_id == instance_id).order_by(Incident.id)
            found = session.scalars(query).all()
            return [one for one in found if resolved or one.resolved_at is None]

    def work(self, instance_id: UUID, chance: Callable[[], float] = lambda: 0.5) -> ServiceCallRecord:
        """Do what a worker does for the instance's call that waits, else its last one; gives the call as it is then."""
        found = self.calls(instance_id)
        call_id = next((one for one in found if one.status in ALIVE), found[-1]).id
        with as_practice(LAKESHORE):
            service_calls.run(call_id, clock=product_clock.now, chance=chance)
        return next(one for one in self.calls(instance_id) if one.id == call_id)

    def queued(self) -> list[tuple[str, dict[str, Any], Any]]:
        """Jobs that wait: name, arguments, time."""
        with self.reading() as session:
            query = "select task_name, args, scheduled_at from procrastinate_jobs where status = 'todo' order by id"
            return [(one[0], one[1], one[2]) for one in session.connection().exec_driver_sql(query)]

    def pass_time(self, **span: float) -> None:
        self.clock.at += timedelta(**span)


@pytest.fixture
def desk(office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A whole office with somebody who tests operators in it."""
    return Desk(office, clock, monkeypatch)


def words(text: str) -> set[str]:
    """The words of a text, for looking for what must not stand there."""
    return set(re.findall(r"[\w.-]+", text))
