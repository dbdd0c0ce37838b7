"""Repetitions: raw, product, peers, raw again. One whose two raw commits differ too much is made again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

from bench.crew import DriverFailed
from bench.records import RAW
from bench.rig import Failed, Nothing, NotRun, Numbers, Rig


@dataclass(frozen=True)
class Cell:
    """One thing that is measured in each repetition. measure: its name, such as "complete.http.P2"."""

    system: str
    measure: str
    run: Callable[[], Numbers]


@dataclass(frozen=True)
class Plan:
    """What one workload repeats.

    raw:   with how many processes the limit is measured around it.
    group: a part of a workload with repetitions of its own, so that its two raw commits are not too far apart.
    most:  no more repetitions than this, for what takes long.
    """

    workload: str
    cells: Sequence[Cell]
    raw: tuple[int, ...] = (1,)
    group: str = ""
    most: int | None = None


def repeat(rig: Rig, plan: Plan) -> None:
    """Make the repetitions of a workload. What is not run or fails is noted with its reason, once."""
    given_up: set[tuple[str, str]] = set()
    for repetition in range(1, min(plan.most or rig.settings.reps, rig.settings.reps) + 1):
        for attempt in range(1, rig.settings.retries + 2):
            if _round(rig, plan, repetition, attempt, given_up):
                break
        else:
            rig.say(f"{plan.workload}: repetition {repetition} was too uneven every time and is left out")
    _note_gaps(rig, plan, given_up)


def _note_gaps(rig: Rig, plan: Plan, given_up: set[tuple[str, str]]) -> None:
    """A cell without one number is said to have none: every repetition was uneven, or nothing ended in its windows."""
    measured = {(one["system"], one["measure"]) for one in rig.book.of("result") if one["workload"] == plan.workload}
    for cell in plan.cells:
        if (cell.system, cell.measure) not in measured | given_up:
            give_up(
                rig,
                plan.workload,
                cell,
                NotRun("The machine was too busy: no repetition could be kept, or nothing ended inside its window."),
            )


def _round(rig: Rig, plan: Plan, repetition: int, attempt: int, given_up: set[tuple[str, str]]) -> bool:
    first = {processes: measure_raw(rig, processes) for processes in plan.raw}
    found: list[tuple[Cell, Numbers]] = []
    for cell in plan.cells:
        if (cell.system, cell.measure) in given_up:
            continue
        try:
            numbers = cell.run()
            found += [(cell, numbers)] if numbers else []
        except Nothing:
            continue
        except (NotRun, Failed, DriverFailed) as problem:
            given_up.add((cell.system, cell.measure))
            give_up(rig, plan.workload, cell, problem)
    second = {processes: measure_raw(rig, processes) for processes in plan.raw}
    drift = second[plan.raw[0]]["p50"] / first[plan.raw[0]]["p50"]
    kept = 1 / rig.settings.drift <= drift <= rig.settings.drift
    said = {"workload": plan.workload, "group": plan.group, "repetition": repetition, "attempt": attempt}
    rig.book.note("repetition", **said, drift=drift, kept=kept)
    if not kept:
        rig.say(f"{plan.workload}: repetition {repetition} drifted {drift:.2f}x and is made again")
        return False
    limit = {processes: _between(first[processes], second[processes]) for processes in plan.raw}
    for processes, numbers in limit.items():
        rig.book.note("result", **said, system=RAW, measure=numbered("raw", processes), numbers=numbers)
    for cell, numbers in found:
        rig.book.note("result", **said, system=cell.system, measure=cell.measure, numbers=numbers)
    return True


def measure_raw(rig: Rig, processes: int) -> Numbers:
    """The limit, with so many processes."""
    crew = rig.crew(RAW)
    crew.load("commit", [(place, processes) for place in range(processes)], processes)
    return rig.window(crew, "commit", processes)


def _between(first: Numbers, second: Numbers) -> Numbers:
    """The geometric mean of what was measured before and after."""
    return {name: sqrt(max(0.0, first[name]) * max(0.0, second[name])) for name in first}


def numbered(measure: str, processes: int) -> str:
    """The name of a measure with so many processes: plain for one."""
    return measure if processes == 1 else f"{measure}.P{processes}"


def give_up(rig: Rig, workload: str, cell: Cell, problem: Exception) -> None:
    """Note that a cell has no numbers, and why."""
    what = "not run" if isinstance(problem, NotRun) else "failed"
    rig.book.note(
        "missing", workload=workload, system=cell.system, measure=cell.measure, what=what, reason=str(problem)
    )
    rig.say(f"{workload}: {cell.system} {cell.measure} {what}: {problem}")


def count(rig: Rig, workload: str, cell: Cell) -> None:
    """Note what one operation says to the database; a cell whose `run` gives those numbers."""
    try:
        numbers = cell.run()
    except (NotRun, Failed, DriverFailed) as problem:
        give_up(rig, workload, Cell(cell.system, f"{cell.measure} (counts)", cell.run), problem)
    else:
        rig.book.note("counts", workload=workload, system=cell.system, measure=cell.measure, numbers=numbers)
