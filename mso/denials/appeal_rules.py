"""Which appeal rule is in force? One row per pathway, variant and level, effective on the date of the notice.

The rows are data (mso/denials/data/appeal_rule.csv, aic_threshold.csv). `is_verified` speaks of the filing period
and its event; an unverified period is used only as a provisional deadline with a task to confirm it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from itertools import combinations

from mso.denials.effective import day_or_none, holds, shipped_rows


class Filing(StrEnum):
    """How an appeal of this level is filed.

    period:       within a number of units after the event.
    automatic:    by the payer, nothing to file (MA: the plan forwards to the IRE).
    row_required: no default; `file_amount`, if any, is only a provisional floor until a state or payer row exists.
    """

    PERIOD = "period"
    AUTOMATIC = "automatic"
    ROW_REQUIRED = "row_required"


class Unit(StrEnum):
    CALENDAR_DAYS = "calendar_days"
    BUSINESS_DAYS = "business_days"
    MONTHS = "months"


class EventKind(StrEnum):
    """Which of our facts the starting event is: see `clocks.EventFacts`."""

    RECEIPT = "receipt"
    NOTICE = "notice"
    ERA = "era"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Period:
    amount: int
    unit: Unit

    def words(self) -> str:
        return f"{self.amount} {self.unit.value.replace('_', ' ')}"


@dataclass(frozen=True, slots=True)
class AppealRule:
    """One level of one ladder.

    filing_period:      None where nothing can be counted.
    mail_days:          presumed days in the mail when only the notice date is known; used only if verified.
    rolls:              a last day on a weekend or holiday moves to the next business day.
    calendar:           "US" or "state" (the practice's, or the payer's where known).
    decide_within:      of the decider, counted from `decide_from`; for a service not yet rendered `..._pre_service`.
    extension_days:     the decider may take so many days more.
    expedited_hours:    from filing, only where the service is not rendered and a clinician certified urgency.
    aic:                "alj" or "court" where an amount in controversy applies, else "".
    then:               "next", "auto_forwarded", "end" or "" (unknown).
    """

    rule_id: str
    pathway: str
    variant: str
    level: int
    step: str
    filing: Filing
    filing_period: Period | None
    from_event: str
    event_kind: EventKind
    mail_days: int
    is_mail_verified: bool
    rolls: bool
    calendar: str
    decide_within: Period | None
    decide_within_pre_service: Period | None
    decide_from: str
    extension_days: int
    expedited_hours: int | None
    aic: str
    decider: str
    then: str
    valid_from: date | None
    valid_to: date | None
    provenance: str
    is_verified: bool
    note: str


@dataclass(frozen=True, slots=True)
class AicThreshold:
    """Amount in controversy of a year of filing, dollars."""

    year: int
    alj: Decimal
    court: Decimal


@cache
def appeal_rules() -> tuple[AppealRule, ...]:
    """The rules as shipped."""
    return tuple(_rule(row) for row in shipped_rows("appeal_rule"))


@cache
def aic_thresholds() -> Mapping[int, AicThreshold]:
    rows = shipped_rows("aic_threshold")
    return {int(r["year"]): AicThreshold(int(r["year"]), Decimal(r["alj"]), Decimal(r["court"])) for r in rows}


def find_rule(
    rules: Iterable[AppealRule], pathway: str, level: int, on: date, variant: str = "any"
) -> AppealRule | None:
    """The rule in force on the date of the triggering notice; a row of the variant before one for "any".

    None means: open a manual pathway task, never guess.
    """
    found = [
        rule
        for rule in rules
        if (rule.pathway, rule.level) == (pathway, level)
        and rule.variant in (variant, "any")
        and holds(rule.valid_from, rule.valid_to, on)
    ]
    return min(found, key=lambda rule: rule.variant == "any", default=None)


def overlapping(rules: Iterable[AppealRule]) -> tuple[tuple[str, str], ...]:
    """Pairs of rule ids of the same pathway, variant and level that are in force on a common day."""
    return tuple(
        (one.rule_id, other.rule_id)
        for one, other in combinations(rules, 2)
        if (one.pathway, one.variant, one.level) == (other.pathway, other.variant, other.level)
        and (one.valid_from or date.min) < (other.valid_to or date.max)
        and (other.valid_from or date.min) < (one.valid_to or date.max)
    )


def meets_amount(
    rule: AppealRule, amount: Decimal, filing_on: date, thresholds: Mapping[int, AicThreshold]
) -> bool | None:
    """Is the amount in controversy reached? True where none applies.

    None when the year of filing has no row: fail closed to a task of the lead.
    """
    if not rule.aic:
        return True
    threshold = thresholds.get(filing_on.year)
    if threshold is None:
        return None
    return amount >= (threshold.alj if rule.aic == "alj" else threshold.court)


def _rule(row: Mapping[str, str]) -> AppealRule:
    unit = row["decide_unit"]
    return AppealRule(
        rule_id=row["rule_id"],
        pathway=row["pathway"],
        variant=row["variant"],
        level=int(row["level"]),
        step=row["step"],
        filing=Filing(row["filing"]),
        filing_period=_period(row["file_amount"], row["file_unit"]),
        from_event=row["from_event"],
        event_kind=EventKind(row["event_kind"]),
        mail_days=int(row["mail_days"] or 0),
        is_mail_verified=row["mail_verified"] == "yes",
        rolls=row["roll"] == "next_business_day",
        calendar=row["calendar"],
        decide_within=_period(row["decide_amount"], unit),
        decide_within_pre_service=_period(row["decide_pre_service_amount"], unit),
        decide_from=row["decide_from"] or "filed",
        extension_days=int(row["extension_days"] or 0),
        expedited_hours=int(row["expedited_hours"]) if row["expedited_hours"] else None,
        aic=row["aic"],
        decider=row["decider"],
        then=row["then"],
        valid_from=day_or_none(row["valid_from"]),
        valid_to=day_or_none(row["valid_to"]),
        provenance=row["provenance"],
        is_verified=row["verified"] == "yes",
        note=row["note"],
    )


def _period(amount: str, unit: str) -> Period | None:
    return Period(int(amount), Unit(unit)) if amount else None
