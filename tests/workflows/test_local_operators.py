"""Operators that touch our database only: what fails in one is undone alone, and what the person did stays."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from mso.cases import CaseEvent
from store import audit
from store.errors import Conflict, Refused
from store.faults import Busy
from store.transaction import require_transaction
from tests.workflows.desk import Desk, desk, service
from tests.workflows.lint.draw import END, START, flow, flows, line, process, user
from workflows.instances import ProcessInstance
from workflows.service_tasks import BusinessError, ServiceCall

__all__ = ["desk"]

MODEL = line(user("before"), service("work", "t.work"), user("after"))


class NotYet(Conflict):
    """A refusal in words."""

    code = "t.not_yet"
    message = "The letter is not signed. Sign it first."


def write(call: ServiceCall) -> None:
    """Something that must go when the operator fails, and something that waits for the commit."""
    session = require_transaction()
    session.add(
        CaseEvent(
            practice_id=call.practice_id, id=uuid4(), case_id=uuid4(), at=call.now, kind="t", text="", facts={}
        )
    )  # fmt: skip
    session.flush()
    audit.record("t:wrote", by="system", on="nothing")


def left(desk: Desk) -> tuple[int, bool]:
    """What is left of `write`: rows, and whether the audit entry is there."""
    with desk.reading() as session:
        rows = session.scalars(select(CaseEvent)).all()
        entries = session.scalars(select(audit.AuditEntry.body)).all()
    return len(rows), any('"t:wrote"' in body for body in entries)


def failing(error: BaseException) -> Any:
    def work(call: ServiceCall) -> BaseException:
        write(call)
        return error

    return work


@pytest.mark.parametrize("error", [KeyError("patient Doe"), ZeroDivisionError(), Refused("no")], ids=repr)
def test_an_unexpected_error_is_an_incident_and_the_completion_stays(desk: Desk, error: Exception) -> None:
    desk.operator("t.work", failing(error), local=True)
    instance = desk.start(MODEL)
    desk.complete(instance, "before", note="kept")
    assert desk.look(instance).variables["before"] == {"note": "kept"}
    (incident,) = desk.incidents(instance)
    assert incident.element_id == "work" and "Doe" not in incident.message + repr(incident.facts)
    assert desk.row(instance).status == "stopped" and desk.open(instance) == {}
    assert left(desk) == (0, False)


def test_an_operator_whose_answer_has_another_type_is_undone_too(desk: Desk) -> None:
    def work(call: ServiceCall) -> Any:
        write(call)
        return {"days": "three"}

    desk.operator("t.work", work, local=True, result="context<days: number>")
    instance = desk.start(MODEL)
    desk.complete(instance, "before")
    assert list(desk.incidents(instance)[0].facts["fields"]) == ["days"]
    assert left(desk) == (0, False)


def test_a_refusal_in_words_goes_back_to_the_person_who_then_has_done_nothing(desk: Desk) -> None:
    desk.operator("t.work", failing(NotYet()), local=True)
    instance = desk.start(MODEL)
    with pytest.raises(NotYet):
        desk.complete(instance, "before", by=desk.office.people["ben"])
    assert list(desk.open(instance)) == ["before"] and left(desk) == (0, False)


def test_where_nobody_waits_for_an_answer_the_refusal_is_an_incident(desk: Desk) -> None:
    desk.operator("t.work", failing(NotYet()), local=True)
    instance = desk.start(MODEL)
    desk.complete(instance, "before", by="clock")
    (incident,) = desk.incidents(instance)
    assert (incident.kind, incident.facts["code"]) == ("service-refused", "t.not_yet")
    assert "Sign it first." in incident.message


def test_a_busy_database_ends_the_whole_verb_because_the_same_works_later(desk: Desk) -> None:
    desk.operator("t.work", failing(Busy()), local=True)
    instance = desk.start(MODEL)
    with pytest.raises(Busy):
        desk.complete(instance, "before", by="clock")
    assert list(desk.open(instance)) == ["before"]


def test_a_business_error_keeps_what_was_written(desk: Desk) -> None:
    desk.operator("t.work", failing(BusinessError("CLOSED", "it is closed")), local=True, errors=("CLOSED",))
    boundary = (
        '<boundaryEvent id="closed" attachedToRef="work"><errorEventDefinition id="e" errorRef="err"/></boundaryEvent>'
    )
    body = START + service("work", "t.work") + boundary + user("handle") + END
    ways = flows("start", "work", "end") + flow("closed", "handle") + flow("handle", "end")
    instance = desk.start(process(body + ways, '<error id="err" errorCode="CLOSED"/>'))
    assert list(desk.open(instance)) == ["handle"] and left(desk) == (1, True)


def test_other_work_of_the_same_verb_stays(desk: Desk) -> None:
    """Two operators in a row: the first one's rows stay when the second one fails."""

    def first(call: ServiceCall) -> Any:
        write(call)
        return {}

    desk.operator("t.first", first, local=True)
    desk.operator("t.work", failing(ValueError()), local=True)
    instance = desk.start(line(service("one", "t.first"), service("work", "t.work")))
    assert left(desk) == (1, True)
    with desk.reading() as session:
        assert session.scalars(select(ProcessInstance.id)).all() == [instance]
