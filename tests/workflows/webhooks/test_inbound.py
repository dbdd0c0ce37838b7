"""WH-02..09, WH-16: a call is stored before it is answered, once, however often and however many at once it comes."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from psycopg import connect
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from store import audit, blobs, crypto
from store.db import db
from store.practice import MSO, as_practice
from store.transaction import reading, transaction
from tests.conftest import Clock, Database
from tests.workflows.webhooks.conftest import BODY, Payer
from workflows.webhooks import inbound, signature, sources
from workflows.webhooks.models import WebhookReceipt, WebhookSecret, WebhookSource

TABLES = ("webhook_receipt", "delivery", "procrastinate_jobs", "blob", "webhook_refusal", "audit_entry")


def counts() -> dict[str, int]:
    with as_practice(MSO), reading() as session:
        return {name: session.execute(text(f"select count(*) from {name}")).scalar_one() for name in TABLES}


def added(before: dict[str, int]) -> dict[str, int]:
    return {name: count - before[name] for name, count in counts().items() if count != before[name]}


def audited() -> list[dict[str, Any]]:
    with as_practice(MSO), reading() as session:
        found = session.execute(text("select body from audit_entry order by link_no, place"))
        return [json.loads(body) for (body,) in found]


def refusal_reasons() -> list[str]:
    with reading():
        return [entry.reason for entry in inbound.list_refusals()]


def test_wh_05_a_call_is_stored_whole_before_it_is_answered(payer: Payer) -> None:
    before = counts()
    accepted = payer.send(message_id="msg_1")
    assert not accepted.replayed
    assert added(before) == {name: 1 for name in TABLES if name != "webhook_refusal"}
    with as_practice(MSO), reading() as session:
        receipt = session.scalars(select(WebhookReceipt)).one()
        assert receipt.secret_id == session.scalars(select(WebhookSecret.id)).one()
        assert blobs.get(MSO, receipt.body_hash.hex()) == BODY
        entry = inbound.get_delivery(accepted.delivery_id)
        job = session.execute(text("select task_name, args from procrastinate_jobs")).one()
    assert (entry.status, entry.attempts, entry.message_id, entry.body_size) == ("received", 0, "msg_1", len(BODY))
    assert (job.task_name, job.args) == ("workflows:webhook.deliver", {"delivery_id": str(accepted.delivery_id)})
    assert audited()[-1]["tag"] == "webhook:accepted"


def test_wh_16_the_body_is_unreadable_at_rest_and_credentials_are_not_kept(payer: Payer) -> None:
    payer.send()
    with as_practice(MSO), reading() as session:
        stored = session.execute(text("select headers::text from webhook_receipt")).scalar_one()
        sealed = session.execute(text("select sealed from blob")).scalar_one()
        secret = session.execute(text("select sealed from webhook_secret")).scalar_one()
    assert set(json.loads(stored)) == {"content-type", "webhook-id", "webhook-timestamp"}
    assert BODY[:6] not in bytes(sealed)
    assert payer.secret.encode() not in bytes(secret)


def test_a_receipt_never_changes(payer: Payer) -> None:
    payer.send()
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(text("update webhook_receipt set message_id = 'another'"))
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(text("delete from webhook_receipt"))


def test_wh_06_a_replay_gets_the_first_answer_and_starts_nothing(payer: Payer) -> None:
    first = payer.send(message_id="msg_1")
    before = counts()
    payer.clock.advance(minutes=4)
    again = payer.send(message_id="msg_1")
    assert again == inbound.Accepted(first.delivery_id, replayed=True)
    assert added(before) == {"audit_entry": 1}
    assert audited()[-1]["tag"] == "webhook:repeated"


def test_wh_05_a_message_id_is_remembered_for_months(payer: Payer) -> None:
    first = payer.send(message_id="msg_1")
    payer.clock.advance(days=399)
    assert payer.send(message_id="msg_1").delivery_id == first.delivery_id


def test_wh_07_the_same_id_with_another_body_is_refused_and_audited(payer: Payer) -> None:
    payer.send(message_id="msg_1")
    before = counts()
    with pytest.raises(inbound.MessageIdReused):
        payer.send(BODY + b"x", message_id="msg_1")
    assert added(before) == {"webhook_refusal": 1, "audit_entry": 1}
    assert refusal_reasons() == ["message_id_reused"]
    assert audited()[-1]["facts"]["reason"] == "message_id_reused"


def test_the_same_id_of_two_sources_is_two_calls(payer: Payer) -> None:
    sources.register_handler("payer_decision", payer.handle)
    secret = sources.reveal_secret("payer_decision", now=payer.clock.at)
    sent = payer.headers(message_id="msg_1", secret=secret)
    other = inbound.accept("payer_decision", sent, BODY, now=payer.clock.at)
    assert payer.send(message_id="msg_1").delivery_id != other.delivery_id
    with pytest.raises(inbound.NotVerified):
        inbound.accept("era835", sent | {"webhook-id": "msg_2"}, BODY, now=payer.clock.at)


def test_wh_08_a_captured_call_stripped_of_its_id_is_not_accepted_twice(payer: Payer) -> None:
    sent = payer.headers()
    inbound.accept("era835", sent, BODY, now=payer.clock.at)
    del sent["webhook-id"]
    before = counts()
    with pytest.raises(inbound.NotVerified):
        inbound.accept("era835", sent, BODY, now=payer.clock.at)
    assert added(before) == {"webhook_refusal": 1, "audit_entry": 1}


def test_wh_09_fifty_copies_at_once_are_one_delivery(payer: Payer, clean_database: Database) -> None:
    sent, before = payer.headers(), counts()

    def send(number: int) -> inbound.Accepted:
        with clean_database.app.app_context():
            try:
                return inbound.accept("era835", sent, BODY, now=payer.clock.at)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(send, range(50)))
    assert len({answer.delivery_id for answer in answers}) == 1
    assert sorted(answer.replayed for answer in answers) == [False] + [True] * 49
    assert added(before) == {
        "webhook_receipt": 1,
        "delivery": 1,
        "procrastinate_jobs": 1,
        "blob": 1,
        "audit_entry": 50,
    }


def test_wh_09_a_copy_waits_for_the_first_and_takes_over_when_it_fails(payer: Payer, clean_database: Database) -> None:
    """The first copy holds the receipt and is rolled back, as by a crash: the second one must open the delivery."""
    url = clean_database.urls.app.replace("+psycopg", "", 1)
    with ThreadPoolExecutor(1) as threads, connect(url) as first:
        first.execute(
            "insert into webhook_receipt (id, source_key, message_id, received_at, body_hash, body_size, content_type,"
            " headers, result) values (gen_random_uuid(), 'era835', 'msg_1', now(), '', 0, '', '{}', 'accepted')"
        )

        def send() -> inbound.Accepted:
            with clean_database.app.app_context():
                try:
                    return payer.send(message_id="msg_1")
                finally:
                    db.session.remove()

        second = threads.submit(send)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.3)
        first.rollback()
        assert not second.result(timeout=3).replayed


@pytest.mark.parametrize(
    ("break_it", "reason"),
    [
        (lambda sent: sent | {"webhook-signature": "v1,AAAA"}, "no_matching_signature"),
        (lambda sent: sent | {"webhook-timestamp": "nan"}, "malformed_timestamp"),
        (lambda sent: sent | {"webhook-id": "\x00"}, "malformed_id"),
        (lambda sent: sent | {"webhook-id": "x" * 5000}, "malformed_id"),
        (lambda sent: {}, "missing_header"),
    ],
)
def test_wh_04_a_refused_call_leaves_a_line_in_the_log_and_nothing_else(
    payer: Payer, break_it: Any, reason: str
) -> None:
    before = counts()
    with pytest.raises(inbound.NotVerified) as caught:
        inbound.accept("era835", break_it(payer.headers()), BODY, now=payer.clock.at)
    assert caught.value.text == inbound.NotVerified.message
    assert added(before) == {"webhook_refusal": 1, "audit_entry": 1}
    assert refusal_reasons() == [reason]


def test_wh_03_a_call_that_is_too_old_is_refused_and_one_within_the_sources_tolerance_is_not(payer: Payer) -> None:
    sent = payer.headers()
    payer.clock.advance(seconds=301)
    with pytest.raises(inbound.NotVerified):
        inbound.accept("era835", sent, BODY, now=payer.clock.at)
    assert refusal_reasons() == ["timestamp_too_old"]
    with transaction() as session:
        session.get_one(WebhookSource, "era835").tolerance_seconds = 600
    assert not inbound.accept("era835", sent, BODY, now=payer.clock.at).replayed


def test_a_body_over_the_limit_is_refused_before_it_is_verified(payer: Payer) -> None:
    with transaction() as session:
        session.get_one(WebhookSource, "era835").size_cap = len(BODY)
    payer.send()
    before = counts()
    with pytest.raises(inbound.TooLarge) as caught:
        inbound.accept("era835", {}, BODY + b"x", now=payer.clock.at)
    assert caught.value.facts == {"size": len(BODY) + 1, "limit": len(BODY)}
    assert added(before) == {"webhook_refusal": 1, "audit_entry": 1}


@pytest.mark.parametrize("key", ["era836", "", "ERA835", "era835\x00", "../era835", "x" * 10_000])
def test_an_unknown_source_is_not_found_and_leaves_nothing(payer: Payer, key: str) -> None:
    before = counts()
    with pytest.raises(inbound.UnknownSource):
        inbound.accept(key, payer.headers(), BODY, now=payer.clock.at)
    assert added(before) == {}


def test_a_disabled_source_and_one_without_secret_answer_like_a_wrong_signature(payer: Payer) -> None:
    sources.register_handler("payer_decision", payer.handle)
    with transaction() as session:
        session.get_one(WebhookSource, "era835").enabled = False
    for key in ("era835", "payer_decision"):
        with pytest.raises(inbound.NotVerified):
            inbound.accept(key, payer.headers(), BODY, now=payer.clock.at)
    assert refusal_reasons() == ["no_active_secret", "source_disabled"]


def test_a_sender_cannot_claim_the_name_of_a_file(payer: Payer) -> None:
    with pytest.raises(inbound.NotVerified):
        payer.send(message_id="file:" + "0" * 64)
    assert refusal_reasons() == ["reserved_id"]


def test_a_source_is_asked_for_its_secret_and_always_gives_the_same(payer: Payer) -> None:
    assert payer.secret.startswith("whsec_")
    assert len(signature.read_secret(UUID(int=1), payer.secret).key) == 32
    assert sources.reveal_secret("era835", now=payer.clock.at) == payer.secret
    with pytest.raises(inbound.UnknownSource):
        sources.reveal_secret("nobody", now=payer.clock.at)


def test_wh_02_a_rotation_loses_no_call_and_ends(payer: Payer) -> None:
    old, new = payer.secret, sources.rotate_secret("era835", now=payer.clock.at, overlap=timedelta(hours=1))
    assert new != old
    assert sources.reveal_secret("era835", now=payer.clock.at) == new
    accepted = [payer.send().delivery_id]
    payer.secret = new
    accepted.append(payer.send().delivery_id)
    payer.clock.advance(hours=1)
    payer.send()
    payer.secret = old
    with pytest.raises(inbound.NotVerified):
        payer.send()
    with reading() as session:
        query = select(WebhookReceipt.secret_id).order_by(WebhookReceipt.id)
        matched = session.scalars(query).all()
    assert matched[0] != matched[1] == matched[2]


def test_a_second_rotation_does_not_prolong_an_older_secret(payer: Payer) -> None:
    sources.rotate_secret("era835", now=payer.clock.at, overlap=timedelta(hours=1))
    sources.rotate_secret("era835", now=payer.clock.at, overlap=timedelta(hours=9))
    payer.clock.advance(hours=2)
    with pytest.raises(inbound.NotVerified):
        payer.send()


def test_a_secret_copied_to_another_source_does_not_open(payer: Payer) -> None:
    sources.register_handler("payer_decision", payer.handle)
    sources.reveal_secret("payer_decision", now=payer.clock.at)
    with transaction() as session:
        session.execute(
            text(
                "update webhook_secret set sealed = (select sealed from webhook_secret where source_key = 'era835')"
                " where source_key = 'payer_decision'"
            )
        )
    with pytest.raises(crypto.SealBroken):
        sources.reveal_secret("payer_decision", now=payer.clock.at)


def test_secrets_asked_for_at_once_are_one_secret(payer: Payer, clean_database: Database) -> None:
    sources.register_handler("payer_decision", payer.handle)
    inbound.receive_file("payer_decision", b"{}", now=payer.clock.at)  # The source exists and has no secret yet.

    def ask(number: int) -> str:
        with clean_database.app.app_context():
            try:
                return sources.reveal_secret("payer_decision", now=payer.clock.at)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(6) as threads:
        assert len(set(threads.map(ask, range(6)))) == 1


def test_a_file_from_disk_takes_the_same_way_once(payer: Payer) -> None:
    first = inbound.receive_file("era835", BODY, now=payer.clock.at)
    again = inbound.receive_file("era835", BODY, now=payer.clock.at)
    other = inbound.receive_file("era835", BODY + b"x", now=payer.clock.at)
    assert (first.replayed, again.replayed, other.replayed) == (False, True, False)
    assert first.delivery_id == again.delivery_id != other.delivery_id
    payer.deliver(first.delivery_id)
    assert payer.handled[0][1] == BODY


def test_a_file_can_be_the_first_thing_a_source_gets(database: Database, payer: Payer, clock: Clock) -> None:
    sources.register_handler("payer_decision", payer.handle)
    assert not inbound.receive_file("payer_decision", b"{}", now=clock.at).replayed
    with pytest.raises(inbound.UnknownSource):
        inbound.receive_file("nobody", b"{}", now=clock.at)


def test_every_way_in_keeps_the_audit_chain_whole(payer: Payer) -> None:
    payer.send(message_id="msg_1")
    with pytest.raises(inbound.MessageIdReused):
        payer.send(b"other", message_id="msg_1")
    with as_practice(MSO), reading() as session:
        assert list(audit.verify(session, MSO)) == []
