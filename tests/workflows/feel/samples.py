"""Values to hold the language against: drawn by Hypothesis, the same ones in every run."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Context, Decimal
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st

from tests.workflows.feel.say import NOW
from workflows.feel import Range, Value, YearsMonths, parse
from workflows.feel.compare import range_of
from workflows.feel.far import far_date

quick = settings(max_examples=200, derandomize=True, deadline=None, database=None)
brief = settings(quick, max_examples=40)

# IEEE 754-2008 decimal128, written down a second time.
DECIMAL128 = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144)
ZONES = tuple(
    ZoneInfo(name) for name in ("America/New_York", "Europe/Paris", "Australia/Lord_Howe", "Asia/Kathmandu", "Etc/UTC")
)

# Quarters of small whole numbers meet each other often; the others use all digits and exponents.
small = st.integers(-80, 80).map(lambda quarters: Decimal(quarters) / 4)
numbers = st.one_of(
    small,
    st.builds(
        lambda digits, exponent: Decimal(digits).scaleb(exponent),
        st.integers(-(10**34) + 1, 10**34 - 1),
        st.integers(-40, 10),
    ),
)
whole = st.integers(-20, 20).map(Decimal)
strings = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
words = st.text("abc\U0001f600ß", max_size=6)

dates = st.dates(date(1, 1, 1), date(9999, 12, 31))
far_dates = st.builds(
    far_date,
    st.one_of(st.integers(10_000, 999_999_999), st.integers(-999_999_999, 0)),
    st.integers(1, 12),
    st.integers(1, 28),
)
near_dates = st.dates(date(1890, 1, 1), date(2110, 12, 31))
fixed = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)) if minutes else UTC)
zones = st.one_of(st.sampled_from(ZONES), fixed, st.just(UTC))
local_moments = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59))
zoned_moments = st.builds(
    lambda moment, zone: moment.astimezone(zone),
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC)),
    zones,
)
local_times = st.times()
offset_times = st.builds(lambda clock, zone: clock.replace(tzinfo=zone), st.times(), fixed)
days = st.timedeltas(timedelta(days=-4000), timedelta(days=4000))
months = st.integers(-4000, 4000).map(YearsMonths)

ORDERED: dict[str, st.SearchStrategy[Value]] = {
    "number": numbers,
    "string": strings,
    "date": st.one_of(near_dates, far_dates),
    "local date and time": local_moments,
    "zoned date and time": zoned_moments,
    "local time": local_times,
    "time with an offset": offset_times,
    "days and time": days,
    "years and months": months,
}
"""Kinds whose values can be put in order, each by itself."""


def _range_of_two(ends: list[Value], low_closed: bool, high_closed: bool) -> Range:
    low, high = sorted(ends)  # type: ignore[type-var]
    return Range(low, high, low_closed, high_closed)


ranges: st.SearchStrategy[Range] = st.one_of(
    *(
        st.builds(_range_of_two, st.lists(kind, min_size=2, max_size=2), st.booleans(), st.booleans())
        for kind in (small, words, near_dates, days)
    ),
    st.builds(range_of, st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), st.one_of(small, near_dates)),
)
atoms: st.SearchStrategy[Value] = st.one_of(st.none(), st.booleans(), *ORDERED.values(), ranges)


def _around(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.one_of(st.lists(inner, max_size=4), st.dictionaries(strings, inner, max_size=4))


storable: st.SearchStrategy[Value] = st.recursive(atoms, _around, max_leaves=8)
"""Every value that process data can hold."""


def evaluate(text: str, /, **context: Value) -> Value:
    """The value of an expression over FEEL values as they are."""
    return parse(text).evaluate(context, now=NOW).value


def identical(one: Value, other: Value) -> bool:
    """The same value of the same type, inside too; moments with the same clock and zone."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(identical, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(map(identical, one.values(), other.values()))
    if isinstance(one, Range) and isinstance(other, Range):
        shapes = [(each.low_closed, each.high_closed, each.operator) for each in (one, other)]
        return shapes[0] == shapes[1] and identical(one.low, other.low) and identical(one.high, other.high)
    if isinstance(one, datetime | time) and isinstance(other, datetime | time):
        return one == other and one.utcoffset() == other.utcoffset() and str(one.tzinfo) == str(other.tzinfo)
    return one == other
