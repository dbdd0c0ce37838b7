"""The predicate, asked about a task: who may sign it now, and what does the panel say?

The requirement is built anew from the server's rows each time it is asked; nothing of it comes from process data.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from mso.access import Viewer
from mso.people import get_person
from store.once import once
from tasks import eligibility
from tasks.eligibility import Requirement, Verdict
from tasks.models import Task
from tasks.routing import CaseFacts, build_requirement, eligible_decision_types
from tasks.signatures import Signer


@dataclass(frozen=True)
class Panel:
    """What the clinical gate panel shows. you: the viewer's verdict; others: everybody of the practice's side."""

    requirement: Requirement
    you: Verdict
    others: tuple[Verdict, ...]

    @property
    def is_unstaffed(self) -> bool:
        """Nobody qualifies: the task waits and nobody stands in."""
        return not any(one.eligible for one in self.others)


def requirement_of(session: Session, task: Task, *, now: datetime) -> Requirement:
    """What the task asks of its signer, today."""
    facts = CaseFacts(
        practice_id=task.practice_id,
        service_state=task.state_code,
        patient_state=task.state_code,
        excluded_people={UUID(person): str(why) for person, why in task.exclusions.items()},
        controlled=False,
        required_license=task.required_license,
    )
    return build_requirement(session, task.decision_type, facts, now)


def require(session: Session, task: Task, viewer: Viewer, *, now: datetime) -> Verdict:
    """The verdict of somebody who may sign, their register row locked. Raises NotEligible with every reason."""
    requirement = requirement_of(session, task, now=now)
    return eligibility.require(session, viewer.person_id, requirement, now, reference=task.reference)


def signer_of(session: Session, verdict: Verdict) -> Signer:
    """What a signature keeps of its signer. verdict: of somebody who may sign, from `require`."""
    assert verdict.eligible and verdict.license is not None
    return Signer(
        person_id=verdict.person_id,
        printed_name=get_person(session, verdict.person_id).printed_name,
        license_fact_id=verdict.license.fact_id,
        license_snapshot=verdict.license.snapshot(),
        verdict=verdict.facts(),
    )


def panel(session: Session, task: Task, viewer: Viewer, *, now: datetime) -> Panel:
    """The gate of a clinical task for somebody who looks at it; no act rests on it."""
    return once(session, ("panel", task.id, viewer.person_id, now), lambda: _panel(session, task, viewer, now))


def _panel(session: Session, task: Task, viewer: Viewer, now: datetime) -> Panel:
    requirement = requirement_of(session, task, now=now)
    you, others = eligibility.survey_with(session, viewer.person_id, requirement, now)
    return Panel(requirement, you, others)


def signable(session: Session, viewer: Viewer, *, now: datetime) -> set[tuple[int, str, str | None]]:
    """Practice, decision type and state of the clinical tasks this person could sign: a filter for lists."""
    return eligible_decision_types(session, viewer.person_id, viewer.practices, now)
