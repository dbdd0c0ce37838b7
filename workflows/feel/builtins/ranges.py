"""How points and ranges lie to each other (DMN 1.5 section 10.3.4.9, table 79).

A point counts as the range from itself to itself, so each relation is written once, for two ranges.
"""

from collections.abc import Callable

from workflows.feel.builtins.registry import builtin
from workflows.feel.compare import order
from workflows.feel.errors import Trouble
from workflows.feel.values import Range, Value

Relation = Callable[[Range, Range], bool]


def _span(value: Value) -> Range:
    if isinstance(value, Range):
        if value.low is None or value.high is None or value.operator:
            raise Trouble("argument", "An open range cannot be compared.")
        return value
    return Range(value, value, True, True)


def _before(a: Range, b: Range) -> bool:
    gap = order(a.high, b.low)
    return gap < 0 or (gap == 0 and not (a.high_closed and b.low_closed))


def _meets(a: Range, b: Range) -> bool:
    return order(a.high, b.low) == 0 and a.high_closed and b.low_closed


def _low_order(a: Range, b: Range) -> int:
    """Which starts first; a closed start is before an open one at the same point."""
    return order(a.low, b.low) or (b.low_closed - a.low_closed)


def _high_order(a: Range, b: Range) -> int:
    return order(a.high, b.high) or (a.high_closed - b.high_closed)


def _overlaps(a: Range, b: Range) -> bool:
    return not _before(a, b) and not _before(b, a)


def _overlaps_before(a: Range, b: Range) -> bool:
    return _low_order(a, b) < 0 and _overlaps(a, b) and _high_order(a, b) <= 0


def _overlaps_after(a: Range, b: Range) -> bool:
    return _low_order(a, b) > 0 and _overlaps(a, b) and _high_order(a, b) >= 0


def _includes(a: Range, b: Range) -> bool:
    return _low_order(a, b) <= 0 and _high_order(a, b) >= 0


def _starts(a: Range, b: Range) -> bool:
    return _low_order(a, b) == 0 and _high_order(a, b) <= 0


def _finishes(a: Range, b: Range) -> bool:
    return _high_order(a, b) == 0 and _low_order(a, b) >= 0


def _coincides(a: Range, b: Range) -> bool:
    return _low_order(a, b) == 0 and _high_order(a, b) == 0


def _declare(name: str, relation: Relation, swapped: bool = False, first: str = "any", second: str = "any") -> None:
    one, other = _PARAMETERS.get(name, ("point1", "point2"))

    def compared(left: Value, right: Value) -> bool:
        a, b = _span(left), _span(right)
        return relation(b, a) if swapped else relation(a, b)

    if (first, second) == ("any", "any"):
        for names in (("point1", "point2"), ("point", "range"), ("range", "point"), ("range1", "range2")):
            builtin(name, f"{names[0]}: any", f"{names[1]}: any")(compared)
        return
    builtin(name, f"{one}: {first}", f"{other}: {second}")(compared)
    if "any" in (first, second):
        builtin(name, "range1: range", "range2: range")(compared)


_PARAMETERS = {
    "includes": ("range", "point"),
    "during": ("point", "range"),
    "starts": ("point", "range"),
    "started by": ("range", "point"),
    "finishes": ("point", "range"),
    "finished by": ("range", "point"),
}
for _name in ("meets", "met by", "overlaps", "overlaps before", "overlaps after"):
    _PARAMETERS[_name] = ("range1", "range2")

_declare("before", _before)
_declare("after", _before, swapped=True)
_declare("meets", _meets, first="range", second="range")
_declare("met by", _meets, swapped=True, first="range", second="range")
_declare("overlaps", _overlaps, first="range", second="range")
_declare("overlaps before", _overlaps_before, first="range", second="range")
_declare("overlaps after", _overlaps_after, first="range", second="range")
_declare("includes", _includes, first="range")
_declare("during", _includes, swapped=True, second="range")
_declare("starts", _starts, second="range")
_declare("started by", _starts, swapped=True, first="range")
_declare("finishes", _finishes, second="range")
_declare("finished by", _finishes, swapped=True, first="range")
_declare("coincides", _coincides)
