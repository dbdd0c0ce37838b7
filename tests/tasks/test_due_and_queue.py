"""When a task is due and who gets it, from the properties of the model: plain, or FEEL that can go wrong."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from store import clock
from store.practice import MSO, as_practice, viewing
from store.transaction import reading, transaction
from tasks import sla
from tasks.models import Task
from tests.clients import office, office_people
from tests.office import EVERYWHERE, Office
from webapp import shipped
from workflows import definitions
from workflows.engine import EngineFault
from workflows.instances import Incident

__all__ = ["office", "office_people"]

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 10:00 in New York


@pytest.mark.parametrize(
    ("due_in", "due"),
    [
        ("PT4H", datetime(2026, 11, 24, 19, 0, tzinfo=UTC)),
        ("2 business days", datetime(2026, 11, 27, 22, 0, tzinfo=UTC)),  # over Thanksgiving, 17:00 in New York
        ("deadline", datetime(2026, 12, 1, 22, 0, tzinfo=UTC)),
        ('today + duration("P1D")', datetime(2026, 11, 25, 22, 0, tzinfo=UTC)),
        ('duration("PT90M")', datetime(2026, 11, 24, 16, 30, tzinfo=UTC)),
        ('date and time("2026-11-24T18:00:00")', datetime(2026, 11, 24, 23, 0, tzinfo=UTC)),
        ("nothing", None),
        (None, None),
    ],
)
def test_a_due_time_is_plain_or_feel(due_in: str | None, due: datetime | None) -> None:
    deadline = datetime(2026, 12, 1, tzinfo=UTC).date()
    assert sla.due_at(due_in, {"deadline": deadline, "nothing": None}, "NY", now=NOW) == due


@pytest.mark.parametrize("due_in", ["amount", "today +", "deadlin", "for i in 1..1e9 return i"])
def test_a_due_time_without_a_usable_value_is_a_fault(due_in: str) -> None:
    with pytest.raises(EngineFault) as caught:
        sla.due_at(due_in, {"amount": Decimal(3), "deadline": None}, "NY", now=NOW)
    assert caught.value.kind == "expression"


def opened(office: Office, written: bytes) -> tuple[Task, list[Incident]]:
    """The first task of a denial, with a property of its element written anew, and the incidents beside it."""
    files = shipped.files("denial_appeal")
    path = "denial_appeal.bpmn"
    plain = b'name="dueIn" value="2 business days"'
    assert plain in files[path]
    files[path] = files[path].replace(plain, written, 1)
    with as_practice(MSO), transaction():
        definitions.publish(files, "denial_appeal", by=None, now=clock.now())
    office.receive()
    case = office.case()
    with viewing(EVERYWHERE), reading() as session:
        task = session.scalars(select(Task).where(Task.case_id == case.id)).one()
        found = session.scalars(select(Incident).where(Incident.instance_id == case.instance_id)).all()
        session.expunge_all()
    return task, list(found)


def test_a_task_whose_due_time_cannot_be_told_opens_with_an_incident(office: Office) -> None:
    task, incidents = opened(office, b'name="dueIn" value="respond by"')
    assert task.has_due is False and task.group_key is not None
    (incident,) = incidents
    assert (incident.kind, incident.element_id) == ("expression", task.element_id)
    assert incident.facts["problem"] == "missing-name"


def test_a_due_time_in_feel_is_kept(office: Office) -> None:
    task, incidents = opened(office, b'name="dueIn" value="duration(&quot;PT36H&quot;)"')
    assert (task.has_due, task.due_at - task.created_at, incidents) == (True, timedelta(hours=36), [])


def test_a_queue_that_cannot_be_told_leaves_the_task_unstaffed_with_an_incident(office: Office) -> None:
    task, incidents = opened(office, b'name="candidateGroup" value="chosen team"')
    assert task.group_key is None
    assert [one.kind for one in incidents] == ["expression"]
