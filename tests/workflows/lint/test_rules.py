"""Each rule: a diagram it lets pass and one it refuses, with the element it names."""

import pytest

from tests.workflows.lint.draw import END, START, decision, file, flow, flows, found, gateway, line, process, task, user
from workflows.lint import LintContext, lint_file
from workflows.lint.rules import RULES
from workflows.model import read

RULE_IDS = {rule.__module__.rsplit(".", 1)[1].replace("_", "-") for rule in RULES}


def script(name: str, text: str, format_: str = "FEEL") -> str:
    return task("scriptTask", name, inner=f"<script>{text}</script>", attributes=f' scriptFormat="{format_}"')


def service(name: str, **properties: str) -> str:
    return task("serviceTask", name, extension='<s:serviceTaskOperator id="op" resultVariable="r"/>', **properties)


def event(kind: str, name: str, inner: str = "", extension: str = "", attributes: str = "") -> str:
    return task(kind, name, inner=inner, extension=extension, attributes=attributes)


def timer(kind: str, text: str) -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def boundary(name: str, inner: str, interrupting: bool = True) -> bytes:
    edge = f' attachedToRef="a" cancelActivity="{str(interrupting).lower()}"'
    body = START + user("a") + event("boundaryEvent", name, inner, attributes=edge) + user("b") + END
    return process(body + flows("start", "a", "end") + flows(name, "b", "end"))


def sub(body: str, attributes: str = "", after: bool = True) -> bytes:
    inside = f'<subProcess id="sub"{attributes}>{body}</subProcess>'
    return process(START + inside + END + (flows("start", "sub", "end") if after else flows("start", "end")))


def kept(ttl: str) -> str:
    """A message with a time to live."""
    properties = f'<s:properties><s:property name="ttl" value="{ttl}"/></s:properties>'
    return f'<message id="m" name="m"><extensionElements>{properties}</extensionElements></message>'


def message_process(correlation: str = "", subscription: str = "", variable: str = "payer") -> bytes:
    stored = f"<s:messageVariable>{variable}</s:messageVariable>" if variable else ""
    catch = event("intermediateCatchEvent", "c", '<messageEventDefinition messageRef="m"/>', stored)
    body = START + catch + END + flows("start", "c", "end") + subscription
    return process(body, correlation + '<message id="m" name="decided"/>')


def key(name: str, *properties: str) -> str:
    refs = "".join(f"<correlationPropertyRef>{one}</correlationPropertyRef>" for one in properties)
    return f'<correlationKey id="{name}" name="{name}">{refs}</correlationKey>'


def correlation(*keys: str, properties: tuple[str, ...] = ("claim",)) -> str:
    read_ = "".join(
        f'<correlationProperty id="{one}"><correlationPropertyRetrievalExpression messageRef="m">'
        f"<messagePath>{one}</messagePath></correlationPropertyRetrievalExpression></correlationProperty>"
        for one in properties
    )
    return f'<collaboration id="c1">{"".join(keys)}</collaboration>{read_}'


def bound(*properties: str) -> str:
    bindings = "".join(
        f'<correlationPropertyBinding correlationPropertyRef="{one}"><dataPath>{one}</dataPath>'
        "</correlationPropertyBinding>"
        for one in properties
    )
    return f'<correlationSubscription id="s" correlationKeyRef="k">{bindings}</correlationSubscription>'


def many(inner: str) -> str:
    return f"<multiInstanceLoopCharacteristics>{inner}</multiInstanceLoopCharacteristics>"


def reads(name: str) -> bytes:
    data = '<dataObject id="object"/><dataObjectReference id="kept" dataObjectRef="object"/>'
    association = f"<dataInputAssociation><sourceRef>{name}</sourceRef></dataInputAssociation>"
    return process(
        data + START + task("userTask", "a", inner=association, formKey="form") + END + flows("start", "a", "end")
    )


OUTPUT = '<loopDataOutputRef>results</loopDataOutputRef><outputDataItem id="answer"/>'


def each(inner: str, **properties: str) -> bytes:
    return line(task("userTask", "a", inner=many(inner), formKey="form", **properties))


def loop(**properties: str) -> bytes:
    body = START + user("a") + gateway("exclusiveGateway", "g", "g__end", **properties) + END
    return process(body + flows("start", "a", "g", "end") + flow("g", "a", "x = 1"))


def parallel(left: str, right: str) -> bytes:
    body = START + gateway("parallelGateway", "split") + left + right + gateway("parallelGateway", "join") + END
    return process(body + flows("start", "split", "a", "join", "end") + flows("split", "b", "join"))


def after_gateway(*nodes: str) -> bytes:
    names = [node.split('id="')[1].split('"')[0] for node in nodes]
    body = START + gateway("eventBasedGateway", "g") + "".join(nodes) + END + flow("start", "g")
    return process(body + "".join(flows("g", one, "end") for one in names))


def called(io: str) -> bytes:
    call = task("callActivity", "call", attributes=' calledElement="q"')
    callee = (
        f'<process id="q" isExecutable="true">{io}<startEvent id="qs"/><endEvent id="qe"/>{flows("qs", "qe")}</process>'
    )
    return file(
        f'<process id="p" isExecutable="true">{START}{call}{END}{flows("start", "call", "end")}</process>{callee}'
    )


IO = '<ioSpecification><inputSet id="i"/><outputSet id="o"/></ioSpecification>'
CLINICAL = user("review", clinicalDecision="medical_necessity", outcomes="appeal, stop")
ERROR = '<error id="e1" errorCode="E1"/>'


def with_error(caught: bool) -> bytes:
    edge = event("boundaryEvent", "b", '<errorEventDefinition errorRef="e1"/>', attributes=' attachedToRef="a"')
    body = START + service("a", errorCodes="E1") + (edge if caught else "") + END + flows("start", "a", "end")
    return process(body + (flow("b", "end") if caught else ""), ERROR)


def handler(interrupting: str, inner: str) -> bytes:
    start = event("startEvent", "hs", inner, attributes=f' isInterrupting="{interrupting}"')
    return sub(start + '<endEvent id="he"/>' + flow("hs", "he"), ' triggeredByEvent="true"', after=False)


def linked(name: str) -> bytes:
    throw = event("intermediateThrowEvent", "l", f'<linkEventDefinition name="{name}"/>')
    catch = event("intermediateCatchEvent", "k", '<linkEventDefinition name="x"/>')
    return process(START + throw + catch + END + flow("start", "l") + flow("k", "end"))


def cancelling(kind: str) -> bytes:
    stop = event("endEvent", "stop", "<cancelEventDefinition/>")
    inside = f'<{kind} id="sub"><startEvent id="i"/>{stop}{flow("i", "stop")}</{kind}>'
    edge = event("boundaryEvent", "b", "<cancelEventDefinition/>", attributes=' attachedToRef="sub"')
    return process(START + inside + edge + END + flows("start", "sub", "end") + flow("b", "end"))


def waiting_for(condition: str) -> bytes:
    waits = f"<conditionalEventDefinition><condition>{condition}</condition></conditionalEventDefinition>"
    body = '<dataObject id="level"/>' + START + event("intermediateCatchEvent", "c", waits) + END
    return process(body + flows("start", "c", "end"))


def exclusive_into_parallel() -> bytes:
    nodes = (
        gateway("exclusiveGateway", "choose", "choose__b") + user("a") + user("b") + gateway("parallelGateway", "join")
    )
    body = START + nodes + END + flow("start", "choose") + flow("choose", "a", "x = 1") + flow("choose", "b")
    return process(body + flows("a", "join", "end") + flow("b", "join"))


GOOD_AND_BAD = {
    "duplicate-id": (line(user("a")), line(user("a"), user("b")).replace(b'id="start__a"', b'id="b"'), ["b"]),
    "unknown-extension": (line(user("a", priority="50")), line(user("a", prioritty="50")), ["a"]),
    "feel-parses": (decision("x = 1", None), decision("x = = 1", None), ["g__t0"]),
    "feel-types": (decision("x = 1", None), decision('1 = "1"', None), ["g__t0"]),
    "feel-unknown-name": (
        line(script("s", "x = {a: 1}"), script("t", "y = x.a")),
        line(script("s", "x = {a: 1}"), script("t", "y = x.b")),
        ["t"],
    ),
    "python-expression": (decision("x = 1", None), decision("x == 1", None), ["g__t0"]),
    "script-not-feel": (line(script("s", "x = 1")), line(script("s", "import os", "python")), ["s", "s"]),
    "no-hidden-scripts": (
        line(user("a")),
        line(task("userTask", "a", extension="<s:preScript>x = 1</s:preScript>", formKey="form")),
        ["a"],
    ),
    "gateway-needs-default": (decision("x = 1", None), decision("x = 1", "x = 2", default=False), ["g"]),
    "flow-needs-condition": (decision("x = 1", None), decision(None, None), ["g__t0"]),
    "missing-end": (
        process(START + user("a") + flow("start", "a")),
        process(START + gateway("parallelGateway", "g") + flow("start", "g")),
        ["g"],
    ),
    "no-start": (line(user("a")), process(user("a") + END + flow("a", "end")), ["p"]),
    "implicit-split": (
        line(user("a")),
        process(START + user("a") + user("b") + END + flows("start", "a", "end") + flows("a", "b", "end")),
        ["a"],
    ),
    "unreachable": (
        line(user("a")),
        process(START + END + user("lost") + flow("start", "end") + flow("lost", "end")),
        ["lost"],
    ),
    "link-event": (linked("x"), linked("y"), ["l", "k"]),
    "compensation": (
        line(user("a")),
        line(event("intermediateThrowEvent", "c", "<compensateEventDefinition/>")),
        ["c"],
    ),
    "complex-gateway": (line(user("a")), line(gateway("complexGateway", "g")), ["g"]),
    "adhoc-subprocess": (line(user("a")), line('<adHocSubProcess id="h"/>'), ["h"]),
    "multiple-event": (
        boundary("t", timer("timeDuration", "P1D")),
        boundary("t", timer("timeDuration", "P1D") + "<signalEventDefinition/>"),
        ["t"],
    ),
    "event-subprocess-start": (
        handler("true", '<signalEventDefinition signalRef="x"/>'),
        handler("true", ""),
        ["hs"],
    ),
    "event-kind": (
        boundary("t", timer("timeDuration", "P1D")),
        line(event("intermediateThrowEvent", "t", '<errorEventDefinition errorRef="e1"/>')),
        ["t"],
    ),
    "cancel-event": (cancelling("transaction"), cancelling("subProcess"), ["stop", "b"]),
    "condition-needs-data-object": (waiting_for("level = 1"), waiting_for("other = 1"), ["c"]),
    "signal-unnamed": (
        process(
            START
            + event("intermediateCatchEvent", "c", '<signalEventDefinition signalRef="x"/>')
            + END
            + flows("start", "c", "end"),
            '<signal id="x" name="x"/>',
        ),
        line(event("intermediateCatchEvent", "c", "<signalEventDefinition/>")),
        ["c"],
    ),
    "task-io": (line(user("a")), line(task("userTask", "a", inner=IO, formKey="form")), ["a"]),
    "join-cannot-fill": (parallel(user("a"), user("b")), exclusive_into_parallel(), ["join"]),
    "abstract-task": (line(user("a")), line('<task id="a"/>'), ["a"]),
    "service-no-operator": (line(service("a")), line('<serviceTask id="a"/>'), ["a"]),
    "uncaught-error": (with_error(True), with_error(False), ["a"]),
    "message-unnamed": (
        message_process(),
        line(event("intermediateCatchEvent", "c", "<messageEventDefinition/>")),
        ["c"],
    ),
    "message-ttl": (
        process(START + user("a") + END + flows("start", "a", "end"), kept("P10D")),
        process(START + user("a") + END + flows("start", "a", "end"), kept("10 days")),
        ["m"],
    ),
    "message-needs-variable": (message_process(), message_process(variable=""), ["c"]),
    "one-correlation-key": (
        message_process(correlation(key("k", "claim")), bound("claim")),
        message_process(correlation(key("k", "claim"), key("k2", "claim")), bound("claim")),
        ["m"],
    ),
    "timer-invalid": (
        boundary("t", timer("timeDuration", "PT1H")),
        boundary("t", timer("timeDuration", "1 day")),
        ["t"],
    ),
    "cycle-needs-count": (
        boundary("t", timer("timeCycle", "R3/P1D"), interrupting=False),
        boundary("t", timer("timeCycle", "R/P1D"), interrupting=False),
        ["t"],
    ),
    "event-gateway-target": (
        after_gateway(
            event("intermediateCatchEvent", "x", timer("timeDuration", "P1D")),
            event("intermediateCatchEvent", "y", timer("timeDuration", "P2D")),
        ),
        after_gateway(user("x")),
        ["x"],
    ),
    "call-activity-io": (called(IO), called(""), ["call"]),
    "mi-needs-output": (
        each("<loopDataInputRef>items</loopDataInputRef>" + OUTPUT),
        each("<loopDataInputRef>items</loopDataInputRef>"),
        ["a"],
    ),
    "loop-needs-bound": (loop(maxIterations="5"), loop(), ["g"]),
    "data-store": (
        line(user("a")),
        process(START + '<dataStoreReference id="d"/>' + END + flow("start", "end")),
        ["d"],
    ),
    "form-key-missing": (line(user("a")), line('<userTask id="a"/>'), ["a"]),
    "decision-missing": (
        line(
            task(
                "businessRuleTask",
                "r",
                extension="<s:calledDecisionId>d</s:calledDecisionId><s:resultVariable>v</s:resultVariable>",
            )
        ),
        line('<businessRuleTask id="r"/>'),
        ["r", "r"],
    ),
    "clinical-outcomes": (line(CLINICAL), line(user("review", clinicalDecision="medical_necessity")), ["review"]),
    "accepted-outcome-unknown": (
        line(CLINICAL, user("send", requiresDecision="medical_necessity", acceptedOutcomes="appeal")),
        line(CLINICAL, user("send", requiresDecision="medical_necessity", acceptedOutcomes="approve")),
        ["send"],
    ),
    "guard-decision-missing": (
        line(CLINICAL, user("send", requiresDecision="medical_necessity")),
        line(user("send", requiresDecision="medical_necessity")),
        ["send"],
    ),
    "reserved-variable": (line(script("s", "x = 1")), line(script("s", "decisions = 1")), ["s"]),
    "parallel-write-conflict": (
        parallel(user("a"), user("b")),
        parallel(user("a", variable="same"), user("b", variable="same")),
        ["a"],
    ),
    "data-association": (reads("kept"), reads("nowhere"), ["a"]),
    "missing-id": (
        line(user("a")),
        process(START + '<userTask name="a"/>' + END + flow("start", "end")),
        [None],
    ),
    "not-executable": (line(user("a")), line(user("a")).replace(b' isExecutable="true"', b""), ["p"]),
}
NEEDS_CONTEXT = {"gate-table", "lane-without-group"}


@pytest.mark.parametrize("rule", sorted(GOOD_AND_BAD))
def test_a_rule_lets_the_valid_diagram_pass(rule: str) -> None:
    assert found(GOOD_AND_BAD[rule][0], rule) == []


@pytest.mark.parametrize("rule", sorted(GOOD_AND_BAD))
def test_a_rule_refuses_the_invalid_diagram_and_names_the_element(rule: str) -> None:
    assert found(GOOD_AND_BAD[rule][1], rule) == GOOD_AND_BAD[rule][2]


def test_every_rule_has_its_pair_of_diagrams() -> None:
    assert GOOD_AND_BAD.keys() | NEEDS_CONTEXT == RULE_IDS


def test_every_message_is_a_sentence_with_a_next_step() -> None:
    for _, bad, _ in GOOD_AND_BAD.values():
        for finding in lint_file(bad):
            assert finding.message[0].isupper() or finding.message[0].isdigit()
            assert len(finding.message) > 20


@pytest.mark.parametrize(
    ("properties", "names"),
    [
        ({"outcomes": "a b"}, ["a"]),
        ({"maxIterations": "3"}, []),
        ({"maxIterations": "many"}, ["a"]),
        ({"errorCodes": "E1"}, ["a"]),
        ({"requiresDecision": "x", "acceptedOutcomes": "a,b"}, []),
    ],
)
def test_property_values_and_places_are_checked(properties: dict[str, str], names: list[str]) -> None:
    assert found(line(user("a", **properties)), "unknown-extension") == names


def test_an_unknown_extension_element_is_refused() -> None:
    assert found(line(task("userTask", "a", extension="<s:unitTests/>", formKey="f")), "unknown-extension") == ["a"]


def test_the_context_tells_which_forms_decisions_operators_types_and_groups_exist() -> None:
    nothing = LintContext(
        decision_types={}, forms=frozenset(), decisions=frozenset(), operators=frozenset(), groups=frozenset()
    )
    rule_task = task("businessRuleTask", "r", calledDecisionId="d", resultVariable="v")
    lanes = '<laneSet id="l"><lane id="billing"><flowNodeRef>review</flowNodeRef></lane></laneSet>'
    nodes = START + CLINICAL + rule_task + service("op_task") + END
    xml = process(lanes + nodes + flows("start", "review", "r", "op_task", "end"))
    for rule, element in {
        "form-key-missing": "review",
        "decision-missing": "r",
        "service-no-operator": "op_task",
        "clinical-outcomes": "review",
        "lane-without-group": "review",
    }.items():
        assert found(xml, rule, nothing) == [element], rule
        assert found(xml, rule) == []


def test_outcomes_must_belong_to_the_decision_type() -> None:
    known = LintContext(decision_types={"medical_necessity": frozenset({"appeal"})})
    assert found(line(CLINICAL), "clinical-outcomes", known) == ["review"]
    known = LintContext(decision_types={"medical_necessity": frozenset({"appeal", "stop"})})
    assert found(line(CLINICAL), "clinical-outcomes", known) == []


def test_a_clinical_task_in_a_called_file_counts_for_a_guard() -> None:
    context = LintContext(called={"q": read(line(CLINICAL))})
    assert found(line(user("send", requiresDecision="medical_necessity")), "guard-decision-missing", context) == []


def test_a_file_that_cannot_be_read_has_its_reason_as_finding() -> None:
    assert [finding.rule for finding in lint_file(b"<!DOCTYPE x><x/>")] == ["xml-unsafe"]
    assert [finding.rule for finding in lint_file(b"<x")] == ["xml-malformed"]


def test_a_message_must_be_bound_to_process_data() -> None:
    assert found(message_process(correlation(key("k", "claim"))), "one-correlation-key") == ["p"]
    partly = correlation(key("k", "claim", "payer"), properties=("claim",))
    assert found(message_process(partly, bound("claim", "payer")), "one-correlation-key") == ["m"]


def test_a_foreign_expression_language_is_refused_even_when_it_parses() -> None:
    assert found(decision("x = 1", None, language="http://www.w3.org/1999/XPath"), "python-expression") == ["g__t0"]
    assert found(decision("${x}", None), "python-expression") == ["g__t0"]


def test_a_reminder_that_writes_what_the_main_flow_writes_is_a_conflict() -> None:
    edge = event(
        "boundaryEvent", "t", timer("timeDuration", "P1D"), attributes=' attachedToRef="a" cancelActivity="false"'
    )
    body = START + user("a") + edge + user("b", variable="same") + user("c", variable="same") + END
    xml = process(body + flows("start", "a", "b", "end") + flows("t", "c", "end"))
    assert found(xml, "parallel-write-conflict") == ["c"]


@pytest.mark.parametrize("inner", ["<loopCardinality>2</loopCardinality><loopDataInputRef>x</loopDataInputRef>", ""])
def test_multi_instance_has_exactly_one_source(inner: str) -> None:
    assert found(each(inner + OUTPUT), "mi-needs-output") == ["a"]


def test_a_committee_needs_a_rule_that_says_what_counts() -> None:
    clinical = {"clinicalDecision": "x", "outcomes": "a"}
    body = "<loopCardinality>2</loopCardinality>" + OUTPUT
    assert found(each(body, **clinical), "mi-needs-output") == ["a"]
