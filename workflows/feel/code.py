"""What compiled FEEL is: a function from the names in scope to a value."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from workflows.feel.budget import Scope
from workflows.feel.nodes import Node
from workflows.feel.types import Types
from workflows.feel.values import Value

Code: TypeAlias = Callable[[Scope], Value]
TestCode: TypeAlias = Callable[[Scope, Value], bool | None]


class Build(Protocol):
    """Compiles a node below the current one. types: named types in scope."""

    types: Types

    def __call__(self, node: Node) -> Code: ...
