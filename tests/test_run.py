"""The launcher: it needs nothing that is not there yet."""

import ast
import subprocess
import sys

from tests.architecture.tree import ROOT, imports

RUN = ROOT / "run"


def test_uses_the_standard_library_only() -> None:
    tree = ast.parse(RUN.read_text())
    modules = {one.split(".")[0] for node in ast.walk(tree) for one in imports(node)}
    assert modules - sys.stdlib_module_names == set()


def test_an_old_python_can_read_its_own_refusal() -> None:
    ast.parse(RUN.read_text(), feature_version=(3, 8))


def test_help_answers_without_setting_anything_up() -> None:
    found = subprocess.run([sys.executable, RUN, "--help"], capture_output=True, text=True, env={"PATH": ""})
    assert found.returncode == 0 and "./run test" in found.stdout and found.stderr == ""


def test_can_be_executed_as_it_lies_there() -> None:
    assert RUN.stat().st_mode & 0o111 and (ROOT / ".ci" / "run").stat().st_mode & 0o111
