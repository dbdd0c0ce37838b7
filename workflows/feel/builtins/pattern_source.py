"""A cursor over the text of a pattern."""

import re
from typing import NoReturn

from workflows.feel.errors import Trouble

_SPACE = " \t\n\r"  # what XPath calls white space


def refuse(message: str) -> NoReturn:
    """Raises the Trouble of a pattern we do not run."""
    raise Trouble("regex", message)


class Source:
    """Where the reading is. With flag x, white space outside brackets is not part of the pattern.

    groups: capturing groups opened so far. closed: the numbers of those that are complete.
    """

    def __init__(self, pattern: str, flags: str) -> None:
        self.text = _without_space(pattern) if "x" in flags else pattern
        self.flags = flags
        self.index = 0
        self.groups = 0
        self.closed: set[int] = set()

    @property
    def at_end(self) -> bool:
        return self.index >= len(self.text)

    @property
    def peek(self) -> str:
        """The next character, "" at the end."""
        return self.text[self.index : self.index + 1]

    def next(self) -> str:
        """The next character, stepped over. Raises Trouble at the end."""
        if self.at_end:
            refuse("The pattern ends too early.")
        self.index += 1
        return self.text[self.index - 1]

    def take(self, expected: str) -> bool:
        """Step over the characters if they are there."""
        if self.text.startswith(expected, self.index):
            self.index += len(expected)
            return True
        return False

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Step over what matches here."""
        found = pattern.match(self.text, self.index)
        if found:
            self.index = found.end()
        return found


def _without_space(pattern: str) -> str:
    kept: list[str] = []
    depth = 0
    escaped = False
    for character in pattern:
        if not (character in _SPACE and not depth):
            kept.append(character)
        if not escaped:
            depth += (character == "[") - (character == "]" and depth > 0)
        escaped = character == "\\" and not escaped
    return "".join(kept)
