"""Which files are read, and how the others are refused."""

import pytest

from tests.workflows.decisions.build import Column, decision, definitions, literal, table
from tests.workflows.decisions.say import decided
from workflows.decisions import DecisionModelRefused, examine, read
from workflows.decisions.xml import NAMESPACES


def needs(kind: str, wanted: str) -> str:
    """A requirement element. kind: "Input", "Decision" or "Knowledge"."""
    outer = "knowledgeRequirement" if kind == "Knowledge" else "informationRequirement"
    return f'<{outer}><required{kind} href="#{wanted}"/></{outer}>'


def function(name: str, wanted: str) -> str:
    """A business knowledge model that requires another."""
    logic = f"<encapsulatedLogic>{literal('1')}</encapsulatedLogic>"
    required = needs("Knowledge", wanted)
    return f'<businessKnowledgeModel id="{name}" name="{name}">{required}{logic}</businessKnowledgeModel>'


def refused(xml: bytes) -> set[str]:
    """The rules of the findings."""
    with pytest.raises(DecisionModelRefused) as caught:
        read(xml)
    assert all(one.severity == "error" for one in caught.value.findings)
    return {one.rule for one in caught.value.findings}


@pytest.mark.parametrize("namespace", sorted(NAMESPACES))
def test_dmn_1_2_to_1_5_are_read(namespace: str) -> None:
    assert decided(read(definitions(decision(literal("1 + 1")), namespace))) == 2


@pytest.mark.parametrize(
    ("xml", "rule"),
    [
        (b"", "dmn-unreadable"),
        (b"<definitions", "dmn-unreadable"),
        (b"\xff\xfe\x00", "dmn-unreadable"),
        (b"<definitions/>", "dmn-namespace"),
        (definitions(decision(literal("1")), "http://www.omg.org/spec/DMN/20151101/dmn.xsd"), "dmn-namespace"),
        (b"<!DOCTYPE definitions>" + definitions(decision(literal("1"))), "dmn-doctype"),
        (b'<!DOCTYPE d [<!ENTITY a "b">]>' + definitions(decision(literal("&a;"))), "dmn-doctype"),
        (b" " * 2_000_001, "dmn-size"),
        (definitions("<decision id='d' name='d'>" * 300 + "</decision>" * 300), "dmn-unreadable"),
        (definitions(decision("")), "dmn-logic"),
        (definitions(decision(literal("1 +"))), "feel-syntax"),
        (definitions(decision(literal("x instance of money"))), "feel-syntax"),
        (definitions(decision(literal("1"), type_ref="tMissing")), "dmn-type"),
        (definitions(decision(literal("1")) + decision(literal("2"))), "dmn-id"),
        (definitions('<import namespace="urn:x" name="x" importType="y"/>' + decision(literal("1"))), "dmn-import"),
        (
            definitions(decision('<literalExpression expressionLanguage="python"><text>1</text></literalExpression>')),
            "dmn-expression-language",
        ),
        (
            definitions(decision('<functionDefinition kind="Java">' + literal("1") + "</functionDefinition>")),
            "dmn-unsupported",
        ),
        (definitions(decision(literal("1"), requires=needs("Input", "no"))), "dmn-reference"),
        (definitions(decision(literal("1"), requires=needs("Decision", "d"))), "dmn-cycle"),
        (definitions(function("a", "b") + function("b", "a")), "dmn-cycle"),
        (definitions(decision(table("MAGIC", ["x"], ["y"], []))), "dmn-hit-policy"),
        (definitions(decision(table("PRIORITY", ["x"], ["y"], []))), "dmn-output-values"),
        (definitions(decision(table("COLLECT SUM", ["x"], ["y", "z"], []))), "dmn-aggregation"),
        (definitions(decision(table("FIRST", ["x"], ["a.b", "c"], []))), "dmn-output-name"),
        (definitions(decision(table("FIRST", ["x"], ["", "c"], []))), "dmn-output-name"),
        (definitions(decision(table("FIRST", ["x"], ["y"], [["1", "2", "3"]]))), "dmn-rule-shape"),
        (definitions(decision(table("FIRST", ["x"], ["y"], [["> ", "2"]]))), "feel-syntax"),
        (definitions(decision(table("FIRST", [""], ["y"], []))), "dmn-input"),
        (definitions(decision(table("FIRST", ["x"], [], []))), "dmn-output"),
        (
            definitions(
                '<itemDefinition name="a"><typeRef>b</typeRef></itemDefinition>'
                '<itemDefinition name="b"><typeRef>a</typeRef></itemDefinition>' + decision(literal("1"))
            ),
            "dmn-type",
        ),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)  # fmt: skip
def test_a_file_that_cannot_be_run_is_refused_by_name(xml: bytes, rule: str) -> None:
    assert rule in refused(xml)


def test_all_errors_are_reported_at_once_and_point_at_their_element() -> None:
    xml = definitions(decision(literal("1 +"), "a") + decision(table("FIRST", ["x"], ["y"], [["(", ")"]]), "b"))
    _, findings = examine(xml)
    assert [one.element_id for one in findings] == ["a", "b", "b"]


def test_entities_are_never_expanded() -> None:
    xml = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + definitions(decision(literal("&x;")))
    assert refused(xml) == {"dmn-doctype"}


def test_a_model_is_read_once_per_content() -> None:
    xml = definitions(decision(table("FIRST", [Column("x")], ["y"], [["-", "1"]])))
    assert read(xml) is read(bytes(xml))


def test_nesting_of_boxes_is_bounded() -> None:
    opened, closed = "<context><contextEntry>" * 60, "</contextEntry></context>" * 60
    assert "dmn-unsupported" in refused(definitions(decision(opened + literal("1") + closed)))
