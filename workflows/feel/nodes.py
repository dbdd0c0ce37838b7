"""The syntax tree of FEEL: what the parser builds and the compiler reads.

Every node knows its position in the source (0-based offset). Chains of the same precedence are flat, so that
`a or b or c ...` is one node however long it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from workflows.feel.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Base of all nodes."""

    position: int = 0


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
    for field in fields(node):
        yield from _nodes_in(getattr(node, field.name))


def _nodes_in(part: object) -> Iterator[Node]:
    if isinstance(part, TypeNode):
        return
    if isinstance(part, Node):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from _nodes_in(item)


def size(node: Node) -> int:
    """How many nodes the tree has: the price in steps of running it once."""
    return 1 + sum(size(child) for child in children(node))
