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


def matching_sets(columns: list[list[Atom]], rules: int) -> dict[int, Example]:
    """Every set of rules (as bits) that some input matches, with an example. Raises Undecided over MAX_SETS."""
    sets: dict[int, Example] = {(1 << rules) - 1: Example((), True)}
    for column in columns:
        further: dict[int, Example] = {}
        for matching, example in sets.items():
            for atom in column:
                reached = matching & atom.rules
                known = further.get(reached)
                if known is None or (atom.certain and example.certain and not known.certain):
                    further[reached] = Example((*example.labels, atom.label), example.certain and atom.certain)
        if len(further) > MAX_SETS:
            raise Undecided("there are too many combinations")
        sets = further
    return sets


def members(matching: int) -> list[int]:
    """The rule numbers in a set, from 0."""
    return [index for index in range(matching.bit_length()) if matching >> index & 1]
