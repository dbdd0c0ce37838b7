"""What an author writes is read, never run as Python: nothing in FEEL and decisions could."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, dotted, imports, name, python_files, tree

ROOMS = ("workflows/feel/", "workflows/decisions/")
RUNS_TEXT = frozenset({"eval", "exec", "compile", "__import__", "breakpoint", "input", "open"})
REACHES_ATTRIBUTES = frozenset({"getattr", "setattr", "delattr", "hasattr", "vars", "dir", "globals", "locals"})
MODULES = (
    "pickle", "marshal", "shelve", "importlib", "runpy", "code", "codeop", "ctypes", "inspect", "types",
    "subprocess", "os", "sys", "socket", "string", "builtins", "pkgutil", "gc", "threading", "multiprocessing", "yaml",
)  # fmt: skip
GETTERS = frozenset({"attrgetter", "methodcaller"})
ENGINES = ("PythonScriptEngine", "PythonScriptEngineEnvironment", "TaskDataEnvironment", "RestrictedPython")

# Each one with the reason why it is no way out.
ALLOWED = {
    ("workflows/feel/nodes.py", "getattr"): "the name is a field of a syntax node, listed by dataclasses",
    ("workflows/decisions/lint/shapes.py", "getattr"): "the name is a field of a syntax node, listed by dataclasses",
    ("workflows/feel/nodes.py", ".__setattr__"): "a frozen syntax node keeps its facts, a fixed name",
    ("workflows/feel/tokens.py", ".__setattr__"): "a frozen syntax node notes where it ends, a fixed name",
}


def _rooms() -> list[Path]:
    return [file for file in python_files() if name(file).startswith(ROOMS)]


def _found(file: Path) -> Iterator[str]:
    """What could run text or reach an attribute by name."""
    for node in ast.walk(tree(file)):
        for brought in imports(node):
            if brought.split(".")[0] in MODULES or brought.split(".")[-1] in GETTERS:
                yield f"import {brought}"
        if isinstance(node, ast.Name) and node.id in RUNS_TEXT | REACHES_ATTRIBUTES | GETTERS:
            yield node.id
        if isinstance(node, ast.Attribute) and _is_a_way_out(node):
            yield f".{node.attr}"


def _is_a_way_out(node: ast.Attribute) -> bool:
    """`str.format` reads attributes named in its text; `re.compile` only compiles a pattern."""
    if node.attr in ("format", "format_map", "__globals__", "__dict__", "__class__", "__subclasses__", "__code__"):
        return True
    if node.attr in ("eval", "exec", "compile", "__import__", "__getattribute__", "__setattr__", *GETTERS):
        return dotted(node) != "re.compile"
    return False


def test_the_rooms_are_looked_at() -> None:
    assert len(_rooms()) > 40


def test_feel_and_decisions_have_no_means_to_run_text_or_to_reach_an_attribute() -> None:
    found = {(name(file), what) for file in _rooms() for what in _found(file)}
    assert sorted(found - ALLOWED.keys()) == []


@pytest.mark.parametrize(
    "text",
    [
        "eval(x)", "exec(x)", "compile(x, '', 'eval')", "__import__(x)", "import importlib", "from os import path",
        "getattr(value, name)", "vars(value)", "text.format(value)", "'{}'.format", "value.__class__", "globals()",
        "run = eval", "import pickle as data", "builtins.eval(x)", "value.__getattribute__(name)",
        "from operator import attrgetter", "operator.methodcaller(name)",
    ],
)  # fmt: skip
def test_each_way_would_be_seen(text: str, tmp_path: Path) -> None:
    file = tmp_path / "one.py"
    file.write_text(text, encoding="utf-8")
    assert list(_found(file)) != []


def test_the_engine_never_uses_the_script_engines_it_could_borrow() -> None:
    """Only the base class is taken, and everything in it that evaluates is overridden."""
    borrowed = {
        (name(file), one.rpartition(".")[2])
        for file in python_files()
        for node in ast.walk(tree(file))
        for one in imports(node)
        if one.rpartition(".")[2] in ENGINES
    }
    assert borrowed == {
        ("workflows/engine/environment.py", "PythonScriptEngine"),
        ("workflows/engine/patches.py", "TaskDataEnvironment"),  # only to make it refuse
    }
    methods = {
        node.name
        for node in ast.walk(tree(ROOT / "workflows/engine/environment.py"))
        if isinstance(node, ast.FunctionDef)
    }
    assert {"evaluate", "execute"} <= methods
