"""A message reaches who waits for it, is kept when nobody does, and has exactly one fate."""

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from mso.demo import LAKESHORE
from store import clock as product_clock
from store import rows
from store.practice import acting_for
from tests.conftest import Clock
from tests.together import at_once
from tests.workflows.mail import (
    END,
    START,
    Post,
    catch,
    flow,
    flows,
    message,
    model,
    post,
    start,
    throw,
    timer,
    user,
    waits_for,
)  # fmt: skip
from workflows import instances, runtime, signals
from workflows.delivery import handling, receiving
from workflows.delivery.receiving import MessageIdUsed, Sender, UnknownMessage
from workflows.engine import CorrelationMissing
from workflows.runtime.run import load

__all__ = ["post"]


def test_a_message_reaches_the_instance_whose_key_it_carries(post: Post) -> None:
    post.publish("w", waits_for("w"))
    mine, other = post.start("w", claim="A"), post.start("w", claim="B")
    sent = post.send("answer", claim="A", result="paid")
    post.work()
    assert (post.tasks(mine), post.tasks(other)) == (["a"], [])
    assert post.look(mine).variables["got"] == {"claim": "A", "result": "paid"}
    assert (post.status(sent), post.message(sent).reached) == ("delivered", [str(mine)])


def test_everybody_who_waits_under_the_key_gets_it_once(post: Post) -> None:
    post.publish("w", waits_for("w"))
    both = [post.start("w", claim="A"), post.start("w", claim="A")]
    sent = post.send("answer", claim="A")
    post.work()
    assert [post.tasks(one) for one in both] == [["a"], ["a"]]
    assert set(post.message(sent).reached) == {str(one) for one in both}


def test_another_practice_gets_nothing(post: Post) -> None:
    post.publish("w", waits_for("w"))
    elsewhere = post.start("w", practice=3, claim="A")
    sent = post.send("answer", claim="A")
    post.work()
    assert post.status(sent) == "kept"
    with post.reading(3) as session:
        assert runtime.look(session, elsewhere, now=product_clock.now()).waiting().user_tasks == ()


def test_a_message_that_nobody_waits_for_is_kept_until_somebody_with_its_key_does(post: Post) -> None:
    post.publish("w", waits_for("w"))
    sent = post.send("answer", claim="A", result="paid")
    post.work()
    assert post.status(sent) == "kept"
    other, mine = post.start("w", claim="B"), post.start("w", claim="A")
    post.work()
    assert (post.tasks(mine), post.tasks(other)) == (["a"], [])
    assert post.message(sent).reached == [str(mine)]


def test_kept_messages_are_delivered_in_the_order_in_which_they_came(post: Post) -> None:
    twice = START + catch("one", message("answer", "1"), "first") + catch("two", message("answer", "2"), "second")
    post.publish("w", model("w", twice + END + flows("start", "one", "two", "end"), keyed={"answer": "claim"}))
    for number in (1, 2, 3):
        post.send("answer", claim="A", number=number)
    post.work()
    instance = post.start("w", claim="A")
    post.work()
    assert post.look(instance).status == "completed"
    assert [post.look(instance).variables[one]["number"] for one in ("first", "second")] == [1, 2]
    assert [one.status for one in post.messages()] == ["delivered", "delivered", "kept"]


def test_one_that_comes_while_an_older_one_is_queued_waits_its_turn(post: Post) -> None:
    post.publish("w", waits_for("w"))
    old = post.send("answer", claim="A", number=1)
    post.work()
    instance = post.start("w", claim="A")  # Queues the old one.
    new = post.send("answer", claim="A", number=2)
    jobs = post.queued()
    post.do(*jobs[-1][1:])
    assert post.look(instance).variables["got"]["number"] == 1
    assert (post.status(old), post.status(new)) == ("delivered", "kept")


@pytest.mark.parametrize(("ttl", "days"), [("", 30), ("P2D", 2)])
def test_a_kept_message_expires_after_its_time_to_live(post: Post, clock: Clock, ttl: str, days: int) -> None:
    post.publish("w", waits_for("w", ttl=ttl))
    sent = post.send("answer", claim="A")
    post.work()
    clock.advance(days=days, seconds=-1)
    assert post.wake() == 0
    clock.advance(seconds=1)
    assert (post.wake(), post.work()) == (1, 1)
    assert post.status(sent) == "expired"
    late = post.start("w", claim="A")
    post.work()
    assert post.tasks(late) == []


def test_one_that_has_expired_is_not_delivered_although_no_job_has_said_so_yet(post: Post, clock: Clock) -> None:
    post.publish("w", waits_for("w", ttl="P2D"))
    sent = post.send("answer", claim="A")
    post.work()
    clock.advance(days=3)
    late = post.start("w", claim="A")
    post.work()
    assert (post.tasks(late), post.status(sent)) == ([], "kept")


def test_an_expired_message_is_replayed_with_a_new_time_to_live(post: Post, clock: Clock) -> None:
    post.publish("w", waits_for("w"))
    sent = post.send("answer", claim="A")
    post.work()
    clock.advance(days=31)
    post.wake()
    post.work()
    with_scope(post, lambda: handling.replay(sent, "The case was opened late.", None, now=clock.at))
    post.work()
    assert (post.status(sent), post.message(sent).expires_at) == ("kept", clock.at + timedelta(days=30))
    instance = post.start("w", claim="A")
    post.work()
    assert post.tasks(instance) == ["a"]


def test_a_discarded_message_is_delivered_to_nobody(post: Post, clock: Clock) -> None:
    post.publish("w", waits_for("w"))
    sent = post.send("answer", claim="A")
    post.work()
    with_scope(post, lambda: handling.discard(sent, "Sent by mistake.", None, now=clock.at))
    instance = post.start("w", claim="A")
    post.work()
    assert (post.status(sent), post.tasks(instance)) == ("discarded", [])


def test_a_delivered_message_is_neither_replayed_nor_discarded(post: Post, clock: Clock) -> None:
    post.publish("w", waits_for("w"))
    post.start("w", claim="A")
    sent = post.send("answer", claim="A")
    post.work()
    for verb in (handling.replay, handling.discard):
        with pytest.raises(handling.MessageSettled):
            with_scope(post, lambda verb=verb: verb(sent, "Again.", None, now=clock.at))
        with pytest.raises(handling.ReasonMissing):
            with_scope(post, lambda verb=verb: verb(sent, "  ", None, now=clock.at))


# Senders


def test_the_same_id_again_is_the_same_message(post: Post) -> None:
    post.publish("w", waits_for("w"))
    instance = post.start("w", claim="A")
    first = post.send("answer", "id-1", claim="A")
    again = receiving.send(LAKESHORE, "answer", {"claim": "A"}, Sender("tester", None, "id-1"), now=product_clock.now())
    assert (again.id, again.replayed) == (first, True)
    post.work()
    assert post.send("answer", "id-1", claim="A") == first
    assert post.work() == 0
    assert (post.tasks(instance), len(post.messages())) == (["a"], 1)


def test_the_same_id_with_other_content_is_refused_and_another_sender_may_use_it(post: Post) -> None:
    post.publish("w", waits_for("w"))
    post.send("answer", "id-1", claim="A")
    with pytest.raises(MessageIdUsed):
        post.send("answer", "id-1", claim="B")
    receiving.send(LAKESHORE, "answer", {"claim": "B"}, Sender("other", None, "id-1"), now=product_clock.now())
    assert len(post.messages()) == 2


def test_copies_that_arrive_at_once_are_one_message(post: Post) -> None:
    post.publish("w", waits_for("w"))
    got = at_once(post.app, *[lambda: post.send("answer", "id-1", claim="A")] * 4)
    assert len({str(one) for one in got}) == 1 and len(post.messages()) == 1


def test_a_sender_is_told_when_nobody_knows_the_message_or_its_key_is_missing(post: Post) -> None:
    post.publish("w", waits_for("w"))
    with pytest.raises(UnknownMessage):
        post.send("anwser", claim="A")
    with pytest.raises(CorrelationMissing):
        post.send("answer", result="paid")
    assert post.messages() == []


# Starting


def begins(key: str, waits: bool = True) -> bytes:
    """Starts with "asked"; then waits for "answer" under the claim of the message that started it."""
    nodes = start("start", message("asked"), "ask") + (catch("wait", message("answer"), "got") if waits else "")
    body = nodes + user("a") + END + flows("start", *(["wait"] if waits else []), "a", "end")
    return model(key, body, keyed={"answer": "claim", "asked": "claim"}, binding="ask.claim")


def test_a_message_starts_the_newest_version_once(post: Post) -> None:
    post.publish("b", begins("b", waits=False))
    newest = post.publish("b", begins("b"))
    sent = post.send("asked", "id-1", claim="A", x=1)
    post.send("asked", "id-1", claim="A", x=1)
    post.work()
    (row,) = post.instances("b")
    assert (row.definition_id, post.status(sent)) == (newest, "started")
    assert post.message(sent).reached == [str(row.id)]
    assert post.look(row.id).variables["ask"] == {"claim": "A", "x": 1}


def test_a_message_that_a_running_instance_waits_for_starts_nothing(post: Post) -> None:
    both = (
        start("start", message("asked"), "ask") + start("plain", "")
        + catch("wait", message("asked", "2"), "again") + user("a") + END
        + flow("start", "a") + flow("plain", "wait") + flow("wait", "a") + flow("a", "end")
    )  # fmt: skip
    post.publish("b", model("b", both, keyed={"asked": "claim"}))
    running = post.start("b", claim="A")
    assert post.subscriptions(running) == ["asked"]
    sent = post.send("asked", claim="A")
    post.work()
    assert [one.id for one in post.instances("b")] == [running]
    assert (post.status(sent), post.tasks(running)) == ("delivered", ["a"])
    post.send("asked", claim="B")
    post.work()
    assert len(post.instances("b")) == 2


def test_several_messages_behind_one_gateway_are_all_awaited(post: Post) -> None:
    body = (
        START + '<eventBasedGateway id="fork"/>' + catch("yes", message("granted"), "got")
        + catch("no", message("refused"), "got") + user("a") + user("b") + END + flow("start", "fork")
        + flow("fork", "yes") + flow("fork", "no")
        + flow("yes", "a") + flow("no", "b") + flow("a", "end") + flow("b", "end")
    )  # fmt: skip
    post.publish("g", model("g", body, keyed={"granted": "claim", "refused": "claim"}))
    one, two = post.start("g", claim="A"), post.start("g", claim="B")
    assert post.subscriptions(one) == ["granted", "refused"]
    post.send("refused", claim="A")
    post.send("granted", claim="B")
    post.work()
    assert (post.tasks(one), post.tasks(two)) == (["b"], ["a"])
    assert post.subscriptions(one) == []


# Thrown messages


def test_a_thrown_message_reaches_another_instance_and_never_the_thrower(post: Post) -> None:
    body = START + throw("ask", message("answer"), "{claim: claim, n: 1}") + user("b") + END
    post.publish("t", model("t", body + flows("start", "ask", "b", "end"), keyed={"answer": "claim"}))
    post.publish("w", waits_for("w"))
    waiting = post.start("w", claim="A")
    thrower = post.start("t", claim="A")
    assert post.tasks(waiting) == []
    post.work()
    assert post.tasks(waiting) == ["a"]
    (sent,) = post.messages()
    assert (sent.thrown_by, sent.sender, sent.status) == (thrower, f"instance:{thrower}", "delivered")


def test_an_instance_does_not_catch_what_it_throws_itself(post: Post) -> None:
    body = START + throw("ask", message("answer", "t"), "{claim: claim}") + catch("wait", message("answer"), "got")
    post.publish(
        "w", model("w", body + user("a") + END + flows("start", "ask", "wait", "a", "end"), keyed={"answer": "claim"})
    )
    alone = post.start("w", claim="A")
    post.work()
    assert (post.tasks(alone), [one.status for one in post.messages()]) == ([], ["kept"])


def test_a_thrown_message_that_nobody_knows_is_kept_and_says_so(post: Post) -> None:
    body = START + throw("ask", message("lonely"), "{x: 1}") + user("b") + END
    post.publish("t", model("t", body + flows("start", "ask", "b", "end"), plain=("lonely",)))
    post.start("t")
    post.work()
    (sent,) = post.messages()
    assert (sent.status, sent.error) == ("kept", "no-key")


# Suspended and ended instances


def test_a_suspended_instance_has_its_message_when_it_goes_on(post: Post) -> None:
    post.publish("w", waits_for("w"))
    instance = post.start("w", claim="A")
    post.suspend(instance)
    sent = post.send("answer", claim="A")
    post.work()
    assert (post.tasks(instance), post.status(sent)) == ([], "delivered")
    resume(post, instance)
    assert post.tasks(instance) == ["a"]


def test_what_was_kept_for_an_instance_ends_with_it(post: Post) -> None:
    post.publish("w", waits_for("w", first=True))
    instance = post.start("w", claim="A")
    with post.writing():
        assert not runtime.deliver_to(instance, "other", {"x": 1}, now=product_clock.now())
    with post.writing():
        runtime.cancel(instance, now=product_clock.now())
    (kept,) = post.messages()
    assert (kept.status, kept.error) == ("discarded", "instance-ended")


# Together


def test_two_workers_on_one_message_deliver_it_once(post: Post) -> None:
    post.publish("w", waits_for("w"))
    instance = post.start("w", claim="A")
    post.send("answer", claim="A")
    ((_, name, arguments),) = post.queued()
    at_once(post.app, *[lambda: post.do(name, arguments)] * 3)
    assert post.tasks(instance) == ["a"]
    assert [one.status for one in post.messages()] == ["delivered"]


def test_a_message_and_the_instance_that_begins_to_wait_for_it_never_miss_each_other(post: Post) -> None:
    post.publish("w", waits_for("w", first=True))
    for number in range(12):
        key = f"K{number}"
        instance = post.start("w", claim=key)
        post.send("answer", claim=key)
        ((job_id, name, arguments),) = post.queued()
        post.forget(job_id)
        found = at_once(
            post.app, lambda i=instance: post.complete(i, "before"), lambda n=name, a=arguments: post.do(n, a)
        )
        assert found == [None, None]
        post.work()
        assert post.tasks(instance) == ["a"], number


def test_a_message_waits_for_who_is_about_to_wait_for_it(post: Post) -> None:
    """The narrow moment of the race, held open: the instance's transaction has looked and is not committed."""
    post.publish("w", waits_for("w", first=True))
    instance = post.start("w", claim="A")
    sent = post.send("answer", claim="A")
    ((job_id, name, arguments),) = post.queued()
    post.forget(job_id)
    written, looked = threading.Event(), threading.Event()

    def begin_to_wait() -> None:
        tasks = post.look(instance).waiting().user_tasks
        with post.writing() as session:
            run = runtime.open_run(instance, by=None, now=product_clock.now())
            runtime.complete(run, tasks[0].id, {}, None)
            session.execute(text("select 1"))  # Sends what waits for the commit.
            written.set()
            looked.wait(1)

    def deliver() -> None:
        written.wait(30)
        post.do(name, arguments)
        looked.set()

    assert at_once(post.app, begin_to_wait, deliver) == [None, None]
    assert (post.tasks(instance), post.status(sent)) == (["a"], "delivered")


def test_a_message_and_a_timer_behind_a_gateway_race_and_one_wins(post: Post, clock: Clock) -> None:
    body = (
        START + '<eventBasedGateway id="fork"/>' + catch("came", message("answer"), "got")
        + catch("late", timer("Duration", "PT1H")) + user("a") + user("b") + END
        + flow("start", "fork") + flow("fork", "came") + flow("fork", "late") + flow("came", "a") + flow("late", "b")
        + flow("a", "end") + flow("b", "end")
    )  # fmt: skip
    post.publish("g", model("g", body, keyed={"answer": "claim"}))
    started = [post.start("g", claim=f"K{number}") for number in range(6)]
    clock.advance(hours=1)
    fates = set()
    for number, instance in enumerate(started):
        sent = post.send("answer", claim=f"K{number}")
        ((job_id, name, arguments),) = post.queued()
        post.forget(job_id)

        def fire(instance=instance) -> None:  # type: ignore[no-untyped-def]
            with post.writing():
                runtime.fire_timers(instance, now=product_clock.now())

        at_once(post.app, fire, lambda n=name, a=arguments: post.do(n, a))
        won = post.tasks(instance)
        assert (won, post.status(sent)) in ((["a"], "delivered"), (["b"], "kept"))
        fates.add(won[0])
    assert fates <= {"a", "b"}


def test_a_job_that_was_lost_is_queued_again(post: Post, clock: Clock) -> None:
    post.publish("w", waits_for("w"))
    instance = post.start("w", claim="A")
    post.send("answer", claim="A")
    for job_id, _, _ in post.queued():
        post.forget(job_id)
    assert post.wake() == 0
    clock.advance(minutes=1)
    assert post.wake() == 1
    post.work()
    assert post.tasks(instance) == ["a"]
    clock.advance(days=40)
    assert post.wake() == 0, "nothing is left to look at"


def test_a_message_that_cannot_be_delivered_fails_after_some_attempts_and_can_be_replayed(
    post: Post, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.publish("w", waits_for("w"))
    instance = post.start("w", claim="A")
    sent = post.send("answer", claim="A")

    def broken(*_: object, **__: object) -> bool:
        raise OSError("no")

    with monkeypatch.context() as patch:
        patch.setattr(runtime, "deliver_at", broken)
        ((_, name, arguments),) = post.queued()
        for _ in range(4):
            with pytest.raises(OSError):
                post.do(name, arguments)
        post.do(name, arguments)
    assert (post.status(sent), post.message(sent).error) == ("failed", "OSError")
    with_scope(post, lambda: handling.replay(sent, "The disk is mended.", None, now=clock.at))
    post.work()
    assert post.tasks(instance) == ["a"]


def with_scope(post: Post, act: Callable[[], None]) -> None:
    with acting_for((LAKESHORE,)):
        act()


def resume(post: Post, instance_id: UUID) -> None:
    """What the operator's verb does."""
    with post.writing() as session:
        held = instances.hold(session, instance_id)
        run = load(session, held, by=None, now=product_clock.now())
        run.execution.fire_timers(product_clock.now())
        rows.update(session, held.row, suspended_at=None)
        runtime.settle(run)
        signals.release(session, instance_id, now=product_clock.now())
