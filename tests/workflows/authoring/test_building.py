"""What is written in Python is a model that the reader, the checks and the engine take, drawn without a fault."""

import pytest

from workflows.authoring import (
    Call,
    Each,
    Mistake,
    Model,
    after,
    at,
    error,
    escalation,
    every,
    message,
    signal,
    terminate,
)
from workflows.engine import compile_process
from workflows.layout import measure
from workflows.lint import lint_file
from workflows.model import read


def leave() -> Model:
    m = Model("leave", "Leave request", lanes={"staff": "Staff", "lead": "Team lead"})
    with m.lane("staff"):
        m.start("asked", "Leave asked")
    with m.lane("lead"):
        m.user("decide", "Decide", form="leave_decision", due="2 business days")
        m.exclusive("granted", "Granted?")
        m.end("yes", "Granted")
        m.end("no", "Refused")
    m.flow("asked", "decide", "granted")
    m.flow("granted", "yes", name="yes", when="decide.granted = true")
    m.flow("granted", "no", name="no", default=True)
    return m


def everything() -> Model:
    """One of each construct."""
    m = Model("all", "All of it", lanes={"desk": "Desk", "system": "System"}, correlate={"claim": "case.claim"})
    with m.lane("system"):
        m.start("begun", "Begun")
        m.script("set_up", "Set up", {"case": '{claim: "C1", items: ["a", "b"]}', "rounds": "0", "log": "[]"})
        m.rule("choose", "Choose", decision="chooser", result="choice")
        m.parallel("fork")
        m.service("ask", "Ask", Call("local.ask", "asked", {"claim": "case.claim"}), errors="NOT_FOUND")
        m.on("ask", "unknown", "Unknown", error("NOT_FOUND"))
        m.first_of("first")
        m.wait("answered", "Answered", message("answer", "answer"))
        m.wait("too_late", "Too late", after("P10D"))
        m.exclusive("met")
        m.parallel("join")
        m.throw("passed", "Passed", milestone="Passed")
        m.end("over", "Over", terminate())
        m.end("not_found", "Not found")
    with m.lane("desk"):
        m.user("check", "Check each", form="check", each=Each("item", "case.items", "check_result", "checked"))
        m.alongside("check", "reminder", "Every day", every("R3/P1D"))
        m.manual("remind", "Remind")
        m.end("reminded")
        with m.sub("visit", "Visit", max_items=5) as inside:
            inside.start("visit_start")
            inside.user("look", "Look", form="look")
            inside.end("unwell", "Unwell", escalation("UNWELL"))
            inside.flow("visit_start", "look", "unwell")
        m.alongside("visit", "sick", "Unwell", escalation("UNWELL"))
        m.end("cared", "Cared for")
    m.flow("begun", "set_up", "choose", "fork", "ask", "first")
    m.flow("unknown", "not_found")
    m.flow("first", "answered", "met", "join", "passed", "over")
    m.flow("first", "too_late", "met")
    m.flow("fork", "check", "visit", "join")
    m.flow("reminder", "remind", "reminded")
    m.flow("sick", "cared")
    m.note("check", "Both, in any order")
    m.data("letter", "Letter", written_by="check")
    return m


def test_a_written_model_compiles_and_is_drawn_without_a_fault() -> None:
    xml = leave().build()
    process = compile_process({"leave.bpmn": xml}, "leave")
    assert process.elements["decide"].properties["formKey"] == "leave_decision"
    assert process.elements["decide"].lane == "lead"
    assert lint_file(xml) == []
    found = measure(xml)
    assert found.shapes and found.faults == {}


def test_every_construct_is_read_as_it_was_meant() -> None:
    xml = everything().build()
    assert [one for one in lint_file(xml) if one.severity == "error"] == []
    assert measure(xml).faults == {}
    model = read(xml)
    assert model.elements["reminder"].interrupting is False
    assert model.elements["unknown"].trigger("error").code == "NOT_FOUND"
    assert model.elements["answered"].extensions["messageVariable"] == "answer"
    assert model.elements["too_late"].trigger("timer").timer.text == '@"P10D"'
    assert model.elements["check"].loop.input_ref == "case.items"
    assert model.elements["ask"].operator.parameters[0].value == "case.claim"
    assert model.elements["look"].parent_id == "visit"
    assert model.keys["all_key"].properties == ("key_claim",)


def test_every_construct_passes_the_schema_of_bpmn() -> None:
    xml = everything().build()
    assert len(compile_process({"all.bpmn": xml}, "all").elements) == len(read(xml).elements)


def test_the_same_text_is_the_same_model_and_drawing_adds_nothing_to_it() -> None:
    assert leave().build() == leave().build()
    assert read(leave().build(draw=False)).digest == read(leave().build()).digest


def test_a_signal_says_where_its_content_goes() -> None:
    m = Model("heard", "Heard")
    m.start("begun")
    m.wait("rung", "Rung", signal("bell", variable="ring"))
    m.wait("dawn", "Dawn", at('date and time("2030-01-01T08:00:00Z")'))
    m.end("over")
    m.flow("begun", "rung", "dawn", "over")
    xml = m.build()
    assert read(xml).elements["rung"].trigger("signal").variable == "ring"
    assert lint_file(xml) == []


def test_a_flow_to_nowhere_is_a_mistake_that_names_it() -> None:
    with pytest.raises(Mistake, match="nowhere"):
        leave().flow("decide", "nowhere")


def test_an_id_used_twice_is_a_mistake() -> None:
    with pytest.raises(Mistake, match="decide: this id is used twice"):
        leave().end("decide")


def test_a_property_that_does_not_exist_is_a_mistake() -> None:
    with pytest.raises(Mistake, match="approve: there is no property colour"):
        Model("p", "P").user("approve", "Approve", form="f", colour="red")


def test_a_step_outside_the_lanes_is_a_mistake() -> None:
    m = leave()
    m.end("lost")
    with pytest.raises(Mistake, match="lost: write it inside a lane"):
        m.build()


def test_a_boundary_event_needs_its_host() -> None:
    with pytest.raises(Mistake, match="late: there is no step 'ghost'"):
        leave().on("ghost", "late", "Late", after("P1D"))
