"""Asking the predicate about somebody: with the register as it stands, and, for an act, with their row held still."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from mso.register import Register, affiliated_people, load, lock_practitioner
from store.errors import Refused
from tasks.eligibility.judging import judge
from tasks.eligibility.requirement import Requirement
from tasks.eligibility.verdict import Verdict


class NotEligible(Refused):
    """The person may not take this decision; `verdict` says why, with every reason."""

    code = "task.not_eligible"
    message = "You may not sign this. {reasons}"

    def __init__(self, verdict: Verdict, reference: str = "") -> None:
        super().__init__(
            by=verdict.person_id,
            on=reference,
            audit_facts={"decision_type": verdict.decision_type, "reasons": list(verdict.codes)},
            reasons=" ".join(reason.sentence for reason in verdict.reasons),
        )
        self.verdict = verdict


def require(
    session: Session, person_id: UUID, requirement: Requirement | None, on: datetime, *, reference: str = ""
) -> Verdict:
    """The verdict of somebody who may act, inside the acting transaction: their row is locked, then read.

    reference: what they want to act on, e.g. "task/<id>", for the audit entry of a refusal. Raises NotEligible.
    """
    lock_practitioner(session, person_id)
    verdict = verdict_of(session, person_id, requirement, on)
    if not verdict.eligible:
        raise NotEligible(verdict, reference)
    return verdict


def verdict_of(session: Session, person_id: UUID, requirement: Requirement | None, on: datetime) -> Verdict:
    """The verdict as things stand, for showing; no act may rest on it."""
    return judge(person_id, requirement, load(session, [person_id], on), on)


def survey(session: Session, requirement: Requirement, on: datetime) -> tuple[Verdict, ...]:
    """The verdicts of everybody who ever stood on the practice's side, by name: who could sign, who nearly could."""
    return _survey(session, (), requirement, on)[1]


def survey_with(
    session: Session, person_id: UUID, requirement: Requirement, on: datetime
) -> tuple[Verdict, tuple[Verdict, ...]]:
    """The verdict of one person, and those of survey(), from one reading of the register."""
    register, others = _survey(session, (person_id,), requirement, on)
    return judge(person_id, requirement, register, on), others


def _survey(
    session: Session, also: Iterable[UUID], requirement: Requirement, on: datetime
) -> tuple[Register, tuple[Verdict, ...]]:
    practice_id = requirement.practice_id
    asked = set(affiliated_people(session, practice_id)) if practice_id is not None else set()
    register = load(session, asked.union(also), on)
    verdicts = (judge(one, requirement, register, on) for one in register.people if one in asked)
    return register, tuple(sorted(verdicts, key=lambda one: (one.name, str(one.person_id))))


def candidates(session: Session, requirement: Requirement, on: datetime) -> tuple[Verdict, ...]:
    """Everybody who may take the decision now. Empty means that the task waits; nobody stands in."""
    return tuple(one for one in survey(session, requirement, on) if one.eligible)
