"""The files beside the denial models fit each other: forms, lanes, decision types, tables, operators, drawing."""

import csv
import json
from importlib.resources import files

import pytest
from lxml import etree  # type: ignore[import-untyped]

import mso.denials.paperwork
import mso.denials.service_tasks  # noqa: F401
from tasks.forms import check_form
from tests.workflows.bpmn.play import FOLDER, form, shipped, source, tables
from workflows.engine import Element
from workflows.lint import LintContext, lint_file
from workflows.service_tasks import catalog

PROCESSES = ("denial_appeal", "era_exception")
QUEUES = {"denial_specialist", "coder", "physician_reviewer", "compliance", "finance", "denial_lead", "credentialing"}
MONEY = ("amount", "score", "expected", "charge", "paid")


def elements(kind: str) -> list[Element]:
    return [one for key in PROCESSES for one in shipped(key).elements.values() if one.kind == kind]


def authority() -> dict[str, set[str]]:
    """Decision type to its outcomes."""
    rows = files("mso").joinpath("data", "decision_types.csv").read_text(encoding="utf-8").splitlines()
    return {row["decision_type"]: set(row["outcomes"].split("|")) for row in csv.DictReader(rows)}


def clinical() -> list[Element]:
    return [one for one in elements("userTask") if "clinicalDecision" in one.properties]


@pytest.mark.parametrize("element", elements("userTask"), ids=lambda one: one.id)
def test_the_form_of_a_task_may_be_published(element: Element) -> None:
    assert check_form(form(element.properties["formKey"]), clinical="clinicalDecision" in element.properties) == []


def test_every_form_belongs_to_a_task() -> None:
    stored = {one.name.removesuffix(".json") for one in FOLDER.joinpath("forms").iterdir()}
    assert stored == {one.properties["formKey"] for one in elements("userTask")}


@pytest.mark.parametrize("element", clinical(), ids=lambda one: one.id)
def test_where_medicine_is_decided_no_money_is_shown(element: Element) -> None:
    text = json.dumps(form(element.properties["formKey"])).lower()
    assert [word for word in MONEY if f"{word}}}}}" in text or f'"key": "{word}"' in text] == []


@pytest.mark.parametrize("element", clinical(), ids=lambda one: one.id)
def test_the_outcomes_of_a_decision_are_those_of_the_authority_matrix(element: Element) -> None:
    assert set(element.names("outcomes")) == authority()[element.properties["clinicalDecision"]]
    assert element.lane == "physician_reviewer"


def test_every_task_stands_in_the_queue_of_its_lane() -> None:
    assert {one.lane for one in elements("userTask")} <= QUEUES


def test_every_service_task_names_an_operator_with_its_parameters() -> None:
    known = catalog()
    for one in elements("serviceTask"):
        assert one.operator is not None, one.id
        declared = known[one.operator.id].parameters
        given = {parameter.id for parameter in one.operator.parameters}
        required = {name for name, parameter in declared.items() if parameter.required}
        assert required <= given <= set(declared), one.id
        assert set(one.names("errorCodes")) <= set(known[one.operator.id].errors), one.id


def test_every_decision_has_its_table() -> None:
    named = {one.extensions["calledDecisionId"] for one in elements("businessRuleTask")}
    assert named <= set(tables())


@pytest.mark.parametrize("process_id", PROCESSES)
def test_the_linter_has_nothing_to_say(process_id: str) -> None:
    known = LintContext(
        decision_types={name: frozenset(outcomes) for name, outcomes in authority().items()},
        forms=frozenset(one.name.removesuffix(".json") for one in FOLDER.joinpath("forms").iterdir()),
        decisions=frozenset(tables()),
        operators=frozenset(catalog()),
        groups=frozenset(QUEUES | {"system"}),
    )
    assert lint_file(source(f"{process_id}.bpmn"), known) == []


@pytest.mark.parametrize("process_id", PROCESSES)
def test_everything_is_drawn_inside_the_pool(process_id: str) -> None:
    root = etree.fromstring(source(f"{process_id}.bpmn"))
    drawn = {one.get("bpmnElement") for one in root.iter("{*}BPMNShape", "{*}BPMNEdge")}
    process = root.find("{*}process")
    nodes = {
        one.get("id") for one in process if one.find("{*}incoming") is not None or one.find("{*}outgoing") is not None
    }
    flows = {one.get("id") for one in process.iter("{*}sequenceFlow")}
    assert nodes | flows | {one.get("id") for one in root.iter("{*}lane")} <= drawn
    boxes = [one.find("{*}Bounds") for one in root.iter("{*}BPMNShape")]
    assert min(float(box.get(side)) for box in boxes for side in ("x", "y")) >= 0
