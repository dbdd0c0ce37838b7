"""Messages reach the instance whose correlation key they carry, in the practice they are for, and no other."""

from store import clock
from store.practice import as_practice
from store.transaction import transaction
from tests.acceptance.test_main_job import appeal
from tests.office import Office
from workflows import runtime

ANSWER = {"payer_id": "SYN01", "payer_claim_control_number": "PCCN0002", "result": "overturned"}


def deliver(practice_id: int, **changes: str) -> list[object]:
    with as_practice(practice_id), transaction():
        return list(runtime.deliver_message(practice_id, "payer_decision", {**ANSWER, **changes}, now=clock.now()))


def test_the_key_is_computed_from_the_payload(office: Office) -> None:
    appeal(office)
    assert deliver(2) == [office.case().instance_id]
    assert office.case().outcome == "overturned"


def test_another_claim_payer_or_practice_reaches_nothing(office: Office) -> None:
    appeal(office)
    assert deliver(2, payer_claim_control_number="PCCN0003") == []
    assert deliver(2, payer_id="SYN02") == []
    assert deliver(3) == []
    assert office.case().status == "open"
