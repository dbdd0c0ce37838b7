"""W11: the stored state. Is it the same instance that comes back, on random models, and how small is it?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from bench import models
from bench.dice import Dice
from bench.growing import grown
from bench.models import Model
from bench.peers.naive.picture import picture
from bench.records import PRODUCT
from bench.rig import Failed, Rig
from workflows.engine import CompiledProcess, Execution, compile_process

START: Mapping[str, Any] = {
    "amount": Decimal("742.10"),
    "items": [Decimal(1), "two", None],
    "since": date(2026, 10, 14),
    "at": datetime(2026, 11, 24, 15, 30, tzinfo=UTC),
    "claim": {"number": "C-2026-000117", "payer": "Northern Mutual", "lines": [Decimal("1.00"), Decimal("1.0")]},
}
PLAIN: Mapping[str, Any] = {"claim": {"number": "C-2026-000117", "amount": "742.10", "payer": "Northern Mutual"}}
ANSWER: Mapping[str, Any] = {"route": "write_off", "amount": "742.10", "note": "x" * 60, "urgent": True}
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MODELS, MODELS_SMALL = 400, 40
STEPS = 25


class Host:
    """The surroundings of an instance that needs none."""

    zone: tzinfo = UTC

    def business_day(self, day: date, count: int) -> date:
        return day + timedelta(days=count)

    def decide(self, decision_id: str, context: Mapping[str, Any], element_id: str) -> Any:
        raise AssertionError("these models ask for no decision")


@dataclass
class Walked:
    """What came of one random walk."""

    checked: int = 0
    mismatches: int = 0


def run(rig: Rig) -> None:
    """Equality on random models, then sizes beside serialize_json."""
    total = Walked()
    count = MODELS_SMALL if rig.settings.small else MODELS
    for number in range(count):
        found = walk(f"model-{number}")
        total.checked += found.checked
        total.mismatches += found.mismatches
    rig.say(f"W11: {total.checked} stored states of {count} random models compared")
    rig.book.note("check", workload="W11", name=f"mismatches in {total.checked} states of {count} random models",
                  value=total.mismatches, must=0, ok=total.mismatches == 0 and total.checked > count)  # fmt: skip
    _note_sizes(rig)


def walk(seed: str) -> Walked:
    """Go through a random model in random order; store and load before every step, and compare."""
    process = compiled(grown(seed))
    dice, found, now = Dice(f"{seed}/walk"), Walked(), NOON
    execution = Execution.start(process, START, host=Host(), now=now)
    for _ in range(STEPS):
        before, waiting = picture(execution), execution.waiting()
        execution = Execution.load(process, execution.dump(), host=Host(), now=now)
        found.checked += 1
        if picture(execution) != before or execution.waiting() != waiting:
            found.mismatches += 1
            break
        if waiting.timers and dice.below(5) == 0:
            now += timedelta(hours=2)
            execution.fire_timers(now)
        elif waiting.user_tasks:
            task = dice.pick(waiting.user_tasks)
            execution.complete_user_task(task.id, {"more": dice.below(3) == 0, "n": Decimal("1.50")})
        else:
            break
    return found


def compiled(model: Model) -> CompiledProcess:
    return compile_process({f"{model.key}.bpmn": model.bpmn}, model.key)


def _set(small: bool) -> list[tuple[str, Model, int, Mapping[str, Any]]]:
    many = 100 if small else 1000
    return [
        ("state.three", models.straight(3), 1, PLAIN),
        ("state.mixed_50", models.mixed(50), 16, PLAIN),
        ("state.line_200_start", models.straight(200), 0, PLAIN),
        ("state.line_200_middle", models.straight(200), 100, PLAIN),
        ("state.many", models.many(many, sequential=False), many // 2, {"items": [str(i) for i in range(many)]}),
    ]


def _note_sizes(rig: Rig) -> None:
    """Bytes of each state of the set, and of all of them together; the stock engine's come from its own process."""
    ours, theirs = 0.0, 0.0
    for measure, model, completions, variables in _set(rig.settings.small):
        size = size_of(compiled(model), completions, variables)
        _note(rig, PRODUCT, measure, size)
        ours += size
        if rig.settings.has_peer("naive"):
            size = stock_size(rig, model, completions, variables)
            _note(rig, "naive", measure, size)
            theirs += size
    _note(rig, PRODUCT, "state", ours)
    if theirs:
        _note(rig, "naive", "state", theirs)


def _note(rig: Rig, system: str, measure: str, size: float) -> None:
    rig.book.note("result", workload="W11", repetition=1, system=system, measure=measure, numbers={"bytes": size})


def size_of(process: CompiledProcess, completions: int, variables: Mapping[str, Any]) -> float:
    """Bytes of our state after so many completions."""
    execution = Execution.start(process, variables, host=Host(), now=NOON)
    for _ in range(completions):
        waiting = execution.waiting().user_tasks
        if not waiting:
            raise Failed(f"{process.process_id} ended before {completions} completions.")
        execution.complete_user_task(waiting[0].id, ANSWER)
    return float(len(execution.dump()))


def stock_size(rig: Rig, model: Model, completions: int, variables: Mapping[str, Any]) -> float:
    """Bytes of serialize_json at the same place.

    The stock engine runs Python; no answer of this set takes the branch behind a condition.
    """
    bpmn = re.sub(r'u\d+\.route = "appeal"', "False", model.bpmn.decode())
    asked = {"bpmn": bpmn, "key": model.key, "completions": completions}
    found: float = rig.crew("naive").call("size", {**asked, "variables": dict(variables), "answers": dict(ANSWER)})
    return found
