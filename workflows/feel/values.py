"""Which values does FEEL know?

Nothing else ever reaches an expression: no Python object, no float, no attribute. `from_python` is the only door in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import TYPE_CHECKING, Any, TypeAlias, Union
from uuid import UUID

from workflows.feel.budget import check_list, check_text

if TYPE_CHECKING:
    from workflows.feel.budget import Run

# DMN 1.5 section 10.3.2.3.1: numbers follow IEEE 754-2008 decimal128.
NUMBERS = Context(
    prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[InvalidOperation, DivisionByZero, Overflow]
)
MAX_NESTING = 50


@dataclass(frozen=True, slots=True)
class YearsMonths:
    """A years-and-months duration. months: total, negative allowed."""

    months: int


CYCLE_YEARS = 400


@dataclass(frozen=True, slots=True)
class FarDate:
    """A date outside the years 1 to 9999. cycles: of 400 years. inner: its place in the cycle, as a date of the years
    2000 to 2399."""

    cycles: int
    inner: date

    @property
    def year(self) -> int:
        """The actual year; 0 and negative ones as XML Schema 1.1 counts them."""
        return self.cycles * CYCLE_YEARS + self.inner.year

    @property
    def month(self) -> int:
        """1 to 12."""
        return self.inner.month

    @property
    def day(self) -> int:
        """1 to 31."""
        return self.inner.day


@dataclass(frozen=True, slots=True)
class FarMoment(FarDate):
    """A date and time outside the years 1 to 9999. inner: a date and time."""

    inner: datetime


@dataclass(frozen=True, slots=True)
class Range:
    """An interval of comparable values. A None end is open to infinity.

    operator: "" for `[a..b]`; the comparison for a range written as `(< 10)`; `(= a)` and `(!= a)` keep a in both ends.
    """

    low: "Value"
    high: "Value"
    low_closed: bool
    high_closed: bool
    operator: str = ""


@dataclass(frozen=True, slots=True)
class SortsBy:
    """fields: the way from an item to what decides, empty for the item itself."""

    fields: tuple[str, ...]
    descending: bool


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A callable FEEL value.

    parameters: names in call order.
    call:       takes the run and one argument per parameter.
    call_named: takes the run and the arguments by name; None when the parameters say enough.
    types:      a FeelType per parameter, for conversions and `instance of`; empty when nothing was declared.
    sorts_by:   what it orders by, when ordering is all it does.
    """

    name: str
    parameters: tuple[str, ...]
    call: "Callable[[Run, list[Value]], Value]"
    call_named: "Callable[[Run, dict[str, Value]], Value] | None" = None
    types: tuple[Any, ...] = ()
    result: object = None
    sorts_by: SortsBy | None = None


Value: TypeAlias = Union[  # noqa: UP007 - quoted members cannot be joined by |
    bool,
    Decimal,
    str,
    date,
    time,
    datetime,
    FarDate,
    FarMoment,
    timedelta,
    YearsMonths,
    Range,
    list["Value"],
    dict[str, "Value"],
    Function,
    None,
]

TYPE_NAMES: Mapping[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    date: "date",
    time: "time",
    datetime: "date and time",
    FarDate: "date",
    FarMoment: "date and time",
    timedelta: "days and time duration",
    YearsMonths: "years and months duration",
    Range: "range",
    list: "list",
    dict: "context",
    Function: "function",
}


def type_name(value: object) -> str:
    """The FEEL name of the value's type, for messages and type checks."""
    return TYPE_NAMES.get(type(value), "unknown")


def from_python(value: object, depth: int = 0) -> Value:
    """The FEEL value of a Python value: int and float become Decimal, UUID text, tuple list.

    Raises TypeError for any type FEEL does not know, ValueError for NaN, infinities and numbers over 10 ** 6144,
    FeelBudgetExceeded when a string or list is over its budget.
    """
    kind = type(value)
    if value is None or kind in _PASSED:
        return value  # type: ignore[return-value]
    if isinstance(value, str):
        check_text(len(value))
        return str(value)
    if kind is int or kind is float or kind is Decimal:
        return _number(value)  # type: ignore[arg-type]
    if isinstance(value, UUID):
        return str(value)
    return _container(value, depth)


_PASSED = frozenset({bool, date, time, datetime, FarDate, FarMoment, timedelta, YearsMonths, Range, Function})


def _number(value: int | float | Decimal) -> Decimal:
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        raise ValueError("FEEL has no NaN and no infinity.")
    try:
        return NUMBERS.plus(exact)
    except Overflow:
        raise ValueError("The number is too large for FEEL.") from None


def _container(value: object, depth: int) -> Value:
    if depth > MAX_NESTING:
        raise ValueError(f"Data is nested more than {MAX_NESTING} levels deep.")
    if isinstance(value, Mapping):
        return {_key(key): from_python(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        check_list(len(value))
        return [from_python(item, depth + 1) for item in value]
    raise TypeError(f"FEEL has no value for {type(value).__name__}.")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError("The names in a FEEL context are text.")
    return key
