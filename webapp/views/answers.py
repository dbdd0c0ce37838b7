"""What a task asks and what was answered, in words: for those who may not fill it in, and for later."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from tasks import forms, page, signatures
from tasks.models import OPEN, Task
from webapp.frame import words

_SILENT = ("text", "button", "spacer", "separator")
_YES_NO = {True: "Yes", False: "No"}


def shown(session: Session, task: Task, view: page.TaskPage) -> list[dict[str, str]]:
    """The questions of an open task, the answers of one that is done."""
    return asked(task, view) if task.status == OPEN else given(session, task, view)


def written() -> list[dict[str, str]]:
    """What was typed into a task's form: a page that cannot take it still shows it, so that no text is lost."""
    if request.blueprint != "tasks" or request.method != "POST":
        return []
    typed = ((name, text.strip()) for name, text in request.form.items(multi=True) if name not in forms.RESERVED)
    return [_line(words(name.replace(".", " ")).capitalize(), text) for name, text in typed if text]


def asked(task: Task, view: page.TaskPage) -> list[dict[str, str]]:
    """The questions with their hints, else with what can be chosen."""
    found = [_line("Outcome", ", ".join(words(str(one)) for one in task.outcomes))] if task.is_clinical else []
    for one in _components(view):
        choices = ", ".join(str(option["label"]) for option in one.get("values", []))
        confirmed = "Has to be confirmed" if one.get("type") == "checkbox" else ""
        found.append(_line(str(one["label"]), str(one.get("description") or choices or confirmed)))
    return found


def given(session: Session, task: Task, view: page.TaskPage) -> list[dict[str, str]]:
    """The answers of a task that is done: as they were signed, else as the process keeps them."""
    if task.completed_at is None:
        return []
    values = _signed(session, task) if task.is_clinical else view.initial
    found = [_line("Outcome", words(task.outcome).capitalize())] if task.outcome else []
    for one in _components(view):
        if (text := _text(one, values.get(str(one.get("key"))))) != "":
            found.append(_line(str(one["label"]), text))
    return found


def _signed(session: Session, task: Task) -> Mapping[str, Any]:
    for row in signatures.of_case(session, task.case_id) if task.case_id else []:
        if row.task_id == task.id:
            answers: Mapping[str, Any] = json.loads(signatures.content_of(row))["answers"]
            return answers
    return {}


def _components(view: page.TaskPage) -> Iterator[Mapping[str, Any]]:
    for one in view.form.get("components", []):
        if one.get("label") and one.get("type") not in _SILENT:
            yield one


def _text(component: Mapping[str, Any], value: Any) -> str:
    if value is None or isinstance(value, Mapping):
        return ""
    if isinstance(value, bool):
        return _YES_NO[value]
    labels = {str(option["value"]): str(option["label"]) for option in component.get("values", [])}
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(labels.get(str(one), str(one)) for one in chosen)


def _line(label: str, text: str) -> dict[str, str]:
    return {"label": label, "text": text}
