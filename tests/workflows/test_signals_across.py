"""A signal is heard by everybody in the practice who waits for it when it is thrown: once each, and by nobody later."""

import pytest

from mso.demo import LAKESHORE
from store import clock as product_clock
from tests.conftest import Clock
from tests.together import at_once
from tests.workflows.mail import END, START, Post, catch, flows, model, post, signal, start, throw, user
from tests.workflows.test_messages import resume
from workflows import runtime
from workflows.delivery import broadcasting, receiving
from workflows.delivery.receiving import MessageIdUsed, Sender
from workflows.signals import SignalHearing

__all__ = ["post"]


@pytest.fixture
def hearing(post: Post) -> Post:
    """Somebody publishes processes that wait for the signal "closed", throw it, and begin with it."""
    body = START + catch("wait", signal("closed")) + user("a") + END + flows("start", "wait", "a", "end")
    post.publish("w", model("w", body, signals=("closed",)))
    body = START + throw("tell", signal("closed")) + user("b") + END + flows("start", "tell", "b", "end")
    post.publish("t", model("t", body, signals=("closed",)))
    return post


def hearings(post: Post) -> list[SignalHearing]:
    with post.reading() as session:
        return list(session.query(SignalHearing).order_by(SignalHearing.instance_id))


def test_everybody_who_waits_hears_it_and_other_practices_do_not(hearing: Post) -> None:
    waiting = [hearing.start("w"), hearing.start("w")]
    elsewhere = hearing.start("w", practice=3)
    hearing.start("t")
    assert [hearing.tasks(one) for one in waiting] == [[], []]
    hearing.work()
    assert [hearing.tasks(one) for one in waiting] == [["a"], ["a"]]
    with hearing.reading(3) as session:
        assert runtime.look(session, elsewhere, now=product_clock.now()).waiting().user_tasks == ()
    assert {one.status for one in hearings(hearing)} == {"heard"}


def test_who_waits_after_it_was_thrown_does_not_hear_it(hearing: Post) -> None:
    hearing.start("t")
    late = hearing.start("w")
    hearing.work()
    assert (hearing.tasks(late), hearing.subscriptions(late)) == ([], ["closed"])


def test_each_hears_it_once_however_often_the_job_runs_and_by_how_many(hearing: Post) -> None:
    body = START + catch("one", signal("closed", "1")) + catch("two", signal("closed", "2")) + user("a") + END
    hearing.publish("w2", model("w2", body + flows("start", "one", "two", "a", "end"), signals=("closed",)))
    waiting = [hearing.start("w2") for _ in range(5)]
    hearing.broadcast("closed")
    ((_, name, arguments),) = hearing.queued()
    at_once(hearing.app, *[lambda: hearing.do(name, arguments)] * 3)
    hearing.do(name, arguments)
    assert [hearing.tasks(one) for one in waiting] == [[]] * 5, "the second event waits for another signal"
    assert [one.status for one in hearings(hearing)] == ["heard"] * 5


def test_it_carries_its_payload_and_starts_the_processes_that_begin_with_it(hearing: Post) -> None:
    body = start("start", signal("closed"), "") + user("a") + END + flows("start", "a", "end")
    hearing.publish("s", model("s", body, signals=("closed",)))
    hearing.broadcast("closed", {"case": "D-1"}, "id-1")
    hearing.broadcast("closed", {"case": "D-1"}, "id-1")
    hearing.work()
    (row,) = hearing.instances("s")
    assert hearing.tasks(row.id) == ["a"]
    with pytest.raises(MessageIdUsed):
        receiving.broadcast(LAKESHORE, "closed", 2, Sender("tester", None, "id-1"), now=product_clock.now())


def test_a_suspended_instance_hears_it_when_it_goes_on(hearing: Post) -> None:
    instance = hearing.start("w")
    hearing.suspend(instance)
    hearing.broadcast("closed")
    hearing.work()
    assert ([one.status for one in hearings(hearing)], hearing.tasks(instance)) == (["held"], [])
    assert hearing.wake() == 0, "nobody looks again and again"
    resume(hearing, instance)
    hearing.wake()
    hearing.work()
    assert ([one.status for one in hearings(hearing)], hearing.tasks(instance)) == (["heard"], ["a"])


def test_who_ended_meanwhile_missed_it(hearing: Post) -> None:
    instance = hearing.start("w")
    hearing.broadcast("closed")
    with hearing.writing():
        runtime.cancel(instance, now=product_clock.now())
    hearing.work()
    assert [one.status for one in hearings(hearing)] == ["missed"]
    assert hearing.subscriptions(instance) == []


def test_one_that_fails_stops_nobody_else(hearing: Post, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = sorted(hearing.start("w") for _ in range(3))
    hearing.broadcast("closed")
    ((_, name, arguments),) = hearing.queued()
    whole = runtime.deliver_signal

    def broken(instance_id, *rest, **named):  # type: ignore[no-untyped-def]
        if instance_id == waiting[0]:
            raise OSError("no")
        return whole(instance_id, *rest, **named)

    with monkeypatch.context() as patch:
        patch.setattr(runtime, "deliver_signal", broken)
        with pytest.raises(broadcasting.SignalNotHeard):
            hearing.do(name, arguments)
    assert [one.status for one in hearings(hearing)] == ["waiting", "heard", "heard"]
    hearing.do(name, arguments)
    assert [hearing.tasks(one) for one in waiting] == [["a"]] * 3


def test_a_thrower_that_waits_for_its_own_signal_hears_it_at_once_and_once(post: Post) -> None:
    body = (
        START + '<parallelGateway id="split"/>' + throw("tell", signal("closed", "t")) + catch("wait", signal("closed"))
        + user("a") + user("b") + END
    )  # fmt: skip
    flown = flows("start", "split", "wait", "a", "end") + flows("split", "tell", "b", "end")
    post.publish("t", model("t", body + flown, signals=("closed",)))
    instance = post.start("t")
    post.work()
    assert post.tasks(instance) == ["a", "b"]
    assert hearings(post) == []
