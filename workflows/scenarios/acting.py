"""Taking one step of a scenario: what a person, another system, the clock or an operator does."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from store.errors import DomainError
from workflows.engine import WaitingServiceCall, WaitingUserTask, message_key, parse_duration
from workflows.feel import Value
from workflows.scenarios.book import Act, Complete, Deliver, Move, Reply, Retry
from workflows.scenarios.material import typed_answers
from workflows.scenarios.stage import Stage
from workflows.scenarios.told import Differs, evaluate, instant_of, laid_over


def take(stage: Stage, act: Act) -> None:
    """Do it, and let the instance come to rest. Raises Differs."""
    stage.reload()
    _ACTS[type(act)](stage, act)
    stage.settle()


def _complete(stage: Stage, act: Complete) -> None:
    task = _open_task(stage, act)
    told = {**stage.book.answers.get(act.element_id, {}), **act.answers}
    answers = stage.value(told)
    form = stage.material.forms.get(task.properties.get("formKey", ""))
    try:
        typed = typed_answers(form, answers, dict(task.data), now=stage.host.local)
        stage.execution.complete_user_task(task.id, typed, act.outcome)
    except DomainError as refusal:
        if refusal.code != act.refused:
            expected = f"{act.element_id} to be {'refused with ' + act.refused if act.refused else 'completed'}"
            raise Differs(expected, _in_words(refusal), act.element_id) from refusal
        return
    if act.refused:
        raise Differs(f"{act.element_id} to be refused with {act.refused}", "it completed", act.element_id)


def _open_task(stage: Stage, act: Complete) -> WaitingUserTask:
    tasks = stage.execution.waiting().user_tasks
    found = [one for one in tasks if one.element_id == act.element_id]
    if not found:
        raise Differs(f"{act.element_id} to be open", opened(stage), act.element_id)
    if act.where is None:
        return found[0]
    for one in found:
        if evaluate(act.where, one.data, now=stage.host.local) is True:
            return one
    raise Differs(f"an open {act.element_id} where {act.where}", f"{len(found)} open, none of them so", act.element_id)


def opened(stage: Stage) -> str:
    """What is open, in words: what a person needs to see to mend a step."""
    waiting = stage.execution.waiting()
    tasks = sorted(one.element_id for one in waiting.user_tasks)
    parts = [f"open: {', '.join(tasks)}"] if tasks else []
    parts += [f"waiting for {one.name}" for one in waiting.messages]
    parts += [f"waiting for the signal {one.name}" for one in waiting.signals]
    parts += [f"waiting for an answer at {one.element_id}" for one in waiting.service_calls]
    parts += [f"waiting until {one.due_at:%Y-%m-%d %H:%M} UTC at {one.element_id}" for one in waiting.timers]
    status = stage.execution.status
    if status == "completed":
        parts.append(f"the process ended at {', '.join(stage.execution.end_events) or 'no end event'}")
    elif status == "stopped":
        parts.append(f"stopped at {', '.join(sorted(stage.stopped)) or 'no element'}")
    return "; ".join(parts) or "nothing that waits"


def _deliver(stage: Stage, act: Deliver) -> None:
    payload: Mapping[str, Value] = stage.value(laid_over(_correlation(stage, act), act.payload))
    found = _listener(stage, act, payload)
    if act.unheard:
        if found is not None:
            raise Differs(f"nothing to wait for {act.name}", f"{found[1]} waits for it", found[1])
        return
    if found is None:
        raise Differs(f"something to wait for {act.name}{_key_words(stage, act, payload)}", opened(stage))
    deliver = stage.execution.deliver_message if act.kind == "message" else stage.execution.deliver_signal
    try:
        deliver(act.name, payload, found[0])
    except DomainError as refusal:
        raise Differs(f"{act.name} to be taken", _in_words(refusal), found[1]) from refusal


def _correlation(stage: Stage, act: Deliver) -> Mapping[str, Any]:
    return stage.book.correlation if act.kind == "message" else {}


def _listener(stage: Stage, act: Deliver, payload: Mapping[str, Value]) -> tuple[UUID, str] | None:
    waiting = stage.execution.waiting()
    if act.kind == "signal":
        return next(((one.id, one.element_id) for one in waiting.signals if one.name == act.name), None)
    named = [one for one in waiting.messages if one.name == act.name]
    if not named:
        return None
    key = _key(stage, act, payload)
    return next(((one.id, one.element_id) for one in named if one.key in (key, None)), None)


def _key(stage: Stage, act: Deliver, payload: Mapping[str, Value]) -> str | None:
    try:
        return message_key(stage.material.process, act.name, dict(payload), now=stage.host.local)
    except DomainError as refusal:
        raise Differs(f"{act.name} to carry its correlation key", _in_words(refusal)) from refusal


def _key_words(stage: Stage, act: Deliver, payload: Mapping[str, Value]) -> str:
    named = act.kind == "message" and any(one.name == act.name for one in stage.execution.waiting().messages)
    return f" with the key {_key(stage, act, payload)}" if named else ""


def _move(stage: Stage, act: Move) -> None:
    stage.pass_until(_target(stage, act))


def _target(stage: Stage, act: Move) -> datetime:
    if act.by is None:
        moment = instant_of(act.to, stage.execution.variables, stage.book.zone, now=stage.host.local)
    else:
        moment = _later(stage, act.by)
    if moment <= stage.now:
        raise Differs(f"a time after {stage.now:%Y-%m-%d %H:%M} UTC", f"{moment:%Y-%m-%d %H:%M} UTC")
    return moment


def _later(stage: Stage, span: str) -> datetime:
    """Days, months and business days are counted on the calendar of the scenario's zone."""
    found = parse_duration(span)
    try:
        moment = found.after(stage.now, stage.book.zone, stage.host.business_day) if found is not None else None
    except (OverflowError, ValueError):
        moment = None
    if moment is None:
        raise Differs("a duration within the calendar", span)
    return moment


def _reply(stage: Stage, act: Reply) -> None:
    call = _call(stage, act.element_id)
    if act.failure is not None:
        stage.fail(call, act.failure)
    elif act.error is not None:
        stage.throw(call, act.error, stage.value(act.payload))
    else:
        stage.finish(call, stage.value(act.result))


def _call(stage: Stage, element_id: str) -> WaitingServiceCall:
    found = next((one for one in stage.execution.waiting().service_calls if one.element_id == element_id), None)
    if found is None:
        raise Differs(f"{element_id} to wait for an answer", opened(stage), element_id)
    return found


def _retry(stage: Stage, act: Retry) -> None:
    task_id = stage.stopped.pop(act.element_id, None)
    if task_id is None:
        raise Differs(f"{act.element_id} to be stopped", opened(stage), act.element_id)
    try:
        stage.execution.retry(UUID(task_id))
    except DomainError as refusal:
        raise Differs(f"{act.element_id} to be tried again", _in_words(refusal), act.element_id) from refusal


def _in_words(refusal: DomainError) -> str:
    """A refusal with the fields it names; its code is what a scenario can expect."""
    fields: Mapping[str, list[str]] = getattr(refusal, "fields", {})
    named = "".join(f" {name}: {' '.join(texts)}" for name, texts in fields.items())
    return f"a refusal ({refusal.code}): {refusal.text}{named}"


_ACTS: Mapping[type, Callable[[Stage, Any], None]] = {
    Complete: _complete,
    Deliver: _deliver,
    Move: _move,
    Reply: _reply,
    Retry: _retry,
}
