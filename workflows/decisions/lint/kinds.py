"""What type does a column read? The seam for everybody who knows more about types than the table says."""

from workflows.decisions.model import DecisionModel, InputClause, Table
from workflows.feel import nodes as n
from workflows.feel.types import FeelType


def types_of(table: Table, model: DecisionModel) -> list[FeelType | None]:
    """One per input column: its declared type, else that of what it reads. None when neither says."""
    return [_type_of(clause, model) for clause in table.inputs]


def _type_of(clause: InputClause, model: DecisionModel) -> FeelType | None:
    return clause.type if clause.type is not None else _read(clause.expression.tree, model)


def _read(node: n.Node, model: DecisionModel) -> FeelType | None:
    """Of a name, or of a field below one."""
    if isinstance(node, n.Name):
        return _named(node.name, model)
    if isinstance(node, n.Path):
        target = _read(node.target, model)
        return (target.fields or {}).get(node.name) if target is not None and target.name == "context" else None
    return None


def _named(name: str, model: DecisionModel) -> FeelType | None:
    for data in model.inputs.values():
        if data.name == name:
            return data.type
    return next((one.type for one in model.decisions.values() if one.variable == name), None)
