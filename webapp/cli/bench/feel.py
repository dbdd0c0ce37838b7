"""`countersign bench feel`: expressions and decision tables beside the same in Python, in one interleaved run."""

import json
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial

import click

from webapp.cli.bench import expressions, tables
from webapp.cli.bench.stopwatch import Work, measure
from workflows.decisions import decide, examine, read
from workflows.feel import Value, parse, parse_in, parse_unary_tests
from workflows.feel.unary import parse_unary_tests_in

REPEAT = 25
TARGETS = (("cached gateway condition", "gateway condition", 10.0), ("50 x 6 UNIQUE table", "UNIQUE, last row", 300.0))
"""What is promised, the line that shows it, and the most microseconds it may take."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Something measured. works: ours, Python, compiling it, and finding it compiled (a table is kept by its owner)."""

    kind: str
    name: str
    works: tuple[Work, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """Microseconds. cached: of finding it compiled; None for a table."""

    kind: str
    name: str
    feel: float
    python: float
    compiling: float
    cached: float | None

    @property
    def ratio(self) -> float:
        """How many times slower than Python."""
        return self.feel / self.python


@click.command("feel")
@click.option("--repeat", default=REPEAT, show_default=True, type=click.IntRange(1), help="Batches of each.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(repeat: int, as_json: bool) -> None:
    """Evaluate typical expressions and a table of 50 rows beside plain Python that gives the same values.

    Trust the ratios; microseconds are those of this machine at this moment.
    """
    subjects = [*_expressions(), *_tables()]
    for subject in subjects:
        _check(subject)
    lines = _measured(subjects, repeat)
    if as_json:
        click.echo(json.dumps(_report(lines, repeat), indent=2))
        return
    for line in lines:
        click.echo(_row(line))
    for promise, found, most in _targets(lines):
        click.echo(f"target\t{promise} <= {most:g} µs\t{found:.1f} µs\t{_verdict(found, most)}")


def _expressions() -> Iterator[Subject]:
    for case in expressions.CASES:
        names = expressions.context()
        python = partial(case.python, names)
        works = _cell(case, names) if case.cell else _expression(case, names)
        yield Subject("feel", case.name, (works[0], python, *works[1:]))


def _expression(case: expressions.Case, names: dict[str, Value]) -> tuple[Work, ...]:
    evaluate = partial(parse(case.text).evaluate, names, now=expressions.NOW)
    return evaluate, partial(parse_in, case.text, (), {}), partial(parse, case.text)


def _cell(case: expressions.Case, names: dict[str, Value]) -> tuple[Work, ...]:
    matches = partial(parse_unary_tests(case.text).matches, names["amount"], names, now=expressions.NOW)
    return matches, partial(parse_unary_tests_in, case.text, (), {}), partial(parse_unary_tests, case.text)


def _tables() -> Iterator[Subject]:
    for case in tables.CASES:
        rules = tables.rows(case.payers)
        file = tables.as_dmn(case.policy, rules)
        names = case.context()
        ours = partial(decide, read(file), tables.DECISION, names, now=expressions.NOW)
        python = partial(tables.by_hand, case.policy, rules, names)
        yield Subject("table", case.name, (ours, python, partial(examine, file)))


def _check(subject: Subject) -> None:
    """Both must say the same, or the comparison is worth nothing."""
    ours, python = subject.works[0](), subject.works[1]()
    value = getattr(ours, "value", ours)
    if value != python or type(value) is not type(python):
        raise click.ClickException(f"{subject.name}: FEEL and Python do not give the same value.")


def _measured(subjects: Sequence[Subject], repeat: int) -> list[Line]:
    """Evaluations first and compilations after them, so that the litter of one does not slow the other."""
    evaluated = measure([work for subject in subjects for work in subject.works[:2]], repeat)
    prepared = iter(measure([work for subject in subjects for work in subject.works[2:]], repeat))
    lines = []
    for subject, feel, python in zip(subjects, evaluated[::2], evaluated[1::2], strict=True):
        compiling, *cached = (next(prepared) for _ in subject.works[2:])
        lines.append(Line(subject.kind, subject.name, feel, python, compiling, cached[0] if cached else None))
    return lines


def _row(line: Line) -> str:
    cached = "" if line.cached is None else f"\tcached {line.cached:.2f} µs"
    return (
        f"{line.kind}\t{line.name}\t{line.feel:.2f} µs\tPython {line.python:.2f} µs\tx{line.ratio:.1f}"
        f"\tcompile {line.compiling:.0f} µs{cached}"
    )


def _targets(lines: Sequence[Line]) -> Iterator[tuple[str, float, float]]:
    by_name = {line.name: line for line in lines}
    for promise, name, most in TARGETS:
        line = by_name[name]
        yield promise, line.feel + (line.cached or 0.0), most


def _verdict(found: float, most: float) -> str:
    return "within" if found <= most else "over"


def _report(lines: Sequence[Line], repeat: int) -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "repeat": repeat,
        "lines": [{**asdict(line), "ratio": round(line.ratio, 2)} for line in lines],
        "targets": [
            {"promise": promise, "most": most, "found": found, "verdict": _verdict(found, most)}
            for promise, found, most in _targets(lines)
        ],
    }
