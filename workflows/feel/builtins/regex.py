"""XPath-style patterns that cannot run away (XQuery and XPath Functions 3.1, section 5.6).

Read into a tree, then matched by Python when the tree proves that this costs little for the text at hand, else by our
own machine, which counts. Look-around and possessive quantifiers are no XPath and are refused.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from workflows.feel.budget import MAX_PATTERN, Run
from workflows.feel.builtins.pattern_machine import Machine, Program, assemble
from workflows.feel.builtins.pattern_python import Translation, Unbounded, starts_at_the_beginning
from workflows.feel.builtins.pattern_tree import Tree, read_tree
from workflows.feel.errors import FeelBudgetExceeded, Trouble

MAX_TESTS = 250_000  # in Python's matcher, at worst 10 ms
TESTS_PER_STEP = 40
STEPS_TO_READ = 20  # per character of a pattern that this evaluation has not used before
_FLAGS = {"s": re.DOTALL, "i": re.IGNORECASE}


class Match(Protocol):
    """One match: where it is, and the text of its groups."""

    def start(self) -> int: ...
    def end(self) -> int: ...
    def __getitem__(self, group: int, /) -> str | None: ...


class Pattern(Protocol):
    """What a compiled pattern can do. groups: how many it has."""

    @property
    def groups(self) -> int: ...
    def search(self, text: str, /) -> Match | None: ...
    def finditer(self, text: str, /) -> Iterator[Match]: ...


@dataclass(frozen=True, slots=True)
class _Read:
    """A pattern that was read. fast: for Python's matcher, None when only our machine can run it."""

    tree: Tree
    options: re.RegexFlag
    fast: re.Pattern[str] | None
    from_start: bool

    def tests(self, length: int) -> int:
        """What Python's matcher needs at worst for a text of this length."""
        return Translation(self.options).cost(self.tree, length).tests * (1 if self.from_start else length + 1)


def compile_pattern(run: Run, pattern: str, flags: str | None, text: str) -> Pattern:
    """The pattern, proven affordable for this text or counting. Raises Trouble when it is not valid,
    FeelBudgetExceeded when it is too large."""
    if len(pattern) > MAX_PATTERN:
        raise FeelBudgetExceeded("pattern", MAX_PATTERN)
    key = (pattern, flags or "")
    if run.patterns is None:
        run.patterns = set()
    if key not in run.patterns:
        run.charge(STEPS_TO_READ * len(pattern))
        run.patterns.add(key)
    found = _read(*key)
    run.charge(4 + len(text) // 64)
    if found.fast is not None:
        tests = found.tests(len(text))
        if tests <= MAX_TESTS:
            run.charge(tests // TESTS_PER_STEP)
            return found.fast
    return Machine(_program(*key), run)


@lru_cache(maxsize=256)
def _read(pattern: str, flags: str) -> _Read:
    if not set(flags) <= set("smixq"):
        raise Trouble("regex", "The flags are s, m, i, x and q.")
    options = re.NOFLAG
    for flag in set(flags) & _FLAGS.keys():
        options |= _FLAGS[flag]
    tree = read_tree(pattern, flags)
    return _Read(tree, options, _for_python(tree, options), starts_at_the_beginning(tree))


@lru_cache(maxsize=64)
def _program(pattern: str, flags: str) -> Program:
    found = _read(pattern, flags)
    return assemble(found.tree, found.options)


def _for_python(tree: Tree, options: re.RegexFlag) -> re.Pattern[str] | None:
    translation = Translation(options)
    try:
        translation.cost(tree, 100)
        return re.compile(translation.text(tree), options)
    except Unbounded:
        return None
    except (re.error, OverflowError, RecursionError):
        raise Trouble("regex", "The pattern cannot be read.") from None


def replacement_template(text: str, groups: int, literal: bool) -> Callable[[Match], str]:
    """The replacement as a function: `$1` is a group, `\\$` and `\\\\` are themselves. Raises Trouble."""
    if literal:
        return lambda found: text
    parts: list[str | int] = []
    for part in re.finditer(r"\\([\\$])|\$([0-9]+)|([^\\$]+)|(.)", text, re.DOTALL):
        if part[4]:
            raise Trouble("regex", 'In a replacement, "$" stands before a digit and "\\" before "$" or "\\".')
        parts.append(_group_number(part[2], groups, parts) if part[2] else part[1] or part[3])
    return lambda found: "".join(one if isinstance(one, str) else (found[one] or "") for one in parts)


def _group_number(digits: str, groups: int, parts: list[str | int]) -> str | int:
    """The longest group number there is; what is left of the digits is text. A group that is not there is empty."""
    for length in range(min(len(digits), 3), 0, -1):
        if int(digits[:length]) <= groups:
            parts.append(int(digits[:length]))
            return digits[length:]
    return digits[1:]
