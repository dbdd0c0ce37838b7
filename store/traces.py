"""Where did an error come from? Names of places, never the message of an error, which may quote a file or a row."""

import traceback
from pathlib import Path
from types import TracebackType

INNERMOST = 6
"""How many of the innermost places of an error are named."""


def places(trace: TracebackType | None) -> list[str]:
    """The innermost places that an error passed: file, line and function, never a value."""
    frames = traceback.extract_tb(trace)
    return [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames][-INNERMOST:]
