"""What the linter knows of the types of a process: from forms, decisions, scripts, operators and called processes."""

from typing import Any

import pytest

from tests.workflows.lint.draw import END, START, file, flow, flows, gateway, line, process, task, user
from workflows import definitions
from workflows.decisions import read as read_decisions
from workflows.feel.infer.types import NUMBER, choices_of, words
from workflows.feel.parse_types import parse_type
from workflows.feel.types import FeelType
from workflows.lint import LintContext, lint_file
from workflows.lint.answers import answers_of
from workflows.lint.variables import variables
from workflows.model import read

FORM = {
    "components": [
        {"type": "text", "text": "Hello", "id": "t"},
        {"type": "textfield", "key": "note"},
        {"type": "number", "key": "severity"},
        {"type": "checkbox", "key": "urgent"},
        {"type": "datetime", "key": "seen_on", "subtype": "date"},
        {"type": "datetime", "key": "called_at", "subtype": "datetime"},
        {"type": "datetime", "key": "opens", "subtype": "time"},
        {"type": "radio", "key": "met", "values": [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]},
        {"type": "select", "key": "level", "values": [{"value": 1, "label": "One"}, {"value": 2, "label": "Two"}]},
        {"type": "select", "key": "mixed", "values": [{"value": 1}, {"value": "two"}]},
        {"type": "select", "key": "payer", "valuesKey": "payers"},
        {"type": "checklist", "key": "codes", "values": [{"value": "A"}, {"value": "B"}]},
        {"type": "group", "components": [{"type": "textfield", "key": "inside"}]},
        {"type": "group", "path": "doctor", "components": [{"type": "textfield", "key": "name"}]},
        {"type": "dynamiclist", "path": "lines", "components": [{"type": "number", "key": "amount"}]},
    ]
}
DMN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:test">
<inputData id="i" name="severity"><variable name="severity" typeRef="number"/></inputData>
<decision id="route" name="route"><variable name="route"/>
<informationRequirement><requiredInput href="#i"/></informationRequirement>
<decisionTable id="table" hitPolicy="FIRST"><input id="c"><inputExpression typeRef="number"><text>severity</text>
</inputExpression></input><output id="o1" name="lane" typeRef="string"/><output id="o2" name="days"/>
<rule id="r1"><inputEntry><text>&gt; 3</text></inputEntry><outputEntry><text>"fast"</text></outputEntry>
<outputEntry><text>1</text></outputEntry></rule>
<rule id="r2"><inputEntry><text>-</text></inputEntry><outputEntry><text>"slow"</text></outputEntry>
<outputEntry><text>5</text></outputEntry></rule></decisionTable></decision></definitions>"""
TABLE = read_decisions(DMN.encode())
KNOWN = LintContext(
    decision_types={"medical_necessity": frozenset({"appeal", "stop"})},
    answers={"form": answers_of(FORM)},
    tables={"route": TABLE},
    parameters={"op": {"level": NUMBER}},
    results={"op": parse_type("context<days: number, note: string>")},
)
RULES = ("feel-types", "feel-unknown-name")


def script(name: str, text: str) -> str:
    return task("scriptTask", name, inner=f"<script>{text}</script>", attributes=' scriptFormat="FEEL"')


def service(name: str, parameter: str) -> str:
    listed = f"<s:parameters><s:parameter id='level' type='any' value='{parameter}'/></s:parameters>"
    return task(
        "serviceTask",
        name,
        extension=f'<s:serviceTaskOperator id="op" resultVariable="done">{listed}</s:serviceTaskOperator>',
    )


def deciding(*before: str, condition: str) -> bytes:
    """Nodes in a row, then a gateway with one condition."""
    names = ["start", *(node.split('id="')[1].split('"')[0] for node in before), "g"]
    body = START + "".join(before) + gateway("exclusiveGateway", "g", "g__end") + user("z") + END
    condition = condition.replace("<", "&lt;").replace(">", "&gt;")
    return process(body + flows(*names) + flow("g", "z", condition) + flow("g", "end") + flow("z", "end"))


def said(xml: bytes, context: LintContext = KNOWN) -> list[tuple[str, str | None, str]]:
    return [(one.severity, one.element_id, one.message) for one in lint_file(xml, context) if one.rule in RULES]


def kinds(xml: bytes, context: LintContext = KNOWN) -> dict[str, str]:
    known = variables(read(xml), context, "p").types
    return {name: words(kind) for name, kind in known.items() if name not in ("now", "today", "decisions")}


def test_the_answers_of_a_form_have_the_types_the_server_gives_them() -> None:
    fields = answers_of(FORM).fields or {}
    assert {name: words(kind) for name, kind in fields.items()} == {
        "note": "text",
        "severity": "a number",
        "urgent": "a yes-or-no value",
        "seen_on": "a date",
        "called_at": "a date with a time",
        "opens": "a time of day",
        "met": "text",
        "level": "a number",
        "mixed": "of unknown type",
        "payer": "of unknown type",
        "codes": "a list of text",
        "inside": "text",
        "doctor": "a group of named values",
        "lines": "a list of groups of named values",
    }
    assert choices_of(fields["met"]) == ("yes", "no")


@pytest.mark.parametrize("broken", [{}, {"components": None}, {"components": [1, {"type": "group"}]}])
def test_a_broken_form_has_no_answers(broken: dict[str, Any]) -> None:
    assert answers_of(broken).fields == {}


@pytest.mark.parametrize(
    ("condition", "severity", "message"),
    [
        (
            'review.severity = "3"',
            "error",
            'The condition, character 17: review.severity is a number, but "3" is text. Write 3 without quotes.',
        ),
        (
            'review.urgent = "yes"',
            "error",
            'The condition, character 15: review.urgent is a yes-or-no value, but "yes" is text. Write true or false '
            "without quotes.",
        ),
        (
            "review.lines[amount = note].amount[1] > 3",
            None,
            "",
        ),
        (
            'review.seen_on < "2026-01-01"',
            "error",
            'The condition, character 16: review.seen_on is a date, but "2026-01-01" is text. Write '
            'date("2026-01-01").',
        ),
        (
            "review.severty > 3",
            "warn",
            'The condition, character 7: review has no entry "severty". Did you mean "severity"?',
        ),
        (
            'review.met = "maybe"',
            "warn",
            'The condition, character 14: review.met is never "maybe". It is one of "yes", "no".',
        ),
        (
            'decisions.medical_necessity = "apeal"',
            "warn",
            'The condition, character 31: decisions.medical_necessity is never "apeal". It is one of "appeal", "stop".',
        ),
        (
            'decisions.medical_necesity = "appeal"',
            "warn",
            'The condition, character 10: decisions has no entry "medical_necesity". Did you mean "medical_necessity"?',
        ),
        ("review.note", "error", "The condition gives text. It must give a yes-or-no value."),
        ('review.payer = "3" or review.payer = 3 or review.mixed = 1', None, ""),
        ("today > review.seen_on and now > review.called_at and today() > review.seen_on", None, ""),
        ("case.amount > 3 and case.number = review.severity and unheard", None, ""),
    ],
)
def test_a_condition_on_answers(condition: str, severity: str | None, message: str) -> None:
    expected = [(severity, "g__z", message)] if severity else []
    assert said(deciding(user("review"), condition=condition)) == expected


def test_without_the_form_nothing_is_said() -> None:
    assert said(deciding(user("review"), condition='review.severity = "3"'), LintContext()) == []


def test_the_result_of_a_decision_has_the_types_of_its_table() -> None:
    asks = task("businessRuleTask", "ask", calledDecisionId="route", resultVariable="way")
    assert said(deciding(asks, condition="way.lane = 3")) == [
        (
            "error",
            "g__z",
            'The condition, character 10: way.lane is text, but 3 is a number. Write "3" in double quotes.',
        )
    ]
    assert [one[0] for one in said(deciding(asks, condition='way.days > "3"'))] == ["error"]
    assert said(deciding(asks, condition='way.lane = "fast" and way.days > 3')) == []


def test_a_decision_is_given_what_it_takes() -> None:
    asks = task("businessRuleTask", "ask", calledDecisionId="route", resultVariable="way")
    assert said(line(script("s", 'severity = "high"'), asks)) == [
        (
            "error",
            "ask",
            "The decision route takes severity as a number, but the process has text. Convert it in a script before, "
            "or correct the decision.",
        )
    ]
    assert said(line(script("s", "severity = 3"), asks)) == []
    assert said(line(asks)) == []


def test_a_parameter_is_given_what_its_operator_takes() -> None:
    assert said(line(user("review"), service("call", "review.note"))) == [
        ("error", "call", "The parameter level takes a number, but gets text. Convert it.")
    ]
    assert said(line(user("review"), service("call", "review.severity"))) == []


@pytest.mark.parametrize(
    ("name", "value", "messages"),
    [
        ("dueIn", "2 business days", []),
        ("dueIn", "P3D", []),
        ("dueIn", "now", []),
        ("dueIn", "done.days", ["The due time gives a number. It must give a date"]),
        ("candidateGroup", "done.note", []),
        ("candidateGroup", "done.days + 1", ["The queue gives a number. It must give text."]),
    ],
)
def test_due_times_and_queues_are_expressions_too(name: str, value: str, messages: list[str]) -> None:
    person = task("userTask", "ask", formKey="form", **{name: value})
    found = said(line(service("call", "1"), person))
    assert [one[:2] for one in found] == [("error", "ask")] * len(messages)
    assert all(one[2].startswith(message) for one, message in zip(found, messages, strict=True))


def test_what_an_operator_answers_with_has_the_type_it_declares() -> None:
    calls = service("call", "1")
    assert said(deciding(calls, condition='done.days > "3"')) == [
        (
            "error",
            "g__z",
            'The condition, character 11: done.days is a number, but "3" is text. Write 3 without quotes.',
        )
    ]
    assert said(deciding(calls, condition='done.days > 3 and done.note = "x"')) == []


def test_scripts_are_read_through_each_other() -> None:
    xml = line(
        script("s", 'count = 0\nlabel = "n" + string(count)\npair = {a: count, b: label}\nlist = [pair.a]'),
        script("t", "count = count + 1\nlist = append(list, count)\npair.c = label\nbest = max(list)"),
    )
    assert kinds(xml) == {
        "count": "a number",
        "label": "text",
        "pair": "a group of named values",
        "list": "a list of numbers",
        "best": "a number",
    }
    assert words((variables(read(xml), KNOWN, "p").types["pair"].fields or {})["c"]) == "text"
    assert [one[1] for one in said(line(script("s", "x = 1"), script("t", 'y = x + "a"')))] == ["t"]


@pytest.mark.parametrize("text", ["x = [x]", "x = {a: x}", "x = {a: x, b: x}", "x = [1]\nx.a = [x]"])
def test_a_variable_that_grows_for_ever_is_unknown(text: str) -> None:
    assert kinds(line(script("s", "x = 1"), script("t", text))) == {"x": "of unknown type"}


def test_a_variable_with_two_types_is_unknown() -> None:
    assert kinds(line(script("s", "x = 1"), script("t", 'x = "a"'))) == {"x": "of unknown type"}


def test_what_a_script_reads_before_it_is_written_may_come_from_outside() -> None:
    assert said(line(script("s", 'flag = flag = "yes"'))) == []
    assert said(deciding(script("s", 'flag = "yes"'), condition="flag = true"))[0][0] == "error"
    around = gateway("exclusiveGateway", "h", "h__g")
    body = START + around + script("s", 'flag = "yes"') + gateway("exclusiveGateway", "g", "g__end") + user("z") + END
    ways = flows("start", "h", "s", "g") + flow("h", "g") + flow("g", "z", "flag = true") + flow("g", "end")
    assert [one for one in said(process(body + ways + flow("z", "end"))) if one[1] == "g__z"] == []


def test_several_answers_are_a_list_and_their_source_gives_the_items() -> None:
    loop = (
        '<multiInstanceLoopCharacteristics><loopDataInputRef>all</loopDataInputRef><inputDataItem id="one"/>'
        '<loopDataOutputRef>reviews</loopDataOutputRef><outputDataItem id="answer"/></multiInstanceLoopCharacteristics>'
    )
    many = task("userTask", "review", inner=loop, formKey="form")
    found = kinds(line(script("s", "all = [1, 2]"), many))
    assert found["reviews"] == "a list of groups of named values"
    assert (found["one"], found["answer"]) == ("a number", "a group of named values")
    assert said(deciding(many, condition='some r in reviews satisfies r.severity = "3"'))[0][0] == "error"


INPUT = '<dataInput id="claim" name="claim"/>'
OUTPUT = '<dataOutput id="total" name="total"/>'


def io(inputs: str = "", outputs: str = "") -> str:
    return f'<ioSpecification>{inputs}{outputs}<inputSet id="i"/><outputSet id="o"/></ioSpecification>'


def test_a_called_process_gives_back_what_it_writes() -> None:
    call = task("callActivity", "call", attributes=' calledElement="q"')
    body = START + call + gateway("exclusiveGateway", "g", "g__end") + user("z") + END
    ways = flows("start", "call", "g") + flow("g", "z", 'total = "3"') + flow("g", "end") + flow("z", "end")
    callee = io(outputs=OUTPUT) + '<startEvent id="qs"/>' + script("qt", "total = 3") + '<endEvent id="qe"/>'
    xml = file(
        f'<process id="p" isExecutable="true">{body}{ways}</process>'
        f'<process id="q" isExecutable="true">{callee}{flows("qs", "qt", "qe")}</process>'
    )
    assert [one[:2] for one in said(xml)] == [("error", "g__z")]


def test_a_process_that_declares_its_inputs_knows_all_names() -> None:
    xml = process(io(INPUT) + START + script("s", "x = claim.amount + clam") + END + flows("start", "s", "end"))
    assert said(xml) == [
        ("warn", "s", 'The assignment to x, character 16: Nothing here is called "clam". Did you mean "claim"?')
    ]


def test_a_timer_gives_a_time() -> None:
    timer = "<timerEventDefinition><timeDuration>review.severity</timeDuration></timerEventDefinition>"
    wait = f'<intermediateCatchEvent id="wait">{timer}</intermediateCatchEvent>'
    assert said(line(user("review"), wait))[0][2].startswith("The timer gives a number. It must give text or a date")
    assert said(line(user("review"), wait.replace("severity", "seen_on"))) == []


def test_the_paths_of_a_message_read_its_payload() -> None:
    shape = FeelType("context", fields={})
    context = LintContext(answers={"form": shape}, decision_types={})
    reads = (
        '<message id="m" name="m"/><correlationProperty id="k"><correlationPropertyRetrievalExpression messageRef="m">'
        "<messagePath>review.number</messagePath></correlationPropertyRetrievalExpression></correlationProperty>"
    )
    assert said(process(START + user("review") + END + flows("start", "review", "end"), reads), context) == []


def test_publication_checks_conditions_against_the_forms_beside_them() -> None:
    form = b'{"components": [{"type": "number", "key": "severity", "label": "Severity"}]}'
    files = {"p.bpmn": deciding(user("review"), condition='review.severity = "3"'), "forms/form.json": form}
    found = definitions.examine(files, LintContext())
    assert [(one.rule, one.severity) for one in found if one.rule in RULES] == [("feel-types", "error")]
