"""What a case decided is kept with it: sealed, in the step's own transaction, and no answer is never taken for one."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from mso.denials.models import DenialRow
from mso.integrations.x12_835 import fake
from mso.integrations.x12_835.fake import FakeClaim, FakeLine, cas
from store import clock
from store.audit import AuditEntry
from store.practice import MSO, as_practice, viewing
from store.transaction import reading, transaction
from tests.office import EVERYWHERE, Office
from tests.performance.test_statements import counted
from webapp import shipped
from workflows import decision_records, definitions, runtime
from workflows.decision_records import DecisionRecord, content
from workflows.events import Event
from workflows.history import InstanceEvent
from workflows.instances import Incident

FAIL_CLOSED = re.compile(rb'<rule id="plan_class_06.*?</rule>', re.S)
ONLY_REVERSALS = re.compile(rb'<rule id="denial_triage_(?!01).*?</rule>', re.S)


def records(office: Office, claim: str = "PCCN0002") -> list[DecisionRecord]:
    """Of the case of a claim, oldest first."""
    instance_id = office.case(claim).instance_id
    assert instance_id is not None
    with viewing(EVERYWHERE), reading() as session:
        return list(decision_records.of_instance(session, instance_id, limit=100))[::-1]


def incidents(office: Office, claim: str) -> list[Incident]:
    instance_id = office.case(claim).instance_id
    with viewing(EVERYWHERE), reading() as session:
        return list(session.scalars(select(Incident).where(Incident.instance_id == instance_id)))


def change(monkeypatch: pytest.MonkeyPatch, **files: tuple[re.Pattern[bytes], bytes]) -> None:
    """Publish the shipped appeal with changed tables, past the checks that would refuse them."""
    changed = shipped.files("denial_appeal")
    for name, (pattern, replacement) in files.items():
        path = f"{name}.dmn"
        changed[path] = pattern.sub(replacement, changed[path])
    monkeypatch.setattr(definitions, "examine", lambda files, known: [])
    with as_practice(MSO), transaction():
        definitions.publish(changed, "denial_appeal", by=None, now=clock.now())


def receive(office: Office, number: str, reasons: tuple[str, ...] = ("50",), filing: str = "12") -> None:
    """A remittance with one claim, a denied line for each reason."""
    lines = tuple(
        FakeLine(f"9711{place}", Decimal(150), (cas("CO", reason, 150),), remarks=("N115",))
        for place, reason in enumerate(reasons)
    )
    claim = FakeClaim(f"P{number}", number, lines, filing_indicator=filing, patient=("A", "B", "M1"))
    office.receive(fake.write_one([claim], len(reasons), trace=f"T{number}{len(reasons)}"))


def test_every_decision_of_a_case_is_kept_with_the_rows_that_matched(office: Office) -> None:
    office.receive()
    found = records(office)
    assert [(one.element_id, one.decision_id) for one in found] == [
        ("triage_denial", "denial_triage"),
        ("find_plan_class", "plan_class"),
        ("find_pathway", "appeal_pathway"),
    ]
    triage = found[0]
    table = {"decision": "denial_triage", "table": "denial_triage_table"}
    assert triage.matched == [table | {"rules": ["denial_triage_15_medical_necessity"]}]
    with reading() as session:
        model = definitions.current(session, "denial_appeal").decisions["denial_triage"]
    assert triage.digest == model.digest
    with viewing(EVERYWHERE), reading():
        kept = content(triage)
    assert isinstance(kept.value, dict) and kept.value["route"] == "clinical_review"
    assert kept.inputs["CARC"] == kept.tables[0].inputs["CARC"] == "50"
    assert kept.tables[0].output == kept.value


def test_inputs_and_results_are_unreadable_at_rest(office: Office) -> None:
    office.receive()
    with viewing(EVERYWHERE), reading() as session:
        rows = session.execute(text("select content, matched::text, problems::text from decision_record")).all()
    assert rows and all(b"clinical_review" not in bytes(one.content) for one in rows)
    assert all("medical_necessity" not in one.matched.replace("denial_triage_15_medical_necessity", "") for one in rows)


def test_the_audit_names_decision_version_and_rows_but_no_values(office: Office) -> None:
    office.receive()
    with viewing(EVERYWHERE), reading() as session:
        bodies = [one for one in session.scalars(select(AuditEntry.body)) if '"tag":"process:decided"' in one]
    mine = next(one for one in bodies if str(office.case().id) in one)
    assert "denial_triage_15_medical_necessity" in mine and records(office)[0].digest in mine
    assert "clinical_review" not in mine and "N115" not in mine


def test_another_practice_sees_none_and_nobody_changes_one(office: Office) -> None:
    office.receive()
    with viewing((3,)), reading() as session:
        assert session.scalar(select(func.count()).select_from(DecisionRecord)) == 0
    with as_practice(2), pytest.raises(DBAPIError), transaction() as session:
        session.execute(text("update decision_record set digest = 'x'"))


def test_a_verb_that_is_rolled_back_leaves_no_record(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(event: Event, variables: Mapping[str, Any]) -> None:
        raise RuntimeError("the last listener fails")

    with monkeypatch.context() as broken:
        broken.setattr(runtime.run, "_listeners", [*runtime.run._listeners, fail])
        with pytest.raises(RuntimeError):
            receive(office, "N1")
    with viewing(EVERYWHERE), reading() as session:
        assert session.scalar(select(func.count()).select_from(DecisionRecord)) == 0


def test_many_lines_are_as_many_records_and_one_insert(office: Office) -> None:
    with counted() as seen:
        receive(office, "N1", ("50", "197", "16", "29"))
    assert len([one for one in records(office, "N1") if one.decision_id == "denial_triage"]) == 4
    assert len([one for one in seen if one.startswith("insert into decision_record")]) == 1


def test_a_table_without_a_fitting_row_stops_the_business_rule_task(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch, plan_class=(FAIL_CLOSED, b""))
    receive(office, "N1", filing="ZZ")
    (incident,) = incidents(office, "N1")
    assert (incident.kind, incident.element_id) == ("decision", "find_plan_class")
    assert incident.facts["table"] == "plan_class_table" and incident.facts["columns"]
    assert "ZZ" not in incident.message + repr(incident.facts)
    last = records(office, "N1")[-1]
    assert (last.element_id, last.matched[-1]["rules"]) == ("find_plan_class", [])
    assert office.open_tasks("N1") == {}


def test_a_table_without_a_fitting_row_stops_the_service_task_and_nothing_is_sorted(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch, denial_triage=(ONLY_REVERSALS, b""))
    receive(office, "N1")
    (incident,) = incidents(office, "N1")
    assert (incident.kind, incident.element_id) == ("decision", "triage_denial")
    case_id = office.case("N1").id
    with viewing(EVERYWHERE), reading() as session:
        rows = session.scalars(select(DenialRow).where(DenialRow.case_id == case_id)).all()
        steps = session.scalars(select(InstanceEvent.what).where(InstanceEvent.element_id == "triage_denial")).all()
    assert [one.route for one in rows] == [None]
    assert "completed" not in steps
    assert office.case("N1").status == "open"


def test_rows_that_contradict_stop_the_step_and_are_named(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    change(monkeypatch, plan_class=(re.compile(rb'not\("MA".*?\)'), b"-"))
    receive(office, "N1")
    (incident,) = incidents(office, "N1")
    assert incident.facts["rules"] == ["plan_class_04_commercial", "plan_class_06_unknown"]
    assert incident.facts["rows"] == [4, 6]


def test_a_joined_denial_without_an_answer_goes_to_a_person_with_an_incident(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch, denial_triage=(re.compile(rb'<rule id="denial_triage_(?!01|15).*?</rule>', re.S), b""))
    receive(office, "N1")
    receive(office, "N1", ("50", "29"))
    (incident,) = incidents(office, "N1")
    assert (incident.kind, incident.element_id) == ("decision", None)
    last = records(office, "N1")[-1]
    assert (last.element_id, last.decision_id, last.matched[0]["rules"]) == (None, "denial_triage", [])
    assert (office.case("N1").route, office.case("N1").clinical) == ("clinical_review", "yes")
