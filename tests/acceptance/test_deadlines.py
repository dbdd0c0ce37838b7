"""The clock moves day by day, and what has to happen by itself happens: reminders, alarms, incidents, calls."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from mso.cases import Case
from mso.denials.models import FilingDeadline
from mso.integrations.x12_835.fake import FakePayer
from store import clock as product_clock
from store.practice import viewing
from store.transaction import reading, transaction
from tests.acceptance import intake
from tests.acceptance.intake import claim, remittance
from tests.conftest import Clock
from tests.office import EVERYWHERE, Office
from workflows import timers

CLAIM = "PCCN90"
SIGNATURE = {"note": "Taken over today."}


@pytest.fixture
def office(clock: Clock, office: Office) -> Office:
    """An office at the clock's time with one open case, timely filing, of the contracted payer (90 days)."""
    office.receive(remittance(claim(CLAIM), trace="T1"))
    return office


def pass_days(clock: Clock, days: int) -> None:
    """Let days pass as a worker sees them: each day it leases what is due and wakes the instances."""
    for _ in range(days):
        clock.advance(days=1)
        wake()


def wake() -> int:
    with transaction():
        leased = timers.claim_due(product_clock.now())
    intake.work()
    return leased


def until(clock: Clock, day: date) -> None:
    """Let time pass until the evening (15:00 UTC) of a day."""
    pass_days(clock, (day - clock.at.date()).days)


def groups(office: Office) -> dict[str, str | None]:
    """Open tasks and whose queue they are in."""
    return {element: office.stored(task).group_key for element, task in office.open_tasks(CLAIM).items()}


def alarms(case: Case) -> int:
    """How many alarm tasks were ever opened and still wait."""
    with viewing(EVERYWHERE), reading() as session:
        return sum(task.element_id == "deadline_alarm" for task in _open_tasks(session, case))


def _open_tasks(session: object, case: Case) -> list[object]:
    from_inbox = intake.inbox.of_case(session, case)  # type: ignore[arg-type]
    return [task for task in from_inbox if task.status == intake.OPEN]


def test_a_late_triage_is_chased_by_the_lead(office: Office, clock: Clock) -> None:
    pass_days(clock, 1)
    assert groups(office) == {"triage_confirm": "denial_specialist"}
    pass_days(clock, 1)
    assert groups(office) == {"triage_confirm": "denial_specialist", "lead_triage": "denial_lead"}
    pass_days(clock, 3)
    assert len(office.open_tasks(CLAIM)) == 2, "chased once, not every day"


def test_our_own_target_is_the_due_date_of_the_submission(office: Office, clock: Clock) -> None:
    prepare(office)
    task = office.stored(office.task("submit_admin", CLAIM))
    assert deadline(office).internal_on == date(2026, 12, 24), "30 days, which is less than half of 90"
    assert task.due_at.date() == date(2026, 12, 24)
    assert office.case(CLAIM).deadline_on == date(2027, 2, 22)
