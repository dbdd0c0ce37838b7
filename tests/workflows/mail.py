"""Tiny models that wait, send and start, and a post office to move what lies between them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from mso.demo import LAKESHORE
from store import clock as product_clock
from store.practice import MSO, as_practice, viewing
from store.transaction import reading, transaction
from tests.conftest import Clock
from tests.office import Office
from tests.workflows.lint.draw import END, START, file, flow, flows, user
from workflows import definitions, jobs, messages, runtime, wakeups
from workflows.delivery import broadcasting, delivering, firing, receiving, starting
from workflows.delivery.receiving import Sender
from workflows.engine import Execution
from workflows.instances import Incident, MessageSubscription, ProcessInstance, SignalSubscription, Timer, find
from workflows.messages import MessageRecord

assert jobs is not None  # Importing it declares the jobs.


def timer(kind: str, text: str) -> str:
    """A timer definition. kind: Date, Duration or Cycle."""
    escaped = text.replace("<", "&lt;")
    name = f"t_{abs(hash(text)) % 9999}"
    return f'<timerEventDefinition id="{name}"><time{kind}>{escaped}</time{kind}></timerEventDefinition>'


def catch(name: str, definition: str, variable: str = "") -> str:
    """A catching event. variable: where a payload goes."""
    extension = f"<extensionElements><s:messageVariable>{variable}</s:messageVariable></extensionElements>"
    return f'<intermediateCatchEvent id="{name}">{extension if variable else ""}{definition}</intermediateCatchEvent>'


def throw(name: str, definition: str, payload: str = "") -> str:
    extension = f"<extensionElements><s:messagePayload>{payload}</s:messagePayload></extensionElements>"
    return f'<intermediateThrowEvent id="{name}">{extension if payload else ""}{definition}</intermediateThrowEvent>'


def start(name: str, definition: str, variable: str = "", **properties: str) -> str:
    listed = "".join(f'<s:property name="{key}" value="{value}"/>' for key, value in properties.items())
    parts = (f"<s:messageVariable>{variable}</s:messageVariable>" if variable else "") + (
        f"<s:properties>{listed}</s:properties>" if listed else ""
    )
    extension = f"<extensionElements>{parts}</extensionElements>" if parts else ""
    return f'<startEvent id="{name}">{extension}{definition}</startEvent>'


def message(name: str, place: str = "") -> str:
    return f'<messageEventDefinition id="m_{place}{name}" messageRef="{name}"/>'


def signal(name: str, place: str = "") -> str:
    return f'<signalEventDefinition id="s_{place}{name}" signalRef="{name}"/>'


def model(
    key: str, body: str, *, keyed: Mapping[str, str] | None = None, plain: tuple[str, ...] = (), ttl: str = "",
    signals: tuple[str, ...] = (), binding: str = "claim",
) -> bytes:  # fmt: skip
    """A process. keyed: message -> FEEL path of its key in the payload; plain: messages without a key."""
    keyed = keyed or {}
    extension = (
        f'<extensionElements><s:properties><s:property name="ttl" value="{ttl}"/></s:properties></extensionElements>'
    )
    before = "".join(f'<signal id="{one}" name="{one}"/>' for one in signals)
    subscription = ""
    if keyed:
        retrievals = "".join(
            f'<correlationPropertyRetrievalExpression messageRef="{name}"><messagePath>{path}</messagePath>'
            "</correlationPropertyRetrievalExpression>"
            for name, path in keyed.items()
        )
        before += (
            f'<collaboration id="c"><participant id="pool" processRef="{key}"/><correlationKey id="key" name="key">'
            "<correlationPropertyRef>claim</correlationPropertyRef></correlationKey></collaboration>"
            f'<correlationProperty id="claim" name="claim">{retrievals}</correlationProperty>'
        )
        subscription = (
            '<correlationSubscription id="sub" correlationKeyRef="key"><correlationPropertyBinding '
            f'correlationPropertyRef="claim"><dataPath>{binding}</dataPath></correlationPropertyBinding>'
            "</correlationSubscription>"
        )
    before += "".join(
        f'<message id="{one}" name="{one}">{extension if ttl else ""}</message>' for one in (*keyed, *plain)
    )
    return file(f'{before}<process id="{key}" isExecutable="true">{body}{subscription}</process>')


def waits_for(key: str, name: str = "answer", *, ttl: str = "", first: bool = False) -> bytes:
    """Waits for a message under its variable `claim`, then has a task "a". first: a task "before" comes first."""
    nodes = (["before"] if first else []) + ["wait", "a"]
    drawn = (user("before") if first else "") + catch("wait", message(name), "got") + user("a")
    return model(key, START + drawn + END + flows("start", *nodes, "end"), keyed={name: "claim"}, ttl=ttl)


def waits_until(key: str, text: str, kind: str = "Duration") -> bytes:
    """Waits for a timer, then has a task "a"."""
    return model(key, START + catch("wait", timer(kind, text)) + user("a") + END + flows("start", "wait", "a", "end"))


class Post:
    """Somebody who publishes, starts, sends, and does what a worker does."""

    def __init__(self, office: Office, clock: Clock) -> None:
        self.office, self.clock = office, clock

    @property
    def app(self) -> Flask:
        return self.office.app

    def publish(self, key: str, xml: bytes) -> UUID:
        with as_practice(MSO), transaction():
            return definitions.publish({f"{key}.bpmn": xml}, key, by=None, now=product_clock.now())

    def start(self, key: str, practice: int = LAKESHORE, **variables: Any) -> UUID:
        with as_practice(practice), transaction():
            return runtime.start(key, variables, runtime.About(practice), now=product_clock.now(), by="tester")

    @contextmanager
    def writing(self) -> Iterator[Any]:
        with as_practice(LAKESHORE), transaction() as session:
            yield session

    @contextmanager
    def reading(self, practice: int = LAKESHORE) -> Iterator[Any]:
        with viewing((practice,)), reading() as session:
            yield session

    def look(self, instance_id: UUID) -> Execution:
        with self.reading() as session:
            return runtime.look(session, instance_id, now=product_clock.now())

    def tasks(self, instance_id: UUID) -> list[str]:
        return sorted(one.element_id for one in self.look(instance_id).waiting().user_tasks)

    def complete(self, instance_id: UUID, element_id: str, **answers: Any) -> None:
        tasks = {one.element_id: one.id for one in self.look(instance_id).waiting().user_tasks}
        with self.writing():
            run = runtime.open_run(instance_id, by="tester", now=product_clock.now())
            runtime.complete(run, tasks[element_id], answers, None)

    def row(self, instance_id: UUID) -> ProcessInstance:
        with self.reading() as session:
            return find(session, instance_id)

    def suspend(self, instance_id: UUID) -> None:
        with self.writing() as session:
            session.get_one(ProcessInstance, (LAKESHORE, instance_id)).suspended_at = product_clock.now()

    # Messages and signals

    def send(self, name: str, message_id: str | None = None, **payload: Any) -> UUID:
        sent = receiving.send(LAKESHORE, name, payload, Sender("tester", None, message_id), now=product_clock.now())
        return sent.id

    def broadcast(self, name: str, payload: Any = None, message_id: str | None = None) -> UUID:
        sender = Sender("tester", None, message_id)
        return receiving.broadcast(LAKESHORE, name, payload, sender, now=product_clock.now()).id

    def message(self, message_id: UUID) -> MessageRecord:
        with self.reading() as session:
            found = messages.find(session, message_id)
            assert found is not None
            return found

    def status(self, message_id: UUID) -> str:
        return self.message(message_id).status

    def messages(self, practice: int = LAKESHORE) -> list[MessageRecord]:
        with self.reading(practice) as session:
            return list(session.scalars(select(MessageRecord).order_by(MessageRecord.id)))

    def work(self, most: int = 50) -> int:
        """Do the jobs of messages and signals that wait, as a worker does; how many there were."""
        done = 0
        for _ in range(most):
            waiting = self.queued()
            if not waiting:
                break
            for job_id, name, arguments in waiting:
                self.forget(job_id)
                self.do(name, arguments)
                done += 1
        return done

    def do(self, name: str, arguments: Mapping[str, Any]) -> None:
        verb = delivering.deliver if name == wakeups.JOBS[wakeups.MESSAGE] else broadcasting.carry
        verb(arguments["practice_id"], UUID(arguments["row_id"]), clock=product_clock.now)

    def queued(self) -> list[tuple[int, str, dict[str, Any]]]:
        """Jobs of messages and signals that wait: id, name, arguments."""
        with self.reading() as session:
            query = (
                "select id, task_name, args from procrastinate_jobs where status = 'todo'"
                " and task_name in ('workflows:message.deliver', 'workflows:signal.broadcast') order by id"
            )
            return [(one[0], one[1], one[2]) for one in session.connection().exec_driver_sql(query)]

    def forget(self, job_id: int) -> None:
        with self.writing() as session:
            session.connection().exec_driver_sql("delete from procrastinate_jobs where id = %s", (job_id,))

    def wake(self) -> int:
        """What the waking job does."""
        with transaction():
            return wakeups.claim_due(product_clock.now())

    # Timers

    def sweep(self) -> int:
        return firing.sweep(clock=product_clock.now)

    def plan_starts(self) -> None:
        starting.plan(now=product_clock.now())

    def sweep_starts(self) -> int:
        return starting.sweep(clock=product_clock.now)

    def instances(self, key: str, practice: int = LAKESHORE) -> list[ProcessInstance]:
        with self.reading(practice) as session:
            query = select(ProcessInstance).where(ProcessInstance.process_key == key)
            return list(session.scalars(query.order_by(ProcessInstance.id)))

    def timers(self, instance_id: UUID) -> list[Timer]:
        with self.reading() as session:
            query = select(Timer).where(Timer.instance_id == instance_id).order_by(Timer.due_at)
            return list(session.scalars(query))

    def incidents(self, instance_id: UUID, *, resolved: bool = False) -> list[Incident]:
        with self.reading() as session:
            found = session.scalars(select(Incident).where(Incident.instance_id == instance_id).order_by(Incident.id))
            return [one for one in found if resolved or one.resolved_at is None]

    def subscriptions(self, instance_id: UUID) -> list[str]:
        with self.reading() as session:
            heard = select(SignalSubscription.name).where(SignalSubscription.instance_id == instance_id)
            caught = select(MessageSubscription.message).where(MessageSubscription.instance_id == instance_id)
            return sorted([*session.scalars(heard), *session.scalars(caught)])


@pytest.fixture
def post(office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Post:
    """A whole office, and somebody who carries things in it. Models are not linted: forms are not at hand."""
    monkeypatch.setattr(definitions, "examine", lambda files, known: [])
    return Post(office, clock)


__all__ = [
    "END",
    "START",
    "Post",
    "catch",
    "flow",
    "flows",
    "message",
    "model",
    "post",
    "signal",
    "start",
    "throw",
    "timer",
    "user",
]
