"""The payer's side of the door: what a signed call of POST /webhooks/era835 gets, over HTTP."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from mso.integrations.x12_835 import fake
from store import clock
from store.practice import MSO, as_practice
from store.transaction import transaction
from tests.acceptance import intake
from tests.acceptance.intake import signed
from tests.office import Office
from workflows.webhooks import inbound, sources
from workflows.webhooks.models import WebhookSource

EDI = fake.hard_denials()


@pytest.fixture
def secret(office: Office) -> str:
    return sources.reveal_secret("era835", now=clock.now())


@pytest.fixture
def payer(office: Office) -> FlaskClient:
    return office.app.test_client()


def post(payer: FlaskClient, body: bytes, headers: dict[str, str], source: str = "era835") -> TestResponse:
    return payer.post(f"/webhooks/{source}", data=body, headers=headers)


def refused(answer: TestResponse, status: int, code: str) -> bool:
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    assert answer.get_json()["code"] == code
    return not intake.cases(None) and intake.work() == []


def test_a_signed_remittance_is_accepted_and_opens_its_cases(payer: FlaskClient, secret: str) -> None:
    answer = post(payer, EDI, signed(secret, EDI))
    assert answer.status_code == 202, answer.text
    assert "Idempotent-Replayed" not in answer.headers
    delivery_id = UUID(answer.get_json()["delivery_id"])
    assert intake.delivery(delivery_id).status == "received"
    assert intake.work() == [inbound.DELIVER_JOB]
    done = intake.delivery(delivery_id)
    assert done.status == "processed"
    assert [UUID(one) for one in done.cases] == [case.id for case in intake.cases()]
    assert len(done.cases) == 7


def test_the_same_call_again_gets_the_same_delivery_and_no_second_case(payer: FlaskClient, secret: str) -> None:
    first = post(payer, EDI, signed(secret, EDI))
    intake.work()
    again = post(payer, EDI, signed(secret, EDI, at=clock.now() + timedelta(seconds=30)))
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.get_json()["delivery_id"] == first.get_json()["delivery_id"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert intake.work() == []
    assert len(intake.cases()) == 7


def test_the_same_id_with_another_body_is_a_conflict(payer: FlaskClient, secret: str) -> None:
    assert post(payer, EDI, signed(secret, EDI)).status_code == 202
    intake.work()
    other = intake.remittance(intake.claim("C1"), trace="T1")
    answer = post(payer, other, signed(secret, other))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "webhook.message_id_reused")
    assert intake.work() == []
    assert len(intake.cases()) == 7


def test_a_wrong_signature_stores_nothing(payer: FlaskClient, secret: str) -> None:
    headers = signed(secret, EDI) | {"webhook-signature": signed(secret, EDI + b" ")["webhook-signature"]}
    assert refused(post(payer, EDI, headers), 401, "webhook.not_verified")


def test_a_call_without_signature_stores_nothing(payer: FlaskClient, secret: str) -> None:
    assert refused(post(payer, EDI, {"Content-Type": "application/edi-x12"}), 401, "webhook.not_verified")


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_call_outside_the_time_window_stores_nothing(payer: FlaskClient, secret: str, minutes: int) -> None:
    headers = signed(secret, EDI, at=clock.now() + timedelta(minutes=minutes))
    assert refused(post(payer, EDI, headers), 401, "webhook.not_verified")


def test_a_body_over_the_sources_limit_stores_nothing(payer: FlaskClient, secret: str) -> None:
    with as_practice(MSO), transaction() as session:
        session.execute(update(WebhookSource).values(size_cap=len(EDI) - 1))
    assert refused(post(payer, EDI, signed(secret, EDI)), 413, "webhook.too_large")


def test_a_body_over_the_servers_limit_is_refused_unread(payer: FlaskClient, secret: str, office: Office) -> None:
    assert office.config is not None
    huge = b"ISA" + b" " * office.config.webhook_max_bytes
    answer = post(payer, huge, signed(secret, EDI))
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")
    assert intake.work() == []


def test_an_unknown_source_is_not_found(payer: FlaskClient, secret: str) -> None:
    answer = post(payer, EDI, signed(secret, EDI), source="nobody")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "webhook.unknown_source")


def test_a_remittance_inside_json_opens_the_same_cases(payer: FlaskClient, secret: str) -> None:
    body = json.dumps({"remittance": EDI.decode()}).encode()
    answer = post(payer, body, signed(secret, body) | {"Content-Type": "application/json"})
    assert answer.status_code == 202, answer.text
    intake.work()
    assert intake.delivery(UUID(answer.get_json()["delivery_id"])).status == "processed"
    assert len(intake.cases()) == 7


@pytest.mark.parametrize("body", [b"hello, this is no X12", b"", b'{"remittance": 7}'])
def test_a_body_that_is_no_x12_waits_for_finance(payer: FlaskClient, secret: str, office: Office, body: bytes) -> None:
    answer = post(payer, body, signed(secret, body))
    assert answer.status_code == 202, answer.text
    intake.work()
    done = intake.delivery(UUID(answer.get_json()["delivery_id"]))
    assert done.status == "quarantined"
    assert done.diagnostics
    assert all(one["code"] and one["sentence"] for one in done.diagnostics)
    (held,) = intake.exceptions()
    assert [UUID(one) for one in done.cases] == [held.id], "the delivery leads to its exception"
    task = office.stored(intake.tasks_of(held)["resolve_exception"])
    assert task.group_key == "finance"
    assert intake.cases() == []
