"""Timers fire exactly once, in due order, with any number of workers, whatever the clock does."""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from store.practice import as_practice
from store.transaction import transaction
from tests.conftest import Clock
from tests.together import at_once
from tests.workflows.mail import END, START, Post, catch, flow, flows, model, post, timer, user, waits_until
from tests.workflows.test_messages import resume
from workflows import history as kept
from workflows import runtime, timers
from workflows.delivery import firing

__all__ = ["post"]


def claim(post: Post) -> list[timers.Claim]:
    with transaction() as session:
        return timers.claim(session, post.clock.at)


def test_a_timer_fires_at_its_time_and_once(post: Post, clock: Clock) -> None:
    post.publish("p", waits_until("p", "PT1H"))
    instance = post.start("p")
    clock.advance(minutes=59)
    assert (post.sweep(), post.tasks(instance)) == (0, [])
    clock.advance(minutes=1)
    assert (post.sweep(), post.tasks(instance)) == (1, ["a"])
    assert (post.sweep(), post.timers(instance)) == (0, [])


def test_two_workers_on_one_timer_fire_it_once(post: Post, clock: Clock) -> None:
    post.publish("p", waits_until("p", "PT1H"))
    instance = post.start("p")
    clock.advance(hours=1)
    (one,) = claim(post)
    fired = at_once(post.app, *[lambda: firing.wake(one, clock=lambda: clock.at)] * 3)
    assert sorted(fired) == [False, False, True]
    assert post.tasks(instance) == ["a"]


def test_what_is_claimed_is_claimed_by_nobody_else_until_the_lease_ends(post: Post, clock: Clock) -> None:
    post.publish("p", waits_until("p", "PT1H"))
    instance = post.start("p")
    clock.advance(hours=1)
    assert len(claim(post)) == 1  # This worker is killed now.
    assert claim(post) == []
    clock.advance(seconds=59)
    assert post.sweep() == 0
    clock.advance(seconds=1)
    assert (post.sweep(), post.tasks(instance)) == (1, ["a"])


def test_workers_claim_different_instances(post: Post, clock: Clock) -> None:
    post.publish("p", waits_until("p", "PT1H"))
    for _ in range(30):
        post.start("p")
    clock.advance(hours=1)

    def some() -> list[UUID]:
        with transaction() as session:
            return [one.instance_id for one in timers.claim(session, clock.at, 10)]

    found = at_once(post.app, *[some] * 4)
    flat = [one for part in found for one in part]
    assert len(flat) == len(set(flat)) and len(flat) <= 30


REMINDERS = (
    START
    + user("a")
    + f'<boundaryEvent id="late" attachedToRef="a" cancelActivity="false">{timer("Duration", "PT20H")}</boundaryEvent>'
    + f'<boundaryEvent id="chase" attachedToRef="a" cancelActivity="false">{timer("Cycle", "R24/PT1H")}</boundaryEvent>'
    + '<scriptTask id="noted" scriptFormat="FEEL"><script>rounds = if rounds = null then 1 else rounds + 1</script>'
    "</scriptTask>"
    + user("lead")
    + END
    + flow("start", "a")
    + flow("a", "end")
    + flow("late", "lead")
    + flow("lead", "end")
    + flow("chase", "noted")
    + flow("noted", "end")
)


def test_after_a_day_without_a_worker_everything_fires_once_and_in_due_order(post: Post, clock: Clock) -> None:
    post.publish("p", model("p", REMINDERS))
    instance = post.start("p", rounds=None)
    clock.advance(days=2)
    assert (post.sweep(), post.sweep()) == (1, 0)
    fired = [one for one in history(post, instance) if one in ("late", "noted")]
    assert fired == ["noted"] * 19 + fired[19:21] + ["noted"] * 4
    assert (fired.count("noted"), sorted(fired[19:21])) == (24, ["late", "noted"])
    assert post.timers(instance) == []


def history(post: Post, instance: UUID) -> list[str]:
    with post.reading() as session:
        events = kept.of_instance(session, instance, limit=1000)
        return [str(one.element_id) for one in events if one.what == "completed"]


def test_the_instance_that_was_due_first_is_woken_first(
    post: Post, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hours in (3, 1, 2):
        post.publish(f"p{hours}", waits_until(f"p{hours}", f"PT{hours}H"))
    started = {hours: post.start(f"p{hours}") for hours in (3, 1, 2)}
    woken, whole = [], runtime.fire_timers

    def seen(instance_id: UUID, **named: Any) -> bool:
        woken.append(instance_id)
        return whole(instance_id, **named)

    monkeypatch.setattr(firing, "TOGETHER", 1)
    monkeypatch.setattr(runtime, "fire_timers", seen)
    clock.advance(days=1)
    assert post.sweep() == 3
    assert woken == [started[1], started[2], started[3]]


def test_a_clock_that_is_set_back_fires_nothing_twice_and_loses_nothing(post: Post, clock: Clock) -> None:
    post.publish("p", waits_until("p", "PT1H"))
    done, waiting, claimed = post.start("p"), None, post.start("p")
    clock.advance(hours=30)  # Somebody set the clock forward.
    waiting = post.start("p")
    with as_practice(2), transaction():
        assert runtime.fire_timers(done, now=clock.at)
    assert [one.instance_id for one in claim(post)] == [claimed]  # and its worker is killed
    clock.advance(hours=-29)
    assert post.tasks(done) == ["a"]
    assert (post.sweep(), post.tasks(claimed)) == (1, ["a"]), "a lease of the wrong clock counts no more"
    assert (post.sweep(), post.tasks(waiting), post.tasks(done)) == (0, [], ["a"])
    clock.advance(hours=31)
    assert (post.sweep(), post.tasks(waiting)) == (1, ["a"])


def test_set_back_between_claim_and_fire_it_fires_when_it_is_due(post: Post, clock: Clock) -> None:
    post.publish("p", waits_until("p", "PT1H"))
    instance = post.start("p")
    clock.advance(hours=1)
    (one,) = claim(post)
    clock.advance(hours=-1)
    assert not firing.wake(one, clock=lambda: clock.at)
    assert post.tasks(instance) == []
    clock.advance(hours=1, minutes=1)
    assert (post.sweep(), post.tasks(instance)) == (1, ["a"])


# Failing and suspended instances


def test_one_that_fails_stops_nobody_else_and_calls_an_operator_in_the_end(
    post: Post, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    post.publish("p", waits_until("p", "PT1H"))
    bad, good = post.start("p"), post.start("p")
    whole = runtime.fire_timers

    def broken(instance_id: UUID, **named: Any) -> bool:
        if instance_id == bad:
            raise OSError("John Doe")
        return whole(instance_id, **named)

    clock.advance(hours=1)
    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr(runtime, "fire_timers", broken)
        assert (post.sweep(), post.tasks(good)) == (1, ["a"])
        pauses = []
        for _ in range(timers.ATTEMPTS - 1):
            (row,) = post.timers(bad)
            assert row.look_at is not None
            pauses.append(row.look_at - clock.at)
            assert post.sweep() == 0
            clock.set(row.look_at)
            post.sweep()
        assert pauses == sorted(pauses) and pauses[-1] > timedelta(minutes=4)
    (incident,) = post.incidents(bad)
    assert (incident.kind, incident.facts["cause"]) == ("timer-failed", "OSError")
    assert "John Doe" not in caplog.text + incident.message
    clock.advance(days=3)
    assert (post.sweep(), post.timers(bad)[0].look_at) == (0, None), "parked: nobody tries it again and again"
    post.suspend(bad)
    resume(post, bad)
    assert post.tasks(bad) == ["a"]


def test_a_failure_that_passes_is_forgotten(post: Post, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    post.publish("p", waits_until("p", "PT1H"))
    instance = post.start("p")
    clock.advance(hours=1)

    def broken(*_: object, **__: object) -> bool:
        raise OSError("no")

    with monkeypatch.context() as patch:
        patch.setattr(runtime, "fire_timers", broken)
        post.sweep()
    clock.advance(minutes=1)
    assert (post.sweep(), post.tasks(instance), post.incidents(instance)) == (1, ["a"], [])


def test_timers_of_a_suspended_instance_are_parked_and_fire_at_its_resume(post: Post, clock: Clock) -> None:
    post.publish("p", model("p", REMINDERS))
    instance = post.start("p", rounds=None)
    post.suspend(instance)
    clock.advance(hours=2)
    assert (post.sweep(), claim(post)) == (0, [])
    assert [one.look_at for one in post.timers(instance)] == [None, None]
    clock.advance(days=3)
    assert claim(post) == []
    resume(post, instance)
    assert (history(post, instance).count("noted"), post.tasks(instance)) == (24, ["a", "lead"])


def test_one_that_was_resumed_before_its_timer_was_due_is_not_forgotten(post: Post, clock: Clock) -> None:
    post.publish("p", model("p", REMINDERS))
    instance = post.start("p", rounds=None)
    post.suspend(instance)
    clock.advance(hours=1)
    post.sweep()
    resume(post, instance)
    clock.advance(hours=1)
    assert (post.sweep(), history(post, instance).count("noted")) == (1, 2)


def test_a_sweep_works_alone_in_its_process(post: Post, clock: Clock) -> None:
    post.publish("p", waits_until("p", "PT1H"))
    post.start("p")
    clock.advance(hours=1)
    with firing._alone:
        assert post.sweep() == 0
    assert post.sweep() == 1


def test_a_long_batch_renews_its_lease(post: Post, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    post.publish("p", waits_until("p", "PT1H"))
    for _ in range(4):
        post.start("p")
    clock.advance(hours=1)
    whole, others = runtime.fire_timers, []

    def slow(instance_id: UUID, **named: Any) -> bool:
        fired = whole(instance_id, **named)
        clock.advance(seconds=40)
        return fired

    monkeypatch.setattr(firing, "TOGETHER", 1)
    monkeypatch.setattr(runtime, "fire_timers", slow)
    original = firing.wake

    def watched(one: timers.Claim, **named: Any) -> bool:
        others.append(len(claim(post)))
        return original(one, **named)

    monkeypatch.setattr(firing, "wake", watched)
    assert post.sweep() == 4
    assert others == [0, 0, 0, 0]


# Business days


def test_business_days_are_counted_on_the_practice_s_calendar(post: Post, clock: Clock) -> None:
    # 2026-11-24 is the Tuesday before Thanksgiving; the practice is in New York, 10:00.
    for number, text in enumerate(("5 business days", "P5BD", '"P5BD"')):
        post.publish(f"p{number}", waits_until(f"p{number}", text))
        (row,) = post.timers(post.start(f"p{number}"))
        assert row.due_at == datetime.fromisoformat("2026-12-02T15:00:00+00:00"), text
    post.publish("f", waits_until("f", 'add business days(today, 5, "NY")', "Date"))
    (row,) = post.timers(post.start("f"))
    assert row.due_at == datetime.fromisoformat("2026-12-02T05:00:00+00:00"), "midnight in New York"


def test_a_calendar_that_changes_later_does_not_move_timers_that_are_set(
    post: Post, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = START + user("b") + catch("wait", timer("Duration", "P5BD")) + user("a") + END
    post.publish("p", model("p", body + flows("start", "b", "wait", "a", "end")))
    set_before, set_after = post.start("p"), post.start("p")
    post.complete(set_before, "b")
    (before,) = post.timers(set_before)
    monkeypatch.setattr("mso.calendars.is_business_day", lambda day, calendar: day.weekday() == 0)
    post.complete(set_after, "b")
    (after,) = post.timers(set_after)
    assert post.timers(set_before)[0].due_at == before.due_at < after.due_at
    clock.set(before.due_at)
    assert (post.sweep(), post.tasks(set_before), post.tasks(set_after)) == (1, ["a"], [])


# Many


def test_two_thousand_due_timers_drain_without_a_job_each(post: Post, clock: Clock) -> None:
    count = 2000
    post.publish("p", waits_until("p", "PT1H"))
    many(post, count)
    before = jobs_so_far(post)
    clock.advance(hours=2)
    assert at_once(post.app, post.sweep)[0] + post.sweep() == count
    assert (left(post), jobs_so_far(post)) == (0, before)


@pytest.mark.long
def test_a_hundred_thousand_due_timers_drain_with_two_workers(post: Post, clock: Clock) -> None:
    count = 100_000
    post.publish("p", waits_until("p", "PT1H"))
    many(post, count)
    clock.advance(hours=2)
    firing_lock, total = firing._alone, 0

    class Free:
        """Two workers are two processes; here they are threads, so they do not share the lock."""

        def acquire(self, blocking: bool = True) -> bool:
            return True

        def release(self) -> None:
            return None

    firing._alone = Free()  # type: ignore[assignment]
    try:
        while left(post):
            total += sum(at_once(post.app, post.sweep, post.sweep))
    finally:
        firing._alone = firing_lock
    assert total == count
    assert opened(post) == count


def many(post: Post, count: int) -> None:
    for _ in range(0, count, 200):
        with post.writing():
            for _ in range(min(count, 200)):
                runtime.start("p", {}, runtime.About(2), now=post.clock.at, by="tester")


def left(post: Post) -> int:
    return number(post, "select count(*) from timer")


def opened(post: Post) -> int:
    return number(post, "select count(*) from instance_event where what = 'completed' and element_id = 'wait'")


def jobs_so_far(post: Post) -> int:
    return number(post, "select count(*) from procrastinate_jobs")


def number(post: Post, query: str) -> int:
    with post.reading() as session:
        return int(session.connection().exec_driver_sql(query).scalar())
