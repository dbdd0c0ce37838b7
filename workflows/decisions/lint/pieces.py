"""Cutting the values of a type at given constants, so that a comparison with any of them is constant on every piece.

A piece is one value, or an open interval between neighboring constants with a few samples from inside. Pieces of one
family are in order. Times and date-times fall into families that cannot be compared with each other: with a zone,
without one, one per region.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import groupby, pairwise
from typing import Any

from workflows.decisions.lint.clocks import CLOCKS, clock_family
from workflows.feel import Value, YearsMonths, type_name
from workflows.feel.errors import Trouble
from workflows.feel.far import AnyDate, AnyMoment, in_cycle, moved_date, moved_moment, position
from workflows.feel.values import NUMBERS, FarMoment

_DAY = timedelta(days=1)
_MICRO, _MILLI = timedelta(microseconds=1), timedelta(milliseconds=1)
_FOLLOWERS = (" ", "0", "A", "a", "\t", "\x01")


@dataclass(frozen=True, slots=True)
class Piece:
    """samples: values in it, the most readable first. single: the first sample is the only value. place: rises within
    its family; pieces of one place differ only in being whole numbers or not. strange: see `strangers`. unordered: all
    strings but the constants. whole: only whole numbers are in it, or none; None when nobody asks."""

    samples: tuple[Value, ...]
    single: bool
    family: str
    place: int
    strange: bool = False
    unordered: bool = False
    whole: bool | None = None


@dataclass(frozen=True, slots=True)
class _Scale:
    """How values of a type are ordered, and what lies before, between and after two of them."""

    key: Callable[[Any], Any]
    before: Callable[[Any], Iterable[Value]]
    between: Callable[[Any, Any], Iterable[Value]]
    after: Callable[[Any], Iterable[Value]]


def family_of(value: Value) -> str:
    """Values of one family can be compared with each other."""
    kind = type_name(value)
    if isinstance(value, datetime | FarMoment):
        inner = in_cycle(value)
        return f"{kind}, {'zoned' if isinstance(inner, datetime) and inner.tzinfo is not None else 'local'}"
    return f"{kind}, {clock_family(value)}" if isinstance(value, time) else kind


def sort_key(value: Value) -> Any:
    """A key that orders the values of one family; booleans only have to differ."""
    scale = _SCALES.get(type_name(value))
    return value if scale is None else scale.key(value)


def can_be_cut(kind: str) -> bool:
    """Are values of this type told apart by comparing them with constants?"""
    return kind == "boolean" or kind in _SCALES


def pieces(kind: str, constants: Sequence[Value], *, ordered: bool = True, whole: bool = False) -> list[Piece]:
    """All values of a type, cut at constants of this type.

    ordered: strings are compared by order, not only for equality. whole: whole numbers are pieces of their own.
    """
    if kind == "boolean":
        return [Piece((True,), True, kind, 0), Piece((False,), True, kind, 1)]
    families: dict[str, list[Value]] = {}
    for value in constants:
        families.setdefault(family_of(value), []).append(value)
    if not families:
        families[family_of(_ZERO[kind])] = []
    found: list[Piece] = []
    for family, members in families.items():
        if kind == "string" and not ordered:
            found += _unordered(family, members)
        else:
            found += _cut(family, members, _SCALES[kind], _ZERO[kind])
    return [part for piece in found for part in _halves(piece)] if whole else found


def strangers(kind: str, constants: Sequence[Value]) -> list[Piece]:
    """Values of the type that cannot be compared with any of the constants: of a family none of them is in."""
    present = {family_of(value) for value in constants}
    return [Piece((one,), False, family_of(one), 0, strange=True) for one in _STRANGERS.get(kind, ())
            if present and family_of(one) not in present]  # fmt: skip


def _unordered(family: str, members: list[Value]) -> list[Piece]:
    known = sorted({str(one) for one in members})
    other = "anything else"
    while other in known:
        other += "!"
    cut = [Piece((one,), True, family, 2 * number + 1) for number, one in enumerate(known)]
    return [*cut, Piece((other, *(() if "" in known else ("",))), False, family, 2 * len(known), unordered=True)]


def _cut(family: str, members: list[Value], scale: _Scale, zero: Value) -> list[Piece]:
    points = [next(equal) for _, equal in groupby(sorted(members, key=scale.key), key=scale.key)]
    if not points:
        return [Piece((zero,), False, family, 0)]
    found = [_open(scale.before, (points[0],), family, 0)]
    for number, (left, right) in enumerate(pairwise(points)):
        found.append(Piece((left,), True, family, 2 * number + 1))
        found.append(_open(scale.between, (left, right), family, 2 * number + 2))
    found.append(Piece((points[-1],), True, family, 2 * len(points) - 1))
    found.append(_open(scale.after, (points[-1],), family, 2 * len(points)))
    return [one for one in found if one.samples]


def _open(find: Callable[..., Iterable[Value]], ends: tuple[Value, ...], family: str, place: int) -> Piece:
    """What lies in an open interval. Nothing does where the calendar or the numbers end."""
    found: list[Value] = []
    with suppress(ArithmeticError, ValueError, Trouble):
        found.extend(find(*ends))
    return Piece(tuple(found), False, family, place)


def _halves(piece: Piece) -> Iterator[Piece]:
    """A piece of the number line as its whole numbers and the rest."""
    numbers = [one for one in piece.samples if isinstance(one, Decimal)]
    if piece.single or len(numbers) != len(piece.samples):
        yield piece
        return
    for want in (True, False):
        part = tuple(one for one in numbers if (one == one.to_integral_value()) is want)
        if part:
            yield replace(piece, samples=part, whole=want)


# -- numbers: exact to 34 digits


def _numbers_between(low: Decimal, high: Decimal) -> Iterator[Decimal]:
    whole = NUMBERS.add(low.to_integral_value(ROUND_FLOOR), Decimal(1))
    middle = NUMBERS.divide(NUMBERS.add(low, high), Decimal(2))
    quarter = NUMBERS.divide(NUMBERS.add(low, middle), Decimal(2))
    yield from (one for one in dict.fromkeys((whole, middle, quarter)) if low < one < high)


def _numbers_below(end: Decimal) -> Iterator[Decimal]:
    whole = NUMBERS.subtract(end.to_integral_value(ROUND_CEILING), Decimal(1))
    yield from (one for one in (whole, NUMBERS.subtract(whole, Decimal("0.5"))) if one < end)


def _numbers_above(end: Decimal) -> Iterator[Decimal]:
    whole = NUMBERS.add(end.to_integral_value(ROUND_FLOOR), Decimal(1))
    yield from (one for one in (whole, NUMBERS.add(whole, Decimal("0.5"))) if one > end)


# -- strings: by code point


def _strings_between(low: str, high: str) -> Iterator[str]:
    yield from (low + one for one in _FOLLOWERS if low + one < high)


def _strings_below(end: str) -> Iterator[str]:
    if end:
        yield ""
        yield from (one for one in ("A", "a", " ") if one < end)


# -- dates, times, durations


def _lengths() -> _Scale:
    def between(low: timedelta, high: timedelta) -> Iterator[timedelta]:
        if high - low > _MICRO:
            yield low + (high - low) // 2

    return _Scale(lambda one: one, lambda end: [end - _DAY], between, lambda end: [end + _DAY])


def _days() -> _Scale:
    def between(low: AnyDate, high: AnyDate) -> Iterator[Value]:
        if position(high) - position(low) > _DAY // _MICRO:
            yield moved_date(low, _DAY)

    return _Scale(position, lambda end: [moved_date(end, -_DAY)], between, lambda end: [moved_date(end, _DAY)])


def _moments() -> _Scale:
    """By instant, to the millisecond; what lies between is written in the zone of the earlier one."""

    def key(moment: AnyMoment) -> int:
        return position(moment) // 1000

    def between(low: AnyMoment, high: AnyMoment) -> Iterator[Value]:
        gap = timedelta(milliseconds=key(high) - key(low))
        if gap > _MILLI:
            yield moved_moment(low, _DAY if gap > _DAY else max(_MILLI, gap // 2))

    return _Scale(key, lambda end: [moved_moment(end, -_DAY)], between, lambda end: [moved_moment(end, _DAY)])


def _months() -> _Scale:
    def between(low: YearsMonths, high: YearsMonths) -> Iterator[YearsMonths]:
        if high.months - low.months > 1:
            yield YearsMonths(low.months + 1)

    return _Scale(
        key=lambda one: one.months,
        before=lambda end: [YearsMonths(end.months - 1)],
        between=between,
        after=lambda end: [YearsMonths(end.months + 1)],
    )


_SCALES: dict[str, _Scale] = {
    "number": _Scale(lambda one: one, _numbers_below, _numbers_between, _numbers_above),
    "string": _Scale(lambda one: one, _strings_below, _strings_between, lambda end: [end + "a", end + "0"]),
    "date": _days(),
    "date and time": _moments(),
    "time": _Scale(*CLOCKS),
    "days and time duration": _lengths(),
    "years and months duration": _months(),
}
_ZERO: dict[str, Value] = {
    "boolean": True,
    "number": Decimal(0),
    "string": "anything",
    "date": date(2026, 1, 1),
    "date and time": datetime(2026, 1, 1),
    "time": time(12),
    "days and time duration": _DAY,
    "years and months duration": YearsMonths(1),
}
_STRANGERS: dict[str, tuple[Value, ...]] = {
    "date and time": (datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)),
    "time": (time(12), time(12, tzinfo=UTC)),
}
