"""The syntax tree of FEEL: what the parser builds and the compiler reads.

Every node knows its position in the source (0-based offset; of an infix operator, that of the operator) and where it
ends. Chains of the same precedence are flat, so that `a or b or c ...` is one node however long it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from workflows.feel.values import Value


@dataclass(frozen=True, slots=True)
class Facts:
    """What there is in a tree. size: its nodes. functions: are there function literals? asks: does it speak of `?`"""

    size: int
    functions: bool
    asks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Base of all nodes. stop: offset behind its last character, 0 for tests (a cell is always a whole text). known:
    its facts, once somebody asked."""

    position: int = 0
    stop: int = field(default=0, compare=False)
    known: Facts | None = field(default=None, compare=False, repr=False)


BESIDE = ("position", "stop", "known")
"""Fields of every node that are no part of what it says."""


@dataclass(frozen=True, slots=True)
class Literal(Node):
    value: Value


@dataclass(frozen=True, slots=True)
class AtLiteral(Node):
    """`@"2026-01-01"`."""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    target: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    target: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """first op second op third ..., left to right, all operators of one precedence."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Negation(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Conjunction(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Disjunction(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class UnaryComparison(Node):
    """`< 10`: a test in a cell or after `in`, a range anywhere else."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Tests(Node):
    """Positive or negated unary tests; no items means anything matches (`-`)."""

    items: tuple[Node, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class In(Node):
    value: Node
    tests: Tests


@dataclass(frozen=True, slots=True)
class TypeNode(Node):
    """A type as written: name, type arguments, and field names of a context type."""

    name: str
    arguments: tuple["TypeNode", ...] = ()
    labels: tuple[str, ...] = ()
    result: "TypeNode | None" = None


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    value: Node
    type: TypeNode


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Loop(Node):
    """`name in source` or `name in source..end`."""

    name: str
    source: Node
    end: Node | None = None


@dataclass(frozen=True, slots=True)
class For(Node):
    iterators: tuple[Loop, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    some: bool
    iterators: tuple[Loop, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """names: one per argument, empty for positional calls."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListNode(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextNode(Node):
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class RangeNode(Node):
    low: Node
    high: Node
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class FunctionNode(Node):
    parameters: tuple[str, ...]
    types: tuple[TypeNode | None, ...]
    body: Node


def children(node: Node) -> Iterator[Node]:
    """Every node directly below, type annotations left out."""
    for name in _parts_of(type(node)):
        part = getattr(node, name)
        if isinstance(part, Node | tuple):
            yield from _nodes_in(part)


_PARTS: dict[type, tuple[str, ...]] = {}


def _parts_of(kind: type[Node]) -> tuple[str, ...]:
    """The fields that nodes of this kind can have others in."""
    if kind not in _PARTS:
        _PARTS[kind] = tuple(one.name for one in fields(kind) if one.name not in BESIDE)
    return _PARTS[kind]


def _nodes_in(part: object) -> Iterator[Node]:
    if isinstance(part, TypeNode):
        return
    if isinstance(part, Node):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from _nodes_in(item)


def is_path(node: Node) -> bool:
    """Is it a name, or names joined by dots?"""
    while isinstance(node, Path):
        node = node.target
    return isinstance(node, Name)


def facts(node: Node) -> Facts:
    """Looked for once per node: a tree is asked at every level, and its lower parts would be walked at each."""
    if node.known is None:
        below = [facts(child) for child in children(node)]
        found = Facts(
            size=1 + sum(one.size for one in below),
            functions=isinstance(node, FunctionNode) or any(one.functions for one in below),
            asks=(isinstance(node, Name) and node.name == "?") or any(one.asks for one in below),
        )
        object.__setattr__(node, "known", found)
        return found
    return node.known


def size(node: Node) -> int:
    """How many nodes the tree has: the price in steps of running it once."""
    return facts(node).size
