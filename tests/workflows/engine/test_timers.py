from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.engine.play import NOON, Play
from workflows.engine.faults import EngineFault
from workflows.engine.timers import cycle_of, due_at, parse_duration, wall_clock
from workflows.feel import YearsMonths


@pytest.mark.parametrize(
    ("text", "value", "due"),
    [
        ("PT1H", None, NOON + timedelta(hours=1)),
        ("P3D", None, NOON + timedelta(days=3)),
        ("P1M2DT3H", None, datetime(2026, 12, 26, 15, tzinfo=UTC)),
        ("P2W", None, NOON + timedelta(weeks=2)),
        ("2026-12-01", None, datetime(2026, 12, 1, tzinfo=UTC)),
        ("2026-12-01T09:00:00", None, datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("2026-12-01T09:00:00-05:00", None, datetime(2026, 12, 1, 14, tzinfo=UTC)),
        ('"P3D"', "P3D", NOON + timedelta(days=3)),
        ("deadline", date(2026, 12, 1), datetime(2026, 12, 1, tzinfo=UTC)),
        ("deadline", datetime(2026, 12, 1, 9), datetime(2026, 12, 1, 9, tzinfo=UTC)),
        (
            "deadline",
            datetime(2026, 12, 1, 9, tzinfo=timezone(timedelta(hours=2))),
            datetime(2026, 12, 1, 7, tzinfo=UTC),
        ),
        ("span", timedelta(days=1), NOON + timedelta(days=1)),
        ("span", YearsMonths(3), datetime(2027, 2, 24, 12, tzinfo=UTC)),
    ],
)
def test_a_timer_text_gives_a_due_time(text: str, value: object, due: datetime) -> None:
    assert due_at(text, lambda _: value, NOON, UTC) == due


@pytest.mark.parametrize("text", ["P1M2X", "1 day", "PT1H30", "P-1D", "P", "PT", "-P1D", "R3/P1D", "2026-13-01"])
def test_a_text_that_gives_no_time_is_a_fault(text: str) -> None:
    with pytest.raises(EngineFault) as caught:
        due_at(text, lambda _: text, NOON, UTC)
    assert caught.value.kind == "timer"


@pytest.mark.parametrize("value", [None, True, 3, []])
def test_a_value_that_is_no_time_is_a_fault(value: object) -> None:
    with pytest.raises(EngineFault):
        due_at("x", lambda _: value, NOON, UTC)


def test_the_end_of_a_month_stays_within_the_month() -> None:
    assert due_at("P1M", lambda _: None, datetime(2027, 1, 31, tzinfo=UTC), UTC) == datetime(2027, 2, 28, tzinfo=UTC)


@given(days=st.integers(0, 5000), hours=st.integers(0, 23), minutes=st.integers(0, 59))
def test_a_duration_of_days_and_time_is_exact(days: int, hours: int, minutes: int) -> None:
    span = parse_duration(f"P{days}DT{hours}H{minutes}M")
    assert span is not None
    assert span.after(NOON) - NOON == timedelta(days=days, hours=hours, minutes=minutes)


def test_a_cycle_has_a_count_a_first_time_and_a_step() -> None:
    cycle = cycle_of("R3/P1D", lambda _: None, NOON, UTC)
    assert (cycle.count, cycle.first, cycle.every) == (3, NOON + timedelta(days=1), "P1D")
    assert cycle_of("R2/2026-12-01/P1D", lambda _: None, NOON, UTC).first == datetime(2026, 12, 1, tzinfo=UTC)
    for bad in ("R3", "R3/P0D", "R3/x", "R1/P1D/P1D"):
        with pytest.raises(EngineFault):
            cycle_of(bad, lambda text: text, NOON, UTC)


def test_a_timer_fires_at_its_time_and_not_before() -> None:
    play = Play("timers", deadline=date(2026, 12, 1))
    assert [timer.due_at for timer in play.waiting.timers] == [NOON + timedelta(days=3)]
    assert play.later(days=2, hours=23).tasks == []
    assert play.later(hours=1).tasks == ["a"]


def test_boundary_timers_come_from_process_data_and_interrupt_or_not() -> None:
    play = Play("timers", deadline=date(2026, 12, 1)).later(days=3)
    assert {timer.element_id: timer.due_at for timer in play.waiting.timers} == {
        "due": datetime(2026, 12, 1, tzinfo=UTC),
        "late": datetime(2026, 12, 2, tzinfo=UTC),
    }
    assert play.later(days=4).tasks == ["a", "remind"]
    assert play.later(days=1).tasks == ["lost", "remind"]
    assert play.complete("lost").complete("remind").execution.status == "completed"


def test_a_timer_without_a_time_stops_its_branch_and_the_completion_stays() -> None:
    play = Play("bad_timer", deadline="soon").complete("a", x=1)
    assert (play.kinds, play.incidents[0].element_id) == (["timer"], "wait")
    assert play.execution.variables["a"] == {"x": 1}
    assert Play("bad_timer").complete("a").kinds == ["expression"]


def test_a_cycle_fires_as_often_as_it_says_and_then_has_no_due_time() -> None:
    play = Play("cycle")
    assert [timer.due_at for timer in play.waiting.timers] == [NOON + timedelta(days=1)]
    assert play.later(days=1).tasks == ["a", "chase"]
    assert play.later(days=1).tasks == ["a", "chase", "chase"]
    assert play.waiting.timers == ()
    assert play.later(days=5).tasks == ["a", "chase", "chase"]
    play.complete("chase").complete("chase").complete("a")
    assert (play.execution.status, play.kinds) == ("completed", [])


def test_each_timer_behind_an_event_gateway_has_its_own_due_time() -> None:
    play = Play("two_timers")
    assert [(timer.element_id, timer.due_at) for timer in play.waiting.timers] == [("fast", NOON + timedelta(days=1))]
    assert play.later(days=1).tasks == ["b"]


def test_a_completed_task_takes_its_timers_away() -> None:
    play = Play("timers", deadline=date(2026, 12, 1)).later(days=3).complete("a")
    assert (play.waiting.timers, play.execution.status) == ((), "completed")


def test_a_day_begins_where_the_instance_is_at_home() -> None:
    new_york = ZoneInfo("America/New_York")
    winter = datetime(2026, 12, 1, 5, tzinfo=UTC)
    assert due_at("2026-12-01", lambda _: None, NOON, new_york) == winter
    assert due_at("deadline", lambda _: date(2026, 12, 1), NOON, new_york) == winter
    assert due_at("deadline", lambda _: date(2026, 7, 1), NOON, new_york) == datetime(2026, 7, 1, 4, tzinfo=UTC)
    assert due_at("2026-12-01T09:00:00", lambda _: None, NOON, new_york) == datetime(2026, 12, 1, 14, tzinfo=UTC)
    assert due_at("2026-12-01T09:00:00Z", lambda _: None, NOON, new_york) == datetime(2026, 12, 1, 9, tzinfo=UTC)


def test_today_is_the_day_of_the_instances_home() -> None:
    evening = datetime(2026, 11, 25, 2, tzinfo=UTC)
    assert wall_clock(evening, ZoneInfo("America/Los_Angeles")).isoformat() == "2026-11-24T18:00:00-08:00"
