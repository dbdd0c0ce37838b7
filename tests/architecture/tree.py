"""Our own source files, read once."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("webapp", "tasks", "mso", "workflows", "store", "bench")
APART = ("node_modules", "program")
"""Folders of programs for other environments: node packages, and peers of the benchmark that know nothing of ours."""
MODULES = ("config.py", "wsgi.py", "run")


@cache
def python_files() -> tuple[Path, ...]:
    """Every Python file of the product."""
    found = [
        file for package in PACKAGES for file in (ROOT / package).rglob("*.py") if not set(APART) & set(file.parts)
    ]
    return tuple(sorted([*found, *(ROOT / name for name in MODULES if (ROOT / name).exists())]))


@cache
def tree(file: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def name(file: Path) -> str:
    """The path as messages show it, e.g. "store/db.py"."""
    return file.relative_to(ROOT).as_posix()


def dotted(node: ast.AST) -> str:
    """ "datetime.now" for the expression `datetime.now`; empty for what is no chain of names."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def imports(node: ast.AST) -> list[str]:
    """What an import statement brings: "os.environ" for `from os import environ`, "os" for `import os`."""
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{one.name}" for one in node.names]
    return []
