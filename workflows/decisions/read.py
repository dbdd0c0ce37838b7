"""A DMN file to a DecisionModel. What cannot be run correctly is refused with a named finding, never skipped."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TypeVar

from workflows.decisions.errors import DecisionModelRefused
from workflows.decisions.findings import Finding
from workflows.decisions.model import Decision, DecisionModel, InputData, Knowledge, Requirements, Service
from workflows.decisions.read_boxed import LOGIC, read_function, read_logic, table_code
from workflows.decisions.read_table import read_table
from workflows.decisions.read_types import read_types
from workflows.decisions.workspace import Workspace, declared_names
from workflows.decisions.xml import Element, attribute, child, children, local_name, parse, reference

Readable = TypeVar("Readable", Decision, InputData, Knowledge, Service)
_NAMED = (
    "variable", "inputData", "decision", "businessKnowledgeModel", "decisionService", "formalParameter", "parameter",
    "itemComponent", "column", "output",
)  # fmt: skip


@lru_cache(maxsize=64)
def read(xml: bytes) -> DecisionModel:
    """The model, compiled and cached by content. Raises DecisionModelRefused with every error found."""
    model, findings = examine(xml)
    if findings:
        raise DecisionModelRefused(findings)
    return model


def examine(xml: bytes) -> tuple[DecisionModel, list[Finding]]:
    """The model with what is wrong in it; broken logic gives null. For drafts: running it needs `read`.

    Raises DecisionModelRefused when the file cannot be read at all.
    """
    root = parse(xml)
    workspace = Workspace(_names(root))
    read_types(root, workspace)
    model = DecisionModel(
        id=attribute(root, "id"),
        name=attribute(root, "name"),
        namespace=attribute(root, "namespace"),
        digest=hashlib.sha256(xml).hexdigest(),
        decisions=_by_id(root, "decision", _decision, workspace),
        inputs=_by_id(root, "inputData", _input, workspace),
        knowledge=_by_id(root, "businessKnowledgeModel", _knowledge, workspace),
        services=_by_id(root, "decisionService", _service, workspace),
        tables=tuple(workspace.tables),
    )
    _check_whole(root, model, workspace)
    return model, workspace.findings


def _by_id(
    root: Element, name: str, reader: Callable[[Element, Workspace], Readable], workspace: Workspace
) -> dict[str, Readable]:
    """All elements of one name. An id used twice is an error: audit and incidents speak of elements by id."""
    found: dict[str, Readable] = {}
    for element in children(root, name):
        one = reader(element, workspace)
        if one.id in found:
            workspace.complain("dmn-id", f'The id "{one.id}" is used twice.', element)
        found[one.id] = one
    return found


def _names(root: Element) -> frozenset[str]:
    elements = (one for one in root.iter() if isinstance(one.tag, str) and local_name(one) in _NAMED)
    return declared_names(attribute(one, "name") for one in elements)


def _plain(name: str) -> str:
    return " ".join(name.split())


def _variable(element: Element) -> Element:
    found = child(element, "variable")
    return element if found is None else found


def _input(element: Element, workspace: Workspace) -> InputData:
    variable = _variable(element)
    name = _plain(attribute(variable, "name") or attribute(element, "name"))
    return InputData(attribute(element, "id"), name, workspace.type(attribute(variable, "typeRef"), element))


def _decision(element: Element, workspace: Workspace) -> Decision:
    workspace.owner = attribute(element, "id") or attribute(element, "name")
    variable = _variable(element)
    logic = child(element, *LOGIC)
    table = read_table(logic, workspace) if logic is not None and local_name(logic) == "decisionTable" else None
    name = _plain(attribute(element, "name"))
    return Decision(
        id=workspace.owner,
        name=name,
        variable=_plain(attribute(variable, "name")) or name,
        type=workspace.type(attribute(variable, "typeRef"), element),
        requires=_requirements(element),
        code=table_code(table) if table is not None else read_logic(element, workspace),
        table=table,
    )


def _knowledge(element: Element, workspace: Workspace) -> Knowledge:
    workspace.owner = attribute(element, "id")
    name = _plain(attribute(_variable(element), "name") or attribute(element, "name"))
    logic = child(element, "encapsulatedLogic")
    code = read_function(logic, workspace) if logic is not None else workspace.unsupported("An empty function", element)
    return Knowledge(workspace.owner, name, _requirements(element), code)


def _service(element: Element, workspace: Workspace) -> Service:
    variable = _variable(element)
    return Service(
        id=attribute(element, "id"),
        name=_plain(attribute(element, "name")),
        outputs=_references(element, "outputDecision"),
        inputs=_references(element, "inputData"),
        input_decisions=_references(element, "inputDecision"),
        type=workspace.type(attribute(variable, "typeRef"), element),
    )


def _references(element: Element, name: str) -> tuple[str, ...]:
    return tuple(reference(one) for one in children(element, name))


def _requirements(element: Element) -> Requirements:
    information = list(children(element, "informationRequirement"))
    return Requirements(
        inputs=tuple(reference(one) for each in information for one in children(each, "requiredInput")),
        decisions=tuple(reference(one) for each in information for one in children(each, "requiredDecision")),
        knowledge=tuple(
            reference(one)
            for each in children(element, "knowledgeRequirement")
            for one in children(each, "requiredKnowledge")
        ),
    )


def _check_whole(root: Element, model: DecisionModel, workspace: Workspace) -> None:
    """References that lead nowhere, circles and imports."""
    workspace.owner = ""
    for one in children(root, "import"):
        workspace.complain("dmn-import", "Imports are not supported. Put everything into one file.", one)
    owners = [(one.id, one.requires) for one in model.decisions.values()]
    owners += [(one.id, one.requires) for one in model.knowledge.values()]
    for owner, requires in owners:
        _check_references(owner, requires, model, workspace)
    for circle in _circles(model):
        workspace.owner = circle
        workspace.complain("dmn-cycle", f'"{circle}" requires itself. Break the circle.')


def _check_references(owner: str, requires: Requirements, model: DecisionModel, workspace: Workspace) -> None:
    workspace.owner = owner
    known: tuple[tuple[Iterable[str], set[str]], ...] = (
        (requires.inputs, set(model.inputs)),
        (requires.decisions, set(model.decisions)),
        (requires.knowledge, {*model.knowledge, *model.services}),
    )
    for wanted, present in known:
        for missing in set(wanted) - present:
            workspace.complain("dmn-reference", f'"{missing}" is required but is not in the file.')


def _circles(model: DecisionModel) -> list[str]:
    """Ids of what needs its own result; a business knowledge model may name itself."""
    edges = {one.id: one.requires.decisions for one in model.decisions.values()}
    edges |= {
        one.id: tuple(name for name in one.requires.knowledge if name != one.id) for one in model.knowledge.values()
    }
    return [start for start in edges if start in _reachable(start, edges)]


def _reachable(start: str, edges: Mapping[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    waiting = list(edges[start])
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(edges.get(one, ()))
    return found
