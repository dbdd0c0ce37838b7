"""Operators against a case that waits for a physician: nothing they do decides it, or gets past it."""

from typing import Any

import pytest
from sqlalchemy import select

from store import clock
from store.practice import viewing
from store.transaction import reading
from tasks.signatures import SignedDecisionRow
from tests.office import EVERYWHERE, Office
from workflows import operations, runtime
from workflows.engine.guard import guard_of
from workflows.operations import Answer, Move, Operation, Order, SetVariables, Skip, Throw

CAST = ("ada", "ben", "cleo", "eve", "fay", "gus", "hana", "ivo", "mia", "lena", "max", "sam")


def waiting_for_the_physician(office: Office) -> Any:
    """The instance of a case, its clinical step, and its elements."""
    office.to_clinical_review()
    instance = office.case().instance_id
    with viewing(EVERYWHERE), reading() as session:
        execution = runtime.look(session, instance, now=clock.now())
    (step,) = [one.id for one in execution.tokens() if one.element_id == "clinical_review"]
    return instance, step, execution.process.elements


def tried(office: Office, instance: Any, operation: Operation) -> str:
    """The code of the refusal; empty when it was done."""
    dev = office.people["dev"]
    try:
        with viewing(EVERYWHERE):
            digest = operations.preview(instance, operation, by=dev, now=clock.now()).digest
            operations.apply(Order(instance, operation, digest, "a try", dev), now=clock.now())
    except Exception as refused:
        return str(getattr(refused, "code", refused))
    return ""


def test_no_operation_decides_or_passes_a_clinical_task(office: Office) -> None:
    instance, step, elements = waiting_for_the_physician(office)
    given = '{outcome: "appeal"}'
    for operation in (Skip(step), Answer(step, given), Throw(step, "X"), SetVariables({"decisions": given})):
        assert tried(office, instance, operation), operation
    guarded = [one.id for one in elements.values() if guard_of(one) is not None]
    assert guarded
    for element in guarded:
        assert tried(office, instance, Move(step, element)), element
    assert office.stored(office.task("clinical_review")).status == 0


def test_wherever_a_token_may_be_moved_no_guarded_step_stands_open_and_nothing_is_decided(office: Office) -> None:
    instance, step, elements = waiting_for_the_physician(office)
    for element in elements:
        with viewing(EVERYWHERE), reading() as session:
            try:
                after = operations.plan(session, instance, Move(step, element), now=clock.now()).after
            except Exception as refused:
                assert hasattr(refused, "code"), refused
                continue
        assert after.decisions == {}
        stands_at = [elements[one.element_id] for one in after.tokens if one.element_id in elements]
        assert [one.id for one in stands_at if guard_of(one) is not None] == []
        assert not set(after.tasks.values()) & {"submit_clinical_appeal", "attest_letter"}
    with viewing(EVERYWHERE), reading() as session:
        assert session.scalars(select(SignedDecisionRow)).all() == []


@pytest.mark.parametrize("name", CAST)
def test_nobody_without_the_permission_operates(office: Office, name: str) -> None:
    instance, _, _ = waiting_for_the_physician(office)
    client = office.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {office.token(name)}"
    body = {"kind": "cancel"}
    assert client.post(f"/api/v1/instances/{instance}/previews", json=body).status_code == 403
    confirmed = {**body, "digest": "0" * 64, "reason": "a try"}
    assert client.post(f"/api/v1/instances/{instance}/operations", json=confirmed).status_code == 403
    retry = {"kind": "service-failed", "reason": "a try"}
    assert client.post("/api/v1/instances/incidents/retry", json=retry).status_code == 403
