"""Which functions only order by a field? `function(a, b) a.due < b.due` does, and most that are given to sort().

Such a list is sorted by looking at each item once instead of running the function for every pair.
"""

from workflows.feel import nodes as n
from workflows.feel.values import SortsBy


def sorts_by(node: n.FunctionNode) -> SortsBy | None:
    """The field, when the function compares the same one of its two parameters; None for any other function."""
    body = node.body
    if len(node.parameters) != 2 or any(node.types) or not isinstance(body, n.Comparison):
        return None
    left, right = _path(body.left), _path(body.right)
    if body.operator not in ("<", ">") or left is None or right is None or left[1:] != right[1:]:
        return None
    if {left[0], right[0]} != set(node.parameters) or left[0] == right[0]:
        return None
    first_is_left = left[0] == node.parameters[0]
    return SortsBy(left[1:], descending=(body.operator == "<") is not first_is_left)


def _path(node: n.Node) -> tuple[str, ...] | None:
    """The parameter and the fields below it."""
    fields: list[str] = []
    while isinstance(node, n.Path):
        fields.append(node.name)
        node = node.target
    return (node.name, *reversed(fields)) if isinstance(node, n.Name) else None
