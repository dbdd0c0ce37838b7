"""Models in several files: what a file imports is seen under the name of the import, and never otherwise."""

import pytest

from tests.workflows.decisions.build import NAMESPACE, decision, literal
from tests.workflows.decisions.say import NOW, decided
from workflows.decisions import DecisionModelRefused, decide, examine, read


def file(name: str, content: str) -> bytes:
    """A model with the namespace urn:<name>."""
    attributes = f'xmlns="{NAMESPACE}" id="{name}" name="{name}" namespace="urn:{name}"'
    return f"<definitions {attributes}>{content}</definitions>".encode()


def imports(name: str, prefix: str, kind: str = NAMESPACE) -> str:
    return f'<import id="i" name="{prefix}" namespace="urn:{name}" importType="{kind}"/>'


def needs(kind: str, href: str) -> str:
    """A requirement. kind: "Input", "Decision" or "Knowledge"."""
    outer = "knowledgeRequirement" if kind == "Knowledge" else "informationRequirement"
    return f'<{outer}><required{kind} href="{href}"/></{outer}>'


BASE = file(
    "base",
    '<itemDefinition name="tSmall"><typeRef>number</typeRef><allowedValues><text>&lt; 10</text></allowedValues>'
    '</itemDefinition><inputData id="in" name="age in years">'
    '<variable name="age in years" typeRef="number"/></inputData>'
    + decision(literal("age in years + 1"), "next", needs("Input", "#in"))
    + '<businessKnowledgeModel id="f" name="twice"><encapsulatedLogic><formalParameter name="x"/>'
    + literal("x * 2")
    + "</encapsulatedLogic></businessKnowledgeModel>"
    '<decisionService id="s" name="ask"><outputDecision href="#next"/><inputData href="#in"/></decisionService>',
)


def importing(text: str, *requires: str, prefix: str = "my-base", type_ref: str = "") -> bytes:
    return file("top", imports("base", prefix) + decision(literal(text), "d", "".join(requires), type_ref))


def test_an_imported_decision_is_seen_under_the_name_of_the_import() -> None:
    xml = importing("my-base.next * 10", needs("Decision", "urn:base#next"))
    assert decided(read(xml, (BASE,)), **{"age in years": 4}) == 50


def test_imported_input_data_is_given_plainly_or_under_the_name_of_the_import() -> None:
    model = read(importing("my-base.age in years", needs("Input", "urn:base#in")), (BASE,))
    assert decided(model, **{"age in years": 4}) == 4
    assert decided(model, **{"age in years": 4, "my-base": {"age in years": 5}}) == 5


def test_imported_functions_and_services_are_called_under_the_name_of_the_import() -> None:
    xml = importing("my-base.twice(4)", needs("Knowledge", "urn:base#f"))
    assert decided(read(xml, (BASE,))) == 8
    xml = importing("my-base.ask(4)", needs("Knowledge", "urn:base#s"))
    assert decided(read(xml, (BASE,))) == 5


def test_imported_types_are_named_with_the_import() -> None:
    assert decided(read(importing("9", type_ref="my-base.tSmall"), (BASE,))) == 9
    assert decided(read(importing("10", type_ref="my-base.tSmall"), (BASE,))) is None
    assert decided(read(importing("9 instance of my-base.tSmall"), (BASE,))) is True


def test_an_import_without_a_name_brings_the_names_in_as_they_are() -> None:
    requires = needs("Decision", "urn:base#next") + needs("Knowledge", "urn:base#f")
    model = read(importing("twice(next)", requires, prefix="", type_ref="tSmall"), (BASE,))
    assert decided(model, **{"age in years": 3}) == 8


def test_files_that_are_imported_import_others_and_share_them() -> None:
    middle = [
        file(one, imports("base", "b") + decision(literal("b.next"), "m", needs("Decision", "urn:base#next")))
        for one in ("left", "right")
    ]
    requires = needs("Decision", "urn:left#m") + needs("Decision", "urn:right#m")
    top = file("top", imports("left", "l") + imports("right", "r") + decision(literal("l.m + r.m"), "d", requires))
    model = read(top, (BASE, *middle))
    assert decided(model, **{"age in years": 1}) == 4
    assert [one for one in model.decisions if one.endswith("next")] == ["urn:base#next"]


def test_an_element_of_the_file_itself_may_be_named_with_its_namespace() -> None:
    asking = decision(literal("one + 1"), "d", needs("Decision", "urn:top#one"))
    assert decided(read(file("top", decision(literal("1"), "one") + asking))) == 2


def test_what_is_not_required_is_not_seen() -> None:
    assert decided(read(importing("my-base.next"), (BASE,)), **{"age in years": 4}) is None


@pytest.mark.parametrize(
    ("xml", "others", "told"),
    [
        (importing("1"), (), '"my-base" (urn:base) is not there'),
        (importing("1"), (b"<broken",), "is not there"),
        (importing("1"), (BASE, BASE), "Two of the given files"),
        (file("top", imports("base", "x", "urn:schema") + decision(literal("1"))), (BASE,), "is no DMN model"),
        (file("top", imports("top", "x") + decision(literal("1"))), (), "circle"),
        (importing("1"), (file("base", imports("top", "x") + decision(literal("1"))),), "circle"),
        (importing("1"), (file("base", decision(literal("1 +"))),), 'In the imported file "base"'),
        (importing("1", needs("Decision", "urn:base#none")), (BASE,), '"urn:base#none" is required'),
        (importing("1"), (BASE,) * 51, "More than 50 files"),
    ],
)
def test_an_import_that_cannot_be_followed_is_refused_by_name(xml: bytes, others: tuple[bytes, ...], told: str) -> None:
    with pytest.raises(DecisionModelRefused) as caught:
        read(xml, others)
    assert any(told in one.message for one in caught.value.findings)


def test_files_are_read_once_per_content_and_the_digest_is_of_all_of_them() -> None:
    xml = importing("1")
    assert read(xml, (BASE,)) is read(bytes(xml), (bytes(BASE),))
    other = file("base", decision(literal("2"), "next"))
    assert read(xml, (BASE,)).digest != read(xml, (other,)).digest


def test_an_imported_decision_can_be_decided_by_its_full_id() -> None:
    model, _ = examine(importing("1"), (BASE,))
    assert decide(model, "urn:base#next", {}, now=NOW).decision_id == "urn:base#next"
