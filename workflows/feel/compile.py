"""Syntax tree to closures, once per text. Running a closure touches no text and no syntax any more."""

from typing import Any

from workflows.feel import compile_access, compile_calls, compile_logic
from workflows.feel import nodes as n
from workflows.feel.code import Code, TestCode
from workflows.feel.types import Types

_COMPILERS: dict[type[n.Node], Any] = {
    **compile_access.COMPILERS,
    **compile_logic.COMPILERS,
    **compile_calls.COMPILERS,
}


class Builder:
    """Compiles nodes with the named types of one model. tracing: every part is to be seen, so no shortcuts."""

    tracing = False

    def __init__(self, types: Types) -> None:
        self.types = types

    def __call__(self, node: n.Node) -> Code:
        code: Code = _COMPILERS[type(node)](node, self)
        return code


def compile_expression(node: n.Node, types: Types) -> Code:
    """The closure of an expression. Raises FeelSyntaxError for a type nobody declared."""
    return Builder(types)(node)


def compile_tests(node: n.Tests, types: Types) -> TestCode:
    """The closure of a cell. Raises FeelSyntaxError for a type nobody declared."""
    return compile_logic.tests_code(node, Builder(types))
