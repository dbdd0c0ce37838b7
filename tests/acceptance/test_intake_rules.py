"""What intake promises: one effect however often a remittance comes, nothing half-created, nothing of others."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from mso import practices
from mso.cases import Case
from mso.denials.models import FilingDeadline
from mso.integrations.x12_835 import fake
from mso.integrations.x12_835.fake import FakeInterchange, FakePayee, FakeTransaction
from mso.practices import PracticeEntry
from store import clock, jobs
from store.practice import MSO, as_practice, viewing
from store.transaction import reading
from tasks import inbox
from tasks.sla import END_OF_DAY
from tests.acceptance import intake
from tests.acceptance.intake import claim, remittance
from tests.office import EVERYWHERE, Office
from workflows.webhooks import inbound

RELEASED = {"action": "release", "reason": "Checked against the bank statement."}
REJECTED = {"action": "reject", "reason": "The payer sends a corrected file."}
HARBOR = FakePayee("HARBOR CARDIOLOGY PA", "1999990009", "987654321")
NOBODY = FakePayee("NEW PRACTICE PC", "", "555443333")


def held_open(office: Office) -> UUID:
    """The task of the one exception that waits."""
    (held,) = intake.exceptions()
    return intake.tasks_of(held)["resolve_exception"]


def unbalanced(*numbers: str, trace: str = "T1") -> bytes:
    return remittance(*map(claim, numbers), trace=trace, total=Decimal("1.00"))


def what_opened(case: Case) -> dict[str, object]:
    """A case as intake made it, without ids and times."""
    with viewing(EVERYWHERE), reading() as session:
        deadline = session.scalars(select(FilingDeadline).where(FilingDeadline.case_id == case.id)).one()
    facts = ("title", "status", "service_state", "payer_id", "claim_key", "amount", "route", "clinical", "deadline_on")
    return {name: getattr(case, name) for name in facts} | {
        "denials": intake.denials(case),
        "tasks": set(intake.tasks_of(case)),
        "counted": deadline.explanation,
    }


def test_the_same_file_again_has_one_effect(office: Office) -> None:
    first, again = office.receive(), office.receive()
    assert first == again
    assert len(intake.cases()) == 7


def test_the_same_transaction_inside_another_file_has_one_effect(office: Office) -> None:
    one = FakeTransaction((claim("C1"),), trace="T1")
    other = FakeTransaction((claim("C2"),), trace="T2")
    office.receive(fake.write([FakeInterchange(((one,),))]))
    second = office.receive(fake.write([FakeInterchange(((one, other),))]))
    assert [case.claim_key for case in intake.cases()] == ["C1", "C2"]
    assert len(intake.delivery(second).cases) == 2, "the second delivery names the case it found, too"
    assert len(intake.remittances()) == 2


def test_two_workers_on_one_delivery_make_one_set_of_cases(office: Office) -> None:
    with as_practice(MSO):
        got = inbound.receive_file("era835", fake.hard_denials(), now=clock.now())

    def deliver() -> None:
        with office.app.app_context():
            inbound.deliver(got.delivery_id, now=clock.now())

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(deliver) for _ in range(4)]:
            done.result()
    assert intake.delivery(got.delivery_id).status == "processed"
    assert len(intake.cases()) == 7
    assert len({case.claim_key for case in intake.cases()}) == 7


def test_two_workers_on_two_files_with_one_new_claim_open_one_case(office: Office) -> None:
    with as_practice(MSO):
        files = [remittance(claim("C1"), claim(f"D{n}"), trace=f"T{n}") for n in range(3)]
        got = [inbound.receive_file("era835", one, now=clock.now()).delivery_id for one in files]

    def deliver(delivery_id: UUID) -> None:
        with office.app.app_context():
            for _ in range(3):  # A worker tries again after a technical error.
                try:
                    inbound.deliver(delivery_id, now=clock.now())
                except Exception:
                    continue
                return

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(deliver, got))
    assert {intake.delivery(one).status for one in got} == {"processed"}
    assert sorted(case.claim_key or "" for case in intake.cases()) == ["C1", "D0", "D1", "D2"]


def test_a_quarantined_transaction_opens_nothing(office: Office) -> None:
    done = intake.delivery(office.receive(unbalanced("C1", "C2")))
    assert done.status == "quarantined"
    assert "transaction_balance" in {one["code"] for one in done.diagnostics}
    assert intake.cases() == []
    task = office.stored(held_open(office))
    assert (task.group_key, task.practice_id) == ("finance", 2)
    assert task.due_at.astimezone(ZoneInfo("America/New_York")).time() == END_OF_DAY


def test_a_released_transaction_equals_an_accepted_one(office: Office) -> None:
    yesterday = {"produced_on": date(2026, 11, 3)}
    office.receive(remittance(claim("C1"), trace="T0", total=Decimal("1.00"), **yesterday))
    office.complete("lena", held_open(office), RELEASED)
    assert intake.cases() == [], "the rest of the intake is a job"
    assert intake.work() == [inbound.DELIVER_JOB, "mso:remittance.release"]
    office.receive(remittance(claim("C2"), trace="T1", control=2, **yesterday))
    released, accepted = (what_opened(case) for case in intake.cases())
    assert released | {"claim_key": "C2"} == accepted
    assert intake.exceptions() == []


def test_releasing_twice_opens_nothing_twice(office: Office) -> None:
    office.receive(unbalanced("C1"))
    office.complete("lena", held_open(office), RELEASED)
    intake.work()
    (row,) = intake.remittances()
    from_job = jobs.declared()["mso:remittance.release"].body
    from_job(practice_id=row.practice_id, row_id=str(row.id))
    office.receive(unbalanced("C1") + b"\n")
    assert len(intake.cases()) == 1


def test_a_rejected_transaction_stays_closed(office: Office) -> None:
    delivery_id = office.receive(unbalanced("C1"))
    office.complete("lena", held_open(office), REJECTED)
    intake.work()
    with as_practice(MSO):
        inbound.replay(delivery_id, "Once more, to see.", office.people["dev"], now=clock.now())
    intake.work()
    assert intake.cases() == [] and intake.exceptions() == []
    assert [one.status for one in intake.remittances()] == ["rejected"]
    assert intake.delivery(delivery_id).status == "processed", "nothing of it waits for anybody"


def test_an_unbalanced_neighbor_does_not_stop_the_good_transaction(office: Office) -> None:
    bad = FakeTransaction((claim("C1"),), trace="T1", total=Decimal("9.00"))
    good = FakeTransaction((claim("C2"),), trace="T2")
    done = intake.delivery(office.receive(fake.write([FakeInterchange(((bad, good),))])))
    assert done.status == "quarantined"
    assert [case.claim_key for case in intake.cases()] == ["C2"]
    assert [one.status for one in intake.remittances()] == ["quarantined", "accepted"]


def test_an_envelope_fault_stops_every_transaction(office: Office) -> None:
    body = fake.write([FakeInterchange(((FakeTransaction((claim("C1"),)), FakeTransaction((claim("C2"),), "T2")),))])
    done = intake.delivery(office.receive(re.sub(rb"GE\*2\*", b"GE*3*", body)))
    assert done.status == "quarantined"
    assert intake.cases() == []
    assert len(intake.exceptions()) == 2


def test_a_file_for_another_practice_shows_nothing_to_lakeshore(office: Office) -> None:
    office.receive(remittance(claim("C1"), trace="T1", payee=HARBOR))
    (case,) = intake.cases()
    assert case.practice_id == 3
    lakeshore = office.viewer("ada")
    with viewing(lakeshore.practices), reading() as session:
        assert session.scalars(select(Case)).all() == []
        assert inbox.of_case(session, case) == []
    assert intake.cases(practices=(2,)) == [] and intake.remittances((2,)) == []
    page = office.browser("ada").get(f"/cases/{case.id}")
    assert page.status_code == 404


def test_an_unknown_payee_waits_until_the_practice_is_registered(office: Office) -> None:
    delivery_id = office.receive(remittance(claim("C1"), trace="T1", payee=NOBODY))
    assert intake.delivery(delivery_id).status == "quarantined"
    assert {one["code"] for one in intake.delivery(delivery_id).diagnostics} == {"unknown_payee"}
    (held,) = intake.exceptions()
    assert (held.practice_id, intake.cases()) == (MSO, [])
    with as_practice(MSO):
        practice = practices.add_practice(PracticeEntry("New Practice PC", "NY", tin=NOBODY.tin))
        inbound.replay(delivery_id, "The practice is registered now.", office.people["dev"], now=clock.now())
    intake.work()
    (case,) = intake.cases(practices=(MSO, practice.id))
    assert (case.practice_id, case.claim_key) == (practice.id, "C1")
    assert intake.exceptions() == []
    assert intake.delivery(delivery_id).status == "processed"


def test_releasing_an_unknown_payee_is_refused_with_the_way_out(office: Office) -> None:
    office.receive(remittance(claim("C1"), trace="T1", payee=NOBODY))
    with pytest.raises(Exception, match="Register the practice"):
        office.complete("lena", held_open(office), RELEASED)
    assert len(intake.exceptions()) == 1


def test_an_unknown_payees_broken_file_waits_for_finance_of_the_new_practice(office: Office) -> None:
    body = remittance(claim("C1"), trace="T1", payee=NOBODY, total=Decimal("1.00"))
    delivery_id = office.receive(body)
    with as_practice(MSO):
        practice = practices.add_practice(PracticeEntry("New Practice PC", "NY", tin=NOBODY.tin))
        inbound.replay(delivery_id, "The practice is registered now.", office.people["dev"], now=clock.now())
    intake.work()
    assert intake.exceptions() == [], "the MSO's exception has nothing left to wait for"
    (held,) = intake.cases(None, (practice.id,))
    assert (held.title, held.status) == ("Remittance out of balance or broken", "open")
    assert intake.delivery(delivery_id).status == "quarantined"


def test_three_claims_with_the_same_patient_number_are_three_cases(office: Office) -> None:
    same = [replace(claim(number), patient_control_number="0") for number in ("C1", "C2", "C3")]
    office.receive(remittance(*same, trace="T1"))
    assert [case.claim_key for case in intake.cases()] == ["C1", "C2", "C3"]


def test_a_predetermination_opens_nothing(office: Office) -> None:
    done = intake.delivery(office.receive(remittance(replace(claim("C1"), status="25"), trace="T1")))
    assert (done.status, done.cases, intake.cases()) == ("processed", (), [])


def test_a_deadline_is_counted_in_the_practices_own_day(office: Office, clock: object) -> None:
    late = datetime.fromisoformat("2026-11-25T03:30:00+00:00")  # 22:30 of November 24 in New York.
    clock.set(late)  # type: ignore[attr-defined]
    office.receive(remittance(claim("C1"), trace="T1"))
    assert intake.cases()[0].deadline_on == date(2027, 2, 22), "90 days of the contract after November 24"
