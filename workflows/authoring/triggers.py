"""What an event reacts to, or sends."""

# mypy: disable-error-code="import-untyped"
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from workflows.authoring.steps import expression, extend
from workflows.model.names import bpmn


@dataclass(frozen=True)
class Trigger:
    """One event definition.

    kind:     "message", "signal", "error", "escalation", "timer", "conditional", "link", "terminate" or "cancel".
    name:     of the message or signal, or the code of the error or escalation; for a timer the tag of its expression.
    text:     FEEL: when a timer fires, the condition, or the content that is sent.
    variable: where the content of what arrives is stored.
    """

    kind: str
    name: str = ""
    text: str = ""
    variable: str = ""


Declare = Callable[[Trigger], str]
"""The id of the message, signal, error or escalation a trigger names."""


def after(duration: str) -> Trigger:
    """A timer that fires so long after it begins. An ISO 8601 duration, or FEEL that gives one."""
    return Trigger("timer", "timeDuration", f'@"{duration}"' if duration.startswith("P") else duration)


def at(instant: str) -> Trigger:
    """A timer that fires at a date or instant, in FEEL."""
    return Trigger("timer", "timeDate", instant)


def every(cycle: str) -> Trigger:
    """A timer that fires again and again: an ISO 8601 repetition such as R3/P1D."""
    return Trigger("timer", "timeCycle", f'"{cycle}"' if cycle.startswith("R") else cycle)


def message(name: str, variable: str = "", payload: str = "") -> Trigger:
    """A message that is waited for (then its content goes into `variable`) or sent (then `payload` is FEEL)."""
    return Trigger("message", name, payload, variable)


def signal(name: str, variable: str = "") -> Trigger:
    """A signal."""
    return Trigger("signal", name, variable=variable)


def error(code: str) -> Trigger:
    """A BPMN error by its code."""
    return Trigger("error", code)


def escalation(code: str) -> Trigger:
    """An escalation by its code."""
    return Trigger("escalation", code)


def condition(feel: str) -> Trigger:
    """Fires when the condition holds."""
    return Trigger("conditional", text=feel)


def link(name: str) -> Trigger:
    """Goes on at the catching link of the same name."""
    return Trigger("link", name)


def terminate() -> Trigger:
    """Ends everything that is open in its scope."""
    return Trigger("terminate")


def cancel() -> Trigger:
    """Cancels the transaction around it."""
    return Trigger("cancel")


_REFS: Mapping[str, str] = {
    "message": "messageRef",
    "signal": "signalRef",
    "error": "errorRef",
    "escalation": "escalationRef",
}


def define(event: Any, trigger: Trigger, declare: Declare) -> None:
    """Write the event definition into an event."""
    definition = etree.SubElement(event, bpmn(f"{trigger.kind}EventDefinition"), id=f"{event.get('id')}_def")
    if trigger.kind in _REFS:
        definition.set(_REFS[trigger.kind], declare(trigger))
    elif trigger.kind == "timer":
        expression(definition, trigger.name, trigger.text)
    elif trigger.kind == "conditional":
        expression(definition, "condition", trigger.text)
    elif trigger.kind == "link":
        definition.set("name", trigger.name)
    if trigger.kind == "message":
        write_content(event, trigger)


def write_content(step: Any, trigger: Trigger) -> None:
    """Where the content of a message goes, or what is sent."""
    for tag, text in (("messageVariable", trigger.variable), ("messagePayload", trigger.text)):
        if text:
            extend(step, tag).text = text
