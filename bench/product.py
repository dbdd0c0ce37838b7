"""Driver of the product: its public verbs, as the people of the site, on the service level and over HTTP."""

import time
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from bench.forms import REVIEW, answers
from bench.models import Model
from bench.profiling import breakdown
from bench.site import PASSWORD, application, mso_person, publish
from bench.wire import Driver, Subject
from config import Config
from mso.access import Viewer, viewer_of
from store import clock
from store.embedded import Urls
from store.practice import as_practice, viewing
from store.transaction import reading, transaction
from tasks import completion, page
from tasks.completion import Submission
from tasks.models import OPEN, Task
from tasks.signatures import Reauthentication
from workflows import runtime

OUTCOME = "appeal"
FRESH = timedelta(minutes=3)
"""So long a proof of identity is used again; the product takes it for five minutes."""
VARIABLES = {"claim": {"number": "C-2026-000117", "amount": Decimal("742.10"), "payer": "Northern Mutual"}}


@dataclass
class Stage:
    """What all subjects of a driver share."""

    app: Flask
    biller: Viewer
    physicians: dict[int, Viewer]

    def person(self, practice: int, clinical: bool) -> Viewer:
        return self.physicians[practice] if clinical else self.biller


@dataclass
class Worked:
    """A subject that takes its items from the front of a queue."""

    stage: Stage
    queue: deque[Any] = field(default_factory=deque)

    def load(self, work: list[Any]) -> None:
        self.queue.clear()
        self.queue.extend(work)

    def step(self) -> float | None:
        if not self.queue:
            return None
        return self.do(self.queue.popleft())

    def do(self, item: Any) -> float:
        raise NotImplementedError


class Start(Worked):
    """Start an instance: items are [process key, practice, case, variables or nothing]."""

    def do(self, item: Any) -> float:
        begin = time.perf_counter()
        start(self.stage, item)
        return (time.perf_counter() - begin) * 1000


class Complete(Worked):
    """Complete an ordinary task: items are [practice, task, element]."""

    def do(self, item: Any) -> float:
        _, task_id, element = item
        begin = time.perf_counter()
        with self.stage.app.app_context():
            submission = Submission(answers(element))
            completion.complete(self.stage.biller, UUID(task_id), submission, now=clock.now())
        return (time.perf_counter() - begin) * 1000


class Sign(Worked):
    """Sign a clinical task: items are [practice, task, element, digest of the page that was seen].

    The signer has proved who they are within the last minutes, as the page lets them do before; how long that takes is
    measured by SignWithPassword.
    """

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._proofs: dict[int, Reauthentication] = {}

    def load(self, work: list[Any]) -> None:
        super().load(work)
        for practice in {one[0] for one in work}:
            self._proof(practice)

    def do(self, item: Any) -> float:
        practice, task_id, _, digest = item
        viewer, proof = self.stage.physicians[practice], self._proof(practice)
        begin = time.perf_counter()
        with self.stage.app.app_context():
            submission = Submission(REVIEW, OUTCOME, digest)
            completion.complete(viewer, UUID(task_id), submission, now=clock.now(), proof=proof)
        return (time.perf_counter() - begin) * 1000

    def _proof(self, practice: int) -> Reauthentication:
        held, now = self._proofs.get(practice), clock.now()
        if held is None or now - held.at > FRESH:
            with self.stage.app.app_context():
                held = completion.prove(self.stage.physicians[practice], PASSWORD, now=now)
            self._proofs[practice] = held
        return held


class SignWithPassword(Worked):
    """The same with the password in the submission: it is checked, cheaply here, and counted as an attempt."""

    def do(self, item: Any) -> float:
        practice, task_id, _, digest = item
        viewer, begin = self.stage.physicians[practice], time.perf_counter()
        with self.stage.app.app_context():
            submission = Submission(REVIEW, OUTCOME, digest, PASSWORD)
            completion.complete(viewer, UUID(task_id), submission, now=clock.now())
        return (time.perf_counter() - begin) * 1000


class Walk(Worked):
    """Go through instances from start to end: one operation completes one task. Starting and finding are not timed.

    Items are as for Start. With `more` in its variables a loop is walked so many times.
    """

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._at: tuple[int, str] | None = None
        self._rounds = 0

    def step(self) -> float | None:
        found = self._next()
        while found is None:
            if not self.queue:
                return None
            item = self.queue.popleft()
            self._rounds = int(item[3].get("rounds", 0)) if len(item) > 3 else 0
            self._at = (item[1], start(self.stage, item))
            found = self._next()
        task_id, element = found
        self._rounds -= 1
        said = answers(element, more=self._rounds > 0)
        begin = time.perf_counter()
        with self.stage.app.app_context():
            completion.complete(self.stage.biller, task_id, Submission(said), now=clock.now())
        return (time.perf_counter() - begin) * 1000

    def _next(self) -> tuple[UUID, str] | None:
        if self._at is None:
            return None
        practice, instance = self._at
        query = select(Task.id, Task.element_id).where(Task.instance_id == UUID(instance), Task.status == OPEN)
        with self.stage.app.app_context(), viewing((practice,)), reading() as session:
            row = session.execute(query.order_by(Task.id).limit(1)).first()
        if row is None:
            self._at = None
            return None
        return row[0], row[1]


def start(stage: Stage, item: Any) -> str:
    """One instance, in a transaction of its own."""
    key, practice, case, *more = item
    variables = more[0] if more else VARIABLES
    with stage.app.app_context(), as_practice(practice), transaction():
        about = runtime.About(practice, UUID(case) if case else None)
        return str(runtime.start(key, variables, about, now=clock.now(), by=stage.biller.person_id))


def digests(stage: Stage, items: list[Any]) -> list[Any]:
    """The items of clinical tasks, each with the digest of the page its signer saw."""
    found = []
    for practice, task_id, element, *_ in items:
        with stage.app.app_context(), viewing((practice,)), reading() as session:
            task = session.get(Task, (practice, UUID(task_id)))
            assert task is not None
            found.append([practice, task_id, element, page.build(session, task, now=clock.now()).digest])
    return found


def publish_on(stage: Stage, asked: dict[str, Any]) -> bool:
    """Publish a model: {"key": K, "files": {path: text}}."""
    with stage.app.app_context():
        publish(Model(asked["key"], {path: text.encode() for path, text in asked["files"].items()}))
    return True


def person_on(stage: Stage, asked: dict[str, Any]) -> str:
    """Somebody who works for the MSO: {"name": N, "email": E}."""
    with stage.app.app_context():
        return str(mso_person(asked["name"], asked["email"]))


def make_stage(given: dict[str, Any]) -> Stage:
    """The application on the URLs of the opening. Passwords stay as cheap to verify as the site made them."""
    keep_cheap_passwords()
    config = Config.from_environ({"COUNTERSIGN_HOME": given["home"]})
    app = application(config, Urls(**given["urls"]))
    with app.app_context(), reading() as session:
        now = clock.now()
        biller = viewer_of(session, UUID(given["biller"]), now)
        physicians = {int(one): viewer_of(session, UUID(who), now) for one, who in given["physicians"].items()}
    return Stage(app, biller, physicians)


def keep_cheap_passwords() -> None:
    """The product strengthens a password at sign-in; here that would bring back the cost that was left out."""
    PasswordHasher.check_needs_rehash = lambda self, hash: False  # type: ignore[method-assign]


def open_driver(given: dict[str, Any]) -> Driver:
    """Subjects on the service level."""
    stage = make_stage(given)

    def start_many(items: list[Any]) -> list[str]:
        return [start(stage, one) for one in items]

    subjects: dict[str, Subject] = {
        "start": Start(stage),
        "complete": Complete(stage),
        "sign": Sign(stage),
        "sign_password": SignWithPassword(stage),
        "walk": Walk(stage),
    }
    tools = {
        "start": start_many,
        "digests": lambda items: digests(stage, items),
        "person": lambda asked: person_on(stage, asked),
        "publish": lambda asked: publish_on(stage, asked),
        "breakdown": lambda asked: breakdown(subjects[asked["subject"]], asked["count"]),
    }
    return Driver(subjects, tools)
