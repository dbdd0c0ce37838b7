"""One instance as it is read for a page: its version, its state, its case, and who looks."""

from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from mso.access import Viewer
from mso.cases import Case
from webapp.frame import when
from webapp.views.tasks import PROCESSES
from workflows import definitions, operations, runtime
from workflows.definitions import Definition
from workflows.engine import Execution
from workflows.instances import ProcessInstance
from workflows.operations import picture

STATES = {
    "running": ("Running", "info"),
    "stopped": ("Stopped", "bad"),
    "suspended": ("Suspended", "warn"),
    "completed": ("Completed", "ok"),
    "cancelled": ("Canceled", ""),
}


class Seen:
    """Reads an instance once, inside a reading block, for one viewer."""

    def __init__(self, session: Session, row: ProcessInstance, viewer: Viewer, *, now: datetime) -> None:
        self.session, self.row, self.viewer, self.now = session, row, viewer, now
        self.definition: Definition = definitions.get(session, row.definition_id)
        self.execution: Execution = runtime.look(session, row.id, now=now)
        self.picture = picture.take(self.execution, self.definition.version, is_suspended=row.suspended_at is not None)
        self.case = session.get(Case, (row.practice_id, row.subject_id)) if row.subject_id else None
        self.state = self.case.service_state if self.case else None
        self.may_operate = viewer.may("instance:operate") and row.ended_at is None
        self.sees_values = viewer.may("instance:operate") and viewer.may("case:read")

    def head(self) -> dict[str, Any]:
        """Names and state of the instance."""
        status = operations.status_of(self.row)
        text, state = STATES[status]
        return {
            "id": str(self.row.id),
            "short": str(self.row.id)[-12:],
            "href": url_for("instances.show", instance_id=self.row.id),
            "process": PROCESSES.get(self.row.process_key, self.definition.process.name),
            "version": self.definition.version,
            "status": status,
            "status_text": text,
            "status_state": state,
            "started_text": when(self.row.started_at, self.state, now=self.now),
            "ended_text": when(self.row.ended_at, self.state, now=self.now) if self.row.ended_at else "",
            "case": case_link(self.case),
            "may_operate": self.may_operate,
            "sees_values": self.sees_values,
            "preview_href": url_for("instances.preview", instance_id=self.row.id),
        }

    def name(self, element_id: str | None) -> str:
        """The name of an element of this version."""
        element = self.picture.element(element_id or "")
        return (element.name or element.id) if element is not None else element_id or "The process"


def case_link(case: Case | None) -> dict[str, str] | None:
    """The case an instance is about."""
    return {"number": case.number, "href": url_for("cases.show", case_id=case.id)} if case is not None else None
