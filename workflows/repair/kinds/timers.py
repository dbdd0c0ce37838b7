"""Timers in other spellings: durations in words, expressions in brackets, or no time at all."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from workflows.engine.faults import EngineFault
from workflows.engine.timers import cycle_of, due_at, is_literal
from workflows.feel import FeelError, parse
from workflows.model.names import bpmn
from workflows.model.parts import read_timer
from workflows.repair.document import Document, local, make
from workflows.repair.edits import called, nth
from workflows.repair.foreign import duration_of, in_feel
from workflows.repair.offers import ANY_TEXT, AnswerRefused, Offer, Question
from workflows.repair.situation import Situation

_TAGS = {"date": "timeDate", "duration": "timeDuration", "cycle": "timeCycle"}
_RULES = ("timer-invalid", "cycle-needs-count")
_SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)


def find(situation: Situation) -> Iterator[Offer]:
    for definition in situation.document.everything:
        event = definition.getparent() if local(definition) == "timerEventDefinition" else None
        if event is None or not situation.document.owns(event):
            continue
        timer = read_timer(definition)
        if timer is None:
            yield _ask(situation, definition, event)
            continue
        text = _rewritten(timer.kind, timer.text)
        if text is not None:
            yield _rewrite(situation, event, definition.find(bpmn(_TAGS[timer.kind])), text)


def _rewrite(situation: Situation, event: Any, node: Any, text: str) -> Offer:
    def edit(document: Document, _: str) -> None:
        document.write(node, text)
        if node.get("language") is not None:
            document.assign(node, "language", None)

    return Offer(
        f"timer{nth(node, event)}",
        event.get("id"),
        f"Write the time of {called(event)} as {text[:60]}",
        "Times are ISO 8601, such as P1D for a day, or FEEL.",
        edit,
        rule=situation.rule(event, *_RULES),
    )


def _ask(situation: Situation, definition: Any, event: Any) -> Offer:
    repeats = local(event) == "boundaryEvent" and event.get("cancelActivity") == "false"
    example = "PT4H, P1D or R3/P1D" if repeats else "PT4H or P1D"
    return Offer(
        f"timer-time{nth(definition, event)}",
        event.get("id"),
        f"Say when {called(event)} happens",
        "The timer has no time. Without one it would never ring.",
        lambda doc, answer: _write(doc, definition, answer),
        rule=situation.rule(event, *_RULES),
        needs=Question(f"After how long, in ISO 8601 or FEEL? For example {example}."),
    )


def _write(document: Document, definition: Any, answer: str) -> None:
    kind = "cycle" if answer.startswith("R") and "/" in answer else "duration"
    if answer != ANY_TEXT and not _is_time(kind, answer):
        raise AnswerRefused(f"The time {answer!r} is neither ISO 8601 nor FEEL. Write for example PT4H or P1D.")
    for empty in [one for one in definition if local(one) in _TAGS.values()]:
        document.remove(empty)
    document.append(definition, make(_TAGS[kind], answer))


def _rewritten(kind: str, text: str) -> str | None:
    """The same time as the engine reads it; None when it does, or when it is not only spelled otherwise."""
    if is_literal(text) or _is_time(kind, text):
        return None
    spoken = duration_of(text)
    found = spoken if spoken is not None else in_feel(text)
    return found if found is not None and found != text and _is_time(kind, found) else None


def _is_time(kind: str, text: str) -> bool:
    """Whether it gives a time, as far as that is seen without data."""
    try:
        expression = None if is_literal(text) else parse(text)
        if expression is not None and (expression.names or "(" in text):
            return True
        compute = cycle_of if kind == "cycle" else due_at
        compute(text, lambda one: parse(one).evaluate({}, now=_SOME_TIME).value, _SOME_TIME, UTC)
    except (FeelError, EngineFault, OverflowError):
        return False
    return True
