"""What a walk over a syntax tree carries: the types of the names in scope, and what was found so far."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.feel import nodes as n
from workflows.feel.types import ANY, FeelType, Types

MAX_PROBLEMS = 20
"""Further problems of one expression are dropped."""
MAX_WEIGHT = 1_000
"""Parts of a type, nested ones included, beyond which its parts are forgotten: sharing can make it double each time."""


@dataclass(frozen=True, slots=True)
class TypeProblem:
    """A part of an expression that cannot mean what is written.

    position: 0-based offset into the source.
    message:  says what each side is and what to write instead.
    kind:     "type" (never has a result), "name", "field", "function" (nobody declares it) or "value" (no such choice).
    """

    position: int
    message: str
    kind: str = "type"


class Names:
    """Types by name, the innermost level first.

    is_open: this level may hold names that nobody declared, so nothing further out is certain.
    """

    __slots__ = ("is_open", "names", "parent")

    def __init__(self, names: Mapping[str, FeelType], parent: "Names | None" = None, is_open: bool = False) -> None:
        self.names = names
        self.parent = parent
        self.is_open = is_open

    def find(self, name: str) -> FeelType | None:
        """The type of a name: unknown when an open level may hold it, None when no level does."""
        level: Names | None = self
        while level is not None:
            if name in level.names:
                return level.names[name]
            if level.is_open:
                return ANY
            level = level.parent
        return None

    def holds(self, name: str) -> bool:
        """Does any level declare it?"""
        level: Names | None = self
        while level is not None:
            if name in level.names:
                return True
            level = level.parent
        return False

    def all(self) -> Iterator[str]:
        """Every declared name."""
        level: Names | None = self
        while level is not None:
            yield from level.names
            level = level.parent


Rule = Callable[[Any, Names, "Walk"], FeelType]


class Walk:
    """One inference.

    closed:  whether a name nobody declared is a mistake.
    types:   named types of the model.
    subject: what a cell tests, in the words of its author.

    is_complete turns false once anything of unknown type was met: then silence proves nothing.
    """

    def __init__(self, rules: Mapping[type[n.Node], Rule], closed: bool, types: Types) -> None:
        self.problems: dict[tuple[int, str], TypeProblem] = {}
        self.is_complete = True
        self.closed = closed
        self.types = types
        self.subject = "?"
        self._rules = rules
        self._weights: dict[int, tuple[int, bool, FeelType]] = {}

    def __call__(self, node: n.Node, names: Names) -> FeelType:
        """The type of a part."""
        found = self._rules[type(node)](node, names, self)
        weight, known = self._weigh(found)
        if weight > MAX_WEIGHT:
            found, known = FeelType(found.name), False
        self.is_complete = self.is_complete and known
        return found

    def complain(self, node: n.Node, message: str, kind: str = "type") -> FeelType:
        """Note a problem; a part that has one is of unknown type, so that it is reported once."""
        problem = TypeProblem(node.position, message, kind)
        if not self.is_full:
            self.problems.setdefault((node.position, message), problem)
        self.is_complete = False
        return ANY

    @property
    def is_full(self) -> bool:
        """Are there enough problems? Then advice on another one is not worth its time."""
        return len(self.problems) >= MAX_PROBLEMS

    def doubt(self) -> None:
        """Something here depends on the data."""
        self.is_complete = False

    def _weigh(self, kind: FeelType) -> tuple[int, bool]:
        """How many parts it has, and whether all are known. The type is kept, so that nothing else gets its id."""
        seen = self._weights.get(id(kind))
        if seen is None:
            parts = [self._weigh(part) for part in _parts(kind)]
            known = _says_all(kind) and all(part[1] for part in parts)
            seen = self._weights[id(kind)] = (1 + sum(part[0] for part in parts), known, kind)
        return seen[0], seen[1]


def _parts(kind: FeelType) -> Iterator[FeelType]:
    if kind.item is not None:
        yield kind.item
    if kind.fields is not None:
        yield from kind.fields.values()
    yield from kind.parameters or ()
    if kind.result is not None:
        yield kind.result


def _says_all(kind: FeelType) -> bool:
    if kind.name in ("list", "range"):
        return kind.item is not None
    if kind.name == "context":
        return kind.fields is not None
    return kind.name != "Any" and (kind.name != "function" or kind.parameters is not None)
