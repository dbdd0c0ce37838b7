"""Checks of the rows together: inputs without a rule, rules that contradict each other, rules that are never used."""

from collections.abc import Iterator, Sequence

from workflows.decisions.findings import Finding, Severity, TableFinding
from workflows.decisions.lint.cover import Box, Effort, TooMuch, meet, uncovered
from workflows.decisions.lint.outputs import rank_of, same_outputs
from workflows.decisions.lint.space import Example, Space
from workflows.decisions.model import Table

MAX_OVERLAPS = 10
GAP_EFFORT = 4_000_000
ROWS_EFFORT = 6_000_000
SINGLE_HIT = ("UNIQUE", "ANY", "FIRST", "PRIORITY")


def has_default(table: Table) -> bool:
    """Is there an answer when no rule matches?"""
    return any(clause.default is not None for clause in table.outputs)


def undecided(table: Table, what: str, why: str) -> TableFinding:
    """An honest gap in what was checked."""
    return TableFinding("table-not-decided", "info", table.id, f"{what} is not decided: {why}. Check it with examples.")


# -- inputs that no rule matches


def gap_findings(space: Space) -> Iterator[Finding]:
    """An input without a rule; one with a missing value or with a time of another kind only when there is no other."""
    table = space.table
    if has_default(table):
        return
    severity: Severity = "warn" if table.policy in SINGLE_HIT and not space.tied else "info"
    try:
        hole = usual_gap(space)
        if hole is not None:
            example = space.example(hole)
            message = f"No rule matches, for example, {example.text}. Add a rule that asks a human."
            yield TableFinding("table-gap", severity, table.id, message, (), example.values)
            return
        yield from _rare_gaps(space)
    except TooMuch:
        yield undecided(table, "Whether every input has a rule", "the table is too large to try every combination")


def usual_gap(space: Space) -> Box | None:
    """Inputs without a rule although all values are there. Raises TooMuch."""
    return uncovered(*space.widened(), Effort(GAP_EFFORT))


def _rare_gaps(space: Space) -> Iterator[Finding]:
    found = list(missing_gaps(space))
    if found:
        example = found[0][1]
        names = ", ".join(f'"{space.names[column]}"' for column, _ in found)
        names = names if len(found) == 1 else f"one of {names}"
        message = f"No rule matches when {names} is missing: {example.text}. Make sure it cannot be, or add a rule."
        yield TableFinding("table-null-gap", "info", space.table.id, message, (), example.values)
    rest = uncovered(space.known, space.boxes, Effort(GAP_EFFORT))
    if rest is not None and not found:
        example = space.example(rest)
        message = f"No rule matches {example.text}, which no cell can be compared with. Make sure it cannot be."
        yield TableFinding("table-zone-gap", "info", space.table.id, message, (), example.values)
    elif rest is None and (maybe := uncovered(space.whole, space.boxes, Effort(GAP_EFFORT))) is not None:
        yield undecided(space.table, "Whether every input has a rule", f"none matches {space.example(maybe).text}")


def missing_gaps(space: Space) -> Iterator[tuple[int, Example]]:
    """Columns in which a missing value alone leaves an input without a rule; else one of several that do together.

    Raises TooMuch.
    """
    alone = False
    for at, dimension in enumerate(space.dimensions):
        hole = uncovered(space.missing(at), space.boxes, Effort(GAP_EFFORT)) if dimension.read else None
        if hole is not None:
            alone = True
            yield dimension.columns[0], space.example(hole)
    if alone:
        return
    either = tuple(one.usual | one.missing for one in space.dimensions)
    for at, dimension in enumerate(space.dimensions):
        hole = uncovered(space.missing(at, either), space.boxes, Effort(GAP_EFFORT)) if dimension.read else None
        if hole is not None:
            yield dimension.columns[0], space.example(hole)
            return


# -- rules that match together


def overlap_findings(space: Space) -> Iterator[Finding]:
    """Pairs of rules that match the same input although the policy forbids it."""
    table = space.table
    if table.policy not in ("UNIQUE", "ANY"):
        return
    told = 0
    for first, second, common in _meeting(space.boxes):
        agree = same_outputs(table, table.rules[first], table.rules[second]) if table.policy == "ANY" else False
        if agree is True:
            continue
        told += 1
        if told > MAX_OVERLAPS:
            message = f"More than {MAX_OVERLAPS} pairs of rules overlap. Correct those that are listed first."
            yield TableFinding("table-overlap", "warn", table.id, message)
            return
        yield _overlap(space, (first, second), common, certain=agree is False)


def _meeting(boxes: Sequence[Box]) -> Iterator[tuple[int, int, Box]]:
    for first, box in enumerate(boxes):
        others = list(range(first + 1, len(boxes)))
        for side, atoms in enumerate(box):
            others = [one for one in others if boxes[one][side] & atoms]
        for second in others:
            common = meet(box, boxes[second])
            if common is not None:
                yield first, second, common


def _overlap(space: Space, pair: tuple[int, int], common: Box, certain: bool) -> Finding:
    table = space.table
    first, second = (table.rules[number] for number in pair)
    example = space.example(common)
    proven = certain and example.values is not None and not space.tied
    where = f"Rows {pair[0] + 1} and {pair[1] + 1} {'both match' if proven else 'may both match'} {example.text}"
    if table.policy == "ANY":
        message = f"{where} with different outputs. Change one."
    else:
        message = f"{where}. A UNIQUE table allows one; change a cell."
    severity: Severity = "error" if proven else "warn"
    return TableFinding("table-overlap", severity, first.id, message, (first.id, second.id), example.values)


# -- rules that never count


def unreachable_findings(space: Space) -> Iterator[Finding]:
    """Rows that no allowed input matches, or for which other rows always answer (FIRST, PRIORITY)."""
    effort = Effort(ROWS_EFFORT)
    for number, box in enumerate(space.boxes):
        if not all(box):
            yield _never(space, number)
            continue
        rivals = _rivals(space.table, number)
        try:
            if rivals and uncovered(box, [space.boxes[one] for one in rivals], effort) is None:
                yield _shadowed(space, number, rivals)
        except TooMuch:
            why = "the table is too large to try every combination"
            yield undecided(space.table, f"Whether row {number + 1} and the rows after it are used", why)
            return


def _rivals(table: Table, number: int) -> list[int]:
    """The rows that answer instead of this one wherever they match too."""
    if table.policy == "FIRST":
        return list(range(number))
    own = rank_of(table, table.rules[number]) if table.policy == "PRIORITY" else None
    if own is None:
        return []
    ranks = [(rank_of(table, rule), at) for at, rule in enumerate(table.rules)]
    return [at for rank, at in ranks if rank is not None and (rank, at) < (own, number)]


def _never(space: Space, number: int) -> Finding:
    rule = space.table.rules[number]
    at = next(side for side, atoms in enumerate(space.boxes[number]) if not atoms)
    name = space.names[space.dimensions[at].columns[0]]
    message = f'Row {number + 1} is never used: no allowed value of "{name}" matches it. Correct or remove it.'
    return TableFinding("table-unreachable-row", "warn", rule.id, message, (rule.id,))


def _shadowed(space: Space, number: int, rivals: Sequence[int]) -> Finding:
    """With an input of its own that a rival answers."""
    table = space.table
    box = space.boxes[number]
    touching = [one for one in rivals if meet(box, space.boxes[one]) is not None]
    common = meet(box, space.boxes[touching[0]])
    example = space.example(box if common is None else common)
    rules = (table.rules[number].id, *(table.rules[one].id for one in touching))
    which = ", ".join(str(one + 1) for one in touching[:5]) + (", …" if len(touching) > 5 else "")
    why = "come first" if table.policy == "FIRST" else "have priority"
    rows = f"row {which} answers first" if len(touching) == 1 and why == "come first" else f"rows {which} {why}"
    message = f"Row {number + 1} is never used: {rows}, for example for {example.text}. Remove or move it."
    return TableFinding("table-unreachable-row", "warn", table.rules[number].id, message, rules, example.values)
