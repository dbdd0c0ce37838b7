"""The clock moves day by day, and what has to happen by itself happens: reminders, alarms, incidents, calls."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from mso.calendars import add_business_days
from mso.denials.models import FilingDeadline
from mso.integrations.x12_835.fake import FakePayer
from store import clock as product_clock
from store import jobs
from store.practice import viewing
from store.transaction import reading, transaction
from tasks import inbox
from tasks.models import OPEN
from tests.acceptance import intake
from tests.acceptance.intake import claim, paid_claim, remittance
from tests.conftest import Clock
from tests.office import EVERYWHERE, REVIEW, Office
from workflows import timers
from workflows.delivery import firing

CLAIM, UNKNOWN_PAYER = "PCCN90", FakePayer("SOME OTHER PLAN", "SYN09")
ALARM, MISSED = "admin_deadline_alarm", "explain_missed_filing"
CONTRACT_DAYS = 90
"""What the demonstration's payer profile gives for a dispute."""


@pytest.fixture
def today(clock: Clock) -> date:
    """The day on which the file comes: the real one, so that the cast's facts hold; 15:00 UTC, daytime everywhere."""
    clock.set(datetime.combine(product_clock.system_clock().date(), time(15), UTC))
    return clock.at.date()


@pytest.fixture
def opened(today: date, office: Office) -> Office:
    """An office with one open case of timely filing by a payer whose contract gives 90 days."""
    office.receive(remittance(claim(CLAIM), trace="T1"))
    return office


def pass_days(clock: Clock, days: int) -> None:
    """Let days pass as a worker sees them: it wakes the instances with something due."""
    for _ in range(days):
        clock.advance(days=1)
        wake()


def days_until_late(clock: Clock) -> int:
    """Until triage is late: two business days where the practice is."""
    today = clock.at.date()
    return (add_business_days(today, 2, "NY") - today).days


def until(clock: Clock, day: date) -> None:
    pass_days(clock, (day - clock.at.date()).days)


def wake() -> int:
    woken = firing.sweep(clock=product_clock.now)
    intake.work()
    return woken


def open_tasks(office: Office) -> dict[str, str | None]:
    """Element -> queue, of the open tasks of the case."""
    return {element: office.stored(task).group_key for element, task in office.open_tasks(CLAIM).items()}


def counted(office: Office) -> Counter[str]:
    """How often each element waits."""
    case = office.case(CLAIM)
    with viewing(EVERYWHERE), reading() as session:
        return Counter(task.element_id for task in inbox.of_case(session, case) if task.status == OPEN)


def deadlines(office: Office) -> list[FilingDeadline]:
    """All that were ever computed, oldest first."""
    query = select(FilingDeadline).where(FilingDeadline.case_id == office.case(CLAIM).id).order_by(FilingDeadline.id)
    with viewing(EVERYWHERE), reading() as session:
        return list(session.scalars(query))


def prepare(office: Office) -> None:
    """Up to the task "submit"."""
    office.complete("ben", office.task("triage_confirm", CLAIM), intake.ADMIN)
    office.complete("ben", office.task("prepare_admin", CLAIM), intake.ADMIN_LETTER)


def test_a_late_triage_is_chased_by_the_lead_once(opened: Office, clock: Clock) -> None:
    pass_days(clock, days_until_late(clock) - 1)
    assert open_tasks(opened) == {"triage_confirm": "denial_specialist"}
    pass_days(clock, 1)
    assert open_tasks(opened) == {"triage_confirm": "denial_specialist", "lead_triage": "denial_lead"}
    pass_days(clock, 3)
    assert counted(opened) == {"triage_confirm": 1, "lead_triage": 1}
    opened.complete("lena", opened.task("lead_triage", CLAIM), {"action": "chased", "note": "Ben does it today."})
    assert open_tasks(opened) == {"triage_confirm": "denial_specialist"}


def test_a_timely_triage_chases_nobody(opened: Office, clock: Clock) -> None:
    pass_days(clock, 1)
    prepare(opened)
    pass_days(clock, 5)
    assert open_tasks(opened) == {"submit_admin": "denial_specialist"}


def test_the_submission_is_due_at_our_own_earlier_target(opened: Office, today: date) -> None:
    prepare(opened)
    (deadline,) = deadlines(opened)
    assert deadline.external_on == today + timedelta(CONTRACT_DAYS) == opened.case(CLAIM).deadline_on
    assert deadline.internal_on == today + timedelta(30)
    assert opened.stored(opened.task("submit_admin", CLAIM)).due_at.date() == deadline.internal_on
    assert (deadline.rule_id, deadline.provisional) == ("con-1", False)
    assert deadline.explanation


def test_alarms_ring_14_7_3_and_1_days_before_the_deadline(opened: Office, clock: Clock) -> None:
    prepare(opened)
    (deadline,) = deadlines(opened)
    rung = {}
    for left in (15, 14, 8, 7, 4, 3, 2, 1, 0):
        until(clock, deadline.external_on - timedelta(left))
        rung[left] = counted(opened)[ALARM]
    assert rung == {15: 0, 14: 1, 8: 1, 7: 2, 4: 2, 3: 3, 2: 3, 1: 4, 0: 4}
    assert open_tasks(opened)[ALARM] == "denial_lead"
    assert MISSED not in open_tasks(opened), "the last day is still a day to file"


def test_a_missed_deadline_is_explained_to_compliance(opened: Office, clock: Clock) -> None:
    prepare(opened)
    (deadline,) = deadlines(opened)
    until(clock, deadline.external_on + timedelta(1))
    assert open_tasks(opened)[MISSED] == "compliance"
    assert "submit_admin" in open_tasks(opened), "the appeal may still go out, with good cause"


def test_the_last_day_ends_at_midnight_where_the_practice_is(opened: Office, clock: Clock) -> None:
    prepare(opened)
    last = deadlines(opened)[-1].external_on
    new_york = ZoneInfo("America/New_York")
    until(clock, last)
    clock.set(datetime.combine(last, time(23, 59), new_york).astimezone(UTC))
    wake()
    assert MISSED not in open_tasks(opened)
    clock.set(datetime.combine(last + timedelta(days=1), time(0, 0), new_york).astimezone(UTC))
    wake()
    assert MISSED in open_tasks(opened)


def test_a_filed_appeal_rings_no_more_alarms(opened: Office, clock: Clock) -> None:
    prepare(opened)
    until(clock, deadlines(opened)[0].external_on - timedelta(10))
    assert counted(opened)[ALARM] == 1
    sent = {"channel": "portal", "proof_id": "P1", "sent_on": clock.at.date().isoformat()}
    opened.complete("ben", opened.task("submit_admin", CLAIM), sent)
    pass_days(clock, 12)
    assert counted(opened)[ALARM] == 1
    assert MISSED not in open_tasks(opened)


def test_an_overdue_decision_is_asked_for_and_the_wait_goes_on(opened: Office, clock: Clock) -> None:
    intake.file_appeal(opened, CLAIM)
    due = deadlines(opened)[0].decision_due_days
    assert due is not None
    pass_days(clock, due - 1)
    assert open_tasks(opened) == {}
    pass_days(clock, 1)
    assert open_tasks(opened) == {"status_call": "denial_specialist"}
    opened.complete("ben", opened.task("status_call", CLAIM), {"finding": "pending", "reference": "Call 1"})
    pass_days(clock, 14)
    assert open_tasks(opened) == {}
    pass_days(clock, 1)
    assert open_tasks(opened) == {"status_call": "denial_specialist"}
    opened.complete("ben", opened.task("status_call", CLAIM), {"finding": "pending", "reference": "Call 2"})
    opened.receive(remittance(paid_claim(CLAIM), trace="T2", control=2))
    assert opened.case(CLAIM).outcome == "overturned"


def test_an_answer_during_the_call_is_not_lost(opened: Office, clock: Clock) -> None:
    intake.file_appeal(opened, CLAIM)
    pass_days(clock, deadlines(opened)[0].decision_due_days or 0)
    opened.receive(remittance(paid_claim(CLAIM), trace="T2", control=2))
    opened.complete("ben", opened.task("status_call", CLAIM), {"finding": "pending", "reference": "Call 1"})
    assert opened.case(CLAIM).outcome == "overturned"


def test_an_unknown_contract_gets_the_shortest_clock_until_the_lead_chooses(today: date, office: Office) -> None:
    office.receive(remittance(claim(CLAIM), trace="T1", payer=UNKNOWN_PAYER))
    (first,) = deadlines(office)
    assert first.provisional
    assert "shortest of" in first.explanation[0]
    office.complete("ben", office.task("triage_confirm", CLAIM), intake.ADMIN)
    assert open_tasks(office) == {"choose_pathway": "denial_lead"}
    chosen = {
        "pathway": "aca_state",
        "level": 1,
        "consent_document": "assignment_or_aor",
        "source": "Call with the plan's provider line.",
    }
    office.complete("lena", office.task("choose_pathway", CLAIM), chosen)
    assert "prepare_admin" in open_tasks(office)
    kept, second = deadlines(office)
    assert (kept.id, kept.external_on) == (first.id, first.external_on), "a deadline is superseded, never edited"
    assert second.pathway == "aca_state"
    assert office.case(CLAIM).deadline_on == second.external_on > first.external_on


def test_a_wake_up_that_was_lost_is_repeated(opened: Office, clock: Clock) -> None:
    clock.advance(days=days_until_late(clock))
    with transaction() as session:
        assert len(timers.claim(session, clock.at)) == 1
    clock.advance(seconds=59)
    assert wake() == 0, "the lease of the lost worker still holds"
    clock.advance(seconds=1)
    assert wake() == 1
    assert "lead_triage" in open_tasks(opened)


def test_a_wake_up_that_comes_twice_does_nothing_more(opened: Office, clock: Clock) -> None:
    clock.advance(days=days_until_late(clock))
    wake()
    case = opened.case(CLAIM)
    body = jobs.declared()["workflows:timer.fire"].body
    body(practice_id=case.practice_id, instance_id=str(case.instance_id))
    assert counted(opened) == {"triage_confirm": 1, "lead_triage": 1}


def test_evidence_that_is_late_for_our_target_rings(office: Office) -> None:
    claim_key = "PCCN0002"
    office.complete("ada", office.to_clinical_review(claim_key), REVIEW, "appeal")
    assert set(office.open_tasks(claim_key)) == {"collect_evidence"}
    later = Clock(product_clock.now())
    with product_clock.using(later):
        pass_days(later, 29)
        assert set(office.open_tasks(claim_key)) == {"collect_evidence"}
        pass_days(later, 2)
        assert set(office.open_tasks(claim_key)) == {"collect_evidence", "deadline_alarm"}
