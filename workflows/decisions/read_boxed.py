"""Boxed expressions as closures: the forms decision logic can have besides a table (DMN 1.5 sections 7.3 and 10.2)."""

from collections.abc import Callable

from workflows.decisions.model import Table
from workflows.decisions.read_table import read_table
from workflows.decisions.tables import TableCode
from workflows.decisions.workspace import Workspace
from workflows.decisions.xml import Element, attribute, child, children, local_name, text_of
from workflows.feel import Function, Value
from workflows.feel.budget import Scope, check_list
from workflows.feel.code import Code
from workflows.feel.compile_calls import Signature, closure, invoke
from workflows.feel.errors import Trouble
from workflows.feel.types import ANY, FeelType, convert

LOGIC = (
    "literalExpression", "decisionTable", "context", "list", "relation", "invocation", "functionDefinition",
    "conditional", "for", "every", "some", "filter",
)  # fmt: skip
MAX_BOXES = 30


def read_logic(parent: Element, workspace: Workspace, depth: int = 0) -> Code:
    """The logic directly below an element. Anything we do not run becomes a finding and null."""
    element = child(parent, *LOGIC)
    if element is None:
        workspace.complain("dmn-logic", "The decision has no logic. Add a table or an expression.", parent)
        return lambda scope: None
    return read_box(element, workspace, depth)


def read_box(element: Element, workspace: Workspace, depth: int = 0) -> Code:
    """One boxed expression."""
    if depth > MAX_BOXES:
        return workspace.unsupported(f"Nesting deeper than {MAX_BOXES} boxes", element)
    code = _READERS[local_name(element)](element, workspace, depth + 1)
    if local_name(element) == "functionDefinition":
        return code
    return _typed(code, workspace.type(attribute(element, "typeRef"), element))


def _typed(code: Code, wanted: FeelType | None) -> Code:
    """Enforce a typeRef: a value that does not fit is null, with a problem."""
    if wanted is None or (wanted.name == "Any" and wanted.allowed is None):
        return code

    def read(scope: Scope) -> Value:
        try:
            return convert(scope.run, code(scope), wanted)
        except Trouble as trouble:
            return scope.run.problem(trouble.kind, trouble.message)

    return read


def _literal(element: Element, workspace: Workspace, depth: int) -> Code:
    return workspace.expression(text_of(element), element).run_in


def _table(element: Element, workspace: Workspace, depth: int) -> Code:
    return table_code(read_table(element, workspace))


def table_code(table: Table) -> Code:
    """The closure of a table."""
    return TableCode(table)


def _context(element: Element, workspace: Workspace, depth: int) -> Code:
    """Entries see the ones above; a last entry without a name is the value of the whole."""
    entries = [_entry(one, workspace, depth) for one in children(element, "contextEntry")]

    def read(scope: Scope) -> Value:
        names: dict[str, Value] = {}
        inner = Scope(scope.run, names, scope)
        for name, code in entries:
            value = code(inner)
            if not name:
                return value
            names[name] = value
        return names

    return read


def _entry(element: Element, workspace: Workspace, depth: int) -> tuple[str, Code]:
    variable = child(element, "variable")
    code = read_logic(element, workspace, depth)
    if variable is None:
        return "", code
    wanted = workspace.type(attribute(variable, "typeRef"), variable)
    return " ".join(attribute(variable, "name").split()), _typed(code, wanted)


def _list(element: Element, workspace: Workspace, depth: int) -> Code:
    items = [read_box(one, workspace, depth) for one in children(element, *LOGIC)]
    return lambda scope: [item(scope) for item in items]


def _relation(element: Element, workspace: Workspace, depth: int) -> Code:
    columns = [attribute(one, "name") for one in children(element, "column")]
    rows = [[read_box(one, workspace, depth) for one in children(row, *LOGIC)] for row in children(element, "row")]
    if any(len(row) != len(columns) for row in rows):
        workspace.complain("dmn-relation", "A row does not have one cell per column.", element)
    return lambda scope: [{name: cell(scope) for name, cell in zip(columns, row, strict=False)} for row in rows]


def _invocation(element: Element, workspace: Workspace, depth: int) -> Code:
    target = read_logic(element, workspace, depth)
    bindings = [_binding(one, workspace, depth) for one in children(element, "binding")]
    names = tuple(name for name, _ in bindings)

    def read(scope: Scope) -> Value:
        function = target(scope)
        if not isinstance(function, Function):
            return scope.run.problem("function", "What is invoked is not a function.")
        values = [code(scope) for _, code in bindings]
        try:
            return invoke(scope.run, function, values, names)
        except Trouble as trouble:
            return scope.run.problem(trouble.kind, trouble.message)

    return read


def _binding(element: Element, workspace: Workspace, depth: int) -> tuple[str, Code]:
    parameter = child(element, "parameter")
    name = "" if parameter is None else " ".join(attribute(parameter, "name").split())
    return name, read_logic(element, workspace, depth)


def read_function(element: Element, workspace: Workspace, depth: int = 0, variable: FeelType | None = None) -> Code:
    """A functionDefinition or encapsulatedLogic: gives a FEEL function when run. Its typeRef, or that of the variable
    it is known by, is the type of the function or, as many modelers write it, of what the function gives."""
    if attribute(element, "kind") not in ("", "FEEL"):
        return workspace.unsupported("A function in another language", element)
    parameters = list(children(element, "formalParameter"))
    names = tuple(" ".join(attribute(one, "name").split()) for one in parameters)
    types = tuple(workspace.type(attribute(one, "typeRef"), one) or ANY for one in parameters)
    declared = workspace.type(attribute(element, "typeRef"), element) or variable
    return _function(names, types, read_logic(element, workspace, depth), declared)


def _function(names: tuple[str, ...], types: tuple[FeelType, ...], body: Code, declared: FeelType | None) -> Code:
    result = declared.result if declared is not None and declared.name == "function" else declared
    typed = _typed(body, result)
    signature = Signature(names, types, result)
    return lambda scope: closure(signature, typed, scope)


def _conditional(element: Element, workspace: Workspace, depth: int) -> Code:
    condition, then, otherwise = (_part(element, name, workspace, depth) for name in ("if", "then", "else"))

    def read(scope: Scope) -> Value:
        decided = condition(scope)
        if decided is not None and not isinstance(decided, bool):
            return scope.run.problem("type", "A condition is true, false or null.")
        return then(scope) if decided is True else otherwise(scope)

    return read


def _part(element: Element, name: str, workspace: Workspace, depth: int) -> Code:
    part = child(element, name)
    if part is None:
        return workspace.unsupported(f'A {local_name(element)} without "{name}"', element)
    return read_logic(part, workspace, depth)


def _for(element: Element, workspace: Workspace, depth: int) -> Code:
    variable = attribute(element, "iteratorVariable")
    source, body = _part(element, "in", workspace, depth), _part(element, "return", workspace, depth)
    reads_partial = any("partial" in (one.text or "") for one in element.iter("{*}text"))

    def read(scope: Scope) -> Value:
        items = source(scope)
        if not isinstance(items, list):
            return scope.run.problem("type", "Only a list can be iterated.")
        results: list[Value] = []
        for item in items:
            scope.run.charge(1 + (len(results) if reads_partial else 0))
            check_list(len(results) + 1)
            names: dict[str, Value] = {"partial": list(results)} if reads_partial else {}
            results.append(body(Scope(scope.run, {**names, variable: item}, scope)))
        return results

    return read


def _quantified(element: Element, workspace: Workspace, depth: int) -> Code:
    variable, deciding = attribute(element, "iteratorVariable"), local_name(element) == "some"
    source, condition = _part(element, "in", workspace, depth), _part(element, "satisfies", workspace, depth)

    def read(scope: Scope) -> Value:
        items = source(scope)
        if not isinstance(items, list):
            return scope.run.problem("type", "Only a list can be iterated.")
        unknown = False
        for item in items:
            scope.run.charge(1)
            value = condition(Scope(scope.run, {variable: item}, scope))
            if value is deciding:
                return deciding
            unknown = unknown or not isinstance(value, bool)
        return None if unknown else not deciding

    return read


def _filter(element: Element, workspace: Workspace, depth: int) -> Code:
    source, condition = _part(element, "in", workspace, depth), _part(element, "match", workspace, depth)

    def read(scope: Scope) -> Value:
        items = source(scope)
        if not isinstance(items, list):
            return scope.run.problem("type", "Only a list can be filtered.")
        chosen: list[Value] = []
        for item in items:
            scope.run.charge(1)
            answer = condition(_item_scope(scope, item))
            if answer is not None and not isinstance(answer, bool):
                return scope.run.problem("type", "A filter says true, false or null of each item.")
            if answer:
                chosen.append(item)
        return chosen

    return read


def _item_scope(scope: Scope, item: Value) -> Scope:
    """The item is `item`, and the entries of a context are names of their own."""
    around = Scope(scope.run, {"item": item}, scope)
    return Scope(scope.run, item, around) if isinstance(item, dict) else around


_READERS: dict[str, Callable[[Element, Workspace, int], Code]] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "invocation": _invocation,
    "functionDefinition": read_function,
    "conditional": _conditional,
    "for": _for,
    "every": _quantified,
    "some": _quantified,
    "filter": _filter,
}
