"""Work on what a stranger made, in a process of its own: with little time and memory, and none of our settings.

A file from outside may be made to keep its reader busy for ever; then that process ends, and nothing else.
"""

import json
import resource
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

MEMORY = 2 * 1024**3
"""Bytes of address space, much of which the interpreter and its libraries only reserve."""

_ROOT = Path(__file__).resolve().parents[1]


class TooMuch(Exception):
    """The process took too long or too much memory, or fell."""


def answer_of(module: str, data: bytes, *, seconds: int = 20) -> Any:
    """What `answer(data)` of a module gives, as JSON. seconds: of computing. Raises TooMuch."""
    command = [sys.executable, "-P", "-m", "store.apart", module, str(seconds)]
    try:
        ran = subprocess.run(
            command, input=data, capture_output=True, timeout=3 * seconds + 5, env={"PYTHONPATH": str(_ROOT)}
        )
        return json.loads(ran.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        raise TooMuch() from None


def _main(module: str, seconds: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.stdout.write(json.dumps(import_module(module).answer(sys.stdin.buffer.read())))


if __name__ == "__main__":
    _main(*sys.argv[1:])
