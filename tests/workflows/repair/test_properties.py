"""What holds for every file: no crash, no unreadable result, nothing lost that was not named."""

# mypy: disable-error-code="import-untyped"
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.workflows.repair.corpus import ALL, FOREIGN, answer, data_of, own
from tests.workflows.repair.mutants import mutants
from workflows.lint import lint_file
from workflows.model import read
from workflows.model.names import BPMNDI
from workflows.repair import AnswerRefused, Report, apply, examine, propose, settle

QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=25)
THOROUGH = settings(QUIET, max_examples=1500)


def ids(data: bytes) -> set[str]:
    """Of everything but the drawing, whose shapes and lines have ids of their own."""
    nodes = [node for node in etree.fromstring(data).iter() if isinstance(node.tag, str)]
    return {node.get("id") for node in nodes if not node.tag.startswith(f"{{{BPMNDI}}}")} - {None, ""}


def errors(data: bytes) -> set[str]:
    return {one.rule for one in lint_file(data) if one.severity == "error"}


def name(path: Path) -> str:
    return path.stem


def holds_ids(report: Report, data: bytes) -> None:
    """Every finding is about an element of the file, or about the file."""
    model = read(data)
    written = {node.get("id") for node in etree.fromstring(data).iter() if isinstance(node.tag, str)}
    known = written | set(model.elements) | set(model.flows) | set(model.processes)
    for one in report.findings:
        assert one.finding.element_id is None or one.finding.element_id in known, one
        assert one.finding.message.strip()


def test_the_samples_are_there() -> None:
    if not FOREIGN:
        pytest.skip("the public samples of other tools are not on this machine")
    assert len(FOREIGN) >= 14


@pytest.mark.parametrize("path", ALL, ids=name)
def test_every_file_is_read_and_reported(path: Path) -> None:
    data = data_of(path)
    report = examine(data)
    assert report.is_readable
    assert report.processes
    holds_ids(report, data)
    offered = {one.id for one in report.repairs}
    assert len(offered) == len(report.repairs)
    assert all(set(one.repairs) <= offered for one in report.findings)
    assert all(one.before or one.after for one in report.repairs)
    assert all(one.before != one.after for one in report.repairs)


@pytest.mark.parametrize("path", ALL, ids=name)
def test_what_is_mechanical_brings_no_error_of_another_kind(path: Path) -> None:
    data = data_of(path)
    settled = settle(data)
    assert errors(settled.data) <= errors(data)
    assert settle(settled.data).applied == ()


@pytest.mark.parametrize("path", ALL, ids=name)
def test_all_repairs_together_keep_the_file_whole(path: Path) -> None:
    data = data_of(path)
    repairs = propose(data)
    chosen = {one.id: answer(one) for one in repairs}
    repaired = apply(data, chosen)
    named = {removed for one in repairs for removed in one.removes}
    assert ids(data) - ids(repaired) <= named
    assert apply(repaired, chosen) == repaired
    assert (repaired == data) == (not repairs)


@pytest.mark.parametrize("path", FOREIGN, ids=name)
def test_a_foreign_file_can_be_brought_to_run(path: Path) -> None:
    """Round after round of what is offered, as on the page. What stays is what no repair knows how to mean."""
    data = data_of(path)
    for _ in range(3):
        wanted = {one.id: answer(one) for one in propose(data) if one.rule}
        data = apply(data, wanted)
    assert errors(data) <= {"event-subprocess-interrupting", "parallel-write-conflict"}


def test_nothing_chosen_gives_the_very_same_bytes() -> None:
    for path in ALL:
        assert apply(data_of(path), {}) is data_of(path)
        assert apply(data_of(path), {"implicit-split:nobody": ""}) == data_of(path)


@QUIET
@given(st.data(), st.sampled_from(ALL))
def test_any_subset_of_repairs_is_safe(data: st.DataObject, path: Path) -> None:
    holds_for_some_subset(data, data_of(path))


@QUIET
@given(st.data(), mutants())
def test_broken_files_are_reported_and_repaired_without_a_crash(data: st.DataObject, broken: bytes) -> None:
    survives(data, broken)


@pytest.mark.long
@THOROUGH
@given(st.data(), mutants(most=20))
def test_badly_broken_files_are_too(data: st.DataObject, broken: bytes) -> None:
    survives(data, broken)


def survives(data: st.DataObject, broken: bytes) -> None:
    report = examine(broken)
    assert report.findings or report.is_readable
    if report.is_readable:
        holds_ids(report, broken)
        holds_for_some_subset(data, broken)
        assert errors(settle(broken).data) <= errors(broken)


def holds_for_some_subset(data: st.DataObject, xml: bytes) -> None:
    repairs = propose(xml)
    wanted = data.draw(st.sets(st.sampled_from(repairs)) if repairs else st.just(set()))
    chosen = {one.id: answer(one) for one in wanted}
    try:
        repaired = apply(xml, chosen)
    except AnswerRefused:
        return
    assert examine(repaired).is_readable
    assert ids(xml) - ids(repaired) <= {removed for one in wanted for removed in one.removes}
    try:
        assert apply(repaired, chosen) == repaired
    except AnswerRefused:
        # What had one meaning has several now, so it was left aside and asks.
        assert any(one.needs is not None for one in propose(repaired) if one.id in chosen)


@QUIET
@given(st.binary(max_size=200))
def test_no_bytes_crash_it(data: bytes) -> None:
    assert examine(data).findings


@QUIET
@given(st.sampled_from(ALL), st.integers(0, 10_000), st.binary(max_size=6), st.integers(0, 8))
def test_no_damage_crashes_it(path: Path, at: int, put: bytes, cut: int) -> None:
    whole = data_of(path)
    at %= len(whole)
    examine(whole[:at] + put + whole[at + cut :])
    report = examine(whole[:at])
    assert not report.is_readable
    assert report.findings[0].finding.rule in ("xml-malformed", "xml-unsafe")


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_file_is_read_in_every_usual_encoding(encoding: str) -> None:
    text = own("camunda8").decode().replace("UTF-8", encoding.removesuffix("-sig").upper())
    written = text.replace("Prior authorization", "Aufnahme für Café").encode(encoding)
    report = examine(written)
    assert [one.name for one in report.processes] == ["Aufnahme für Café"]
    repaired = apply(written, {"script:score": ""})
    assert repaired.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert "Aufnahme für Café" in repaired.decode()
