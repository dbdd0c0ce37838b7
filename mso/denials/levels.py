"""Levels and deadlines of a case: which rule is in force, until when to file, and what may follow a decision."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mso.cases import Case
from mso.denials.appeal_rules import (
    AppealRule,
    Filing,
    Period,
    Unit,
    aic_thresholds,
    appeal_rules,
    find_rule,
    meets_amount,
)
from mso.denials.clocks import EventFacts, FilingClock, decision_due, filing_clock, provisional_clock
from mso.denials.models import FilingDeadline, PayerProfile
from mso.practices import zone_of
from store import ids

USUAL_DECISION_DAYS = 60
"""Where a rule names no period for the decider: when to call and ask (design)."""

_NEXT = {"next": "exists", "auto_forwarded": "auto_forwarded", "end": "none"}


@dataclass(frozen=True)
class Deadline:
    """What set_deadline tells the process."""

    rule_id: str | None
    external_on: date
    internal_on: date
    decision_due_days: int
    provisional: bool


def set_deadline(session: Session, case: Case, pathway: str, level: int, *, now: datetime) -> Deadline:
    """Compute and store the deadline of a level. A new row supersedes the older ones; none is edited."""
    facts, today = _events(case, level, now), _day(case, now)
    notice = facts.notice_on or today
    rule = _rule(session, case, pathway, level, notice)
    state = case.service_state or ""
    clock = filing_clock(rule, facts, state=state) if rule else None
    if not isinstance(clock, FilingClock):
        clock = provisional_clock(appeal_rules(), "unknown", facts, state=state, on=notice)
    assert clock is not None, "a notice date is always known, so one candidate always counts"
    due = decision_due(rule, today, is_rendered=True, state=state) if rule else None
    deadline = Deadline(
        clock.rule_id,
        clock.file_by_on,
        clock.target_on,
        (due - today).days if due else USUAL_DECISION_DAYS,
        clock.is_provisional,
    )
    session.add(
        FilingDeadline(
            practice_id=case.practice_id,
            id=ids.new(),
            case_id=case.id,
            level=level,
            pathway=pathway,
            rule_id=clock.rule_id,
            external_on=clock.file_by_on,
            internal_on=clock.target_on,
            decision_due_days=deadline.decision_due_days,
            provisional=clock.is_provisional,
            explanation=list(clock.steps),
            computed_at=now,
        )
    )
    case.deadline_on = clock.file_by_on
    return deadline


def newest(session: Session, case: Case) -> FilingDeadline | None:
    """The deadline in force."""
    query = select(FilingDeadline).where(FilingDeadline.case_id == case.id)
    return session.scalars(query.order_by(FilingDeadline.id.desc()).limit(1)).first()


def after(session: Session, case: Case, *, now: datetime) -> Mapping[str, Any]:
    """What may follow a decision on the present level; inputs of the table `decision_next`.

    A next level whose amount in controversy is not known for the year is "unknown": it fails closed to the lead.
    """
    present = newest(session, case)
    if present is None:
        return {"next_level": "unknown"}
    today = _day(case, now)
    rule = find_rule(appeal_rules(), present.pathway, present.level, today)
    follows = _NEXT.get(rule.then if rule else "", "unknown")
    met: bool | None = True
    if follows == "exists":
        upper = find_rule(appeal_rules(), present.pathway, present.level + 1, today)
        met = None if upper is None else meets_amount(upper, case.amount or 0, today, aic_thresholds())  # type: ignore[arg-type]
    return {
        "next_level": "unknown" if met is None else follows,
        "aic_met": bool(met),
        "refile_open": today <= present.external_on,
    }


def _events(case: Case, level: int, now: datetime) -> EventFacts:
    """Level 1 starts with the remittance; a higher one with the decision that came in today."""
    today = _day(case, now)
    if level > 1:
        return EventFacts(notice_on=today, received_on=today, era_received_on=today, others={"plan_upheld": today})
    received = case.received_on or _day(case, case.opened_at)
    return EventFacts(notice_on=case.notice_on or received, era_received_on=received)


def _day(case: Case, at: datetime) -> date:
    """The civil date of an instant at the practice's place; the payer's own place is not known."""
    return at.astimezone(zone_of(case.service_state)).date()


def _rule(session: Session, case: Case, pathway: str, level: int, on: date) -> AppealRule | None:
    """The rule in force; a contract's own days stand in the payer profile."""
    rule = find_rule(appeal_rules(), pathway, level, on)
    if rule is None or rule.filing is not Filing.ROW_REQUIRED or pathway != "contract_dispute":
        return rule
    profile = session.get(PayerProfile, (case.practice_id, case.payer_id or ""))
    if profile is None or profile.dispute_days is None:
        return rule
    period = Period(profile.dispute_days, Unit.CALENDAR_DAYS)
    return replace(rule, filing=Filing.PERIOD, filing_period=period, is_verified=True)
