"""The forms of the measured tasks, as form-js writes them, and answers that fill them in."""

import json
from collections.abc import Mapping
from typing import Any


def _field(kind: str, key: str, label: str, *values: str, **validate: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"type": kind, "id": f"field_{key}", "key": key, "label": label, "validate": validate}
    if values:
        made["values"] = [{"value": one, "label": one.replace("_", " ").capitalize()} for one in values]
    return made


def _form(id_: str, *components: dict[str, Any]) -> bytes:
    return json.dumps({"type": "default", "id": id_, "schemaVersion": 19, "components": list(components)}).encode()


ANSWER_FORM = _form(
    "answer",
    _field("radio", "route", "Route", "appeal", "write_off", required=True),
    _field("number", "amount", "Amount in dispute", required=True),
    _field("textarea", "note", "Note", required=True, maxLength=25_000),
    _field("checkbox", "urgent", "Urgent"),
)
REVIEW_FORM = _form(
    "review",
    _field("textfield", "criterion_cited", "Criterion the payer applied", required=True, maxLength=200),
    _field("radio", "criterion_met", "Is the criterion met?", "yes", "no", "partial", required=True),
    _field("textarea", "rationale", "Clinical rationale", required=True, minLength=40, maxLength=8000),
    _field("checkbox", "no_conflict", "I have no financial interest in this decision.", required=True),
)
LOOP_FORM = _form("again", _field("checkbox", "more", "Once more"))

ANSWER: Mapping[str, Any] = {
    "route": "write_off",
    "amount": "742.10",
    "note": "The acceptance report shows that the claim reached the payer within the limit.",
    "urgent": True,
}
REVIEW: Mapping[str, Any] = {
    "criterion_cited": "LCD L34220",
    "criterion_met": "yes",
    "rationale": "The record meets each element of the policy; therapy failed and the film shows grade 4.",
    "no_conflict": True,
}


def answers(element_id: str, *, more: bool = True) -> Mapping[str, Any]:
    """What a person fills in at an element of the measured models."""
    return {"more": more} if element_id == "work" else ANSWER
