"""Every shipped model: nothing to say for the linter, every scenario passes, everything is reached."""

from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from webapp import linting, shipped
from webapp.wiring import wire
from workflows import scenarios
from workflows.scenarios import Checked

FOLDERS = sorted(one.name for one in files("workflows").joinpath("bpmn").iterdir() if one.is_dir())
MODELS = [(folder, key) for folder in FOLDERS for key in linting.startable(shipped.files(folder))]


@cache
def checked(folder: str) -> dict[str, Checked]:
    """Process key to its scenarios after running them."""
    wire()
    return {one.book.process_id: one for one in scenarios.check(shipped.files(folder))}


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_linter_has_nothing_to_say(folder: str) -> None:
    wire()
    models = {path: data for path, data in shipped.files(folder).items() if linting.is_model(Path(path))}
    assert [one for one in linting.lint_files(models) if one.finding.severity != "info"] == []


@pytest.mark.parametrize(("folder", "key"), MODELS)
def test_every_scenario_passes(folder: str, key: str) -> None:
    results = checked(folder)[key].results
    assert results, "a shipped model has scenarios beside it"
    assert [(one.name, one.difference.text) for one in results if one.difference is not None] == []


@pytest.mark.parametrize(("folder", "key"), MODELS)
def test_every_element_and_every_flow_is_reached(folder: str, key: str) -> None:
    coverage = checked(folder)[key].coverage
    assert (coverage.elements.missing, coverage.flows.missing, coverage.wrongly_excused) == ((), (), ())


@pytest.mark.parametrize(("folder", "key"), MODELS)
def test_every_row_that_the_process_can_ask_for_is_reached_or_the_file_says_why_not(folder: str, key: str) -> None:
    rows = checked(folder)[key].coverage.rows
    assert {decision: tally.unexcused for decision, tally in rows.items()} == dict.fromkeys(rows, ())


@pytest.mark.parametrize(("folder", "key"), MODELS)
def test_every_end_event_is_the_end_of_a_scenario_or_of_a_side_branch(folder: str, key: str) -> None:
    found = checked(folder)[key]
    reached = {element_id for one in found.results for _, element_id in one.touched}
    model = next(data for path, data in shipped.files(folder).items() if path == f"{key}.bpmn")
    ends = [part.split('"')[1] for part in model.decode().split("<bpmn:endEvent id=")[1:]]
    assert ends and set(ends) <= reached


def test_running_them_again_gives_the_same() -> None:
    """A scenario has no clock but its own."""
    again = scenarios.check(shipped.files("denial_appeal"))
    assert [one.coverage for one in again] == [one.coverage for one in checked("denial_appeal").values()]


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_readme_of_a_folder_lists_its_scenarios(folder: str) -> None:
    text = shipped.files(folder)["README.md"].decode()
    names = [one.name for found in checked(folder).values() for one in found.book.scenarios]
    assert [name for name in names if f"\n- {name}\n" not in text] == []
