"""Date and time functions (DMN 1.5 sections 10.3.4.8 and 10.3.4.10)."""

from datetime import date, datetime
from decimal import Decimal

from workflows.feel.budget import Run
from workflows.feel.builtins.registry import builtin
from workflows.feel.far import AnyDate, in_cycle

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@builtin("now", needs_run=True)
def now(run: Run) -> datetime:
    return run.now


@builtin("today", needs_run=True)
def today(run: Run) -> date:
    return run.now.date()


@builtin("day of year", "date: date|date and time")
def day_of_year(day: AnyDate) -> Decimal:
    return Decimal(in_cycle(day).timetuple().tm_yday)


@builtin("day of week", "date: date|date and time")
def day_of_week(day: AnyDate) -> str:
    return _DAYS[in_cycle(day).weekday()]


@builtin("month of year", "date: date|date and time")
def month_of_year(day: AnyDate) -> str:
    return _MONTHS[day.month - 1]


@builtin("week of year", "date: date|date and time")
def week_of_year(day: AnyDate) -> Decimal:
    return Decimal(in_cycle(day).isocalendar().week)
