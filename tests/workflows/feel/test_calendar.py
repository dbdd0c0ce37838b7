"""Dates, times and durations, held against `datetime`, `dateutil` and plain counting."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.feel import samples as s
from tests.workflows.feel.samples import evaluate, quick
from tests.workflows.feel.say import value
from workflows.feel import Value, YearsMonths, parse
from workflows.feel.values import FarDate

DAY = 86_400
MICRO = timedelta(microseconds=1)
spans = st.timedeltas(timedelta(days=-30_000), timedelta(days=30_000))


# -- adding durations


@given(s.dates, st.one_of(st.integers(-4_000_000, 4_000_000), st.integers(-900_000_000, 900_000_000)))
@quick
def test_days_are_added_to_a_date_as_on_a_calendar(day: date, count: int) -> None:
    """Also beyond the years 1 to 9999, where `datetime` ends."""
    expected = _day_of(day.toordinal() + count)
    names: dict[str, Value] = {"day": day, "length": timedelta(days=count), "back": timedelta(days=-count)}
    for text in ("day + length", "length + day", "day - back"):
        assert evaluate(f"{{d: {text}, found: [d.year, d.month, d.day, d.weekday]}}.found", **names) == expected
    assert evaluate("day + length - length = day and (day + length) - day = length", **names) is True
    assert evaluate("day + length > day", **names) is (count > 0)


def _day_of(number: int) -> list[int]:
    """Year, month, day and weekday of the day that comes `number` days after the one before 0001-01-01."""
    year = number * 400 // 146_097  # a day or so off, at most
    while _first_of(year + 1) <= number:
        year += 1
    while _first_of(year) > number:
        year -= 1
    left, month = number - _first_of(year), 1
    while left >= (length := _days_of_month(year, month)):
        left, month = left - length, month + 1
    return [year, month, left + 1, (number - 1) % 7 + 1]


def _first_of(year: int) -> int:
    before = year - 1
    return before * 365 + before // 4 - before // 100 + before // 400 + 1


def _days_of_month(year: int, month: int) -> int:
    return calendar.monthrange(year % 400 + 2000, month)[1]


@given(s.near_dates, spans)
@quick
def test_a_date_moves_to_the_day_that_the_duration_reaches_from_its_midnight(day: date, length: timedelta) -> None:
    moved = datetime.combine(day, time()) + length
    assert evaluate("day + length", day=day, length=length) == moved.date()


@given(s.local_moments, st.timedeltas(timedelta(days=-2_000_000), timedelta(days=2_000_000)))
@quick
def test_a_local_moment_moves_on_the_clock(moment: datetime, length: timedelta) -> None:
    found = evaluate("moment + length", moment=moment, length=length)
    try:
        assert found == moment + length
    except OverflowError:
        assert evaluate("found.year < 1 or found.year > 9999", found=found) is True
    assert evaluate("found - length = moment and found - moment = length", found=found, moment=moment, length=length)


@given(s.zoned_moments, spans)
@quick
def test_a_zoned_moment_moves_in_real_time_and_keeps_its_zone(moment: datetime, length: timedelta) -> None:
    moved = evaluate("moment + length", moment=moment, length=length)
    assert isinstance(moved, datetime)
    assert _micros(moved) - _micros(moment) == length // MICRO
    assert moved.tzinfo is moment.tzinfo
    assert evaluate("moment + length - length = moment", moment=moment, length=length) is True


def _micros(moment: datetime) -> int:
    """Since 1970 in UTC, counted by hand."""
    offset = moment.utcoffset()
    assert offset is not None
    plain = moment.replace(tzinfo=None)
    seconds = (plain.toordinal() - date(1970, 1, 1).toordinal()) * DAY
    seconds += plain.hour * 3600 + plain.minute * 60 + plain.second
    return seconds * 1_000_000 + plain.microsecond - offset // MICRO


@given(s.near_dates, st.integers(-1200, 1200))
@quick
def test_months_end_on_the_same_day_or_the_last_of_the_month(day: date, count: int) -> None:
    expected = day + relativedelta(months=count)
    assert evaluate("day + length", day=day, length=YearsMonths(count)) == expected
    assert evaluate("length + day", day=day, length=YearsMonths(count)) == expected
    assert evaluate("day - length", day=day, length=YearsMonths(-count)) == expected


@pytest.mark.parametrize("year", [1600, 1700, 1900, 1996, 2000, 2023, 2024, 2100, 2400])
def test_every_month_of_leap_and_other_years_has_its_last_day(year: int) -> None:
    for month in range(12):
        found = evaluate("day + length", day=date(year, 1, 31), length=YearsMonths(month))
        assert found == date(year, month + 1, calendar.monthrange(year, month + 1)[1])


@given(s.zoned_moments, st.integers(-600, 600))
@quick
def test_months_keep_the_clock_and_the_zone_of_a_moment(moment: datetime, count: int) -> None:
    moved = evaluate("moment + length", moment=moment, length=YearsMonths(count))
    assert isinstance(moved, datetime)
    assert moved.replace(tzinfo=None) == moment.replace(tzinfo=None) + relativedelta(months=count)
    assert moved.tzinfo is moment.tzinfo


@given(s.dates, st.integers(-500_000, 500_000))
@quick
def test_months_are_counted_through_any_number_of_years(day: date, count: int) -> None:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    expected = [year, month + 1, min(day.day, _days_of_month(year, month + 1))]
    found = evaluate("{d: day + length, found: [d.year, d.month, d.day]}.found", day=day, length=YearsMonths(count))
    assert found == expected


@pytest.mark.parametrize("text", ["date(1000000000, 1, 1)", 'date("-999999999-01-01") - @"P1D"'])
def test_outside_years_of_nine_digits_there_is_no_date(text: str) -> None:
    assert value(text) is None


@given(st.one_of(s.local_times, s.offset_times), spans)
@quick
def test_a_time_goes_round_the_clock(clock: time, length: timedelta) -> None:
    moved = datetime.combine(date(2000, 1, 1), clock.replace(tzinfo=None)) + length
    assert evaluate("clock + length", clock=clock, length=length) == moved.time().replace(tzinfo=clock.tzinfo)
    assert evaluate("clock - length", clock=clock, length=-length) == moved.time().replace(tzinfo=clock.tzinfo)


# -- differences


@given(s.dates, s.dates)
@quick
def test_the_difference_of_dates_is_days(one: date, other: date) -> None:
    assert evaluate("one - other", one=one, other=other) == timedelta(days=one.toordinal() - other.toordinal())


@given(s.zoned_moments, s.zoned_moments)
@quick
def test_the_difference_of_moments_is_real_time_whatever_their_zones(one: datetime, other: datetime) -> None:
    expected = timedelta(microseconds=_micros(one) - _micros(other))
    assert evaluate("one - other", one=one, other=other) == expected
    assert evaluate("other + (one - other) = one", one=one, other=other) is True


@given(s.dates, s.dates)
@quick
def test_years_and_months_between_dates_are_the_whole_months_that_have_passed(start: date, end: date) -> None:
    found = evaluate("years and months duration(start, end)", start=start, end=end)
    forward = _whole_months(start, end) if start <= end else -_whole_months(end, start)
    assert found == YearsMonths(forward)
    if max(start.day, end.day) <= 28:
        apart = relativedelta(end, start)
        assert found == YearsMonths(apart.years * 12 + apart.months)


def _whole_months(start: date, end: date) -> int:
    """Counted from the end backwards: the month of the end counts when the day of the start has come."""
    first, last = start.year * 12 + start.month, end.year * 12 + end.month
    return len(range(first, last)) - (last > first and end.day < start.day)


# -- parts


@given(s.dates)
@quick
def test_the_parts_of_a_date(day: date) -> None:
    assert evaluate("[day.year, day.month, day.day, day.weekday]", day=day) == [
        *day.timetuple()[:3],
        calendar.weekday(*day.timetuple()[:3]) + 1,
    ]
    assert evaluate("day of week(day)", day=day) == calendar.day_name[day.weekday()]
    assert evaluate("month of year(day)", day=day) == calendar.month_name[day.month]
    assert evaluate("day of year(day)", day=day) == day.toordinal() - date(day.year, 1, 1).toordinal() + 1
    assert evaluate("week of year(day)", day=day) == _week(day)


def _week(day: date) -> int:
    """ISO 8601: the week of the Thursday, counted from the first Thursday of its year."""
    thursday = day.toordinal() - day.weekday() + 3
    if thursday > date.max.toordinal():
        return 52
    year = date.fromordinal(thursday).year
    return (thursday - date(year, 1, 1).toordinal()) // 7 + 1


@given(s.zoned_moments)
@quick
def test_the_parts_of_a_moment_are_those_of_its_own_zone(moment: datetime) -> None:
    found = evaluate("[m.year, m.month, m.day, m.hour, m.minute, m.second, m.weekday]", m=moment)
    assert found == [*moment.timetuple()[:6], moment.isoweekday()]
    assert evaluate("m.time offset", m=moment) == moment.utcoffset()
    assert evaluate("m.timezone", m=moment) == getattr(moment.tzinfo, "key", None)
    assert evaluate("date and time(date(m), time(m)).hour = m.hour", m=moment) is True


@given(spans)
@quick
def test_the_parts_of_a_duration_add_up_to_its_whole_seconds(length: timedelta) -> None:
    found = evaluate("[d.days, d.hours, d.minutes, d.seconds]", d=length)
    assert isinstance(found, list)
    sizes = [int(part) for part in found if isinstance(part, Decimal)]
    total = sum(part * unit for part, unit in zip(sizes, (DAY, 3600, 60, 1), strict=True))
    assert total == int(Decimal(length // MICRO) / 1_000_000)
    assert len({part > 0 for part in sizes if part}) <= 1, "all parts have the sign of the whole"
    assert [abs(part) < most for part, most in zip(sizes[1:], (24, 60, 60), strict=True)] == [True] * 3


@given(st.integers(-5000, 5000))
@quick
def test_years_and_months_of_a_duration(count: int) -> None:
    found = evaluate("12 * d.years + d.months", d=YearsMonths(count))
    assert found == count
    assert evaluate("abs(d.months) < 12 and d.years * d.months >= 0", d=YearsMonths(count)) is True


# -- calculating with durations


@given(s.days, s.days)
@quick
def test_durations_add_subtract_and_divide_exactly(one: timedelta, other: timedelta) -> None:
    assert evaluate("one + other", one=one, other=other) == one + other
    assert evaluate("one - other", one=one, other=other) == one - other
    assert evaluate("-one", one=one) == -one
    assert evaluate("abs(one)", one=one) == abs(one)
    ratio = s.DECIMAL128.divide(Decimal(one // MICRO), Decimal(other // MICRO)) if other else None
    assert evaluate("one / other", one=one, other=other) == ratio


@given(s.days, st.integers(-1000, 1000).filter(bool))
@quick
def test_a_duration_times_a_number_and_back(length: timedelta, factor: int) -> None:
    assert evaluate("length * n", length=length, n=Decimal(factor)) == length * factor
    assert evaluate("n * length / n", length=length, n=Decimal(factor)) == length


@given(st.integers(-1000, 1000), st.integers(-50, 50).filter(bool))
@quick
def test_months_times_a_number_and_back(count: int, factor: int) -> None:
    assert evaluate("length * n", length=YearsMonths(count), n=Decimal(factor)) == YearsMonths(count * factor)
    assert evaluate("length * n / n", length=YearsMonths(count), n=Decimal(factor)) == YearsMonths(count)
    assert evaluate("length / n", length=YearsMonths(count), n=Decimal(factor)) == YearsMonths(int(count / factor))


# -- order


@pytest.mark.parametrize("kind", s.ORDERED)
@given(data=st.data())
@quick
def test_values_of_one_kind_have_a_total_order(kind: str, data: st.DataObject) -> None:
    a, b, c = (data.draw(s.ORDERED[kind]) for _ in range(3))
    below, equal, above = (evaluate(f"a {sign} b", a=a, b=b) for sign in ("<", "=", ">"))
    assert [below, equal, above].count(True) == 1
    assert [below, equal, above].count(False) == 2
    assert evaluate("a <= b", a=a, b=b) is (below or equal)
    assert evaluate("a >= b", a=a, b=b) is (above or equal)
    assert evaluate("a != b", a=a, b=b) is (not equal)
    assert evaluate("b > a", a=a, b=b) is below
    if evaluate("a <= b and b <= c", a=a, b=b, c=c):
        assert evaluate("a <= c", a=a, c=c) is True
    assert evaluate("b between a and c", a=a, b=b, c=c) is evaluate("a <= b and b <= c", a=a, b=b, c=c)
    ordered = evaluate("sort([a, b, c])", a=a, b=b, c=c)
    assert evaluate("count(xs) = 3 and xs[1] <= xs[2] and xs[2] <= xs[3]", xs=ordered) is True


@given(s.zoned_moments, s.zoned_moments)
@quick
def test_moments_are_in_the_order_of_their_instants(one: datetime, other: datetime) -> None:
    assert evaluate("one < other", one=one, other=other) is (_micros(one) < _micros(other))
    assert evaluate("one = other", one=one, other=other) is (_micros(one) == _micros(other))


@given(s.zoned_moments, s.local_moments)
@quick
def test_a_moment_without_a_zone_is_not_comparable_with_one_that_has_one(zoned: datetime, local: datetime) -> None:
    for sign in ("<", "<=", ">", ">=", "=", "!="):
        assert evaluate(f"zoned {sign} local", zoned=zoned, local=local) is None
    assert evaluate("zoned - local", zoned=zoned, local=local) is None


@given(s.offset_times, s.offset_times)
@quick
def test_times_with_offsets_are_in_the_order_of_their_instants_on_one_day(one: time, other: time) -> None:
    moments = [_micros(datetime.combine(date(2000, 1, 2), clock)) for clock in (one, other)]
    assert evaluate("one < other", one=one, other=other) is (moments[0] < moments[1])
    assert evaluate("one - other", one=one, other=other) == timedelta(microseconds=moments[0] - moments[1])


# -- summer time, as documented in docs/feel.md


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('@"2026-03-07T12:00:00@America/New_York" + @"P1D"', "2026-03-08T13:00:00@America/New_York"),
        ('@"2026-10-31T12:00:00@America/New_York" + @"P1D"', "2026-11-01T11:00:00@America/New_York"),
        ('@"2026-02-28T12:00:00@America/New_York" + @"P1M"', "2026-03-28T12:00:00@America/New_York"),
        ('@"2026-03-07T12:00:00" + @"P1D"', "2026-03-08T12:00:00"),
        ('@"2026-03-08T12:00:00@America/New_York" - @"2026-03-07T12:00:00@America/New_York"', "PT23H"),
        ('date(@"2026-03-07T12:00:00@America/New_York") + @"P1D"', "2026-03-08"),
    ],
)
def test_a_day_is_24_hours_for_a_moment_and_a_square_of_the_calendar_for_a_date(text: str, expected: str) -> None:
    assert value(f"string({text})") == expected


# -- reading and printing


def _read(kind: str, text: str) -> Value:
    return evaluate(f"{kind}(text)", text=text)


@given(st.one_of(s.dates, s.far_dates, s.local_times, s.offset_times, s.local_moments, s.days, s.months))
@quick
def test_what_is_printed_reads_back(thing: Value) -> None:
    kinds = {date: "date", FarDate: "date", time: "time", datetime: "date and time"}
    text = evaluate("string(thing)", thing=thing)
    assert isinstance(text, str)
    again = _read(kinds.get(type(thing), "duration"), text)
    assert s.identical(again, thing)
    assert s.identical(evaluate(f'@"{text}"'), thing)


@given(s.zoned_moments)
@quick
def test_a_printed_moment_reads_back_but_for_the_hour_that_comes_twice(moment: datetime) -> None:
    again = _read("date and time", str(evaluate("string(m)", m=moment)))
    assert s.identical(again, moment.replace(fold=0))


@given(st.one_of(s.dates, s.local_times, s.local_moments))
@quick
def test_what_python_writes_is_read(thing: date | time | datetime) -> None:
    kinds = {date: "date", time: "time", datetime: "date and time"}
    assert s.identical(_read(kinds[type(thing)], thing.isoformat()), thing)


@given(st.text("0123456789-:.TZPYMDHS+@", max_size=20))
@quick
def test_a_text_that_is_no_date_is_null(text: str) -> None:
    found = _read("date", text)
    try:
        expected = datetime.strptime(text, "%Y-%m-%d").date() if len(text) == 10 else None
    except ValueError:
        expected = None
    assert found == expected


def test_now_and_today_are_those_of_the_zone_that_is_passed_in() -> None:
    late = datetime(2026, 11, 25, 2, 30, tzinfo=UTC).astimezone(s.ZONES[0])
    found = parse("[now(), today(), now().timezone]").evaluate({}, now=late).value
    assert found == [late, date(2026, 11, 24), "America/New_York"]
