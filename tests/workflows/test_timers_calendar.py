"""Timers by the calendar: what a day, a month and a business day are where the practice is at home."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mso.calendars import add_business_days
from tests.workflows.engine.play import Decisions, Play
from tests.workflows.lint.draw import END, START, file, flow, user
from workflows.engine import Span, cycle_of, due_at, parse_duration
from workflows.engine.faults import EngineFault
from workflows.lint import LintContext, lint_file

NEW_YORK = ZoneInfo("America/New_York")


def due(text: str, local: str, value: object = None) -> str:
    """The due time on the clocks of New York."""
    now = datetime.fromisoformat(local).replace(tzinfo=NEW_YORK).astimezone(UTC)
    found = due_at(text, lambda _: value, now, NEW_YORK, lambda day, count: add_business_days(day, count, "NY"))
    assert found.tzinfo is UTC
    return found.astimezone(NEW_YORK).isoformat()[:16]


@pytest.mark.parametrize(
    ("text", "local", "expected"),
    [
        ("P1D", "2027-03-13T09:00", "2027-03-14T09:00"),  # The clocks go forward in between: 23 hours.
        ("PT24H", "2027-03-13T09:00", "2027-03-14T10:00"),
        ("P1D", "2027-11-06T09:00", "2027-11-07T09:00"),  # and back: 25 hours.
        ("P1W", "2027-11-03T09:00", "2027-11-10T09:00"),
        ("P1D", "2027-03-13T02:30", "2027-03-14T03:30"),  # A time that does not exist is the one an hour later.
        ("P1D", "2027-11-06T01:30", "2027-11-07T01:30"),
        ("P1M", "2027-01-31T09:00", "2027-02-28T09:00"),
        ("P1M", "2028-01-31T09:00", "2028-02-29T09:00"),
        ("P1Y", "2028-02-29T09:00", "2029-02-28T09:00"),
        ("P1MT1H", "2027-02-28T23:30", "2027-03-29T00:30"),
        ("5 business days", "2026-11-24T10:00", "2026-12-02T10:00"),  # Thanksgiving
        ("P1BD", "2026-11-25T10:00", "2026-11-27T10:00"),
        ("1 business day", "2026-11-27T22:15", "2026-11-30T22:15"),
        ("P0BD", "2026-11-28T10:00", "2026-11-28T10:00"),
        ("3 business days", "2026-12-31T23:59", "2027-01-06T23:59"),  # over New Year, by the day in New York
    ],
)
def test_days_are_days_of_the_practice(text: str, local: str, expected: str) -> None:
    assert due(text, local) == expected


def test_a_feel_duration_is_exact_and_a_feel_date_is_the_start_of_the_day() -> None:
    assert due("x", "2027-03-13T09:00", timedelta(days=1)) == "2027-03-14T10:00"
    assert due("x", "2027-03-13T09:00", date(2027, 3, 15)) == "2027-03-15T00:00"
    assert due("x", "2027-03-13T09:00", "P2BD") == "2027-03-16T09:00"


@pytest.mark.parametrize("text", ["P5BDT1H", "-P5BD", "5 business", "P99999BD", "P1BD1D"])
def test_what_only_looks_like_business_days_is_a_fault(text: str) -> None:
    with pytest.raises(EngineFault):
        due(text, "2026-11-24T10:00", text)


@given(count=st.integers(0, 60), start=st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1)))
def test_business_days_end_on_a_business_day_at_the_same_time(count: int, start: datetime) -> None:
    span = parse_duration(f"P{count}BD")
    assert span == Span(business_days=count)
    at = start.replace(tzinfo=NEW_YORK).astimezone(UTC)
    found = span.after(at, NEW_YORK, lambda day, n: add_business_days(day, n, "NY")).astimezone(NEW_YORK)
    local = at.astimezone(NEW_YORK)
    assert found.date() == add_business_days(local.date(), count, "NY")
    exists = found.replace(tzinfo=None).time() == local.time()
    assert exists or found.utcoffset() != local.utcoffset()


@given(months=st.integers(0, 40), days=st.integers(0, 40), times=st.integers(1, 5))
def test_so_many_rounds_are_one_long_span(months: int, days: int, times: int) -> None:
    span = Span(months, days, timedelta(hours=1))
    assert span.times(times) == Span(months * times, days * times, timedelta(hours=times))


class Home(Decisions):
    zone = NEW_YORK

    def business_day(self, day: date, count: int) -> date:
        return add_business_days(day, count, "NY")


def chased(cycle: str) -> bytes:
    """A task with a reminder that repeats."""
    definition = f'<timerEventDefinition id="d"><timeCycle>{cycle}</timeCycle></timerEventDefinition>'
    boundary = f'<boundaryEvent id="edge" attachedToRef="a" cancelActivity="false">{definition}</boundaryEvent>'
    body = START + user("a") + boundary + user("chase") + END
    drawn = flow("start", "a") + flow("a", "end") + flow("edge", "chase") + flow("chase", "end")
    return file(f'<process id="p" isExecutable="true">{body}{drawn}</process>')


@pytest.mark.parametrize(
    ("cycle", "expected"),
    [
        # Noon of 2026-11-24 UTC is seven o'clock in New York; 2026-11-26 is Thanksgiving.
        ("R4/P1M", ["2026-12-24T07:00", "2027-01-24T07:00", "2027-02-24T07:00", "2027-03-24T07:00"]),
        ("R3/2027-01-31T09:00/P1M", ["2027-01-31T09:00", "2027-02-28T09:00", "2027-03-31T09:00"]),
        ("R3/2027-03-13T02:30/P1D", ["2027-03-13T02:30", "2027-03-14T03:30", "2027-03-15T02:30"]),
        ("R3/P1BD", ["2026-11-25T07:00", "2026-11-27T07:00", "2026-11-30T07:00"]),
        ("R2/PT12H", ["2026-11-24T19:00", "2026-11-25T07:00"]),
    ],
)
def test_a_cycle_keeps_its_day_and_its_time_of_day(cycle: str, expected: list[str]) -> None:
    play, seen = Play(chased(cycle), Home()), []
    while play.waiting.timers:
        at = play.waiting.timers[0].due_at
        seen.append(at.astimezone(NEW_YORK).isoformat()[:16])
        play.now = at
        play.reload().fire_timers(at)
    assert seen == expected


def test_a_start_may_repeat_without_end_and_anything_else_may_not() -> None:
    definition = '<timerEventDefinition id="d"><timeCycle>R/P1D</timeCycle></timerEventDefinition>'
    begins = file(
        f'<process id="p" isExecutable="true"><startEvent id="start">{definition}</startEvent>'
        f"{user('a')}{END}{flow('start', 'a')}{flow('a', 'end')}</process>"
    )
    found = [one for one in lint_file(begins, LintContext()) if one.rule == "cycle-needs-count"]
    assert found == []
    assert [one.element_id for one in lint_file(chased("R/P1D"), LintContext()) if one.rule == "cycle-needs-count"] == [
        "edge"
    ]


def test_a_cycle_of_nothing_is_a_fault() -> None:
    with pytest.raises(EngineFault):
        cycle_of("R3/P0BD", lambda text: text, datetime(2026, 1, 1, tzinfo=UTC), UTC)
