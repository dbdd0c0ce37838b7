"""Watch the tail: what hurts is never the median but the largest."""

import ast
from collections.abc import Callable, Iterator

import pytest

from tests.architecture.tree import ROOT, name, python_files, tree

Sizes = Iterator[tuple[int, str]]


# A migration is a record of what was done, written by a program and never read again.
FILES = [file for file in python_files() if "versions" not in file.parts]


def _modules() -> Sizes:
    for file in FILES:
        yield len(file.read_text(encoding="utf-8").splitlines()), name(file)


def _blocks(*kinds: type[ast.stmt]) -> Sizes:
    for file in FILES:
        for node in ast.walk(tree(file)):
            if isinstance(node, kinds):
                yield (node.end_lineno or 0) - node.lineno + 1, f"{name(file)}:{node.lineno}"


def _functions() -> Sizes:
    return _blocks(ast.FunctionDef, ast.AsyncFunctionDef)


def _classes() -> Sizes:
    return _blocks(ast.ClassDef)


def _parameters() -> Sizes:
    for file in FILES:
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                names = [one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
                yield len([one for one in names if one not in ("self", "cls")]), f"{name(file)}:{node.lineno}"


def _texts(folder: str, ending: str) -> Callable[[], Sizes]:
    def sizes() -> Sizes:
        for file in (ROOT / folder).rglob(f"*{ending}"):
            if not {"node_modules", "dist"} & set(file.parts):
                yield len(file.read_text(encoding="utf-8").splitlines()), name(file)

    return sizes


@pytest.mark.parametrize(
    ("what", "sizes", "most"),
    [
        ("module lines", _modules, 400),
        ("function lines", _functions, 50),
        ("class lines", _classes, 150),
        ("parameters", _parameters, 5),
        ("template lines", _texts("webapp/templates", ".html"), 120),
        ("script lines", _texts("webapp", ".js"), 150),
        ("style sheet lines", _texts("webapp", ".css"), 150),
    ],
)
def test_stays_readable(what: str, sizes: Callable[[], Sizes], most: int) -> None:
    largest = sorted(sizes(), reverse=True)
    print(f"largest {what}: " + ", ".join(f"{place} {size}" for size, place in largest[:5]))
    assert [f"{place} has {size} {what}" for size, place in largest if size > most] == []
