"""What compiled FEEL is: a function from the names in scope to a value."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from workflows.feel.budget import Scope
from workflows.feel.nodes import Node, facts
from workflows.feel.types import Types
from workflows.feel.values import Value

Code: TypeAlias = Callable[[Scope], Value]
TestCode: TypeAlias = Callable[[Scope, Value], bool | None]


class Build(Protocol):
    """Compiles a node below the current one. types: named types in scope. tracing: no part may be skipped."""

    types: Types
    tracing: bool

    def __call__(self, node: Node) -> Code: ...


def keeps_scope(node: Node) -> bool:
    """May a function written in it outlive its evaluation and look at the names again?

    Where none can, a loop puts its items into one scope in turn instead of making a scope for each.
    """
    return facts(node).functions
