"""Stores the moments of today's version: `python -m tests.workflows.engine.states.capture v2`.

With `again v1` the states of a set stay as they are, and what is seen and comes of them is noted anew: for a change of
what the engine shows that is meant. Look at what it prints before you keep it.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from importlib.resources import files
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.workflows.bpmn.play import Play as Scenario
from tests.workflows.bpmn.play import scenario, shipped
from tests.workflows.engine.play import MODELS, Decisions, Play
from tests.workflows.engine.states import drawn
from tests.workflows.engine.states.moments import STATES, Replies, Tape, act, picture, read
from workflows.engine import Execution, compile_process
from workflows.engine.values import same
from workflows.feel import Range, YearsMonths
from workflows.scenarios.material import Host

TYPED = {
    "number": Decimal("10.50"), "small": Decimal("1E-20"), "truth": True, "nothing": None, "text": "é\n",
    "day": date(2026, 12, 1), "clock": time(9, 30), "zoned_clock": time(9, 30, tzinfo=timezone(timedelta(hours=-5))),
    "local": datetime(2026, 1, 2, 3, 4, 5, 6), "moment": datetime(2026, 7, 1, 9, tzinfo=ZoneInfo("America/New_York")),
    "offset": datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    "span": timedelta(days=-1, hours=3),
    "months": YearsMonths(-14), "range": Range(Decimal(1), Decimal(5), True, False),
    "list": [Decimal(1), "two", [None]],
    "context": {"b": {"a": Decimal("0.10")}, "a": []},
}  # fmt: skip
FACTS = {"claim_id": "C1", "payer_id": "P"}

Prepare = Callable[[], Play]
MOMENTS: dict[str, Prepare] = {
    "two_tasks_start": lambda: Play("two_tasks"),
    "two_tasks_typed": lambda: Play("two_tasks", **TYPED).complete("a", **TYPED),
    "clinical_decided": lambda: Play("clinical").complete("review", "appeal"),
    "guard_stopped": lambda: Play("gateway_without_default", amount=50),
    "parallel_half_joined": lambda: Play("parallel", written="at start").complete("b", x=1),
    "parallel_second_round": lambda: _parallel_second_round(),
    "inclusive_waiting_to_join": lambda: Play("inclusive", x=2).complete("a"),
    "inclusive_in_loop": lambda: Play("inclusive_in_loop", odd=True).complete("a", more=True).complete("b"),
    "uneven_tokens": lambda: Play("uneven_tokens").complete("a1"),
    "many_parallel_mid": lambda: Play("many_parallel", items=list("wxyz")).complete("each", n=1).complete("each", n=2),
    "many_sequential_mid": lambda: Play("many_sequential", items=[1, None, "z"]).complete("each", n=1),
    "many_sub_processes": lambda: Play("many_interrupted", items=list("xyz")).complete("reply", n=1),
    "standard_loop_mid": lambda: Play("standard_loop").complete("again", more=True),
    "loop_of_150_rounds": lambda: _rounds(150),
    "message": lambda: Play("message", facts=FACTS),
    "message_or_timer": lambda: Play("message_or_timer", facts=FACTS),
    "two_timers": lambda: Play("two_timers"),
    "boundary_timers": lambda: Play("timers", deadline=date(2026, 12, 1)).later(days=3),
    "boundary_fired": lambda: Play("timers", deadline=date(2026, 12, 1)).later(days=3).later(days=4),
    "cycle_fired_once": lambda: Play("cycle").later(days=1),
    "service_parked": lambda: Play("service", claim={"amount": 21}),
    "service_failed": lambda: Play("service_error").fail("call", "OTHER"),
    "error_handled": lambda: Play("error_scope").complete("A_task"),
    "escalated": lambda: Play("escalation"),
    "signal": lambda: Play("signal"),
    "called_process": lambda: Play("call_activity", claim={"id": "C1"}),
    "embedded_after_call": lambda: Play("call_activity", claim={"id": "C1"}).complete("called_task"),
    "handler_running": lambda: Play("handler").receive("note", n=1),
    "conditional_with_data_object": lambda: Play("conditional"),
    "stopped_beside_open": lambda: Play("parallel_with_error"),
    "stalled": lambda: Play("deadlock").complete("a"),
    "completed": lambda: Play("two_tasks").complete("a", n=1).complete("b"),
    "cancelled": lambda: _cancelled(),
}


def _parallel_second_round() -> Play:
    play = Play("parallel_in_loop", n=0).complete("a").complete("b", more=True)
    return play.complete("b", more=False)


def _rounds(count: int) -> Play:
    play = Play("loop")
    for _ in range(count):
        play.complete("work", more=True)
    return play


def _cancelled() -> Play:
    play = Play("call_activity", claim={"id": "C1"})
    play.execution.cancel()
    return play


def main(version: str) -> None:
    """Write all moments below `states/<version>`; refuses to touch a set that is there."""
    folder = STATES / version
    if list(folder.glob("*.bin")):
        sys.exit(f"{folder} holds a set already. Older versions cannot be made again.")
    models = folder / "models"
    models.mkdir(parents=True, exist_ok=True)
    for name, prepare in MOMENTS.items():
        play = prepare()
        source = f"{next(iter(play.process.models)).root.get('id').removesuffix('_file')}.bpmn"
        (models / source).write_bytes((MODELS / source).read_bytes())
        _store(folder / name, [source], play)
    for name, (xml, prepare_drawn) in drawn.MOMENTS.items():
        (models / f"{name}.bpmn").write_bytes(xml)
        play = prepare_drawn(compile_process({f"{name}.bpmn": xml}, "main"))
        _store(folder / name, [f"{name}.bpmn"], play)
    _denials(folder)


def again(version: str) -> None:
    """Note anew what comes of each state of a set."""
    for path in sorted((STATES / version).glob("*.bin")):
        process, blob, tape = read(path)
        execution = Execution.load(process, blob, host=Replies(tape.answers), now=tape.at)
        seen = picture(execution)
        for verb in tape.verbs:
            act(execution, verb)
        end = picture(execution)
        for name, before, after in (("seen", tape.seen, seen), ("end", tape.end, end)):
            for part in after:
                if not same(before[part], after[part]):
                    print(path.stem, name, part, "was", before[part], "is", after[part])
        tape.seen, tape.end = seen, end
        path.with_suffix(".tape").write_bytes(tape.packed())


def _store(path: Any, sources: list[str], play: Play) -> None:
    blob = play.execution.dump()
    host = play.host
    execution = Execution.load(play.process, blob, host=host, now=play.now)
    tape = Tape(sources, "main", play.now, picture(execution))
    with _recording(tape):
        _finish(execution, play.now)
    tape.end = picture(execution)
    path.with_suffix(".bin").write_bytes(blob)
    path.with_suffix(".tape").write_bytes(tape.packed())


def _finish(execution: Execution, now: datetime) -> None:
    """Go on in some way until nothing is open."""
    for number in range(40):
        waiting = execution.waiting()
        answers = {"more": False, "ok": True, "n": Decimal(number)}
        if waiting.user_tasks:
            task = waiting.user_tasks[-1]
            outcomes = [one.strip() for one in task.properties.get("outcomes", "").split(",") if one]
            execution.complete_user_task(task.id, answers, outcomes[0] if outcomes else None)
        elif waiting.service_calls:
            execution.finish_service_call(waiting.service_calls[0].id, {"n": Decimal("1.50")})
        elif waiting.timers and number % 2 == 0:
            now = max(now, min(one.due_at for one in waiting.timers))
            execution.fire_timers(now)
        elif waiting.messages:
            execution.deliver_message(waiting.messages[0].name, {"n": Decimal(number)}, waiting.messages[0].id)
        elif waiting.timers:
            now = max(now, min(one.due_at for one in waiting.timers))
            execution.fire_timers(now)
        else:
            break


def _denials(folder: Any) -> None:
    """The shipped model in the middle of two scenarios, and a scenario that goes over a call."""
    for source in ("denial_appeal.bpmn", "era_exception.bpmn"):
        xml = (files("workflows") / "bpmn" / "denial_appeal" / source).read_bytes()
        (folder / "models" / source).write_bytes(drawn.without_diagram(xml))
    told = {
        "denial_review": ("denial_appeal", "A signed and filed appeal is overturned", 1),
        "denial_signed": ("denial_appeal", "A signed and filed appeal is overturned", 5),
        "denial_waits_for_payer": ("denial_appeal", "A signed and filed appeal is overturned", 6),
        "denial_call": ("denial_appeal", "A peer-to-peer call overturns the denial and the payer confirms it", 2),
    }
    for name, (process_id, title, steps) in told.items():
        one = scenario(process_id, title)
        play = Scenario.of(shipped(process_id), one)
        for step in one["steps"][:steps]:
            play.take(step)
        blob = play.execution.dump()
        play.stage.reload()
        tape = Tape(["denial_appeal.bpmn", "era_exception.bpmn"], process_id, play.stage.now, picture(play.execution))
        with _recording(tape):
            for step in one["steps"][steps:]:
                play.take(step)
        tape.end = picture(play.execution)
        (folder / f"{name}.bin").write_bytes(blob)
        (folder / f"{name}.tape").write_bytes(tape.packed())


@contextmanager
def _recording(tape: Tape) -> Iterator[None]:
    """Note every verb and every decision of all executions."""
    stock = {name: getattr(Execution, name) for name in _NOTED}
    decides = [(kind, kind.decide) for kind in (Host, Decisions)]
    for name, note in _NOTED.items():
        setattr(Execution, name, _noting(stock[name], note, tape))
    for kind, decide in decides:
        kind.decide = _deciding(decide, tape)  # type: ignore[method-assign]
    try:
        yield
    finally:
        for name, verb in stock.items():
            setattr(Execution, name, verb)
        for kind, decide in decides:
            kind.decide = decide  # type: ignore[method-assign]


def _noting(verb: Callable[..., None], note: Callable[..., list[Any]], tape: Tape) -> Callable[..., None]:
    def noted(execution: Execution, *arguments: Any) -> None:
        tape.verbs.append(note(execution, *arguments))
        verb(execution, *arguments)

    return noted


def _deciding(decide: Callable[..., Any], tape: Tape) -> Callable[..., Any]:
    def decided(*arguments: Any) -> Any:
        value = decide(*arguments)
        tape.answers.append(value)
        return value

    return decided


def _place(found: Any, task_id: UUID, name: str) -> list[Any]:
    same = [one for one in found if name in (one.element_id, getattr(one, "name", None))]
    return [name, [one.id for one in same].index(task_id)]


def _user(execution: Execution, task_id: UUID, answers: Any, outcome: str | None = None) -> list[Any]:
    tasks = execution.waiting().user_tasks
    name = next(one.element_id for one in tasks if one.id == task_id)
    same = [one.id for one in tasks if one.element_id == name]
    return ["user", name, same.index(task_id), dict(answers), outcome]


def _message(execution: Execution, name: str, payload: Any, task_id: UUID) -> list[Any]:
    same = [one.id for one in execution.waiting().messages if one.name == name]
    return ["message", name, same.index(task_id), dict(payload)]


def _call(execution: Execution, task_id: UUID) -> list[Any]:
    calls = execution.waiting().service_calls
    name = next(one.element_id for one in calls if one.id == task_id)
    return [name, [one.id for one in calls if one.element_id == name].index(task_id)]


_NOTED: dict[str, Callable[..., list[Any]]] = {
    "complete_user_task": _user,
    "deliver_message": _message,
    "fire_timers": lambda execution, now: ["time", now],
    "finish_service_call": lambda execution, task_id, result: ["answer", *_call(execution, task_id), result],
    "throw_error": lambda execution, task_id, code, payload: ["throw", *_call(execution, task_id), code, dict(payload)],
}

if __name__ == "__main__":
    again(sys.argv[2]) if sys.argv[1] == "again" else main(sys.argv[1])
