"""A DMN file to a DecisionModel. What cannot be run correctly is refused with a named finding, never skipped."""

import hashlib
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from workflows.decisions.errors import DecisionModelRefused
from workflows.decisions.findings import Finding
from workflows.decisions.model import Decision, DecisionModel, InputData, Knowledge, Requirements, Service
from workflows.decisions.modules import Module, arrange
from workflows.decisions.read_boxed import LOGIC, read_function, read_logic, table_code
from workflows.decisions.read_table import read_table
from workflows.decisions.read_types import read_types
from workflows.decisions.workspace import Workspace, declared_names
from workflows.decisions.xml import Element, attribute, child, children, local_name, parse

Readable = TypeVar("Readable", Decision, InputData, Knowledge, Service)
_NAMED = (
    "variable", "inputData", "decision", "businessKnowledgeModel", "decisionService", "formalParameter", "parameter",
    "itemComponent", "column", "output",
)  # fmt: skip
MAX_CIRCLES = 10  # told at once


@lru_cache(maxsize=64)
def read(xml: bytes, others: tuple[bytes, ...] = ()) -> DecisionModel:
    """The model, compiled and cached by content. others: files it may import from.

    Raises DecisionModelRefused with every error found.
    """
    model, findings = examine(xml, others)
    if findings:
        raise DecisionModelRefused(findings)
    return model


def examine(xml: bytes, others: Sequence[bytes] = ()) -> tuple[DecisionModel, list[Finding]]:
    """The model with what is wrong in it; broken logic gives null. For drafts: running it needs `read`.

    Raises DecisionModelRefused when the file cannot be read at all.
    """
    modules, findings = arrange(parse(xml), others)
    workspaces: list[Workspace] = []
    parts: list[DecisionModel] = []
    for module in modules:
        workspace = _workspace(module, workspaces)
        parts.append(_part(module, workspace))
        workspaces.append(workspace)
    model = _joined(parts, _digest(xml, modules, others))
    _check_whole(model, workspaces[-1])
    for workspace in workspaces[:-1]:
        findings += [_from_import(workspace.module, one) for one in workspace.findings]
    return model, findings + workspaces[-1].findings


def _workspace(module: Module, earlier: Sequence[Workspace]) -> Workspace:
    """The names and types of a file and of all it imports."""
    known = {one.module.namespace: one for one in earlier}
    workspace = Workspace(module, _names(module.root))
    for name, imported in module.imports:
        inner = known[imported.namespace]
        workspace.names |= inner.names | ({name} if name else frozenset())
        prefix = f"{name}." if name else ""
        workspace.types |= {prefix + one: kind for one, kind in inner.types.items()}
    return workspace


def _part(module: Module, workspace: Workspace) -> DecisionModel:
    """What one file contributes."""
    root = module.root
    read_types(root, workspace)
    return DecisionModel(
        id=attribute(root, "id"),
        name=attribute(root, "name"),
        namespace=module.namespace,
        digest="",
        decisions=_by_id(root, "decision", _decision, workspace),
        inputs=_by_id(root, "inputData", _input, workspace),
        knowledge=_by_id(root, "businessKnowledgeModel", _knowledge, workspace),
        services=_by_id(root, "decisionService", _service, workspace),
        tables=tuple(workspace.tables),
        unsupported=workspace.not_run,
    )


def _joined(parts: Sequence[DecisionModel], digest: str) -> DecisionModel:
    """One model of all files: the own elements first, so that a name finds them before imported ones."""
    ordered = [parts[-1], *parts[:-1]]
    return replace(
        parts[-1],
        digest=digest,
        decisions={one: item for part in ordered for one, item in part.decisions.items()},
        inputs={one: item for part in ordered for one, item in part.inputs.items()},
        knowledge={one: item for part in ordered for one, item in part.knowledge.items()},
        services={one: item for part in ordered for one, item in part.services.items()},
        tables=tuple(table for part in ordered for table in part.tables),
        unsupported={one: what for part in ordered for one, what in part.unsupported.items()},
    )


def _digest(xml: bytes, modules: Sequence[Module], others: Sequence[bytes]) -> str:
    """Of the file alone while it imports nothing, so that it is the digest of what was saved."""
    if len(modules) == 1:
        return hashlib.sha256(xml).hexdigest()
    total = hashlib.sha256()
    for one in (xml, *sorted(others)):
        total.update(hashlib.sha256(one).digest())
    return total.hexdigest()


def _from_import(module: Module, finding: Finding) -> Finding:
    name = attribute(module.root, "name")
    return Finding(finding.rule, finding.severity, None, f'In the imported file "{name}": {finding.message}')


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
    kind = workspace.type(attribute(variable, "typeRef"), element)
    return InputData(workspace.id_of(element, name), name, kind)


def _decision(element: Element, workspace: Workspace) -> Decision:
    workspace.owner = workspace.id_of(element, attribute(element, "name"))
    variable = _variable(element)
    logic = child(element, *LOGIC)
    table = read_table(logic, workspace) if logic is not None and local_name(logic) == "decisionTable" else None
    name = _plain(attribute(element, "name"))
    return Decision(
        id=workspace.owner,
        name=name,
        variable=_plain(attribute(variable, "name")) or name,
        type=workspace.type(attribute(variable, "typeRef"), element),
        requires=_requirements(element, workspace.module),
        code=table_code(table) if table is not None else read_logic(element, workspace),
        table=table,
    )


def _knowledge(element: Element, workspace: Workspace) -> Knowledge:
    workspace.owner = workspace.id_of(element, attribute(element, "name"))
    variable, logic = _variable(element), child(element, "encapsulatedLogic")
    name = _plain(attribute(variable, "name") or attribute(element, "name"))
    if logic is None:
        code = workspace.unsupported("An empty function", element)
    else:
        code = read_function(logic, workspace, variable=workspace.type(attribute(variable, "typeRef"), element))
    return Knowledge(workspace.owner, name, _requirements(element, workspace.module), code)


def _service(element: Element, workspace: Workspace) -> Service:
    variable = _variable(element)
    name = _plain(attribute(element, "name"))
    workspace.owner = workspace.id_of(element, name)
    module = workspace.module
    return Service(
        id=workspace.owner,
        name=_plain(attribute(variable, "name")) or name,
        outputs=_references(children(element, "outputDecision"), module),
        inputs=_references(children(element, "inputData"), module),
        input_decisions=_references(children(element, "inputDecision"), module),
        type=workspace.type(attribute(variable, "typeRef"), element),
    )


def _references(elements: Iterable[Element], module: Module) -> tuple[str, ...]:
    return tuple(module.qualified(attribute(one, "href")) for one in elements)


def _requirements(element: Element, module: Module) -> Requirements:
    information = list(children(element, "informationRequirement"))
    knowledge = list(children(element, "knowledgeRequirement"))
    found = Requirements(
        inputs=_references((one for each in information for one in children(each, "requiredInput")), module),
        decisions=_references((one for each in information for one in children(each, "requiredDecision")), module),
        knowledge=_references((one for each in knowledge for one in children(each, "requiredKnowledge")), module),
    )
    foreign = {one: module.path_to(one) for one in (*found.inputs, *found.decisions, *found.knowledge)}
    return replace(found, paths={one: path for one, path in foreign.items() if path})


def _check_whole(model: DecisionModel, workspace: Workspace) -> None:
    """References that lead nowhere, and circles."""
    owners = [(one.id, one.requires) for one in model.decisions.values()]
    owners += [(one.id, one.requires) for one in model.knowledge.values()]
    for owner, requires in owners:
        _check_references(owner, requires, model, workspace)
    for circle in _circles(model):
        workspace.owner = circle
        workspace.complain("dmn-cycle", f'"{circle}" requires itself. Break the circle.')


def _check_references(owner: str, requires: Requirements, model: DecisionModel, workspace: Workspace) -> None:
    workspace.owner = owner
    known: tuple[tuple[Iterable[str], Sequence[Container[str]]], ...] = (
        (requires.inputs, (model.inputs,)),
        (requires.decisions, (model.decisions,)),
        (requires.knowledge, (model.knowledge, model.services)),
    )
    for wanted, places in known:
        for missing in dict.fromkeys(wanted):
            if not any(missing in place for place in places):
                workspace.complain("dmn-reference", f'"{missing}" is required but is not in the file.')


def _circles(model: DecisionModel) -> list[str]:
    """Ids of what needs its own result; a business knowledge model may name itself."""
    edges = {one.id: one.requires.decisions for one in model.decisions.values()}
    edges |= {
        one.id: tuple(name for name in one.requires.knowledge if name != one.id) for one in model.knowledge.values()
    }
    found: list[str] = []
    for _ in range(MAX_CIRCLES):
        try:
            TopologicalSorter(edges).prepare()
        except CycleError as error:
            circle = set(error.args[1])
            found += [one for one in edges if one in circle]
            edges = {one: needed for one, needed in edges.items() if one not in circle}
        else:
            break
    return found
