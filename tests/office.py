"""A working office for tests: the cast, the shipped processes, and the moves its people make."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql
from sqlalchemy import select

from config import Config
from mso import demo
from mso.access import Viewer, viewer_of
from mso.cases import Case
from mso.integrations.x12_835 import fake
from mso.people import create_token
from store import clock, embedded, ids
from store.db import db
from store.practice import MSO, as_practice, viewing
from store.transaction import reading, transaction
from tasks import completion, inbox, page
from tasks.completion import Submission
from tasks.models import OPEN, Task
from tests.conftest import TEMPLATE, plain
from webapp import demo as web_demo
from webapp import shipped
from webapp.application import create_app
from workflows.webhooks import inbound

PASSWORD = "a long enough password"
EVERYWHERE = (1, 2, 3, 4, 5, 6)

TRIAGE = {"route": "clinical_review", "changes_clinical_meaning": "no", "root_cause": "medical_policy"}
REVIEW = {
    "criterion_cited": "LCD L34220",
    "criterion_met": "yes",
    "clinical_facts": "Six weeks of supervised therapy failed, note of Sep 3, page 2.",
    "rationale": "The record meets each element of the policy; therapy failed and the film shows grade 4.",
    "new_evidence": "yes",
    "no_conflict": True,
}


@dataclass
class Office:
    """One application with its people. Everybody's password is PASSWORD."""

    app: Flask
    people: Mapping[str, UUID]
    config: Config | None = None

    @classmethod
    def open(cls, app: Flask) -> "Office":
        """Set the office up in an empty database."""
        shipped.install("Meridian Health Services", "NY")
        people = demo.create_cast(dict.fromkeys((one.email for one in demo.CAST), PASSWORD), now=clock.now())
        with as_practice(demo.LAKESHORE), transaction() as session:
            for payer in web_demo.PAYERS:
                session.merge(payer)
        return cls(app, people)

    def viewer(self, name: str) -> Viewer:
        """Who somebody is right now."""
        with reading() as session:
            return viewer_of(session, self.people[name], clock.now())

    def email(self, name: str) -> str:
        return next(one.email for one in demo.CAST if one.key == name)

    def token(self, name: str) -> str:
        """A bearer token."""
        with as_practice(MSO):
            return create_token(self.people[name], clock.now())

    def browser(self, name: str) -> FlaskClient:
        """A signed-in browser without JavaScript."""
        client = self.app.test_client()
        data = {"email": self.email(name), "password": PASSWORD, "csrf_token": csrf(client, "/sign-in")}
        answer = client.post("/sign-in", data=data)
        assert answer.status_code == 302, answer.text
        return client

    def receive(self, body: bytes | None = None, source: str = "era835") -> UUID:
        """Bring a file in and process it; the synthetic remittance when none is given."""
        with as_practice(MSO):
            got = inbound.receive_file(source, fake.hard_denials() if body is None else body, now=clock.now())
        inbound.deliver(got.delivery_id, now=clock.now())
        return got.delivery_id

    def case(self, claim: str = "PCCN0002") -> Case:
        """The newest case of a payer's claim."""
        with viewing(EVERYWHERE), reading() as session:
            return (
                session.scalars(select(Case).where(Case.claim_key == claim).order_by(Case.id.desc())).first() or _no()
            )

    def open_tasks(self, claim: str = "PCCN0002") -> dict[str, UUID]:
        """Open tasks of a case: element id -> task id."""
        case = self.case(claim)
        with viewing(EVERYWHERE), reading() as session:
            return {one.element_id: one.id for one in inbox.of_case(session, case) if one.status == OPEN}

    def task(self, element: str, claim: str = "PCCN0002") -> UUID:
        return self.open_tasks(claim)[element]

    def stored(self, task_id: UUID) -> Task:
        """The row of a task as it is now."""
        with viewing(EVERYWHERE), reading() as session:
            return session.scalars(select(Task).where(Task.id == task_id)).one()

    def digest(self, task_id: UUID) -> str:
        """What a page of this task would carry as its fingerprint."""
        with viewing(EVERYWHERE), reading() as session:
            task = session.scalars(select(Task).where(Task.id == task_id)).one()
            return page.build(session, task, now=clock.now()).digest

    def complete(self, name: str, task_id: UUID, values: Mapping[str, Any], outcome: str | None = None) -> Task:
        """Complete a task; a decision with the person's password."""
        seen, password = (self.digest(task_id), PASSWORD) if outcome else (None, None)
        submission = Submission(values, outcome, seen, password)
        return completion.complete(self.viewer(name), task_id, submission, now=clock.now())

    def to_clinical_review(self, claim: str = "PCCN0002") -> UUID:
        """Receive the synthetic file and triage one denial; gives the physician's task."""
        self.receive()
        self.complete("ben", self.task("triage_confirm", claim), TRIAGE)
        return self.task("clinical_review", claim)


def csrf(client: FlaskClient, path: str) -> str:
    """The token of a form on a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def _no() -> Case:
    raise AssertionError("there is no such case")


OFFICE = "office_of_tests"


@pytest.fixture(scope="session")
def office_people(server: embedded.EmbeddedServer, base_config: Config) -> Mapping[str, UUID]:
    """Sets the office up once, in a database that every office test clones: hashing passwords takes its time."""
    with psycopg.connect(plain(server.urls.admin), autocommit=True) as admin:
        embedded.ensure_database(admin, OFFICE, template=TEMPLATE)
    app = _application(base_config.on(embedded.urls_of(server.layout, OFFICE)))
    with app.app_context():
        people = Office.open(app).people
        _dispose()
    return people


@pytest.fixture
def office(server: embedded.EmbeddedServer, base_config: Config, office_people: Mapping[str, UUID]) -> Iterator[Office]:
    """The whole application with its cast, on a database of its own."""
    name = f"office_{ids.new().hex}"
    config = base_config.on(embedded.urls_of(server.layout, name))
    with psycopg.connect(plain(server.urls.admin), autocommit=True) as admin:
        embedded.ensure_database(admin, name, template=OFFICE)
        app = _application(config)
        with app.app_context():
            yield Office(app, office_people, config)
            _dispose()
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


class _Client(FlaskClient):
    """Each request has a `g` of its own, as outside of tests: one person's sign-in must not answer for the next."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        with self.application.app_context():
            return super().open(*args, **kwargs)


def _application(config: Config) -> Flask:
    app = create_app(config)
    app.test_client_class = _Client
    app.config.update(TESTING=True, ASSETS_OPTIONAL=True, PROPAGATE_EXCEPTIONS=False)
    return app


def _dispose() -> None:
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()
