"""Which piece of the source is a part of the tree? For showing it and for underlining it."""

from workflows.feel import nodes as n
from workflows.feel.lexer import tokenize

_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_INFIX = (
    n.Arithmetic, n.Between, n.Call, n.Comparison, n.Conjunction, n.Disjunction, n.Filter, n.In, n.InstanceOf, n.Path,
)  # fmt: skip


class Spans:
    """The pieces of one source. text: the source."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._brackets = [one for one in tokenize(text) if one.kind == "symbol" and one.text in _OPENING | _CLOSING]

    def of(self, node: n.Node) -> tuple[int, int]:
        """Start and end (behind the last character). An infix part starts where its first operand does."""
        start = _start(node)
        return self._balanced(start, max(node.stop, start)), max(node.stop, start)

    def _balanced(self, start: int, end: int) -> int:
        """The tree forgets parentheses: a start behind one that is closed within moves back to it."""
        missing = 0
        depth = 0
        for bracket in self._brackets:
            if start <= bracket.start < end:
                depth += 1 if bracket.text in _OPENING else -1
                missing = max(missing, -depth)
        for bracket in reversed(self._brackets):
            if missing and bracket.start < start and bracket.text in _OPENING:
                start, missing = bracket.start, missing - 1
        return start


def _start(node: n.Node) -> int:
    """An infix part starts where its first operand does."""
    while isinstance(node, _INFIX):
        node = next(n.children(node))
    return node.position
