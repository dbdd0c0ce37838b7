"""W2 to W6: instances walked through step by step, to see whether a step costs more the longer an instance runs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bench import models
from bench.crew import Crew
from bench.models import Model
from bench.records import PRODUCT
from bench.rig import Failed, Numbers, Rig, numbers
from bench.rounds import Cell, Plan, repeat
from bench.site import open_cases
from bench.stats import quantile

AROUND = 5
"""So many steps before and after a place are measured with it."""
TWENTY_KB = 20_000


@dataclass(frozen=True)
class Place:
    """A place on the way through an instance. step: counted from 1; measure: its name."""

    measure: str
    step: int


def run_mixed(rig: Rig) -> None:
    """W2: 50 activities with gateways and scripts, to the end."""
    model = models.mixed(50)
    tool(rig, "publish", model)
    ways = 1 if rig.settings.small else 3

    def through() -> Numbers:
        times = _walk(rig, model, {}, 34 * ways)
        _require_ended(rig, model.key)
        return {**_middle(times), "whole_ms": sum(times) / ways}

    repeat(rig, Plan("W2", (Cell(PRODUCT, "mixed_50", through),)))


def run_long(rig: Rig) -> None:
    """W3: a line of 200 activities: the first steps, the middle, the last."""
    model = models.straight(200)
    tool(rig, "publish", model)
    places = (Place("line_200.at_start", 1 + AROUND), Place("line_200.at_middle", 100), Place("line_200.at_end", 195))
    repeat(rig, Plan("W3", tuple(_places(rig, model, {}, 200, places)), most=3))


def run_loop(rig: Rig) -> None:
    """W4: a loop of 2,500 rounds (400 when small)."""
    model = models.loop(3000)
    tool(rig, "publish", model)
    marks = (100, 400) if rig.settings.small else (100, 500, 1000, 2500)
    places = [Place(f"loop.at_{mark}", mark - AROUND) for mark in marks]
    repeat(rig, Plan("W4", tuple(_places(rig, model, {"rounds": marks[-1]}, marks[-1], places)), most=2))


def run_many(rig: Rig) -> None:
    """W5: 10, 100 and 1,000 items, in parallel and one after the other."""
    cells: list[Cell] = []
    for count in (10, 100) if rig.settings.small else (10, 100, 1000):
        for sequential in (False, True):
            model = models.many(count, sequential=sequential)
            tool(rig, "publish", model)
            cells += _many(rig, model, count)
    repeat(rig, Plan("W5", tuple(cells), most=1 if rig.settings.small else 2))


def run_data(rig: Rig) -> None:
    """W6: three tasks with 20 KB of case data, beside the same with little."""
    model = models.straight(3)
    claim = {
        "lines": [{"code": f"9921{i % 10}", "amount": str(Decimal(i)), "note": f"line {i} " * 8} for i in range(200)]
    }
    data = {"claim": claim, "text": "The record says so. " * (TWENTY_KB // 100)}
    times = 12 if rig.settings.small else 60
    cells = (
        Cell(PRODUCT, "data_20k.complete", lambda: _middle(_walk(rig, model, data, times))),
        Cell(PRODUCT, "data_small.complete", lambda: _middle(_walk(rig, model, {}, times))),
    )
    repeat(rig, Plan("W6", cells))


def tool(rig: Rig, name: str, model: Model) -> None:
    """Publish a model through the product, in a driver."""
    files = {path: data.decode() for path, data in model.files.items()}
    rig.crew(PRODUCT).call(name, {"key": model.key, "files": files})


def _items(rig: Rig, model: Model, variables: dict[str, Any], count: int) -> list[list[Any]]:
    cases = open_cases(rig.site, model.key, count)
    return [
        [model.key, practice, case, variables] if variables else [model.key, practice, case] for practice, case in cases
    ]


def _walk(rig: Rig, model: Model, variables: dict[str, Any], steps: int) -> list[float]:
    """Milliseconds of so many completions in a row, over as many instances as that takes."""
    crew: Crew = rig.crew(PRODUCT)
    crew.load("walk", _items(rig, model, variables, steps), 1)
    times, found = crew.walk("walk", steps)
    numbers(found)
    if len(times) < steps:
        raise Failed(f"{model.key} ended after {len(times)} of {steps} completions.")
    return times


def _places(rig: Rig, model: Model, variables: dict[str, Any], steps: int, places: Sequence[Place]) -> Iterator[Cell]:
    """One walk through one instance serves all places: the first cell makes it."""
    walked: list[float] = []

    def around(place: Place) -> Callable[[], Numbers]:
        def measured() -> Numbers:
            if place is places[0]:
                walked[:] = _walk(rig, model, variables, steps)
                _require_ended(rig, model.key)
            return _middle(walked[place.step - 1 - AROUND : place.step + AROUND])

        return measured

    for place in places:
        yield Cell(PRODUCT, place.measure, around(place))


def _many(rig: Rig, model: Model, count: int) -> Iterator[Cell]:
    name = model.key.removeprefix(models.PREFIX)
    variables = {"items": [f"item {i}" for i in range(count)]}
    walked: list[float] = []

    def started() -> Numbers:
        crew = rig.crew(PRODUCT)
        crew.load("start", _items(rig, model, variables, 1), 1)
        return numbers(crew.steps("start", 1))

    def first() -> Numbers:
        walked[:] = _walk(rig, model, variables, count + 1)
        _require_ended(rig, model.key, but=1)
        return _middle(walked[: 2 * AROUND])

    yield Cell(PRODUCT, f"{name}.start", started)
    yield Cell(PRODUCT, f"{name}.first", first)
    yield Cell(PRODUCT, f"{name}.last", lambda: _middle(walked[-2 * AROUND :]))


def _middle(times: Sequence[float]) -> Numbers:
    if not times:
        raise Failed("The walk before it failed.")
    ordered = sorted(times)
    return {"p50": quantile(ordered, 0.5), "p99": quantile(ordered, 0.99), "count": float(len(ordered))}


def _require_ended(rig: Rig, key: str, but: int | None = None) -> None:
    """Every instance that was walked to its end has ended, without an incident. but: started and left alone."""
    left = rig.value("select count(*) from process_instance where process_key = %s and ended_at is null", key)
    stopped = rig.value(
        "select count(*) from incident i join process_instance p on p.id = i.instance_id where p.process_key = %s", key
    )
    if stopped or (but is None and left):
        raise Failed(f"{left} instance(s) of {key} did not end, {stopped} incident(s) are open.")
