"""No model can make reading, deciding or checking endless; each ends with an answer or a refusal that has a name."""

import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from time import thread_time

import pytest

from tests.pace import allowed, ends_within
from tests.workflows.decisions.build import Column, decision, definitions, literal, table
from tests.workflows.decisions.say import NOW
from workflows.decisions import DecisionError, DecisionModelRefused, decide, examine, lint
from workflows.decisions.xml import MAX_CHARACTERS, MAX_ELEMENTS, MAX_EXPRESSIONS
from workflows.feel import FeelBudgetExceeded, Value

SECONDS = {"read": 2.0, "decide": 0.05, "lint": 4.0}
RUNS = 4
NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
CONTEXT: dict[str, Value] = {f"c{number}": Decimal(3) for number in range(2_600)}


def needs(kind: str, element_id: str) -> str:
    return f'<informationRequirement><required{kind} href="#{element_id}"/></informationRequirement>'


def knows(element_id: str) -> str:
    return f'<knowledgeRequirement><requiredKnowledge href="#{element_id}"/></knowledgeRequirement>'


def knowledge(name: str, body: str, requires: str = "") -> str:
    return (
        f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}"/><encapsulatedLogic>'
        f'<formalParameter name="n"/>{literal(body)}</encapsulatedLogic>{requires}</businessKnowledgeModel>'
    )


def chain(length: int) -> str:
    last = decision(literal("1"), f"d{length}")
    links = [
        decision(literal(f"d{n + 1} + 1"), f"d{n}" if n else "d", needs("Decision", f"d{n + 1}")) for n in range(length)
    ]
    return "".join(links) + last


def boxed_for(body: str) -> str:
    source = f"<in>{literal('for i in 1..9999 return i')}</in>"
    return f'<for iteratorVariable="i">{source}<return>{body}</return></for>'


def item(name: str, *parts: str) -> str:
    inside = "".join(
        f'<itemComponent name="p{n}"><typeRef>{one}</typeRef></itemComponent>' for n, one in enumerate(parts)
    )
    return f'<itemDefinition name="{name}">{inside}</itemDefinition>'


MODELS = {
    "many rows": decision(
        table("UNIQUE", [f"c{n}" for n in range(6)], ["o"], [[f"> {n}"] * 6 + ["1"] for n in range(900)])
    ),
    "many columns": decision(table("UNIQUE", [f"c{n}" for n in range(2_500)], ["o"], [["1"] * 2_501])),
    "many outputs": decision(table("UNIQUE", ["c1"], [f"o{n}" for n in range(2_500)], [["1"] * 2_501])),
    "long cells": decision(
        table("UNIQUE", ["c1"], ["o"], [[",".join(str(n * 1_000 + one) for one in range(900)), "1"] for n in range(60)])
    ),
    "diagonal": decision(
        table("UNIQUE", [f"c{n}" for n in range(24)], ["o"],
              [["-"] * n + ["1"] + ["-"] * (23 - n) + ["1"] for n in range(24)])
    ),
    "criss-cross": decision(
        table("FIRST", [f"c{n}" for n in range(40)], ["o"],
              [[f"[{(r + n) % 50}..{(r * 7 + n * 3) % 50 + 50}]" for n in range(40)] + ["1"] for r in range(100)])
    ),
    "all overlap": decision(
        table("ANY", [f"c{n}" for n in range(4)], ["o"], [["-"] * 4 + [str(n)] for n in range(1_200)])
    ),
    "costly cells": decision(
        table("UNIQUE", ["c1"], ["o"], [["some i in 1..9999 satisfies i = ? + 1e9", "1"] for _ in range(100)])
    ),
    "deep boxes": decision("<context><contextEntry>" * 60 + literal("1") + "</contextEntry></context>" * 60),
    "too deep boxes": decision("<list>" * 20_000 + literal("1") + "</list>" * 20_000),
    "boxed loops": decision(boxed_for(boxed_for(literal("i")))),
    "long chain": chain(1_500),
    "circle": decision(literal("d2"), "d", needs("Decision", "d2"))
    + decision(literal("d"), "d2", needs("Decision", "d")),
    "circles": "".join(
        decision(literal("1"), f"d{n}", "".join(needs("Decision", f"d{m}") for m in range(90))) for n in range(90)
    ),
    "self-calling": knowledge("f", "if n = 0 then 1 else f(n - 1) + f(n - 1)", knows("f"))
    + decision(literal("f(30)"), "d", knows("f")),
    "ways to a function": "".join(
        knowledge(f"f{n}", "1", "".join(knows(f"f{m}") for m in range(n + 1, min(n + 3, 40)))) for n in range(40)
    ) + decision(literal("f0(1)"), "d", knows("f0")),
    "type of itself": '<itemDefinition name="t"><typeRef>t</typeRef></itemDefinition>'
    + decision(literal("1"), type_ref="t"),
    "doubling types": "".join(item(f"t{n}", f"t{n + 1}", f"t{n + 1}") for n in range(40)) + item("t40", "number")
    + decision(literal("1"), type_ref="t0"),
    "odd names": "".join(f'<inputData id="i{n}" name="a-{n}"/>' for n in range(4_000))
    + "".join(decision(literal("a-1 + a-2 + a-3"), f"x{n}" if n else "d") for n in range(1_000)),
    "patterns": decision(
        table("UNIQUE", ["c1"], ["o"], [[f'matches("{"a" * 50}", "(a+)+b{n}")', "1"] for n in range(200)])
    ),
    "services": decision(literal("1")) + "".join(
        f'<decisionService id="s{n}" name="s{n}"><outputDecision href="#d"/></decisionService>' for n in range(5_000)
    ),
}  # fmt: skip


def soon(what: str, work: Callable[[], None]) -> None:
    ends_within(SECONDS[what], work, runs=RUNS)


@pytest.mark.parametrize("content", MODELS.values(), ids=MODELS)
def test_a_model_is_read_decided_and_checked_soon(content: str) -> None:
    xml = definitions(content)
    with suppress(DecisionModelRefused):
        examine(xml)
        soon("read", lambda: _end(lambda: examine(xml)))
        model, _ = examine(xml)
        soon("decide", lambda: _end(lambda: decide(model, "d", CONTEXT, now=NOW)))
        tracemalloc.start()
        try:
            _end(lambda: decide(model, "d", CONTEXT, now=NOW))
            assert tracemalloc.get_traced_memory()[1] < 50_000_000
        finally:
            tracemalloc.stop()


@pytest.mark.long
@pytest.mark.parametrize("content", MODELS.values(), ids=MODELS)
def test_a_table_is_checked_soon(content: str) -> None:
    with suppress(DecisionModelRefused):
        model, _ = examine(definitions(content))
        soon("lint", lambda: _end(lambda: lint(model)))


def _end(work: Callable[[], object]) -> None:
    with suppress(DecisionError, FeelBudgetExceeded):
        work()


@pytest.mark.parametrize(
    ("content", "limit"),
    [
        (decision(table("UNIQUE", ["a"], ["o"], [["1", "1"]] * (MAX_EXPRESSIONS // 2))), MAX_EXPRESSIONS),
        ("<inputData id='i' name='i'/>" * (MAX_ELEMENTS + 1), MAX_ELEMENTS),
        (decision(literal("1" * (MAX_CHARACTERS + 1))), MAX_CHARACTERS),
        ("<!-- " + "x" * 2_000_000 + " -->", 2_000_000),
    ],
    ids=["expressions", "elements", "characters", "bytes"],
)
def test_a_file_that_is_too_large_is_refused_before_anything_is_compiled(content: str, limit: int) -> None:
    started = thread_time()
    with pytest.raises(DecisionModelRefused) as caught:
        examine(definitions(content))
    assert [
        (one.rule, f"{limit:,}".replace(",", "") in one.message.replace(",", "")) for one in caught.value.findings
    ] == [("dmn-size", True)]
    assert thread_time() - started < allowed(0.5)


ENTITIES = "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(10))


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">{ENTITIES}]>',
        '<!DOCTYPE l [<!ENTITY k SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE l [<!ENTITY % k SYSTEM "http://localhost/x.dtd"> %k;]>',
        '<!DOCTYPE l SYSTEM "http://localhost/x.dtd">',
    ],
)
def test_entities_are_never_expanded(doctype: str) -> None:
    started = thread_time()
    with pytest.raises(DecisionModelRefused):
        examine(f'{doctype}<definitions xmlns="{NAMESPACE}">&k;</definitions>'.encode())
    assert thread_time() - started < allowed(0.05)


def test_one_request_has_one_budget() -> None:
    """Each of the decisions alone is affordable; together they are not."""
    body = literal("count(for i in 1..6000 return i + 1)")
    single = decision(body, "d0")
    parts = "".join(decision(body, f"d{n}") for n in range(30))
    whole = decision(literal("1"), "d", "".join(needs("Decision", f"d{n}") for n in range(30)))
    model, _ = examine(definitions(single))
    assert decide(model, "d0", {}, now=NOW).value == 6000
    model, _ = examine(definitions(parts + whole))
    with pytest.raises(FeelBudgetExceeded):
        decide(model, "d", {}, now=NOW)


def test_a_large_table_is_comfortable() -> None:
    rows = [[f"> {n}", f"< {n + 900}", "-", "true", '"x"', "-", str(n)] for n in range(50)]
    columns = [Column("a", "number"), Column("b", "number"), "c", "t", "s", "e"]
    model, findings = examine(definitions(decision(table("RULE ORDER", columns, ["o"], rows))))
    assert findings == []
    context: dict[str, Value] = {"a": Decimal(30), "b": Decimal(40), "c": None, "t": True, "s": "x", "e": None}
    for _ in range(200):
        assert len(decide(model, "d", context, now=NOW).value) == 30  # type: ignore[arg-type]


def test_what_cannot_be_negated_is_no_allowed_value() -> None:
    columns = [Column("o", "string", values='"a", -"b"')]
    model, _ = examine(definitions(decision(table("PRIORITY", ["c1"], columns, [["-", '"a"']]))))
    assert lint(model) is not None
    assert model.tables[0].outputs[0].order == ()


def test_a_rule_with_too_few_cells_is_a_finding_and_can_be_checked() -> None:
    xml = definitions(decision(table("UNIQUE", ["c1", "c2"], ["o"], [["1", "1", "1"]])))
    for tag in (b"<inputEntry>", b"</inputEntry>"):
        xml = xml.replace(tag, tag.replace(b"input", b"annotation"), 1)
    model, findings = examine(xml)
    assert [one.rule for one in findings] == ["dmn-rule-shape"]
    assert lint(model) is not None
