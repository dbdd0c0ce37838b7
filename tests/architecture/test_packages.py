"""The import graph: complete, in one direction, without hidden edges."""

import ast
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.tree import MODULES, PACKAGES, ROOT, imports, name, python_files, tree


def test_every_folder_with_python_has_an_init() -> None:
    folders = {file.parent for file in python_files() if file.parent != ROOT}
    folders |= {file.parent for file in (ROOT / "tests").rglob("*.py")}
    assert [name(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_contracts_between_the_layers_hold() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    found = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


def test_nothing_of_ours_is_imported_inside_a_function() -> None:
    hidden = [
        f"{name(file)}:{node.lineno}"
        for file in python_files()
        for function in ast.walk(tree(file))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        if any(one.split(".")[0] in PACKAGES for one in imports(node))
    ]
    assert hidden == []


@pytest.mark.parametrize("module", [*PACKAGES, *(one.removesuffix(".py") for one in MODULES)])
def test_no_installed_distribution_brings_a_module_of_our_name(module: str) -> None:
    others = [one for one in packages_distributions().get(module, []) if one != "countersign"]
    assert others == []
