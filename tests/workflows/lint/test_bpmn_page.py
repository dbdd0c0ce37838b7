"""The page for administrators says what the code does: every rule with its severity, and every element by example."""

import inspect
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.workflows.engine.draw import (
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
    rule,
    script,
    service,
    sub,
    task,
    timer,
    user,
    when,
)
from workflows.engine import compile_process
from workflows.lint import lint_file
from workflows.lint.rules import RULES

PAGE = (Path(__file__).parents[3] / "docs" / "bpmn.md").read_text(encoding="utf-8")


def table(title: str) -> list[list[str]]:
    """The rows of the first table below a heading."""
    section = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    lines = section[section.index("|") :].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_rule_stands_on_the_page_with_its_severity() -> None:
    shown = {row[0].strip("`"): row[1] for row in table("Rules")}
    code = {}
    for one in RULES:
        source = inspect.getsource(inspect.getmodule(one))  # type: ignore[arg-type]
        rule_id = one.__globals__["RULE"]
        code[rule_id] = "error" if re.search(r'\berror\(|"error"', source) else "warn"
    assert shown == code


def test_every_refusal_of_a_file_stands_on_the_page() -> None:
    section = PAGE.split("before these rules look at it:")[1].split("\n## ")[0]
    shown = set(re.findall(r"^\| `([a-z-]+)`", section, re.MULTILINE))
    said = set()
    for path in ("model/xml.py", "model/reader.py", "engine/specs.py"):
        text = (Path(__file__).parents[3] / "workflows" / path).read_text(encoding="utf-8")
        said |= set(re.findall(r'(?:refusal|Finding)\(\s*"([a-z-]+)"', text))
    assert shown == said - {"not-executable"}


@dataclass(frozen=True)
class Row:
    """runs: an example that passes all checks and compiles. refused: one with the finding (rule, element)."""

    runs: bytes | None = None
    refused: tuple[bytes, str, str] | None = None


def through(*nodes: str) -> bytes:
    names = ["start", *(node.split('id="')[1].split('"')[0] for node in nodes), "end"]
    return model(START + "".join(nodes) + END + flows(*names))


def beginning(definition: str, variable: str = "") -> bytes:
    return model(event("start", "start", definition, variable) + user("a") + END + flows("start", "a", "end"))


def ending(definition: str) -> bytes:
    return model(START + event("end", "stop", definition) + flow("start", "stop"))


def caught(kind: str, ref: str) -> bytes:
    inside = event("start", "i") + event("end", "stop", on(kind, ref)) + flow("i", "stop")
    edge = boundary("edge", "part", on(kind, ref)) + user("b")
    return model(START + sub("part", inside) + edge + END + flows("start", "part", "end") + flows("edge", "b", "end"))


def cancelled(kind: str) -> bytes:
    inside = event("start", "i") + event("end", "stop", "<cancelEventDefinition/>") + flow("i", "stop")
    edge = boundary("edge", "part", "<cancelEventDefinition/>") if kind == "transaction" else ""
    after = flow("edge", "end") if edge else ""
    return model(START + sub("part", inside, kind=kind) + edge + END + flows("start", "part", "end") + after)


def edged(interrupting: bool, target: str = "a") -> bytes:
    edge = boundary("edge", target, timer("P1D"), interrupting) + user("b")
    return model(START + user("a") + edge + END + flows("start", "a", "end") + flows("edge", "b", "end"))


def linked(catch: str) -> bytes:
    throw = event("intermediateThrow", "out", '<linkEventDefinition name="L"/>')
    back = event("intermediateCatch", "back", f'<linkEventDefinition name="{catch}"/>')
    return model(START + throw + back + user("a") + END + flow("start", "out") + flows("back", "a", "end"))


def chosen(kind: str, default: bool = True, condition: str = "x = 1") -> bytes:
    body = START + gateway(kind, "g", "g__b" if default else "") + user("a") + user("b") + END
    flows_ = flow("start", "g") + flow("g", "a", condition) + flow("g", "b", None if default else "x = 2")
    return model(body + flows_ + flow("a", "end") + flow("b", "end"))


def parallel(split: str = "parallelGateway") -> bytes:
    body = START + gateway(split, "g") + gateway("parallelGateway", "j") + user("a") + user("b") + END
    return model(body + flows("start", "g", "a", "j", "end") + flows("g", "b", "j"))


def waits(*events: str) -> bytes:
    body = START + gateway("eventBasedGateway", "g") + "".join(events) + END + flow("start", "g")
    return model(body + "".join(flows("g", one.split('id="')[1].split('"')[0], "end") for one in events))


def handled(definition: str, interrupting: bool = True) -> bytes:
    beside = handler("h", definition, interrupting=interrupting, variable="v")
    return model(START + user("a") + END + flows("start", "a", "end") + beside)


def called(io: str) -> bytes:
    body = START + call("ask", "q") + END + flows("start", "ask", "end")
    inside = io + event("start", "i") + user("u") + event("end", "j") + flows("i", "u", "j")
    return file(
        f'<process id="p" isExecutable="true">{body}</process><process id="q" isExecutable="true">{inside}</process>'
    )


IO = "<ioSpecification><inputSet/><outputSet/></ioSpecification>"
INSIDE = event("start", "i") + user("u") + event("end", "j") + flows("i", "u", "j")
DATA = '<dataObject id="level"/><dataObjectReference id="level_ref" dataObjectRef="level"/>'
READS = "<dataInputAssociation><sourceRef>{}</sourceRef><targetRef>x1</targetRef></dataInputAssociation>"
LOOP = "<standardLoopCharacteristics{}><loopCondition>x = 1</loopCondition></standardLoopCharacteristics>"
COMPENSATE = event("intermediateThrow", "c", "<compensateEventDefinition/>")
RECEIVE = task("receiveTask", "r", extension="<s:messageVariable>v</s:messageVariable>", attributes=' messageRef="m"')
FOREIGN = '<process id="other"><task id="theirs"/></process>'
ANNOTATED = '<textAnnotation id="note"><text>Read this.</text></textAnnotation><group id="around"/>'
LANES = '<laneSet id="lanes"><lane id="billing"><flowNodeRef>a</flowNodeRef></lane></laneSet>'


def with_data(inner: str) -> bytes:
    return model(DATA + START + script("s1", "y = 1", inner) + END + flows("start", "s1", "end"))


def with_condition(text: str) -> bytes:
    body = START + event("intermediateCatch", "c", when(text)) + END
    return model(DATA + body + flows("start", "c", "end"))


def conflicting() -> bytes:
    edge = boundary("edge", "a", timer("P1D"), interrupting=False) + user("b", variable="a")
    return model(START + user("a") + edge + END + flows("start", "a", "end") + flows("edge", "b", "end"))


def between_pools() -> bytes:
    pools = '<participant id="us" processRef="p"/><participant id="them"/>'
    flow_ = '<messageFlow id="f" sourceRef="a" targetRef="them"/>'
    body = f'<process id="p" isExecutable="true">{START}{user("a")}{END}{flows("start", "a", "end")}</process>'
    return file(f'<collaboration id="c">{pools}{flow_}</collaboration>{body}')


def many_of(source: str, sequential: bool = False) -> bytes:
    inner = many(source, sequential=sequential) if source else many(output="results", sequential=sequential)
    return through(task("userTask", "a", inner=inner, formKey="f"))


ROWS = {
    "start event: none": Row(through(user("a")), (model(user("a") + END + flow("a", "end")), "no-start", "p")),
    "start event: message": Row(
        beginning(on("message", "m"), "v"), (beginning(on("message"), "v"), "message-unnamed", "start")
    ),
    "start event: signal": Row(beginning(on("signal", "s")), (beginning(on("signal")), "signal-unnamed", "start")),
    "start event: timer": Row(
        beginning(timer("R/P1D", "timeCycle")), (beginning(timer("1 day")), "timer-invalid", "start")
    ),
    "start event: condition, error, escalation": Row(refused=(beginning(on("error", "e")), "event-kind", "start")),
    "end event: none": Row(through(user("a"))),
    "end event: message, signal": Row(ending(on("signal", "s")), (ending(on("message")), "message-unnamed", "stop")),
    "end event: error": Row(caught("error", "e"), (ending(on("error", "e")), "uncaught-error", "stop")),
    "end event: escalation": Row(caught("escalation", "x"), (ending(on("escalation", "x")), "uncaught-error", "stop")),
    "end event: terminate": Row(ending("<terminateEventDefinition/>")),
    "end event: cancel": Row(cancelled("transaction"), (cancelled("subProcess"), "cancel-event", "stop")),
    "intermediate throw: none": Row(through(event("intermediateThrow", "t"))),
    "intermediate throw: message, signal, escalation": Row(
        through(event("intermediateThrow", "t", on("signal", "s"))),
        (through(event("intermediateThrow", "t", on("error", "e"))), "event-kind", "t"),
    ),
    "intermediate catch: message, signal, timer": Row(
        through(event("intermediateCatch", "c", on("message", "m"), "v")),
        (through(event("intermediateCatch", "c", on("message", "m"))), "message-needs-variable", "c"),
    ),
    "intermediate catch: condition": Row(
        with_condition("level = 1"), (with_condition("other = 1"), "condition-needs-data-object", "c")
    ),
    "link events": Row(linked("L"), (linked("K"), "link-event", "out")),
    "compensation events": Row(refused=(through(COMPENSATE), "compensation", "c")),
    "multiple events": Row(
        refused=(
            through(event("intermediateCatch", "c", on("signal", "s") + timer("P1D"))), "multiple-event", "c"
        )
    ),
    "boundary event, interrupting": Row(edged(True), (edged(True, "nobody"), "unreachable", "edge")),
    "boundary event, non-interrupting": Row(edged(False), (conflicting(), "parallel-write-conflict", "b")),
    "user task": Row(through(user("a")), (through('<userTask id="a"/>'), "form-key-missing", "a")),
    "manual task": Row(through(task("manualTask", "a", instructions="call"))),
    "task without a kind": Row(refused=(through('<task id="a"/>'), "abstract-task", "a")),
    "service task with an operator": Row(through(service("a"))),
    "service task without an operator": Row(
        refused=(through('<serviceTask id="a"/>'), "service-no-operator", "a")
    ),
    "send task": Row(
        through('<sendTask id="a" messageRef="m"/>'), (through('<sendTask id="a"/>'), "message-unnamed", "a")
    ),
    "receive task": Row(
        through(RECEIVE), (through('<receiveTask id="r" messageRef="m"/>'), "message-needs-variable", "r")
    ),
    "business rule task": Row(
        through(rule("a", "d", "v")), (through('<businessRuleTask id="a"/>'), "decision-missing", "a")
    ),
    "script task": Row(through(script("a", "y = 1")), (through(script("a", "import os")), "script-not-feel", "a")),
    "activity without outgoing flow": Row(
        model(START + user("a") + flow("start", "a")),
        (model(START + gateway("parallelGateway", "g") + flow("start", "g")), "missing-end", "g"),
    ),
    "several flows out of an activity": Row(
        refused=(model(START + user("a") + user("b") + END + flows("start", "a", "end") + flows("a", "b", "end")),
                 "implicit-split", "a")
    ),
    "element that no flow reaches": Row(
        refused=(model(START + END + user("lost") + flow("start", "end") + flow("lost", "end")), "unreachable", "lost")
    ),
    "exclusive gateway": Row(
        chosen("exclusiveGateway"), (chosen("exclusiveGateway", False), "gateway-needs-default", "g")
    ),
    "inclusive gateway": Row(
        chosen("inclusiveGateway"), (chosen("inclusiveGateway", condition=""), "flow-needs-condition", "g__a")
    ),
    "parallel gateway": Row(parallel(), (parallel("exclusiveGateway"), "join-cannot-fill", "j")),
    "event-based gateway": Row(
        waits(event("intermediateCatch", "c", timer("P1D")), event("intermediateCatch", "d1", timer("P2D"))),
        (waits(user("a")), "event-gateway-target", "a"),
    ),
    "complex gateway": Row(refused=(through('<complexGateway id="g"/>'), "complex-gateway", "g")),
    "sub-process": Row(through(sub("part", INSIDE)), (through(sub("part", user("u"))), "no-start", "part")),
    "transaction": Row(
        through(sub("part", INSIDE, kind="transaction")),
        (ending("<cancelEventDefinition/>"), "cancel-event", "stop"),
    ),
    "event sub-process, interrupting": Row(
        handled(on("signal", "s")), (handled(""), "event-subprocess-start", "h_start")
    ),
    "event sub-process, non-interrupting": Row(
        handled(on("message", "m"), False), (handled(on("error", "e"), False), "event-subprocess-start", "h_start")
    ),
    "ad-hoc sub-process": Row(refused=(through('<adHocSubProcess id="a"/>'), "adhoc-subprocess", "a")),
    "call activity": Row(called(IO), (called(""), "call-activity-io", "ask")),
    "multi-instance, parallel": Row(many_of("items"), (many_of(""), "mi-needs-output", "a")),
    "multi-instance, sequential": Row(many_of("items", True), (many_of("", True), "mi-needs-output", "a")),
    "standard loop": Row(
        through(task("userTask", "a", inner=LOOP.format(' loopMaximum="3"'), formKey="f")),
        (through(task("userTask", "a", inner=LOOP.format(""), formKey="f")), "loop-needs-bound", "a"),
    ),
    "data object": Row(
        with_data(READS.format("level_ref")), (with_data(READS.format("no")), "data-association", "s1")
    ),
    "data store": Row(
        refused=(model('<dataStoreReference id="d"/>' + START + END + flow("start", "end")), "data-store", "d")
    ),
    "lane": Row(model(LANES + START + user("a") + END + flows("start", "a", "end"))),
    "pool that does not run": Row(
        through(user("a")).replace(b"</bpmn:definitions>", file(FOREIGN).split(b'tests">')[1]),
        (file(FOREIGN), "not-executable", "other"),
    ),
    "message flow": Row(between_pools()),
    "text annotation, group": Row(model(START + user("a") + END + flows("start", "a", "end") + ANNOTATED)),
    "script before or after a task": Row(
        refused=(through(task("userTask", "a", extension="<s:preScript>y = 1</s:preScript>", formKey="f")),
                 "no-hidden-scripts", "a")
    ),
    "expression in another language": Row(
        refused=(chosen("exclusiveGateway", condition="x == 1"), "python-expression", "g__a")
    ),
}  # fmt: skip


def test_every_element_of_the_page_has_its_examples_and_the_other_way_round() -> None:
    assert [row[0] for row in table("Elements")] == list(ROWS)


@pytest.mark.parametrize("row", table("Elements"), ids=lambda row: row[0])
def test_the_verdict_of_the_page_is_that_of_the_code(row: list[str]) -> None:
    name, verdict, what, watch = row
    examples = ROWS[name]
    assert what.endswith(".")
    assert (examples.runs is not None) == (verdict == "runs")
    assert examples.refused is None or f"`{examples.refused[1]}`" == watch


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.runs is not None])
def test_what_runs_passes_the_checks_and_compiles(name: str) -> None:
    xml = ROWS[name].runs
    assert xml is not None
    assert [one for one in lint_file(xml) if one.severity == "error"] == []
    assert compile_process({"drawn": xml}, "p").process_id == "p"


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.refused is not None])
def test_what_is_refused_is_refused_by_its_rule_at_its_element(name: str) -> None:
    xml, rule_id, element_id = ROWS[name].refused or (b"", "", "")
    assert (rule_id, element_id) in {(one.rule, one.element_id) for one in lint_file(xml)}
