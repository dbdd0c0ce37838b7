"""Until when must an appeal be filed, and decided? Counted step by step, so that it can be shown years later.

Day 0 is the day of the event; n days later is the last day. All dates are civil dates of the rule's place; hour
clocks are UTC instants. A deadline is computed once and never edited: a new fact makes a new one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from mso.calendars import add_business_days, add_months, holiday_name, next_business_day
from mso.denials.appeal_rules import AppealRule, EventKind, Filing, Period, Unit
from mso.denials.effective import holds

ESCALATION_DAYS = (14, 7, 3, 1)
INTERNAL_TARGET_MOST_DAYS = 30

# The ladders a claim of a plan class may belong to while its pathway is still open (design).
CANDIDATE_PATHWAYS: Mapping[str, tuple[str, ...]] = {
    "medicare_ffs": ("medicare_ffs",),
    "medicare_advantage": ("medicare_advantage", "contract_dispute"),
    "medicaid": ("medicaid_ffs", "medicaid_mco"),
    "commercial": ("contract_dispute", "erisa", "aca_state"),
    "wc_auto": ("contract_dispute",),
    "unknown": (
        "medicare_ffs",
        "medicare_advantage",
        "contract_dispute",
        "medicaid_ffs",
        "medicaid_mco",
        "erisa",
        "aca_state",
    ),
}


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What is known about the payer's notice.

    notice_on:       date printed on it; for a remittance its production date (DTM 405), else the payment date.
    received_on:     documented day of receipt; a remittance is received when the clearinghouse delivered it.
    era_received_on: day the remittance itself was received.
    others:          other events by their name in the rule, such as "plan_upheld".
    """

    notice_on: date | None = None
    received_on: date | None = None
    era_received_on: date | None = None
    others: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FilingClock:
    """The filing deadline of one level, with its evidence.

    file_by_on:      last day to file, inclusive: the external deadline.
    target_on:       our own earlier date: half of the period, at most 30 days, after the event.
    escalate_on:     days on which to warn, 14, 7, 3 and 1 days before the deadline, where they lie after the event.
    steps:           the computation in sentences.
    is_provisional:  the period, or the choice of the rule, is unverified: a person must confirm it.
    proposed_on:     a later date named by the payer, which counts only after a person confirmed it.
    """

    rule_id: str
    event: str
    event_on: date
    file_by_on: date
    target_on: date
    escalate_on: tuple[date, ...]
    steps: tuple[str, ...]
    is_provisional: bool
    proposed_on: date | None = None


@dataclass(frozen=True, slots=True)
class NoClock:
    """Why no deadline can be counted: automatic, row_required or event_unknown. All but automatic need a person."""

    rule_id: str
    reason: str


def filing_clock(
    rule: AppealRule, facts: EventFacts, *, state: str, payer_letter_on: date | None = None
) -> FilingClock | NoClock:
    """Count the filing deadline of a rule.

    state:           USPS code of the practice (or of the payer's office where known), for business days.
    payer_letter_on: last day named in the payer's own letter. It wins when it is earlier; a later day is only
                     proposed to a person.
    """
    if rule.filing is Filing.AUTOMATIC:
        return NoClock(rule.rule_id, "automatic")
    if rule.filing is Filing.ROW_REQUIRED or rule.filing_period is None:
        return NoClock(rule.rule_id, "row_required")
    clock = _count(rule, rule.filing_period, facts, state)
    if clock is None:
        return NoClock(rule.rule_id, "event_unknown")
    return clock if payer_letter_on is None else _with_payer_letter(clock, payer_letter_on)


def provisional_clock(
    rules: Iterable[AppealRule], plan_class: str, facts: EventFacts, *, state: str, on: date
) -> FilingClock | None:
    """For a manual pathway: the shortest clock of any candidate rule of level 1 in force on that day.

    Periods without a default count with their usual floor. None when no candidate can be counted.
    """
    pathways = CANDIDATE_PATHWAYS.get(plan_class, CANDIDATE_PATHWAYS["unknown"])
    clocks = [
        clock
        for rule in rules
        if rule.level == 1 and rule.pathway in pathways and holds(rule.valid_from, rule.valid_to, on)
        if rule.filing_period is not None and (clock := _count(rule, rule.filing_period, facts, state)) is not None
    ]
    shortest = min(clocks, key=lambda one: one.file_by_on, default=None)
    if shortest is None:
        return None
    step = f"The pathway is open; {shortest.rule_id} is the shortest of {len(clocks)} candidate rules."
    return replace(shortest, steps=(step, *shortest.steps), is_provisional=True)


def event_of(rule: AppealRule, facts: EventFacts) -> tuple[date | None, str]:
    """The day the rule's clock starts, and a sentence that says which fact that is.

    A presumption of days in the mail counts only when it is verified; without it the clock starts earlier, which
    is the safe side.
    """
    name = rule.from_event.replace("_", " ")
    if rule.event_kind is EventKind.RECEIPT:
        received = facts.received_on or facts.era_received_on
        if received is not None:
            return received, f"Day 0 is {_words(received)}, the documented receipt ({name})."
        if facts.notice_on is not None and rule.mail_days and rule.is_mail_verified:
            presumed = facts.notice_on + timedelta(days=rule.mail_days)
            return presumed, f"Day 0 is {_words(presumed)}: notice date plus {rule.mail_days} days in the mail."
        return _named(facts.notice_on, f"the notice date, because no receipt is documented ({name})")
    if rule.event_kind is EventKind.NOTICE:
        return _named(facts.notice_on, f"the notice date ({name})")
    if rule.event_kind is EventKind.ERA:
        return _named(facts.era_received_on or facts.received_on, "the receipt of the remittance")
    return _named(facts.others.get(rule.from_event), name)


def decision_due(rule: AppealRule, counted_from_on: date, *, is_rendered: bool, state: str) -> date | None:
    """Last day of the decider, counted from the event `rule.decide_from`; None where the rule names no period."""
    period = rule.decide_within if is_rendered else rule.decide_within_pre_service or rule.decide_within
    return None if period is None else add_period(counted_from_on, period, _calendar(rule, state))


def expedited_due(rule: AppealRule, filed_at: datetime) -> datetime | None:
    """The instant an expedited decision is due, or None where the rule knows none. filed_at is aware UTC."""
    return None if rule.expedited_hours is None else filed_at + timedelta(hours=rule.expedited_hours)


def escalations(file_by_on: date, after: date) -> tuple[date, ...]:
    """14, 7, 3 and 1 days before the deadline, as far as they lie after a day."""
    days = (file_by_on - timedelta(days=number) for number in ESCALATION_DAYS)
    return tuple(day for day in days if day > after)


def add_period(day: date, period: Period, calendar: str) -> date:
    if period.unit is Unit.MONTHS:
        return add_months(day, period.amount)
    if period.unit is Unit.BUSINESS_DAYS:
        return add_business_days(day, period.amount, calendar)
    return day + timedelta(days=period.amount)


def _count(rule: AppealRule, period: Period, facts: EventFacts, state: str) -> FilingClock | None:
    event_on, event_step = event_of(rule, facts)
    if event_on is None:
        return None
    calendar = _calendar(rule, state)
    last = add_period(event_on, period, calendar)
    steps = [f"Rule {rule.rule_id}: {rule.step.replace('_', ' ')} within {period.words()}.", event_step]
    if period.unit is Unit.BUSINESS_DAYS:
        steps.append(f"Saturdays, Sundays and holidays of {calendar} are not counted.")
    steps.append(f"{period.words()} after day 0 is {_words(last)}.")
    if rule.rolls and (rolled := next_business_day(last, calendar)) != last:
        cause = holiday_name(last, calendar) or "a weekend"
        steps.append(f"{_words(last)} is {cause}; the rule moves it to {_words(rolled)}.")
        last = rolled
    if not rule.is_verified:
        steps.append("The period is unverified: a person must confirm it before it is relied on.")
    return FilingClock(
        rule.rule_id,
        rule.from_event,
        event_on,
        last,
        _target(event_on, last, period, calendar),
        escalations(last, event_on),
        tuple(steps),
        not rule.is_verified or rule.filing is Filing.ROW_REQUIRED,
    )


def _target(event_on: date, last: date, period: Period, calendar: str) -> date:
    """Half of the period, at most 30 calendar days after the event (design); business days stay business days."""
    latest = event_on + timedelta(days=INTERNAL_TARGET_MOST_DAYS)
    if period.unit is Unit.BUSINESS_DAYS:
        return min(add_business_days(event_on, period.amount // 2, calendar), latest)
    return min(event_on + timedelta(days=(last - event_on).days // 2), latest)


def _with_payer_letter(clock: FilingClock, letter_on: date) -> FilingClock:
    if letter_on > clock.file_by_on:
        step = f"The payer's letter names {_words(letter_on)}: later, so it counts only when a person confirms it."
        return replace(clock, steps=(*clock.steps, step), proposed_on=letter_on)
    if letter_on == clock.file_by_on:
        return clock
    half = clock.event_on + timedelta(days=max(0, (letter_on - clock.event_on).days // 2))
    step = f"The payer's letter names {_words(letter_on)}, which is earlier and wins."
    return replace(
        clock,
        file_by_on=letter_on,
        target_on=min(clock.target_on, half),
        escalate_on=escalations(letter_on, clock.event_on),
        steps=(*clock.steps, step),
    )


def _calendar(rule: AppealRule, state: str) -> str:
    return state if rule.calendar == "state" else rule.calendar


def _named(day: date | None, what: str) -> tuple[date | None, str]:
    return day, "" if day is None else f"Day 0 is {_words(day)}, {what}."


def _words(day: date) -> str:
    return f"{day:%A}, {day:%B} {day.day}, {day.year}"
