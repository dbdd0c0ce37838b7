"""kill -9 before any statement of a verb: afterwards all of it is done or nothing, and doing it again ends it once."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import make_url

from mso.integrations.x12_835 import fake
from store import audit, clock, embedded
from store.errors import DomainError
from store.practice import MSO, as_practice
from store.transaction import reading, transaction
from tasks import assignment, completion
from tasks.completion import Submission
from tests.acceptance.dying import DONE, outcomes
from tests.conftest import plain
from tests.office import EVERYWHERE, PASSWORD, REVIEW, TRIAGE, Office
from workflows import jobs, runtime
from workflows.webhooks import inbound

Picture = dict[str, int]

COUNTED = {
    "instance events": "select count(*) from instance_event",
    "instance versions": "select coalesce(sum(version), 0) from process_instance",
    "instances": "select count(*) from process_instance",
    "tasks": "select count(*) from task",
    "completed": "select count(*) from task where status = 1",
    "withdrawn": "select count(*) from task where status = 2",
    "claimed": "select count(*) from task where assignee_id is not null",
    "task events": "select count(*) from task_event",
    "signatures": "select count(*) from signed_decision",
    "timers": "select count(*) from timer",
    "subscriptions": "select count(*) from message_subscription",
    "case events": "select count(*) from case_event",
    "cases": "select count(*) from case_file",
    "audit links": "select count(*) from audit_link where practice_id <> 1",
    "incidents": "select count(*) from incident",
    "deliveries": "select count(*) from delivery",
    "processed": "select count(*) from delivery where status = 'processed'",
}


@dataclass(frozen=True)
class Watched:
    """An office, and its database as the superuser sees it: past all walls, for counting."""

    office: Office
    conninfo: str

    def database(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.conninfo, autocommit=True)


@pytest.fixture
def watched(office: Office, server: embedded.EmbeddedServer) -> Watched:
    assert office.config is not None
    name = make_url(office.config.database_url or "").database or ""
    return Watched(office, plain(embedded.urls_of(server.layout, name).admin))


@pytest.fixture
def received(watched: Watched) -> Watched:
    """With a remittance, whose denials are open for triage."""
    watched.office.receive()
    return watched


def picture(watched: Watched) -> Picture:
    """How much there is of everything, counted past the walls."""
    with watched.database() as connection:
        rows = {name: connection.execute(query).fetchone() for name, query in COUNTED.items()}
    return {name: int(row[0]) for name, row in rows.items() if row}


def unharmed(watched: Watched) -> None:
    """Every instance can be read, its open tasks are what it waits for, and the audit chain holds."""
    with watched.database() as connection:
        running = connection.execute("select practice_id, id from process_instance where ended_at is null").fetchall()
        open_tasks = connection.execute("select instance_id, engine_task_id from task where status = 0").fetchall()
    waiting: set[tuple[UUID, UUID]] = set()
    for practice_id, instance_id in running:
        with as_practice(practice_id), reading() as session:
            found = runtime.look(session, instance_id, now=clock.now()).waiting()
            waiting |= {(instance_id, task.id) for task in found.user_tasks}
    assert waiting == set(open_tasks)
    for practice_id in EVERYWHERE:
        with as_practice(practice_id), reading() as session:
            assert list(audit.verify(session, practice_id)) == []


def killed_everywhere(watched: Watched, act: Callable[[], Any], steps: int = 1) -> None:
    """Do `act` in dying processes until it is done.

    After each death there is what was there before, or what one more of its `steps` transactions adds; at the end
    doing it again changes nothing.
    """
    seen = [picture(watched)]
    ended = DONE
    for place, ended in outcomes(act):  # noqa: B007 - read after the loop
        now = picture(watched)
        if now != seen[-1]:
            seen.append(now)
            assert len(seen) <= steps + 1, f"before statement {place}: {difference(seen[-2], now)}"
        unharmed(watched)
    assert ended == DONE or len(seen) == steps + 1, "it was refused although it was not done"
    last = picture(watched)
    with suppress(DomainError):  # Told that it is done already.
        act()
    assert difference(last, picture(watched)) == {}


def difference(before: Picture, after: Picture) -> dict[str, int]:
    return {name: after[name] - count for name, count in before.items() if after[name] != count}


def test_a_claim_is_whole_or_not_at_all(received: Watched) -> None:
    office = received.office
    ben, task_id, now = office.viewer("ben"), office.task("triage_confirm"), clock.now()
    killed_everywhere(received, lambda: assignment.claim(ben, task_id, now=now))


def test_a_completion_is_whole_or_not_at_all(received: Watched) -> None:
    office = received.office
    ben, task_id, now = office.viewer("ben"), office.task("triage_confirm"), clock.now()
    killed_everywhere(received, lambda: completion.complete(ben, task_id, Submission(TRIAGE), now=now))


def test_a_signature_is_whole_or_not_at_all(watched: Watched) -> None:
    office = watched.office
    task_id, ada = office.to_clinical_review(), office.viewer("ada")
    proof = completion.prove(ada, PASSWORD, now=clock.now())
    signed = Submission(REVIEW, "appeal", office.digest(task_id))
    killed_everywhere(watched, lambda: completion.complete(ada, task_id, signed, now=clock.now(), proof=proof))


def test_a_delivery_starts_its_processes_once(watched: Watched) -> None:
    with as_practice(MSO):
        accepted = inbound.receive_file("era835", fake.hard_denials(), now=clock.now())
    killed_everywhere(watched, lambda: inbound.deliver(accepted.delivery_id, now=clock.now()))


def test_a_timer_fires_once(received: Watched) -> None:
    late = clock.now() + timedelta(days=400)
    case = received.office.case()
    assert case.instance_id is not None
    instance_id, practice_id = case.instance_id, case.practice_id

    def fire() -> None:
        with as_practice(practice_id), transaction():
            runtime.fire_timers(instance_id, now=late)

    killed_everywhere(received, fire)


def test_the_sweep_of_timers_loses_none(received: Watched) -> None:
    late = clock.now() + timedelta(days=400)

    def sweep() -> None:
        with clock.using(lambda: late):
            jobs.sweep_timers()

    before = picture(received)
    for _, _ in outcomes(sweep):
        unharmed(received)
    with clock.using(lambda: late):
        jobs.sweep_timers()
    assert picture(received)["instances"] == before["instances"]
