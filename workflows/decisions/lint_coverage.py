"""Which sets of rules can match together? Exact over the atoms of all columns, without listing every combination.

Column by column we keep each distinct set of still matching rules once, with one example that leads to it. Tables
have few distinct sets, however many combinations of inputs there are.
"""

from dataclasses import dataclass

from workflows.decisions.lint_atoms import Atom, Undecided

MAX_SETS = 20_000


@dataclass(frozen=True, slots=True)
class Example:
    """labels: one per column. certain: False when an opaque cell was taken at its word."""

    labels: tuple[str, ...]
    certain: bool


def matching_sets(columns: list[list[Atom]], rules: int, first_only: bool = False) -> dict[int, Example]:
    """Every set of rules (as bits) that some input matches, with an example. Raises Undecided over MAX_SETS.

    first_only: only the first rule of a set counts (FIRST), so rules behind one that is certain are left out early.
    """
    settled = _settled(columns, rules) if first_only else [0] * len(columns)
    sets: dict[int, Example] = {(1 << rules) - 1: Example((), True)}
    for column, certain in zip(columns, settled, strict=True):
        further: dict[int, Example] = {}
        for matching, example in sets.items():
            for atom in column:
                reached = _through_first(matching & atom.rules, certain)
                known = further.get(reached)
                if known is None or (atom.certain and example.certain and not known.certain):
                    further[reached] = Example((*example.labels, atom.label), example.certain and atom.certain)
        if len(further) > MAX_SETS:
            raise Undecided("there are too many combinations")
        sets = further
    return sets


def _settled(columns: list[list[Atom]], rules: int) -> list[int]:
    """Per column: the rules that take anything in all columns after it."""
    settled = [(1 << rules) - 1]
    for column in reversed(columns[1:]):
        takes_all = settled[-1]
        for atom in column:
            takes_all &= atom.rules
        settled.append(takes_all)
    return settled[::-1]


def _through_first(matching: int, certain: int) -> int:
    """The set up to and including its first certain rule."""
    sure = matching & certain
    return matching & ((sure & -sure) * 2 - 1) if sure else matching


def ever_matching(columns: list[list[Atom]], rules: int) -> int:
    """The rules (as bits) that some input matches, whatever other rules do."""
    ever = (1 << rules) - 1
    for column in columns:
        accepted = 0
        for atom in column:
            accepted |= atom.rules
        ever &= accepted
    return ever


def members(matching: int) -> list[int]:
    """The rule numbers in a set, from 0."""
    return [index for index in range(matching.bit_length()) if matching >> index & 1]
