"""WH-13: a delivery is worked on until it has a result, may be worked on twice, and can be replayed by hand."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import select, text

from store import ids
from store.db import db
from store.practice import MSO, as_practice
from store.transaction import reading, transaction
from tests.conftest import Database
from tests.workflows.webhooks.conftest import BODY, Payer
from workflows.webhooks import inbound, sources
from workflows.webhooks.log import DeliveryEntry
from workflows.webhooks.models import WebhookReplay
from workflows.webhooks.sources import Delivery, Result

BEN = UUID(int=7)


class Killed(BaseException):
    """Stands for kill -9: no handler of ordinary exceptions sees it, and what was not committed is gone."""


def entry(delivery_id: UUID) -> DeliveryEntry:
    with reading():
        return inbound.get_delivery(delivery_id)


def waiting_jobs() -> int:
    with reading() as session:
        return int(session.execute(text("select count(*) from procrastinate_jobs where status = 'todo'")).scalar_one())


def tags() -> list[str]:
    with as_practice(MSO), reading() as session:
        bodies = session.execute(text("select body from audit_entry order by link_no, place")).scalars()
        return [json.loads(body)["tag"] for body in bodies]


def test_the_result_of_the_handler_is_what_the_log_shows(payer: Payer) -> None:
    case = ids.new()
    payer.answer = lambda delivery, body: Result("quarantined", [case], [{"code": "out_of_balance", "segment": 4}])
    accepted = payer.send(message_id="msg_1")
    payer.deliver(accepted.delivery_id)
    told, body = payer.handled[0]
    assert (told.id, told.source_key, told.message_id, told.attempt) == (accepted.delivery_id, "era835", "msg_1", 1)
    assert (told.content_type, told.received_at, body) == ("application/edi-x12", payer.clock.at, BODY)
    found = entry(accepted.delivery_id)
    assert (found.status, found.cases, found.attempts, found.error) == ("quarantined", (str(case),), 1, None)
    assert found.diagnostics == ({"code": "out_of_balance", "segment": 4},)
    assert found.finished_at == payer.clock.at
    assert tags()[-1] == "webhook:quarantined"


def test_a_finished_delivery_is_not_worked_on_again(payer: Payer) -> None:
    accepted = payer.send()
    for _ in range(3):
        payer.deliver(accepted.delivery_id)
    assert len(payer.handled) == 1
    payer.deliver(ids.new())  # A delivery that does not exist: quiet too.


def test_a_handler_that_fails_is_tried_again_and_its_error_text_is_not_kept(payer: Payer) -> None:
    accepted = payer.send()

    def fail(delivery: Delivery, body: bytes) -> Result:
        raise ConnectionError("Jane Roe")

    payer.answer = fail
    with pytest.raises(ConnectionError):
        payer.deliver(accepted.delivery_id)
    assert (entry(accepted.delivery_id).status, entry(accepted.delivery_id).error) == ("received", "ConnectionError")
    payer.answer = lambda delivery, body: Result("processed")
    payer.deliver(accepted.delivery_id)
    found = entry(accepted.delivery_id)
    assert (found.status, found.attempts, found.error) == ("processed", 2, None)


def test_after_the_last_attempt_it_is_a_dead_letter_with_its_reason(payer: Payer) -> None:
    accepted = payer.send()

    def fail(delivery: Delivery, body: bytes) -> Result:
        raise ConnectionError

    payer.answer = fail
    for _ in range(inbound.ATTEMPTS - 1):
        with pytest.raises(ConnectionError):
            payer.deliver(accepted.delivery_id)
    payer.deliver(accepted.delivery_id)
    found = entry(accepted.delivery_id)
    assert (found.status, found.error, found.attempts) == ("failed", "ConnectionError", inbound.ATTEMPTS)
    assert tags()[-1] == "webhook:failed"


def test_a_worker_killed_while_handling_loses_nothing(payer: Payer) -> None:
    accepted = payer.send()
    done: set[int] = set()

    def two_units(delivery: Delivery, body: bytes) -> Result:
        for unit in (1, 2):
            if unit not in done:
                done.add(unit)
                if unit == 1:
                    raise Killed
        return Result("processed", diagnostics=[{"units": len(done)}])

    payer.answer = two_units
    with pytest.raises(Killed):
        payer.deliver(accepted.delivery_id)
    assert entry(accepted.delivery_id).status == "received"
    payer.deliver(accepted.delivery_id)
    found = entry(accepted.delivery_id)
    assert (found.status, found.attempts, found.diagnostics) == ("processed", 2, ({"units": 2},))


def test_a_body_that_kills_every_worker_ends_as_a_dead_letter(payer: Payer) -> None:
    accepted = payer.send()

    def die(delivery: Delivery, body: bytes) -> Result:
        raise Killed

    payer.answer = die
    for _ in range(inbound.ATTEMPTS):
        with pytest.raises(Killed):
            payer.deliver(accepted.delivery_id)
    payer.deliver(accepted.delivery_id)
    assert (entry(accepted.delivery_id).status, entry(accepted.delivery_id).error) == ("failed", "WorkerLost")
    assert len(payer.handled) == inbound.ATTEMPTS


def test_an_attempt_that_was_overtaken_can_change_nothing_more(payer: Payer) -> None:
    """A worker sleeps in the middle of a delivery, another one does the work, the first one wakes up."""
    accepted = payer.send()

    def sleep_through_another_attempt(delivery: Delivery, body: bytes) -> Result:
        with transaction():
            inbound.require_current(delivery)
        payer.answer = lambda delivery, body: Result("processed", diagnostics=[{"by": "second"}])
        payer.deliver(accepted.delivery_id)
        with transaction():
            inbound.require_current(delivery)
        raise AssertionError("the fence let an overtaken attempt go on")

    payer.answer = sleep_through_another_attempt
    payer.deliver(accepted.delivery_id)
    assert entry(accepted.delivery_id).diagnostics == ({"by": "second"},)


@pytest.mark.parametrize("ending", ["result", "error"])
def test_an_overtaken_attempt_does_not_overwrite_the_newer_result(payer: Payer, ending: str) -> None:
    accepted = payer.send()

    def late(delivery: Delivery, body: bytes) -> Result:
        payer.answer = lambda delivery, body: Result("processed")
        payer.deliver(accepted.delivery_id)
        if ending == "error":
            raise ConnectionError
        return Result("failed")

    payer.answer = late
    payer.deliver(accepted.delivery_id)
    assert (entry(accepted.delivery_id).status, entry(accepted.delivery_id).error) == ("processed", None)


def test_the_fence_holds_a_newer_attempt_back_until_the_unit_is_committed(
    payer: Payer, clean_database: Database
) -> None:
    accepted = payer.send()
    inside, order = threading.Event(), []

    def unit(delivery: Delivery, body: bytes) -> Result:
        with transaction():
            inbound.require_current(delivery)
            inside.set()
            newer_began.wait(0.3)
            order.append("unit of the first")
        return Result("processed")

    newer_began = threading.Event()

    def newer() -> None:
        inside.wait(3)
        with clean_database.app.app_context():
            payer.answer = lambda delivery, body: Result("processed", diagnostics=[{"attempt": delivery.attempt}])
            payer.deliver(accepted.delivery_id)
            order.append("second")
            newer_began.set()
            db.session.remove()

    payer.answer = unit
    with ThreadPoolExecutor(1) as threads:
        second = threads.submit(newer)
        payer.deliver(accepted.delivery_id)
        second.result(3)
    assert order == ["unit of the first", "second"]
    assert entry(accepted.delivery_id).status == "processed"


def test_a_source_that_lost_its_handler_keeps_its_deliveries(payer: Payer, monkeypatch: pytest.MonkeyPatch) -> None:
    accepted = payer.send()
    monkeypatch.setattr(sources, "_handlers", {})
    with pytest.raises(inbound.UnknownSource):
        payer.deliver(accepted.delivery_id)
    assert (entry(accepted.delivery_id).status, entry(accepted.delivery_id).error) == ("received", "UnknownSource")


@pytest.mark.parametrize("status", ["processed", "quarantined", "failed"])
def test_wh_13_a_finished_delivery_is_replayed_by_hand_with_a_reason(payer: Payer, status: str) -> None:
    accepted = payer.send()
    payer.answer = lambda delivery, body: Result(status)  # type: ignore[arg-type]
    payer.deliver(accepted.delivery_id)
    before = waiting_jobs()
    inbound.replay(accepted.delivery_id, "  the practice is registered now ", BEN, now=payer.clock.at)
    assert waiting_jobs() == before + 1
    assert entry(accepted.delivery_id).status == "received"
    payer.answer = lambda delivery, body: Result("processed", cases=[ids.new()])
    payer.deliver(accepted.delivery_id)
    found = entry(accepted.delivery_id)
    assert (found.status, found.attempts, len(found.cases)) == ("processed", 2, 1)
    with reading() as session:
        replay = session.scalars(select(WebhookReplay)).one()
        assert (replay.by, replay.reason) == (BEN, "the practice is registered now")
    assert tags()[-2:] == ["webhook:replayed", "webhook:processed"]


def test_a_dead_letter_gets_all_its_attempts_again(payer: Payer) -> None:
    accepted = payer.send()

    def die(delivery: Delivery, body: bytes) -> Result:
        raise Killed

    payer.answer = die
    for _ in range(inbound.ATTEMPTS):
        with pytest.raises(Killed):
            payer.deliver(accepted.delivery_id)
    payer.deliver(accepted.delivery_id)
    inbound.replay(accepted.delivery_id, "memory was added", BEN, now=payer.clock.at)
    for _ in range(inbound.ATTEMPTS):
        with pytest.raises(Killed):
            payer.deliver(accepted.delivery_id)
    payer.deliver(accepted.delivery_id)
    assert entry(accepted.delivery_id).attempts == 2 * inbound.ATTEMPTS


def test_a_replay_needs_a_reason_a_delivery_and_a_result(payer: Payer) -> None:
    accepted = payer.send()
    with pytest.raises(inbound.ReasonMissing):
        inbound.replay(accepted.delivery_id, " \n", BEN, now=payer.clock.at)
    with pytest.raises(inbound.DeliveryNotFound):
        inbound.replay(ids.new(), "why not", BEN, now=payer.clock.at)
    with pytest.raises(inbound.DeliveryStillWaiting):
        inbound.replay(accepted.delivery_id, "impatience", BEN, now=payer.clock.at)


def test_a_delivery_whose_job_was_lost_is_woken_from_our_own_table(payer: Payer) -> None:
    lost, finished = payer.send(), payer.send()
    payer.deliver(finished.delivery_id)
    with transaction() as session:
        session.execute(text("delete from procrastinate_jobs"))
    assert inbound.wake_waiting(now=payer.clock.at) == 0
    payer.clock.advance(minutes=16)
    fresh = payer.send()
    assert inbound.wake_waiting(now=payer.clock.at) == inbound.wake_waiting(now=payer.clock.at) == 1
    with reading() as session:
        args = session.execute(text("select args->>'delivery_id' from procrastinate_jobs order by id")).scalars().all()
    assert args == [str(fresh.delivery_id), str(lost.delivery_id)]


def test_the_log_is_paged_newest_first(payer: Payer) -> None:
    sent = [payer.send().delivery_id for _ in range(5)]
    payer.deliver(sent[0])
    with reading():
        first = inbound.list_deliveries(2)
        rest = inbound.list_deliveries(10, first[-1].id)
        assert [one.id for one in [*first, *rest]] == sent[::-1]
        assert [one.id for one in inbound.list_deliveries(10, status="processed")] == [sent[0]]
        with pytest.raises(inbound.DeliveryNotFound):
            inbound.get_delivery(ids.new())


@pytest.mark.parametrize(
    ("content_type", "body", "payload"),
    [
        ("application/edi-x12", b'{"remittance": "ISA"}', b'{"remittance": "ISA"}'),
        ("application/json", b'{"remittance": "ISA*\\u00fc~"}', "ISA*ü~".encode()),
        ("Application/JSON; charset=utf-8", b'{"remittance": "ISA"}', b"ISA"),
        ("application/vnd.payer+json", b'{"remittance": "ISA"}', b"ISA"),
        ("application/json", b'{"decision": "overturned"}', b'{"decision": "overturned"}'),
        ("application/json", b'{"remittance": 5}', b'{"remittance": 5}'),
        ("application/json", b'["remittance"]', b'["remittance"]'),
        ("application/json", b"ISA*00*", b"ISA*00*"),
        ("application/json", b"\xff", b"\xff"),
        ("application/json", b"[" * 100_000, b"[" * 100_000),
        ("application/json", b'{"remittance": "\\ud800"}', b"\xed\xa0\x80"),
        ("", b"ISA", b"ISA"),
    ],
)
def test_the_payload_of_a_json_envelope_is_the_remittance_in_it(content_type: str, body: bytes, payload: bytes) -> None:
    assert inbound.payload_bytes(content_type, body) == payload


def test_a_handler_is_given_the_payload(payer: Payer) -> None:
    body = json.dumps({"remittance": "ISA*00*"}).encode()
    sent = payer.headers(body) | {"Content-Type": "application/json"}
    payer.deliver(inbound.accept("era835", sent, body, now=payer.clock.at).delivery_id)
    assert payer.handled[0][1] == b"ISA*00*"
