"""A version whose scenarios fail is not published; one that passes is, and what it passed is kept with it."""

import json
from collections.abc import Mapping

import pytest
from sqlalchemy import select

from store import clock
from store.practice import MSO, as_practice
from store.transaction import reading, transaction
from tests.conftest import Database
from tests.workflows.scenarios.tell import written
from webapp import shipped
from webapp.wiring import wire
from workflows import definitions, scenarios
from workflows.definitions import DefinitionFile, PublicationRefused, UnknownProcess
from workflows.lint import LintContext
from workflows.scenarios import checking


@pytest.fixture
def files() -> dict[str, bytes]:
    wire()
    return shipped.files("denial_appeal")


def publish(files: Mapping[str, bytes]) -> object:
    with as_practice(MSO), transaction():
        return definitions.publish(files, "era_exception", by=None, now=clock.now())


def broken(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """A flow leads to the other end: nothing the linter minds."""
    model = files["era_exception.bpmn"].replace(
        b'resolve_exception.action = "release"', b'resolve_exception.action = "reject"'
    )
    return {**files, "era_exception.bpmn": model}


def test_a_version_whose_scenarios_fail_is_refused_with_the_step(database: Database, files: dict[str, bytes]) -> None:
    with pytest.raises(PublicationRefused) as refused:
        publish(broken(files))
    assert {(one.rule, one.severity, one.element_id) for one in refused.value.findings} == {
        ("scenario-failed", "error", "released_end"),
        ("scenario-failed", "error", "rejected_end"),
    }
    said = refused.value.findings[0].message
    assert said.startswith('The scenario "A held remittance is released" of era_exception fails. At the end: expected')
    with reading() as session, pytest.raises(UnknownProcess):
        definitions.current(session, "era_exception")


def test_a_scenario_file_that_cannot_be_read_is_a_finding(database: Database, files: dict[str, bytes]) -> None:
    for content in (b"{", written("nobody"), b'[{"process": "era_exception"}]'):
        with pytest.raises(PublicationRefused) as refused:
            publish({**files, "scenarios.json": content})
        assert {one.rule for one in refused.value.findings} == {"scenario-unreadable"}


def test_what_a_version_passed_is_kept_with_it(database: Database, files: dict[str, bytes]) -> None:
    first = publish(files)
    with reading() as session:
        kept = session.scalars(select(DefinitionFile).where(DefinitionFile.kind == "scenarios")).all()
        assert [(one.path, one.content) for one in kept] == [("scenarios.json", files["scenarios.json"])]
        assert set(definitions.current(session, "era_exception").forms) >= {"resolve_exception"}
    fewer = json.loads(files["scenarios.json"])[1:]
    assert publish({**files, "scenarios.json": json.dumps(fewer).encode()}) == first


def test_scenarios_run_only_for_a_new_version(
    database: Database, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(files)
    monkeypatch.setattr(scenarios, "findings", lambda files: pytest.fail("nothing new was published"))
    assert publish(files) == first


def test_the_scenarios_of_a_folder_run_once_for_all_its_processes(
    files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "_remembered", type(checking._remembered)())
    ran = []
    once = checking._findings
    monkeypatch.setattr(checking, "_findings", lambda files: ran.append(1) or once(files))
    for _ in range(3):
        assert definitions.examine(files, LintContext()) == [
            one for one in definitions.examine(files, LintContext()) if one.severity != "error"
        ]
    assert ran == [1]


def test_a_model_that_the_linter_refuses_is_not_run(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenarios, "findings", lambda files: pytest.fail("the model cannot be run"))
    without = {path: data for path, data in files.items() if path != "forms/resolve_exception.json"}
    assert any(one.severity == "error" for one in definitions.examine(without, LintContext()))


def test_a_model_without_scenarios_may_be_published(database: Database, files: dict[str, bytes]) -> None:
    assert publish({path: data for path, data in files.items() if path != "scenarios.json"})
