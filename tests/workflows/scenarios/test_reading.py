"""Scenario files are read strictly: what is wrong is named with its place, and nothing hostile gets through."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.scenarios.tell import NOW, written
from workflows.scenarios import ScenariosRefused, read_books
from workflows.scenarios.reading import MAX_BYTES

ONE = {"name": "it", "steps": [], "end": "end"}


def refused(data: bytes | Any) -> list[str]:
    with pytest.raises(ScenariosRefused) as caught:
        read_books(data if isinstance(data, bytes) else json.dumps(data).encode())
    assert {(one.rule, one.severity) for one in caught.value.findings} == {("scenario-unreadable", "error")}
    return [one.message for one in caught.value.findings]


def step(**told: Any) -> str:
    return refused(written("p", {**ONE, "steps": [told]}))[0]


def test_a_book_is_read_with_everything_in_it() -> None:
    (book,) = read_books(
        written(
            "p",
            {**ONE, "about": "Why.", "start": {"n": 1.5}, "steps": [{"pass": "P1D"}, {"expect": {"open": []}}]},
            zone="America/New_York",
            holidays=["2026-11-26"],
            given={"answers": {"a": {"x": 1}}, "services": {"o": {}}, "correlation": {"k": "v"}, "start": {"s": None}},
            uncovered={"x": "Why not."},
        )
    )
    scenario = book.scenarios[0]
    assert (book.process_id, str(book.zone), book.uncovered) == ("p", "America/New_York", {"x": "Why not."})
    assert scenario.start == {"n": Decimal("1.5")}
    assert [one.words for one in scenario.steps] == ["pass P1D", "look"]
    assert book.named("it") is scenario and book.named("other") is None


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"complet": "a"}, "A step needs one of complete, message, signal, pass, until, answer, retry, or"),
        ({"complete": "a", "pass": "P1D"}, "A step does one thing, not complete and pass."),
        ({"complete": "a", "payload": {}}, 'There is no "payload" here. Known are: complete, answers, outcome'),
        ({"complete": ["a"]}, ", complete: A text is expected, not a list."),
        ({"complete": ""}, ", complete: A text is expected, not an empty one."),
        ({"complete": "a" * 201}, "The name is longer than 200 characters."),
        ({"complete": "a", "answers": []}, ", answers: An object is expected, not a list."),
        ({"complete": "a", "where": "1 +"}, ", where: This is no FEEL that can be read"),
        ({"message": "m", "unheard": 1}, ", unheard: true or false is expected, not a number."),
        ({"pass": 3}, ", pass: A text is expected, not a number."),
        ({"pass": "soon"}, ", pass: A duration is expected, such as P3D"),
        ({"pass": "-P1D"}, ", pass: A duration is expected, such as P3D"),
        ({"answer": "a"}, 'An answer has one of "result", "error" and "failure".'),
        ({"answer": "a", "result": {}, "error": "E"}, 'An answer has one of "result", "error" and "failure".'),
        ({"answer": "a", "result": {}, "payload": {}}, '"payload" belongs to an "error".'),
        ({"expect": {}}, ", expect: Nothing is expected here."),
        ({"expect": {"opens": []}}, 'There is no "opens" here. Known are: open, timers'),
        ({"expect": {"open": [1]}}, ", expect, open 1: A text is expected, not a number."),
        ({"expect": {"status": "done"}}, "The status is one of running, completed, stopped."),
        ({"expect": {"incidents": [{"element": "a"}]}}, ', incidents 1: "kind" is missing.'),
        ({"expect": {"decisions": {"d": 1}}}, ", decisions, d: A text is expected"),
        ({"services": {}, "complete": "a", "errors": {"o": 1}}, ", errors, o: A text is expected"),
        ([], "A step is an object."),
    ],
)
def test_a_step_that_cannot_be_read_is_named_with_its_place(told: Any, said: str) -> None:
    message = refused(written("p", {**ONE, "steps": [{"pass": "P1D"}, told]}))[0]
    assert message.startswith('p, scenario "it", step 2') and said in message


@pytest.mark.parametrize(
    ("book", "said"),
    [
        ({}, '"process" is missing.'),
        ({"process": "p", "now": "2026-11-24T15:00:00", "scenarios": []}, "now: The offset is missing"),
        ({"process": "p", "now": "soon", "scenarios": []}, "now: A date and time with its offset is expected"),
        ({"process": "p", "now": NOW, "zone": "Moon/Base", "scenarios": []}, "zone: This is no time zone."),
        ({"process": "p", "now": NOW, "zone": "../../etc/passwd", "scenarios": []}, "zone: This is no time zone."),
        ({"process": "p", "now": NOW, "holidays": ["x"], "scenarios": []}, "holidays 1: A date is expected"),
        ({"process": "p", "now": NOW, "scenarios": {}}, "p: A list is expected, not an object."),
        ({"process": "p", "now": NOW, "given": {"answer": {}}, "scenarios": []}, 'There is no "answer" here.'),
        ({"process": "p", "now": NOW, "scenarios": [{"steps": []}]}, 'p, scenario 1: "name" is missing.'),
        ({"process": "p", "now": NOW, "scenarios": [{"name": "n", "steps": []}]}, "Nothing is expected."),
        ({"process": "p", "now": NOW, "scenarios": [ONE, ONE]}, "The name stands twice."),
        ({"process": "p", "now": NOW, "uncovered": {"x": ""}, "scenarios": []}, "uncovered, x: A text is expected"),
        ("book", "An object is expected, not a text."),
    ],
)
def test_a_book_that_cannot_be_read_is_named_with_its_place(book: Any, said: str) -> None:
    assert said in refused([book])[0]


def test_every_scenario_that_cannot_be_read_is_told_at_once() -> None:
    bad = [{"name": "one", "steps": 1}, ONE, {"name": "two", "steps": [{}]}]
    messages = refused(written("p", *bad))
    assert [one.partition(":")[0] for one in messages] == ['p, scenario "one", step', 'p, scenario "two", step 1']


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"process": "a", "process": "b"}', '"process" stands twice in one object'),
        (b'[{"a": NaN}]', "NaN is no number"),
        (b'[{"a": -Infinity}]', "-Infinity is no number"),
        (b'[{"a": 1e999999999}]', "out of range"),
        (b" " * (MAX_BYTES + 1), "larger than"),
        (b"[" + b"{}," * 51 + b"{}]", "52 are more than the limit of 50."),
        (b"null", "An object is expected, not null."),
        (b"[1]", "An object is expected, not a number."),
    ],
)
def test_hostile_files_are_refused_in_words(data: bytes, said: str) -> None:
    assert said in refused(data)[0]


def test_there_is_a_limit_to_steps_and_scenarios() -> None:
    assert "501 are more than the limit of 500." in refused(written("p", {**ONE, "steps": [{"pass": "P1D"}] * 501}))[0]
    many = [{**ONE, "name": str(number)} for number in range(1001)]
    assert "1001 are more than the limit of 1000." in refused(written("p", *many))[0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(
        ["process", "now", "scenarios", "name", "steps", "expect", "complete", "answers", "pass", "given", "start"]
    ) | st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(JSON)
def test_no_file_brings_the_reader_down(told: Any) -> None:
    try:
        read_books(json.dumps(told).encode())
    except ScenariosRefused as refused:
        assert all(one.message.endswith((".", ")")) or ":" in one.message for one in refused.findings)


@given(JSON)
def test_no_step_brings_the_reader_down(told: Any) -> None:
    try:
        read_books(written("p", {**ONE, "steps": [told], "start": {"x": told}}))
    except ScenariosRefused as refused:
        assert refused.findings
