"""Canaries: when an upgrade of the library changes one of its traps, what we built around it has to be judged again."""

import json
import re
import subprocess
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from workflows.engine import patches

ROOT = Path(__file__).parents[3]
NUMBERS = re.findall(r'^    "(\d+)": ', (Path(__file__).parent / "stock.py").read_text(encoding="utf-8"), re.MULTILINE)


@cache
def found() -> dict[str, Any]:
    """What the experiments say, in a process that never imports our engine."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.workflows.engine.stock"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=True)
    answers: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answers


@pytest.mark.parametrize("number", NUMBERS)
def test_a_trap_of_the_library_is_still_there(number: str) -> None:
    assert found()[number] is True


def test_the_library_is_the_version_the_patches_were_written_for() -> None:
    assert version("SpiffWorkflow") == patches.VERSION == "3.2.0"
    assert len(NUMBERS) > 20
