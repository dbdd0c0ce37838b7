"""Boxed expressions, functions and services: what they give, and what they give for the wrong data."""

import pytest

from tests.workflows.decisions.build import decision, definitions, literal
from tests.workflows.decisions.say import decided
from workflows.decisions import examine, read
from workflows.feel import Value, from_python


def value(*parts: str, **context: object) -> Value:
    """The value of the decision "d" in a model of these parts."""
    return decided(read(definitions("".join(parts))), **context)


def needs(kind: str, *wanted: str) -> str:
    """Requirements of one kind: "Input", "Decision" or "Knowledge"."""
    outer = "knowledgeRequirement" if kind == "Knowledge" else "informationRequirement"
    return "".join(f'<{outer}><required{kind} href="#{one}"/></{outer}>' for one in wanted)


def data(name: str, type_ref: str) -> str:
    return f'<inputData id="{name}" name="{name}"><variable name="{name}" typeRef="{type_ref}"/></inputData>'


def formal(name: str, type_ref: str) -> str:
    return f'<formalParameter name="{name}" typeRef="{type_ref}"/>'


def function(logic: str, variable: str = "", inner: str = "", requires: str = "") -> str:
    """A business knowledge model "f" of one number n. variable, inner: typeRefs."""
    typed = f' typeRef="{variable}"' if variable else ""
    declared = f' typeRef="{inner}"' if inner else ""
    return (
        f'<businessKnowledgeModel id="f" name="f"><variable name="f"{typed}/>{requires}'
        f"<encapsulatedLogic{declared}>{formal('n', 'number')}{logic}</encapsulatedLogic></businessKnowledgeModel>"
    )


TEXT_FUNCTION = (
    '<itemDefinition name="tText"><functionItem outputTypeRef="string"><parameters name="n" typeRef="number"/>'
    "</functionItem></itemDefinition>"
)
TEXTS = '<itemDefinition name="tTexts" isCollection="true"><typeRef>string</typeRef></itemDefinition>'


def iterated(kind: str, source: str, body: str) -> str:
    """A boxed for, some, every or filter."""
    inside = {"for": "return", "filter": "match"}.get(kind, "satisfies")
    variable = "" if kind == "filter" else ' iteratorVariable="i"'
    return f"<{kind}{variable}><in>{literal(source)}</in><{inside}>{literal(body)}</{inside}></{kind}>"


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (iterated("for", "[1, 2]", "i * 2"), [2, 4]),
        (iterated("for", "[1, 2, 3]", "i * count(partial)"), [0, 2, 6]),
        (iterated("for", "[1, 2]", "partial"), [[], [[]]]),
        (iterated("for", "[]", "i"), []),
        (iterated("for", '"text"', "i"), None),
        (iterated("some", "[1, 2]", "i = 2"), True),
        (iterated("some", "[]", "true"), False),
        (iterated("every", "[1, 2]", "i > 0"), True),
        (iterated("every", "[]", "false"), True),
        (iterated("every", "[1, 2]", 'if i = 1 then true else "x"'), None),
        (iterated("filter", "[1, 2, 3]", "item > 1"), [2, 3]),
        (iterated("filter", "[{a: 1}, {a: 2}]", "a = 2"), [{"a": 2}]),
        (iterated("filter", "[1, null]", "item > 0"), [1]),
        (iterated("filter", "[1, 2]", '"x"'), None),
        (iterated("filter", "null", "true"), None),
    ],
)
def test_loops_and_filters_take_lists_and_say_true_or_false_of_each_item(box: str, expected: object) -> None:
    assert value(decision(box)) == from_python(expected)


@pytest.mark.parametrize(("condition", "expected"), [("true", 1), ("false", 2), ("null", 2), ('"text"', None)])
def test_a_conditional_needs_a_condition_that_is_true_false_or_null(condition: str, expected: int | None) -> None:
    answers = f"<then>{literal('1')}</then><else>{literal('2')}</else>"
    box = f"<conditional><if>{literal(condition)}</if>{answers}</conditional>"
    assert value(decision(box)) == from_python(expected)


def test_a_business_knowledge_model_may_call_itself() -> None:
    knowledge = function(literal("if n < 2 then 1 else n * f(n - 1)"), requires=needs("Knowledge", "f"))
    assert value(knowledge, decision(literal("f(5)"), requires=needs("Knowledge", "f"))) == 120


@pytest.mark.parametrize(("variable", "inner"), [("string", ""), ("", "string"), ("tText", ""), ("", "tText")])
def test_what_a_function_gives_is_of_its_declared_type(variable: str, inner: str) -> None:
    asked = decision(literal("f(1)"), requires=needs("Knowledge", "f"))
    assert value(TEXT_FUNCTION, function(literal("string(n)"), variable, inner), asked) == "1"
    assert value(TEXT_FUNCTION, function(literal("n"), variable, inner), asked) is None
    assert value(TEXT_FUNCTION, function(literal("[string(n)]"), variable, inner), asked) == "1"


@pytest.mark.parametrize("type_ref", ["", "string", "tText"])
def test_a_decision_can_be_a_function(type_ref: str) -> None:
    declared = f' typeRef="{type_ref}"' if type_ref else ""
    box = f"<functionDefinition{declared}>{formal('n', 'number')}{literal('string(n)')}</functionDefinition>"
    made = decision(box, "g", type_ref="tText")
    assert value(TEXT_FUNCTION, made, decision(literal("g(2)"), requires=needs("Decision", "g"))) == "2"


@pytest.mark.parametrize(
    ("type_ref", "text", "expected"),
    [
        ("string", '["a"]', '"a"'),
        ("tTexts", '"a"', '["a"]'),
        ("date and time", '@"2026-01-01"', '@"2026-01-01T00:00:00Z"'),
        ("string", "1", "null"),
        ("string", '["a", "b"]', "null"),
        ("tTexts", "[1]", "null"),
        ("string", "null", "null"),
    ],
)
def test_a_value_is_converted_to_the_declared_type_or_is_null(type_ref: str, text: str, expected: str) -> None:
    assert value(TEXTS, decision(literal(text), type_ref=type_ref)) == value(decision(literal(expected)))


SERVICE = (
    data("x", "number")
    + decision(literal("1"), "given")
    + decision(literal("given * 10"), "inner", needs("Decision", "given"))
    + decision(literal("inner + x"), "outer", needs("Decision", "inner") + needs("Input", "x"))
    + '<decisionService id="s" name="s"><outputDecision href="#outer"/><encapsulatedDecision href="#inner"/>'
    '<inputDecision href="#given"/><inputData href="#x"/></decisionService>'
)


@pytest.mark.parametrize(
    ("call", "expected"),
    [("s(1, 2)", 21), ("s(given: 2, x: 1)", 21), ("s([1], 2)", 21), ("s(1)", None), ('s("a", 2)', None)],
)
def test_a_service_takes_its_input_data_and_then_its_input_decisions(call: str, expected: int | None) -> None:
    assert value(SERVICE, decision(literal(call), requires=needs("Knowledge", "s"))) == from_python(expected)


def entry(name: str, text: str) -> str:
    variable = f'<variable name="{name}"/>' if name else ""
    return f"<contextEntry>{variable}{literal(text)}</contextEntry>"


def test_entries_of_a_context_see_those_above_and_the_last_may_be_the_result() -> None:
    entries = entry("a b", "1") + entry("twice", "function(n) n * 2") + entry("", "twice(a b) + 1")
    assert value(decision(f"<context>{entries}</context>")) == 3


def test_a_relation_is_a_list_of_contexts() -> None:
    row = f"<row>{literal('1')}{literal('2')}</row>"
    box = f'<relation><column name="a"/><column name="b"/>{row}</relation>'
    assert value(decision(box)) == from_python([{"a": 1, "b": 2}])


def test_type_constraints_are_about_the_whole_list_and_allowed_values_about_its_items() -> None:
    pair = (
        '<itemDefinition name="tPair" isCollection="true"><typeRef>number</typeRef>'
        "<allowedValues><text>[0..9]</text></allowedValues>"
        "<typeConstraint><text>count(?) = 2</text></typeConstraint></itemDefinition>"
    )
    for text, fits in [("[1, 2]", True), ("[1]", False), ("[1, 10]", False)]:
        assert (value(pair, decision(literal(text), type_ref="tPair")) is not None) is fits


def test_a_function_of_another_language_is_named_as_not_supported() -> None:
    external = 'function(a) external {java: {class: "java.lang.Math", method signature: "cos(double)"}}'
    model, findings = examine(definitions(decision(literal(external))))
    assert [one.rule for one in findings] == ["dmn-unsupported"]
    assert model.unsupported == {"d": "An external function"}
