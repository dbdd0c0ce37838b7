"""Which answers can cells that read other names, or the clock, give together?

`< limit` and `>= limit` are never both true: whatever the limit is, a value is below it, equal to it, above it, or
cannot be compared with it. Any other question may answer either way.
"""

from collections.abc import Mapping
from itertools import product

from workflows.decisions.lint.shapes import shape
from workflows.feel import UnaryTests
from workflows.feel import nodes as n
from workflows.feel.types import FeelType

_HOLDS = {
    "<": frozenset({"below"}),
    "<=": frozenset({"below", "equal"}),
    ">": frozenset({"above"}),
    ">=": frozenset({"above", "equal"}),
    "=": frozenset({"equal"}),
    "!=": frozenset({"below", "above"}),
}
_ORDERED = frozenset({"<", "<=", ">", ">="})


def answers_together(cells: Mapping[str, UnaryTests], kind: FeelType | None, *, missing: bool) -> list[dict[str, bool]]:
    """Every combination of answers, by the text of the cells. missing: the value they are asked about is null."""
    groups: dict[object, dict[str, UnaryTests]] = {}
    for text, cell in cells.items():
        compared = _compared(cell)
        groups.setdefault(text if compared is None else shape(compared.operand), {})[text] = cell
    choices = [_choices(group, kind, missing) for group in groups.values()]
    found = [{text: answer for part in parts for text, answer in part.items()} for parts in product(*choices)]
    return [one for at, one in enumerate(found) if one not in found[:at]]


def _compared(cell: UnaryTests) -> n.UnaryComparison | None:
    items = cell.tree.items
    return items[0] if len(items) == 1 and isinstance(items[0], n.UnaryComparison) else None


def _choices(group: Mapping[str, UnaryTests], kind: FeelType | None, missing: bool) -> list[dict[str, bool]]:
    compared = {text: _compared(cell) for text, cell in group.items()}
    if any(one is None for one in compared.values()):
        return [dict.fromkeys(group, answer) for answer in (True, False)]
    relations = ["below", "equal", "above", "neither"]
    if not missing and kind is not None and kind.name == "date" and not any(cell.names for cell in group.values()):
        relations.remove("neither")  # a date has its place beside any day of the clock
    found = []
    for relation in relations:
        said = {}
        for text, one in compared.items():
            assert one is not None
            said[text] = _holds(one.operator, relation, group[text].tree.negated, missing)
        found.append(said)
    return found


def _holds(operator: str, relation: str, negated: bool, missing: bool) -> bool:
    """What cannot be compared is neither true nor its negation; null is only equal to null, or not."""
    if operator in _ORDERED:
        told = not missing and relation != "neither"
        return told and (relation in _HOLDS[operator]) is not negated
    return (relation in _HOLDS[operator] or (missing and operator == "!=" and relation != "equal")) is not negated
