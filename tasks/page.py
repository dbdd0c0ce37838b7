"""What the page of a task shows, and its digest: a signature covers exactly this.

The page is built from the database each time; the digest that the page carried is compared when its form comes back.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from mso import cases
from mso.cases import Case
from mso.denials import sheet
from mso.denials.sheet import Sheet
from store import canonical
from tasks import forms
from tasks.models import Task
from tasks.signatures import SignedDecisionRow, meaning_of, plain
from workflows import definitions, runtime
from workflows.definitions import Definition

NO_FORM: dict[str, Any] = {"type": "default", "schemaVersion": 19, "components": []}


@dataclass(frozen=True)
class TaskPage:
    """One task as it is shown.

    form:     form-js JSON of the task's version; context: the process data its conditions and texts may read.
    initial:  answers that stand in the form at first; empty on a clinical task, where nobody pre-fills.
    shown:    what the signature covers; digest: its SHA-256.
    """

    case: Case | None
    sheet: Sheet | None
    form: Mapping[str, Any]
    form_digest: str
    context: Mapping[str, Any]
    initial: Mapping[str, Any]
    shown: Mapping[str, Any]
    digest: str
    definition_digest: str
    definition_version: int


def build(session: Session, task: Task, *, now: datetime, context: Mapping[str, Any] | None = None) -> TaskPage:
    """Read everything a task page shows. context: what the task reads, for who has the instance at hand."""
    definition = definitions.get(session, task.definition_id)
    form = form_of(definition, task)
    context = _context(session, task, now) if context is None else context
    case = _case(session, task)
    shown_sheet = sheet.build(session, case) if case and case.process_key in cases.PREFIXES else None
    if shown_sheet is not None and task.is_clinical:
        shown_sheet = shown_sheet.without_money()
    form_digest = digest_of(definition, task)
    shown = {
        "task": {"element": task.element_id, "name": task.name, "decision_type": task.decision_type},
        "case": case.number if case else None,
        "facts": [[fact.label, fact.value, fact.sub] for fact in shown_sheet.facts] if shown_sheet else [],
        "lines": _lines(shown_sheet),
        "documents": [[one.title, one.sha256] for one in shown_sheet.documents] if shown_sheet else [],
        "texts": forms.texts(form, context, now=now),
        "form": form_digest,
        "definition": definition.digest,
        "meaning": meaning_of(task.decision_type) if task.decision_type else None,
    }
    digest = hashlib.sha256(canonical.dumps(plain(shown))).hexdigest()
    initial = {} if task.is_clinical else _initial(task, form, context)
    return TaskPage(
        case,
        shown_sheet,
        form,
        form_digest,
        context,
        initial,
        shown,
        digest,
        definition.digest,
        definition.version,
    )


def form_of(definition: Definition, task: Task) -> Mapping[str, Any]:
    """The form of a task's version."""
    form: Mapping[str, Any] = definition.forms.get(task.form_key or "", NO_FORM)
    return form


def digest_of(definition: Definition, task: Task) -> str:
    """SHA-256 of that form, hexadecimal; computed once, because a version never changes."""
    key = (definition.id, task.form_key)
    if key not in _digests:
        _digests[key] = hashlib.sha256(json.dumps(form_of(definition, task), sort_keys=True).encode()).hexdigest()
    return _digests[key]


_digests: dict[tuple[UUID, str | None], str] = {}


def _case(session: Session, task: Task) -> Case | None:
    if task.case_id is None:
        return None
    return cases.known(session, task.practice_id, task.case_id)


def tell_completion(
    session: Session, task: Task, person_id: UUID, signed: SignedDecisionRow | None, *, at: datetime
) -> None:
    """Add the completion to the case's story; a signature with what a letter needs to quote it."""
    case = _case(session, task)
    if case is not None:
        outcome = f": {task.outcome.replace('_', ' ')}" if task.outcome else ""
        kind = "signed" if signed else "completed"
        cases.tell(case, kind, f"{task.name}{outcome}.", at=at, by=person_id, task_id=str(task.id), **_quoted(signed))


def _quoted(signed: SignedDecisionRow | None) -> dict[str, str]:
    if signed is None:
        return {}
    held = signed.license_snapshot
    return {
        "decision_type": signed.decision_type,
        "outcome": signed.outcome,
        "printed_name": signed.printed_name,
        "license": f"{held['class']} {held['state']} {held['number']}, active to {held['expires_on']}",
        "meaning": signed.meaning,
        "signed_at": signed.signed_at.isoformat(),
        "signature": signed.content_hash.hex(),
    }


def _context(session: Session, task: Task, now: datetime) -> Mapping[str, Any]:
    execution = runtime.look(session, task.instance_id, now=now)
    for waiting in execution.waiting().user_tasks:
        if waiting.id == task.engine_task_id:
            return waiting.data
    return execution.variables


def _initial(task: Task, form: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
    """Process data under a field's key stands in the form at first (as form-js does)."""
    keys = [str(one["key"]) for one in form.get("components", []) if one.get("key")]
    earlier = context.get(task.element_id)
    before: Mapping[str, Any] = earlier if isinstance(earlier, Mapping) else {}
    found = {key: context.get(key, before.get(key)) for key in keys}
    return {key: value for key, value in found.items() if value is not None and not isinstance(value, Mapping)}


def _lines(shown: Sheet | None) -> list[Any]:
    if shown is None:
        return []
    return [
        [line.service, [[one.code, one.text] for one in line.reasons], [list(pair) for pair in line.remarks]]
        for line in shown.lines
    ]
