"""`countersign feel …`: what does this expression give, and why?"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from store import clock
from webapp.cli.values import CONTEXT, TIME, as_json, written
from workflows.feel import Explanation, FeelError, FeelSyntaxError, Problem, Step, Value, parse, parse_unary_tests

MAX_SHOWN = 100


@dataclass(frozen=True)
class Asked:
    """The options of the command line."""

    context: dict[str, Value]
    cell: str | None
    now: datetime | None
    explain: bool
    in_json: bool


@click.command()
@click.argument("text", metavar="EXPR")
@click.option("--context", type=CONTEXT, default=dict, help="Names the expression may read: JSON, FEEL or @FILE.")
@click.option("--cell", metavar="VALUE", help="Take EXPR as a cell of a decision table and VALUE (FEEL) as its input.")
@click.option("--now", type=TIME, help="What now() and today() answer.  [default: the present, UTC]")
@click.option("--explain", is_flag=True, help="Show how each part came to its value.")
@click.option("--json", "in_json", is_flag=True, help="Print one JSON object.")
def command(text: str, **options: Any) -> None:
    """Evaluate the FEEL expression EXPR. Exit 1 when it cannot be read, is refused, or is null by mistake."""
    asked = Asked(**options)
    try:
        found = _evaluated(text, asked)
    except FeelSyntaxError as error:
        click.echo(_pointed(text, error), err=True)
        raise SystemExit(1) from None
    except FeelError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from None
    if asked.in_json:
        click.echo(json.dumps(_object(found, asked.explain), ensure_ascii=False, indent=2))
    else:
        click.echo(written(found.value))
        if asked.explain:
            click.echo(_tree(found.parts), nl=False)
        for problem in found.problems:
            click.echo(_line(problem), err=True)
    if found.value is None and found.problems:
        raise SystemExit(1)


def _evaluated(text: str, asked: Asked) -> Explanation:
    now = asked.now or clock.now()
    if asked.cell is None:
        return parse(text).explain(asked.context, now=now)
    tested = parse(asked.cell).evaluate(asked.context, now=now).value
    return parse_unary_tests(text).explain(tested, asked.context, now=now)


def _pointed(text: str, error: FeelSyntaxError) -> str:
    """The message below the line it is about, with a mark under the place."""
    start = text.rfind("\n", 0, error.position) + 1
    line = text[start:].partition("\n")[0]
    column = error.position - start
    first = max(0, column - MAX_SHOWN // 2)
    return f"{line[first : first + MAX_SHOWN]}\n{' ' * (column - first)}^\n{error}"


def _line(problem: Problem) -> str:
    place = "" if problem.position is None else f" (at character {problem.position + 1})"
    return f"{problem.kind}: {problem.message}{place}"


def _tree(parts: Sequence[Step], depth: int = 1) -> str:
    lines = []
    for step in parts:
        because = f"   {step.problem.message}" if step.problem else ""
        lines.append(f"{'  ' * depth}{_short(step.text)} → {_short(written(step.value))}{because}\n")
        lines.append(_tree(step.parts, depth + 1))
    return "".join(lines)


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= MAX_SHOWN else plain[: MAX_SHOWN - 1] + "…"


def _object(found: Explanation, explain: bool) -> dict[str, Any]:
    said: dict[str, Any] = {
        "value": as_json(found.value),
        "problems": [{"kind": one.kind, "message": one.message, "position": one.position} for one in found.problems],
    }
    if explain:
        said["parts"] = [_part(step) for step in found.parts]
        said["cut"] = found.cut
    return said


def _part(step: Step) -> dict[str, Any]:
    return {
        "start": step.start,
        "end": step.end,
        "text": step.text,
        "value": as_json(step.value),
        "problem": step.problem.message if step.problem else None,
        "parts": [_part(part) for part in step.parts],
    }
