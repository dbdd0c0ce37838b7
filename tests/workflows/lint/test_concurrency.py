"""What lint knows about work that goes on at the same time, and about who catches what."""

import pytest

from tests.workflows.engine.draw import (
    DECLARED,
    END,
    START,
    boundary,
    call,
    event,
    file,
    flow,
    flows,
    gateway,
    handler,
    many,
    model,
    on,
    script,
    service,
    sub,
    task,
    timer,
    user,
)
from tests.workflows.lint.draw import found
from workflows.lint import LintContext, lint_file
from workflows.model import read

CONFLICT = "parallel-write-conflict"


def two(left: str, right: str, back: bool = False) -> bytes:
    """Two branches, "left" and "right"; with a way back in front of them both."""
    body = START + gateway("exclusiveGateway", "again") + gateway("parallelGateway", "split") + left + right
    body += gateway("parallelGateway", "join") + gateway("exclusiveGateway", "g", "g__end", maxIterations="9") + END
    body += flows("start", "again", "split", "left", "join", "g", "end") + flows("split", "right", "join")
    return model(body + (flow("g", "again", "left.more = true") if back else ""))


def appending(name: str, text: str = "append") -> str:
    return script(name, f"log = {text}(log, 1)")


@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize(
    ("left", "right", "elements"),
    [
        (script("left", "x = 1"), script("right", "x = 1"), ["left"]),
        (user("left", variable="x"), service("right", "x"), ["left"]),
        (appending("left"), script("right", "log = []"), ["left"]),
        (appending("left"), script("right", "log = append(other, 1)"), ["left"]),
        (appending("left"), script("right", "log = append(log, 1)\nlog = []"), ["left"]),
        (appending("left"), appending("right"), []),
        (appending("left"), appending("right", "concatenate"), []),
        (task("userTask", "left", inner=many("items", output="log"), formKey="f"), appending("right"), []),
        (script("left", "x = 1"), script("right", "y = 1"), []),
    ],
)
def test_two_branches_may_only_append_to_the_same_list(left: str, right: str, elements: list[str], back: bool) -> None:
    assert found(two(left, right, back), CONFLICT) == elements


def test_both_elements_are_named() -> None:
    xml = two(script("left", "x = 1"), script("right", "x = 2"))
    (finding,) = [one for one in lint_file(xml) if one.rule == CONFLICT]
    assert finding.element_id == "left"
    assert "right" in finding.message


def test_what_a_called_process_gives_back_counts() -> None:
    io = '<dataOutput id="answer"/><inputSet/><outputSet><dataOutputRefs>answer</dataOutputRefs></outputSet>'
    inside = event("start", "i") + script("s1", "answer = 1") + event("end", "j") + flows("i", "s1", "j")
    called = f"<ioSpecification>{io}</ioSpecification>{inside}"
    body = (
        START + gateway("parallelGateway", "split") + call("one", "q") + call("two", "q") + END + flow("start", "split")
    )
    body += flows("split", "one", "end") + flows("split", "two", "end")
    xml = f'<process id="p" isExecutable="true">{body}</process><process id="q" isExecutable="true">{called}</process>'
    assert found(file(xml), CONFLICT) == ["one"]


def test_data_objects_that_two_branches_write_are_a_conflict() -> None:
    objects = '<dataObject id="level"/><dataObjectReference id="ref" dataObjectRef="level"/>'
    writes = "<dataOutputAssociation><targetRef>ref</targetRef></dataOutputAssociation>"
    left, right = (script(name, "level = append(level, 1)", writes) for name in ("left", "right"))
    body = objects + START + gateway("parallelGateway", "split") + left + right + END + flow("start", "split")
    assert found(model(body + flows("split", "left", "end") + flows("split", "right", "end")), CONFLICT) == ["left"]


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_handler_runs_beside_its_scope_unless_it_interrupts(interrupting: bool) -> None:
    inside = script("note", "x = 1") + event("end", "noted") + flows("h_start", "note", "noted")
    beside = handler("h", on("signal", "s"), inside, interrupting)
    xml = model(START + script("s1", "x = 2") + END + flows("start", "s1", "end") + beside)
    assert found(xml, CONFLICT) == ([] if interrupting else ["note"])


def test_a_reminder_runs_beside_what_is_inside_its_activity() -> None:
    inside = event("start", "i") + script("s1", "x = 1") + event("end", "j") + flows("i", "s1", "j")
    edge = boundary("edge", "part", timer("P1D"), interrupting=False) + script("s2x", "x = 2")
    body = START + sub("part", inside) + edge + END + flows("start", "part", "end") + flows("edge", "s2x", "end")
    assert found(model(body), CONFLICT) == ["s2x"]


def test_instances_of_a_sub_process_keep_what_they_write_to_themselves() -> None:
    inside = event("start", "i") + script("s1", "x = 1") + event("end", "j") + flows("i", "s1", "j")
    body = (
        START + gateway("parallelGateway", "split") + sub("part", inside, many("items")) + script("s2x", "x = 2") + END
    )
    body += flow("start", "split") + flows("split", "part", "end") + flows("split", "s2x", "end")
    assert found(model(body), CONFLICT) == []


# -- who catches


def thrower(catcher: str = "", definition: str = on("error", "e")) -> bytes:
    inside = event("start", "i") + event("end", "up", definition) + flow("i", "up")
    return model(START + sub("part", inside + catcher) + END + flows("start", "part", "end"))


def test_an_event_sub_process_catches_what_is_thrown_beside_it() -> None:
    assert found(thrower(), "uncaught-error") == ["up"]
    assert found(thrower(handler("h", on("error", "e"))), "uncaught-error") == []
    assert found(thrower(handler("h", on("error"))), "uncaught-error") == []
    assert found(thrower(handler("h", on("error", "e2"))), "uncaught-error") == ["up"]
    escalated = thrower(handler("h", on("escalation", "x"), interrupting=False), on("escalation", "x"))
    assert found(escalated, "uncaught-error") == []


def test_a_handler_does_not_catch_its_own_error() -> None:
    inside = event("end", "up", on("error", "e")) + flow("h_start", "up")
    xml = model(START + user("a") + END + flows("start", "a", "end") + handler("h", on("error", "e"), inside))
    assert found(xml, "uncaught-error") == ["up"]


def test_a_call_catches_what_its_process_throws_also_from_another_file() -> None:
    called = START.replace("start", "q0") + event("end", "up", on("error", "e")) + flow("q0", "up")
    callee = f'{DECLARED}<process id="q" isExecutable="true">{called}</process>'
    body = START + call("ask", "q") + boundary("edge", "ask", on("error", "e")) + END
    body += flows("start", "ask", "end") + flow("edge", "end")
    caller = f'<process id="p" isExecutable="true">{body}</process>'
    assert found(file(callee), "uncaught-error") == ["up"]
    assert found(file(callee + caller), "uncaught-error") == []
    assert found(file(callee), "uncaught-error", LintContext(called={"p": read(file(DECLARED + caller))})) == []


# -- calls

IO = (
    '<ioSpecification><dataInput id="claim"/><dataOutput id="answer"/><inputSet><dataInputRefs>claim</dataInputRefs>'
    "</inputSet><outputSet><dataOutputRefs>answer</dataOutputRefs></outputSet></ioSpecification>"
)


def assigned(kind: str, target: str, source: str) -> bytes:
    assignment = f"<assignment><from>{source}</from><to>{target}</to></assignment>"
    inner = f"<{kind}><targetRef>{target}</targetRef>{assignment}</{kind}>"
    body = START + call("ask", "q", inner) + END + flows("start", "ask", "end")
    called = IO + event("start", "i") + event("end", "j") + flows("i", "j")
    return file(
        f'<process id="p" isExecutable="true">{body}</process><process id="q" isExecutable="true">{called}</process>'
    )


@pytest.mark.parametrize(
    ("kind", "target", "source", "elements"),
    [
        ("dataInputAssociation", "claim", "facts.claim", []),
        ("dataInputAssociation", "other", "facts.claim", ["ask"]),
        ("dataOutputAssociation", "result", "answer.day", []),
        ("dataOutputAssociation", "result", "secret", ["ask"]),
        ("dataOutputAssociation", "result", "= =", ["ask"]),
    ],
)
def test_a_call_assigns_declared_inputs_and_reads_declared_outputs(
    kind: str, target: str, source: str, elements: list[str]
) -> None:
    assert found(assigned(kind, target, source), "call-activity-io") == elements
    assert found(assigned(kind, target, source), "data-association") == []


def test_the_expression_of_an_input_is_checked_like_any_other() -> None:
    assert found(assigned("dataInputAssociation", "claim", "= ="), "feel-parses") == ["ask"]


# -- links and events

LINK = '<linkEventDefinition name="{}"/>'


def test_what_is_wrong_with_links_is_told_at_each_end() -> None:
    throw, catch = event("intermediateThrow", "t", LINK.format("L")), event("intermediateCatch", "c", LINK.format("L"))
    second = event("intermediateCatch", "d1", LINK.format("L"))
    body = START + throw + catch + second + END + flow("start", "t") + flow("c", "end") + flow("d1", "end")
    assert found(model(body), "link-event") == ["d1"]
    assert found(
        model(START + throw + catch + END + flow("start", "t") + flow("t", "c") + flow("c", "end")), "link-event"
    ) == [
        "t",
        "c",
    ]
    unnamed = event("intermediateThrow", "t", "<linkEventDefinition/>")
    assert found(model(START + unnamed + END + flow("start", "t")), "link-event") == ["t"]


def test_a_link_is_a_way_for_every_other_rule() -> None:
    body = START + user("a") + event("intermediateThrow", "t", LINK.format("L")) + END
    body += (
        event("intermediateCatch", "c", LINK.format("L"))
        + user("b")
        + flows("start", "a", "t")
        + flows("c", "b", "end")
    )
    assert [one.rule for one in lint_file(model(body)) if one.severity == "error"] == []


@pytest.mark.parametrize(
    ("xml", "elements"),
    [
        (model(START + event("intermediateCatch", "c") + END + flows("start", "c", "end")), ["c"]),
        (thrower("", on("terminate")), []),
        (model(START + sub("part", event("start", "i", on("signal", "s")) + flow("i", "i2") + event("end", "i2")) + END
               + flows("start", "part", "end")), ["i"]),
        (model(START + user("a") + boundary("edge", "a", "") + END + flows("start", "a", "end") + flow("edge", "end")),
         ["edge"]),
        (model(START + event("end", "stop", timer("P1D")) + flow("start", "stop")), ["stop"]),
    ],
)  # fmt: skip
def test_an_event_is_of_a_kind_its_place_allows(xml: bytes, elements: list[str]) -> None:
    assert found(xml, "event-kind") == elements


def test_an_event_sub_process_has_no_flows_and_is_no_loop() -> None:
    inside = handler("h", on("signal", "s"))
    body = START + user("a") + END + flows("start", "a", "h") + inside
    assert found(model(body), "event-subprocess-start") == ["h"]


def test_a_boundary_event_belongs_to_an_activity() -> None:
    edge = boundary("edge", "g", timer("P1D")) + gateway("parallelGateway", "g")
    assert found(model(START + edge + END + flows("start", "g", "end") + flow("edge", "end")), "unreachable") == [
        "edge"
    ]
