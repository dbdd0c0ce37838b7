"""The forms that lead to a preview of an operation."""

from collections.abc import Iterable, Mapping
from typing import Any

from workflows.engine import Token
from workflows.operations import Picture, errors_of

DEEDS = {
    "suspend": "Suspend",
    "resume": "Resume",
    "cancel": "Cancel",
    "set": "Change a variable",
    "retry": "Retry",
    "answer": "Answer by hand",
    "skip": "Skip",
    "throw": "End in an error",
    "move": "Move the token",
    "rewind": "Go back to a step",
    "migrate": "Move to another version",
}


def deed(kind: str, fields: Iterable[Mapping[str, Any]] = (), step: str = "") -> dict[str, Any]:
    """A form of this kind."""
    return {"kind": kind, "label": DEEDS[kind], "fields": list(fields), "step": step}


def step_deed(shown: Picture, kind: str, token: Token) -> dict[str, Any]:
    """A form for one step of an instance."""
    fields: list[dict[str, Any]] = []
    if kind == "answer":
        hint = 'A FEEL value, as the operator declares it, e.g. {status: "paid"}'
        fields = [{"name": "result", "label": "Its answer", "type": "textarea", "hint": hint}]
    if kind == "throw":
        options = [{"value": code, "label": code} for code in errors_of(shown.element(token.element_id))]
        fields = [{"name": "code", "label": "Error", "type": "select", "options": options}]
    if kind == "move":
        fields = [{"name": "element", "label": "Put it before", "type": "select", "options": _places(shown, token)}]
    return deed(kind, fields, step=str(token.id))


def _places(shown: Picture, token: Token) -> list[dict[str, str]]:
    """Elements of the token's own scope; which of them is possible, the preview says."""
    here = shown.element(token.element_id)
    scope = (here.process_id, here.parent_id) if here is not None else None
    return [
        {"value": one.id, "label": one.name or one.id}
        for one in shown.process.elements.values()
        if (one.process_id, one.parent_id) == scope and one.id != token.element_id
        if not one.event_subprocess and one.attached_to is None and one.kind != "startEvent"
    ]
