"""Item definitions: the named types of a model, with their allowed values."""

from collections.abc import Callable
from dataclasses import dataclass

from workflows.decisions.workspace import Workspace
from workflows.decisions.xml import Element, attribute, child, children, text_of
from workflows.feel import UnaryTests, Value
from workflows.feel.budget import Run, Scope
from workflows.feel.types import ANY, FeelType


@dataclass(frozen=True, slots=True)
class Restriction:
    """Allowed values on top of those of the type it restricts. Called by the type check."""

    tests: UnaryTests
    inner: Callable[[Run, Value], bool | None] | None

    def __call__(self, run: Run, value: Value) -> bool | None:
        if self.inner is not None and self.inner(run, value) is not True:
            return False
        return self.tests.matches_in(Scope(run, {}), value)


def read_types(root: Element, workspace: Workspace) -> None:
    """Put every named type into the workspace, those it is built from first."""
    waiting = {attribute(one, "name"): one for one in children(root, "itemDefinition")}
    order: dict[str, Element] = {}
    for name in waiting:
        _arrange(name, waiting, order, (), workspace)
    for name, element in order.items():
        workspace.types[name] = _definition(element, workspace)


def _arrange(
    name: str, waiting: dict[str, Element], order: dict[str, Element], path: tuple[str, ...], workspace: Workspace
) -> None:
    if name in order or name not in waiting:
        return
    if name in path or len(path) > 50:
        workspace.complain("dmn-type", f'The type "{name}" is built from itself.', waiting[name])
        workspace.types[name] = ANY
        return
    for reference in waiting[name].iter("{*}typeRef"):
        _arrange((reference.text or "").strip(), waiting, order, (*path, name), workspace)
    order[name] = waiting[name]


def _definition(element: Element, workspace: Workspace) -> FeelType:
    """An itemDefinition or itemComponent."""
    base = _base(element, workspace)
    allowed = _allowed(child(element, "allowedValues"), workspace)
    if allowed is not None:
        base = _restricted(base, allowed)
    if attribute(element, "isCollection") == "true":
        base = FeelType("list", item=base)
    constraint = _allowed(child(element, "typeConstraint"), workspace)
    return base if constraint is None else _restricted(base, constraint)


def _base(element: Element, workspace: Workspace) -> FeelType:
    components = list(children(element, "itemComponent"))
    if components:
        return FeelType("context", fields={attribute(one, "name"): _definition(one, workspace) for one in components})
    function = child(element, "functionItem")
    if function is not None:
        parameters = [_type(attribute(one, "typeRef"), workspace, one) for one in children(function, "parameters")]
        result = _type(attribute(function, "outputTypeRef"), workspace, function)
        return FeelType("function", parameters=tuple(parameters), result=result)
    reference = child(element, "typeRef")
    return _type("" if reference is None else str(reference.text or ""), workspace, element)


def _type(text: str, workspace: Workspace, element: Element) -> FeelType:
    return workspace.type(text, element) or ANY


def _allowed(element: Element | None, workspace: Workspace) -> UnaryTests | None:
    return None if element is None else workspace.tests(text_of(element), element)


def _restricted(base: FeelType, tests: UnaryTests) -> FeelType:
    return FeelType(base.name, base.item, base.fields, base.parameters, base.result, Restriction(tests, base.allowed))
