"""The clock starts processes: each due time once, with any number of workers, by the newest version only."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from mso.demo import LAKESHORE
from store.practice import MSO, as_practice
from store.transaction import reading, transaction
from tests.conftest import Clock
from tests.together import at_once
from tests.workflows.mail import END, Post, flows, model, post, start, timer, user
from workflows import runtime
from workflows.definitions import ProcessDefinition
from workflows.delivery import starting
from workflows.delivery.schedule import StartTimer

__all__ = ["post"]

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def begins(key: str, kind: str, text: str, **properties: str) -> bytes:
    return model(key, start("start", timer(kind, text), **properties) + user("a") + END + flows("start", "a", "end"))


def rows(key: str = "c") -> list[StartTimer]:
    with as_practice(MSO), reading() as session:
        query = select(StartTimer).where(StartTimer.process_key == key).order_by(StartTimer.practice_id)
        return list(session.scalars(query))


def test_a_date_starts_one_instance_for_the_mso(post: Post, clock: Clock) -> None:
    post.publish("c", begins("c", "Date", "2026-12-01T09:00"))
    post.plan_starts()
    (row,) = rows()
    assert row.due_at == datetime(2026, 12, 1, 14, tzinfo=UTC), "nine o'clock in New York"
    clock.set(row.due_at)
    assert (post.sweep_starts(), post.sweep_starts()) == (1, 0)
    (instance,) = post.instances("c", MSO)
    with post.reading(MSO) as session:
        waiting = runtime.look(session, instance.id, now=clock.at).waiting()
    assert [one.element_id for one in waiting.user_tasks] == ["a"]
    clock.advance(days=400)
    assert post.sweep_starts() == 0


def test_a_cycle_starts_once_per_round_with_three_workers(post: Post, clock: Clock) -> None:
    post.publish("c", begins("c", "Cycle", "R/PT1H"))
    post.plan_starts()
    for round_ in range(1, 4):
        clock.advance(hours=1)
        at_once(post.app, *[post.sweep_starts] * 3)
        assert len(post.instances("c", MSO)) == round_


def test_two_workers_with_the_same_claim_start_one(post: Post, clock: Clock) -> None:
    post.publish("c", begins("c", "Cycle", "R/PT1H"))
    post.plan_starts()
    clock.advance(hours=1)
    (row,) = rows()
    found = at_once(post.app, *[lambda: starting._start(MSO, row.id, lambda: clock.at)] * 3)
    assert sorted(found) == [False, False, True]
    assert len(post.instances("c", MSO)) == 1


def test_rounds_that_nobody_noticed_have_their_turn_each(post: Post, clock: Clock) -> None:
    post.publish("c", begins("c", "Cycle", "R5/PT1H"))
    post.plan_starts()
    clock.advance(days=2)
    assert (post.sweep_starts(), rows()[0].due_at) == (5, None)


def test_a_process_can_start_for_each_practice_in_its_own_zone(post: Post, clock: Clock) -> None:
    post.publish("c", begins("c", "Cycle", "R/2026-11-25T08:00/P1D", startFor="practices"))
    post.plan_starts()
    assert MSO not in [one.practice_id for one in rows()] and len(rows()) > 1
    clock.advance(days=2)
    post.sweep_starts()
    assert len(post.instances("c", LAKESHORE)) == len(post.instances("c", 3)) == 2


def test_the_time_of_day_stays_when_the_clocks_change_and_the_day_at_the_end_of_months(post: Post) -> None:
    post.clock.set(datetime(2027, 1, 30, 12, tzinfo=UTC))
    post.publish("c", begins("c", "Cycle", "R/2027-01-31T09:00/P1M"))
    post.plan_starts()
    seen = []
    for _ in range(4):
        (row,) = rows()
        assert row.due_at is not None
        seen.append(row.due_at.isoformat()[:16])
        post.clock.set(row.due_at)
        assert post.sweep_starts() == 1
    assert seen == ["2027-01-31T14:00", "2027-02-28T14:00", "2027-03-31T13:00", "2027-04-30T13:00"]


def test_due_times_before_the_publication_do_not_count(post: Post, clock: Clock) -> None:
    post.publish("c", begins("c", "Date", "2026-11-01"))
    post.publish("d", begins("d", "Cycle", "R/2026-01-01T00:00Z/PT1M"))
    post.plan_starts()
    assert (rows("c")[0].due_at, rows("d")[0].due_at) == (None, NOW)
    assert (post.sweep_starts(), post.sweep_starts()) == (1, 0)


def test_a_new_version_takes_over_without_doubling_or_leaving_out(post: Post, clock: Clock) -> None:
    post.publish("c", begins("c", "Cycle", "R/PT1H"))
    post.plan_starts()
    clock.advance(minutes=50)
    newest = post.publish("c", begins("c", "Cycle", "R/PT1H").replace(b'id="a"', b'id="a" name="A"'))
    clock.advance(minutes=10)
    assert post.sweep_starts() == 0, "the newer version is not planned yet"
    post.plan_starts()
    clock.advance(seconds=5)
    assert post.sweep_starts() == 1
    assert [one.definition_id for one in post.instances("c", MSO)] == [newest]
    post.publish("c", begins("c", "Cycle", "R/PT6H"))
    post.plan_starts()
    clock.advance(hours=5)
    assert post.sweep_starts() == 0


def test_a_retired_version_starts_nothing(post: Post, clock: Clock) -> None:
    version = post.publish("c", begins("c", "Cycle", "R/PT1H"))
    post.plan_starts()
    with as_practice(MSO), transaction() as session:
        session.get_one(ProcessDefinition, version).retired_at = clock.at
    clock.advance(hours=1)
    assert post.sweep_starts() == 0
    post.plan_starts()
    assert rows() == [] and post.instances("c", MSO) == []


def test_one_that_cannot_start_is_tried_again_and_stops_nobody(
    post: Post, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.publish("c", begins("c", "Cycle", "R/PT1H"))
    post.publish("d", begins("d", "Cycle", "R/PT1H"))
    post.plan_starts()
    whole = runtime.begin

    def broken(key: str, *rest: object, **named: object) -> object:
        if key == "c":
            raise OSError("no")
        return whole(key, *rest, **named)  # type: ignore[arg-type]

    clock.advance(hours=1)
    with monkeypatch.context() as patch:
        patch.setattr(runtime, "begin", broken)
        assert post.sweep_starts() == 1
    assert (rows()[0].attempts, rows()[0].error) == (1, "OSError")
    clock.advance(minutes=1)
    assert (post.sweep_starts(), rows()[0].attempts) == (1, 0)
