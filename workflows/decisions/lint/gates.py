"""Gate tables: those that decide a route or feed a guarded step. Silence must never open them.

Fail-closed means: every input has an answer, also when values are missing, and no answer that opens something rests on
a missing value. Which answers open is known when the file marks the output (`failClosed`, `strictestFirst`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from workflows.decisions.findings import Finding, Severity, TableFinding
from workflows.decisions.hit_policies import Outputs
from workflows.decisions.lint.cover import Box, Effort, TooMuch, meet, uncovered
from workflows.decisions.lint.outputs import constant_output, constant_outputs
from workflows.decisions.lint.rows import GAP_EFFORT, ROWS_EFFORT, SINGLE_HIT, has_default, missing_gaps, usual_gap
from workflows.decisions.lint.shapes import NOW, asks_nothing
from workflows.decisions.lint.space import Example, Space
from workflows.decisions.model import Rule, Table
from workflows.feel.budget import Run, Scope
from workflows.feel.compare import same

RULE = "table-no-fail-closed-row"
_REMEDY = "Add a last row that takes anything, or a default output, that asks a human."


def closed_findings(table: Table, space: Space | None, gate: bool) -> Iterator[Finding]:
    """Is there an answer for every input? For a gate that is a condition, also with missing values; else advice.

    space: None when the table could not be analyzed; then only a row that takes anything, or a default, counts.
    """
    if _has_last_answer(table):
        return
    if not gate:
        if table.policy in SINGLE_HIT and (space is None or _usual_gap(space)):
            yield TableFinding(RULE, "warn", table.id, f"The table has no fail-closed row. {_REMEDY}")
        return
    example = None if space is None else _silent(space)
    if space is not None and example is None:
        return
    told = f"no rule matches {example.text}" if example is not None else "nothing proves that every input has an answer"
    message = f"The table is a gate but not fail-closed: {told}. {_REMEDY}"
    yield TableFinding(RULE, "error", table.id, message, (), None if example is None else example.values)


def _has_last_answer(table: Table) -> bool:
    """A default output (in every column), or a row without a question. Lists of answers know no default in use."""
    if table.aggregation != "COUNT" and table.outputs and all(one.default is not None for one in table.outputs):
        return True
    return any(all(asks_nothing(cell) for cell in rule.cells) for rule in table.rules)


def _usual_gap(space: Space) -> bool:
    try:
        return usual_gap(space) is not None
    except TooMuch:
        return True


def _silent(space: Space) -> Example | None:
    """An input without an answer; of lists, where nothing is an answer too, one with a missing value."""
    try:
        if space.table.policy in SINGLE_HIT:
            hole = usual_gap(space)
            if hole is not None:
                return space.example(hole)
        found = next(missing_gaps(space), None)
        if found is not None or space.table.policy not in SINGLE_HIT:
            return None if found is None else found[1]
        hole = uncovered(space.whole, space.boxes, Effort(GAP_EFFORT))
        return None if hole is None else space.example(hole)
    except TooMuch:
        return Example(None, "some inputs: it is too large to try every combination")


# -- what a gate answers


def opening_findings(space: Space) -> Iterator[Finding]:
    """Answers that open although a value is missing. Only where the file says which answers open."""
    table = space.table
    if not any(_marked(table)):
        message = "It is not known which outputs of this gate are the careful ones. Mark the output with failClosed."
        yield TableFinding("table-gate-unmarked", "info", table.id, message)
        return
    yield from _default_opens(table)
    effort = Effort(ROWS_EFFORT)
    try:
        for number, rule in enumerate(table.rules):
            if opens(table, constant_outputs(table, rule)) is not False:
                yield from _row_opens(space, number, effort)
    except TooMuch:
        message = "Whether rows open on missing values is not decided: the table is too large. Check it with examples."
        yield TableFinding("table-not-decided", "info", table.id, message)


def _marked(table: Table) -> list[bool]:
    return [one.fail_closed is not None or (one.strictest_first and bool(one.order)) for one in table.outputs]


def opens(table: Table, outputs: Outputs | None) -> bool | None:
    """Is this more than the careful answer? None when it is computed."""
    if outputs is None:
        return None
    run = Run(NOW)
    for clause, value in zip(table.outputs, outputs, strict=True):
        if clause.fail_closed is not None:
            if clause.fail_closed.matches_in(Scope(run, {}), value) is not True:
                return True
        elif clause.strictest_first and clause.order and same(run, clause.order[-1], value):
            return True
    return False


def _default_opens(table: Table) -> Iterator[Finding]:
    if not has_default(table):
        return
    given = [(None,) if one.default is None else constant_output(one, one.default) for one in table.outputs]
    outputs = None if any(one is None for one in given) else tuple(one[0] for one in given if one is not None)
    if opens(table, outputs) is not False:
        message = "The default output opens the gate whenever no rule matches. Answer with a failClosed value."
        yield TableFinding("table-opens-on-missing", "error", table.id, message)


def _row_opens(space: Space, number: int, effort: Effort) -> Iterator[Finding]:
    """Does the row match a missing value in a column it reads (in any, when it reads none)?"""
    rule, box = space.table.rules[number], space.boxes[number]
    read = [at for at, part in enumerate(box) if _reads(space, rule, at)]
    places = read or [at for at, one in enumerate(space.dimensions) if one.read]
    earlier = space.boxes[:number] if space.table.policy == "FIRST" else ()
    for at in places:
        missing = box[at] & space.dimensions[at].absent
        hole = uncovered((*box[:at], missing, *box[at + 1 :]), earlier, effort)
        if hole is not None:
            yield _opens_on(space, number, at, hole)
            return
    if not places and all(box):
        yield _opens_on(space, number, None, box)


def _reads(space: Space, rule: Rule, at: int) -> bool:
    return any(not asks_nothing(rule.cells[column]) for column in space.dimensions[at].columns)


def _opens_on(space: Space, number: int, at: int | None, hole: Box) -> Finding:
    rule, example = space.table.rules[number], space.example(hole)
    known = opens(space.table, constant_outputs(space.table, rule)) is True
    severity: Severity = "error" if known and example.values is not None and not space.tied else "warn"
    what = "opens the gate" if known else "may open the gate"
    missing = f'although "{space.names[space.dimensions[at].columns[0]]}" is missing' if at is not None else "always"
    message = f"Row {number + 1} {what} {missing}, for example for {example.text}. Name the safe value in its cell."
    return TableFinding("table-opens-on-missing", severity, rule.id, message, (rule.id,), example.values)


# -- the order of the rows


def order_findings(space: Space) -> Iterator[Finding]:
    """FIRST tables whose outputs are in order of severity: stricter rows come first, so that a milder one never hides
    them. The last row may be anything when it takes all."""
    table = space.table
    column = next((at for at, one in enumerate(table.outputs) if one.strictest_first and one.order), None)
    if table.policy != "FIRST" or column is None:
        return
    ranked = [(number, _severity(table, rule, column)) for number, rule in enumerate(_ordered_rows(table))]
    known = [(number, place) for number, place in ranked if place is not None]
    for (first, milder), (second, stricter) in pairwise(known):
        if stricter < milder:
            yield _misplaced(space, first, second)


def _ordered_rows(table: Table) -> Sequence[Rule]:
    last = table.rules[-1:]
    return table.rules[:-1] if last and all(asks_nothing(cell) for cell in last[0].cells) else table.rules


def _severity(table: Table, rule: Rule, column: int) -> int | None:
    clause = table.outputs[column]
    value = constant_output(clause, rule.outputs[column])
    if value is None:
        return None
    return next((at for at, one in enumerate(clause.order) if same(Run(NOW), one, value[0])), None)


def _misplaced(space: Space, first: int, second: int) -> Finding:
    table = space.table
    rules = (table.rules[first].id, table.rules[second].id)
    common = meet(space.boxes[first], space.boxes[second])
    example = None if common is None else space.example(common)
    hidden = "" if example is None else f" For {example.text} the milder one answers."
    message = f"Row {second + 1} is stricter than row {first + 1} before it.{hidden} Put stricter rows first."
    values = None if example is None else example.values
    return TableFinding("table-severity-order", "error" if values else "warn", rules[1], message, rules, values)


def leaning_findings(space: Space) -> Iterator[Finding]:
    """FIRST gates: rows that open and are only safe because an earlier row answers first. Right, but easy to break."""
    table = space.table
    if table.policy != "FIRST" or not any(_marked(table)):
        return
    opening = [opens(table, constant_outputs(table, rule)) for rule in table.rules]
    effort = Effort(ROWS_EFFORT)
    leaning: dict[int, dict[int, Box]] = {}
    try:
        for number in (at for at, one in enumerate(opening) if one is True):
            held = _held(space, number, [at for at in range(number) if opening[at] is False], effort)
            if held:
                leaning[number] = held
    except TooMuch:
        return
    if leaning:
        yield _leaning(space, leaning)


def _held(space: Space, number: int, before: Sequence[int], effort: Effort) -> dict[int, Box]:
    """The careful rows that alone keep this row from opening for some input, with such inputs."""
    found: dict[int, Box] = {}
    for at in before:
        common = meet(space.boxes[number], space.boxes[at])
        others = [space.boxes[one] for one in range(number) if one != at]
        part = None if common is None else uncovered(common, others, effort)
        if part is not None:
            found[at] = part
    return found


def _leaning(space: Space, leaning: Mapping[int, Mapping[int, Box]]) -> Finding:
    rules = space.table.rules
    number, held = next(iter(leaning.items()))
    example = space.example(next(iter(held.values())))
    shown = [f"{row + 1} on {_numbered(on)}" for row, on in list(leaning.items())[:8]]
    message = (
        f"Rows that open lean on rows before them: {', '.join(shown)}{', …' if len(leaning) > 8 else ''}. Without row "
        f"{next(iter(held)) + 1}, row {number + 1} would open for {example.text}. Name the safe value in the row's own "
        "cell, or keep the order."
    )
    concerned = sorted({*leaning, *(at for on in leaning.values() for at in on)})
    ids = tuple(rules[at].id for at in concerned)
    return TableFinding("table-leaning-row", "info", space.table.id, message, ids, example.values)


def _numbered(rows: Iterable[int]) -> str:
    return " and ".join(str(one + 1) for one in rows)
