"""Deadlines, counted. A frozen table of cases: a change here is a change of somebody's deadline."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mso.denials.appeal_rules import AppealRule, Period, Unit, appeal_rules, find_rule
from mso.denials.clocks import (
    EventFacts,
    FilingClock,
    NoClock,
    decision_due,
    escalations,
    expedited_due,
    filing_clock,
    provisional_clock,
)

NOTICE = EventFacts(notice_on=date(2026, 11, 19), received_on=date(2026, 11, 23), era_received_on=date(2026, 11, 24))


def rule(rule_id: str) -> AppealRule:
    return next(one for one in appeal_rules() if one.rule_id == rule_id)


def counted(rule_: AppealRule, facts: EventFacts, state: str = "NY", letter: date | None = None) -> FilingClock:
    clock = filing_clock(rule_, facts, state=state, payer_letter_on=letter)
    assert isinstance(clock, FilingClock)
    return clock


def on_day(day: date) -> EventFacts:
    return EventFacts(day, day, day, {"end_of_negotiation": day, "plan_resolution": day})


@pytest.mark.parametrize(
    ("rule_id", "event_on", "file_by_on", "target_on", "why"),
    [
        ("mffs-1", date(2026, 11, 24), date(2027, 3, 24), date(2026, 12, 24), "120 days, target 30 days"),
        ("mffs-1", date(2027, 11, 1), date(2028, 2, 29), date(2027, 12, 1), "ends on the leap day"),
        ("mffs-1", date(2026, 9, 4), date(2027, 1, 2), date(2026, 10, 4), "a Saturday stays: the rule does not roll"),
        ("mffs-2", date(2026, 11, 24), date(2027, 5, 23), date(2026, 12, 24), "180 days"),
        ("mffs-3", date(2026, 11, 24), date(2027, 1, 23), date(2026, 12, 24), "60 days, half is 30"),
        ("ma-1", date(2026, 11, 24), date(2027, 1, 28), date(2026, 12, 24), "65 days"),
        ("ma-1-old", date(2024, 12, 31), date(2025, 3, 1), date(2025, 1, 30), "60 days over the end of February"),
        ("mco-2", date(2026, 11, 24), date(2027, 3, 24), date(2026, 12, 24), "120 days from the plan's resolution"),
        ("erisa-1", date(2026, 3, 1), date(2026, 8, 28), date(2026, 3, 31), "over the change to summer time"),
        ("ext-1", date(2026, 10, 31), date(2027, 2, 28), date(2026, 11, 30), "4 months, clamped to the month's end"),
        ("ext-1", date(2027, 10, 31), date(2028, 2, 29), date(2027, 11, 30), "4 months, clamped to a leap day"),
        ("nsa-1", date(2026, 11, 24), date(2027, 1, 8), date(2026, 12, 16), "30 business days over two holidays"),
        ("nsa-2", date(2026, 11, 24), date(2026, 12, 1), date(2026, 11, 27), "4 business days, our target day 2"),
        ("nsa-2", date(2026, 7, 1), date(2026, 7, 8), date(2026, 7, 6), "a holiday observed on Friday"),
        ("nsa-2", date(2027, 7, 2), date(2027, 7, 9), date(2027, 7, 7), "a holiday observed on Monday"),
    ],
)
def test_filing_deadlines(rule_id: str, event_on: date, file_by_on: date, target_on: date, why: str) -> None:
    clock = counted(rule(rule_id), on_day(event_on))
    assert (clock.file_by_on, clock.target_on) == (file_by_on, target_on), why


def test_the_federal_calendar_of_a_rule_does_not_depend_on_the_state() -> None:
    facts = on_day(date(2026, 2, 10))  # New York keeps Lincoln's birthday on the 12th
    assert counted(rule("nsa-2"), facts, "NY") == counted(rule("nsa-2"), facts, "TX")


def test_a_state_calendar_counts_the_holidays_of_the_state() -> None:
    local = replace(rule("nsa-2"), calendar="state")
    days = [counted(local, on_day(date(2026, 2, 10)), state).file_by_on for state in ("NY", "OH")]
    assert days == [date(2026, 2, 18), date(2026, 2, 17)]


def test_the_last_day_rolls_only_where_the_rule_says_so() -> None:
    rolling = replace(rule("mffs-1"), rolls=True)
    saturday = counted(rule("mffs-1"), on_day(date(2026, 9, 4)))
    assert counted(rolling, on_day(date(2026, 9, 4))).file_by_on == date(2027, 1, 4)
    assert saturday.file_by_on == date(2027, 1, 2)


def test_rolling_over_a_holiday_names_it() -> None:
    rolling = replace(rule("mffs-1"), rolls=True, filing_period=Period(2, Unit.CALENDAR_DAYS))
    clock = counted(rolling, on_day(date(2026, 11, 24)))
    assert clock.file_by_on == date(2026, 11, 27)
    assert "Thanksgiving" in " ".join(clock.steps)


def test_a_documented_receipt_starts_the_clock() -> None:
    assert counted(rule("mffs-1"), NOTICE).event_on == date(2026, 11, 23)


def test_a_remittance_is_received_when_the_clearinghouse_delivered_it() -> None:
    facts = EventFacts(notice_on=date(2026, 11, 19), era_received_on=date(2026, 11, 24))
    assert counted(rule("mffs-1"), facts).event_on == date(2026, 11, 24)


def test_an_unverified_mail_presumption_is_not_used() -> None:
    facts = EventFacts(notice_on=date(2026, 11, 19))
    assert counted(rule("mffs-1"), facts).event_on == date(2026, 11, 19)
    verified = replace(rule("mffs-1"), is_mail_verified=True)
    assert counted(verified, facts).event_on == date(2026, 11, 24)


def test_a_notice_clock_starts_with_the_notice_not_with_its_receipt() -> None:
    assert counted(rule("ma-1"), NOTICE).event_on == date(2026, 11, 19)


@pytest.mark.parametrize(
    ("rule_id", "facts", "reason"),
    [
        ("ma-2", NOTICE, "automatic"),
        ("con-1", NOTICE, "row_required"),
        ("wc-1", NOTICE, "row_required"),
        ("mffs-1", EventFacts(), "event_unknown"),
        ("nsa-2", NOTICE, "event_unknown"),
    ],
)
def test_without_period_or_event_there_is_no_clock(rule_id: str, facts: EventFacts, reason: str) -> None:
    assert filing_clock(rule(rule_id), facts, state="NY") == NoClock(rule_id, reason)


def test_a_shorter_letter_of_the_payer_wins() -> None:
    clock = counted(rule("mffs-1"), NOTICE, letter=date(2026, 12, 13))
    assert (clock.file_by_on, clock.target_on, clock.proposed_on) == (date(2026, 12, 13), date(2026, 12, 3), None)
    assert clock.escalate_on == (date(2026, 11, 29), date(2026, 12, 6), date(2026, 12, 10), date(2026, 12, 12))


def test_a_longer_letter_of_the_payer_is_only_proposed() -> None:
    clock = counted(rule("mffs-1"), NOTICE, letter=date(2027, 6, 1))
    assert (clock.file_by_on, clock.proposed_on) == (date(2027, 3, 23), date(2027, 6, 1))
    assert "confirms" in clock.steps[-1]


def test_an_unverified_period_is_provisional() -> None:
    assert counted(rule("ma-1"), NOTICE).is_provisional
    assert not counted(rule("mffs-1"), NOTICE).is_provisional


def test_every_step_of_the_computation_is_told() -> None:
    assert counted(rule("nsa-1"), NOTICE).steps == (
        "Rule nsa-1: open negotiation within 30 business days.",
        "Day 0 is Thursday, November 19, 2026, the notice date (initial payment or denial).",
        "Saturdays, Sundays and holidays of US are not counted.",
        "30 business days after day 0 is Tuesday, January 5, 2027.",
    )


def test_escalations_lie_after_the_event() -> None:
    assert escalations(date(2026, 12, 1), date(2026, 11, 24)) == (date(2026, 11, 28), date(2026, 11, 30))


def test_a_manual_pathway_gets_the_shortest_candidate() -> None:
    clock = provisional_clock(appeal_rules(), "unknown", NOTICE, state="NY", on=date(2026, 11, 19))
    assert clock is not None
    assert (clock.rule_id, clock.file_by_on, clock.is_provisional) == ("mcd-1", date(2026, 12, 19), True)
    commercial = provisional_clock(appeal_rules(), "commercial", NOTICE, state="NY", on=date(2026, 11, 19))
    assert commercial is not None
    assert commercial.rule_id == "con-1"


def test_a_manual_pathway_without_any_event_has_no_clock() -> None:
    assert provisional_clock(appeal_rules(), "unknown", EventFacts(), state="NY", on=date(2026, 11, 19)) is None


@pytest.mark.parametrize(
    ("rule_id", "is_rendered", "due"),
    [
        ("mffs-1", True, date(2027, 1, 23)),
        ("ma-1", True, date(2027, 1, 23)),
        ("ma-1", False, date(2026, 12, 24)),
        ("aca-1", False, date(2026, 12, 24)),
        ("nsa-2", True, date(2027, 1, 8)),
        ("mffs-5", True, None),
    ],
)
def test_the_decider_has_until(rule_id: str, is_rendered: bool, due: date | None) -> None:
    assert decision_due(rule(rule_id), date(2026, 11, 24), is_rendered=is_rendered, state="NY") == due


def test_an_expedited_decision_counts_hours_as_instants() -> None:
    filed_at = datetime(2026, 10, 31, 12, tzinfo=UTC)  # the clocks change on November 1 in New York
    assert expedited_due(rule("ma-1"), filed_at) == datetime(2026, 11, 3, 12, tzinfo=UTC)
    assert expedited_due(rule("mffs-1"), filed_at) is None


def test_the_rule_of_the_notice_date_is_used() -> None:
    days = [date(2024, 12, 31), date(2025, 1, 1)]
    found = [find_rule(appeal_rules(), "medicare_advantage", 1, day) for day in days]
    assert [one.rule_id if one else None for one in found] == ["ma-1-old", "ma-1"]
