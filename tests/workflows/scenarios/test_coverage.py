"""What scenarios touch is counted by element, flow and row; what they leave out is listed."""

from tests.workflows.decisions.build import decision, definitions, table
from tests.workflows.scenarios.tell import coverage, material, model
from workflows.decisions import read
from workflows.engine import compile_process
from workflows.scenarios import Material, cover, run_all
from workflows.scenarios.reading import read_books

A, B = {"complete": "a"}, {"complete": "b"}


def test_a_whole_run_reaches_everything() -> None:
    found = coverage(material("two_tasks"), {"name": "all", "steps": [A, B], "end": "end"})
    assert found.whole
    assert (found.elements.touched, found.flows.touched) == (4, 3)
    assert (found.elements.missing, found.flows.missing) == ((), ())


def test_what_was_only_entered_is_not_reached() -> None:
    found = coverage(material("two_tasks"), {"name": "half", "steps": [A], "expect": {"open": ["b"]}})
    assert not found.whole
    assert (found.elements.missing, found.flows.missing) == (("b", "end"), ("b__end",))


def test_a_boundary_event_that_only_listened_is_not_reached() -> None:
    start = {"deadline": '=@"2026-12-01"'}
    steps = [{"pass": "P3D"}, A]
    found = coverage(material("timers"), {"name": "in time", "start": start, "steps": steps, "end": "end"})
    assert {"due", "late"} <= set(found.elements.missing)
    late = [{"pass": "P30D"}, {"complete": "remind"}, {"complete": "lost"}]
    found = coverage(
        material("timers"),
        {"name": "in time", "start": start, "steps": steps, "end": "end"},
        {"name": "late", "start": start, "steps": late, "end": "missed"},
    )
    assert found.whole


def test_both_flows_into_a_join_are_taken() -> None:
    found = coverage(material("parallel"), {"name": "all", "steps": [A, B, {"complete": "after"}], "end": "end"})
    assert (found.elements.missing, found.flows.missing) == ((), ())


def test_only_the_branch_that_was_taken_counts() -> None:
    reviewed = {"complete": "review", "outcome": "appeal"}
    found = coverage(material("clinical"), {"name": "sent", "steps": [reviewed, {"complete": "send"}], "end": "end"})
    assert "g__send" not in found.flows.missing and "g__stop" in found.flows.missing


def test_each_instance_of_a_task_counts_for_it() -> None:
    called = compile_process({"m": model("call_activity"), "c": model("call_activity")}, "main") if False else None
    assert called is None
    found = coverage(
        material("many_parallel"),
        {
            "name": "all",
            "start": {"items": ["x"]},
            "steps": [{"complete": "each"}, {"complete": "after"}],
            "end": "end",
        },
    )
    assert found.whole


def test_a_called_process_is_covered_by_its_caller() -> None:
    process = compile_process({"m": model("call_activity")}, "main")
    inner = process.model_of("called")
    assert "called" in inner.processes
    stuff = Material(process, {}, {})
    steps = [{"complete": "called_task"}, {"complete": "inside"}, {"complete": "own"}]
    told = b"""[{"process": "main", "now": "2026-11-24T15:00:00Z", "scenarios": [{"name": "all", "end": "end",
        "start": {"claim": {"id": "C1"}}, "steps": %s}]}, {"process": "called", "now": "2026-11-24T15:00:00Z",
        "scenarios": []}]""" % str(steps).replace("'", '"').encode()
    books = read_books(told)
    results = run_all(stuff, books[0])
    assert [one.difference for one in results] == [None]
    assert cover(stuff, books[0], results).whole
    alone = Material(compile_process({"m": model("call_activity")}, "called"), {}, {})
    assert cover(alone, books[1], results).whole, "what its caller went through counts"
    assert not cover(alone, books[1], []).whole


def test_an_excuse_holds_for_what_is_not_reached_and_for_nothing_else() -> None:
    told = {"name": "half", "steps": [A], "expect": {"open": ["b"]}}
    excused = {"b": "Nobody does it.", "end": "Nobody gets there.", "b__end": "Nobody goes there."}
    found = coverage(material("two_tasks"), told, uncovered=excused)
    assert found.whole and found.elements.excused == {"b": "Nobody does it.", "end": "Nobody gets there."}
    wrong = coverage(material("two_tasks"), told, uncovered={**excused, "a": "It is.", "x": "There is none."})
    assert not wrong.whole and wrong.wrongly_excused == ("a", "x")


def test_rows_of_tables_count_when_they_matched() -> None:
    rows = [['"x"', '"one"'], ['"y"', '"two"']]
    tables = read(definitions(decision(table("UNIQUE", ["a.t"], ["o"], rows), "route")))
    stuff = material("business_rule", decisions={"route": tables})
    told = {"complete": "a", "answers": {"t": "x"}, "expect": {"variables": {"route": "one"}}}
    found = coverage(stuff, {"name": "one", "steps": [told, B], "end": "end"})
    assert found.whole, "rows are listed and do not fail"
    assert (found.rows["route"].touched, len(found.rows["route"].missing)) == (1, 1)
