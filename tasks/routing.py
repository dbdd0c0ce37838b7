"""What does this task ask of its signer, and which tasks could this person sign at all?

Both answers come from the authority matrix and the register. A model may narrow the accepted classes, never widen them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mso.authority import DecisionType, find_decision_type, find_limit
from mso.licenses import DISCIPLINES
from mso.practices import Organization, find_practice, is_state
from mso.register import load
from tasks.eligibility import FirstSigner, Requirement
from tasks.eligibility.positions import SATISFIED_BY
from tasks.eligibility.requirement import StateMode

LIMITS_OF = "countersign"
"""Program of the policy limits that the predicate uses."""


@dataclass(frozen=True)
class CaseFacts:
    """What the server knows about the case of a task, from its own rows. None is unknown.

    excluded_people:  person -> why they may not act (SUBMITTER, DRAFTER, ... or a text); empty when nobody is excluded,
                      None when nobody has looked.
    treating_person:  the practitioner who treated the patient, when they are in our register.
    treating_class:   their license class, when it is known from elsewhere.
    specialty:        key of the specialty concerned; subject_class: class of the person the decision is about.
    controlled:       whether controlled substances are concerned.
    employer_side:    of a legal task: whose counsel is asked, "practice", "mso" or "external".
    required_license: classes the model narrows to, e.g. "MD|DO".
    """

    practice_id: int
    service_state: str | None = None
    patient_state: str | None = None
    supervisee_state: str | None = None
    excluded_people: Mapping[UUID, str] | None = None
    treating_person: UUID | None = None
    treating_class: str | None = None
    specialty: str | None = None
    subject_class: str | None = None
    controlled: bool | None = None
    employer_side: str = "practice"
    first_signer: FirstSigner | None = None
    required_license: str | None = None


def build_requirement(session: Session, decision_type: str | None, facts: CaseFacts, on: datetime) -> Requirement:
    """The requirement of a task. What cannot be told stays unknown in it, and is refused by the predicate."""
    today = policy_day(on)
    row = find_decision_type(session, decision_type, today) if decision_type else None
    if row is None:
        return Requirement(decision_type, None, facts.practice_id)
    practice = find_practice(session, facts.practice_id)
    freshness = find_limit(session, "authority_freshness", LIMITS_OF, today)
    screen = find_limit(session, "exclusion_freshness", LIMITS_OF, today)
    score = find_limit(session, "exclusion_candidate_refuse_score", LIMITS_OF, today)
    states, mode = _states(row.state_basis, facts, practice)
    return Requirement(
        decision_type=row.key,
        kind=row.kind,
        practice_id=practice.id if practice else None,
        accepts=_accepts(row, facts.required_license),
        states=states,
        state_mode=mode,
        state_basis=row.state_basis,
        acting_as=frozenset(row.position),
        org_sides=frozenset({facts.employer_side} if "as_task_says" in row.org_side else row.org_side),
        specialty_rule=row.specialty_rule,
        discipline=_discipline(session, facts, practice, on),
        specialty=facts.specialty,
        subject_class=facts.subject_class,
        practice_discipline=practice.discipline if practice else None,
        treating_person=facts.treating_person,
        excluded_people=facts.excluded_people,
        independence=frozenset(row.independence),
        controlled=_is_controlled(row, facts),
        signers=row.signers,
        first_signer=facts.first_signer,
        freshness_days=freshness.value if freshness else None,
        screen_days=screen.value if screen else None,
        candidate_score=score.value if score else None,
        policy_rows=(str(row.id), *(str(limit.row_id) for limit in (freshness, screen, score) if limit)),
    )


def eligible_decision_types(
    session: Session, person_id: UUID, practices: Iterable[int], on: datetime
) -> set[tuple[int, str, str | None]]:
    """Which clinical tasks a person could sign: practice, decision type, state (None: licensed in any state).

    A filter for lists: never narrower than the predicate, which then judges the rows of the page.
    """
    pairs = [(role, position) for role, positions in SATISFIED_BY.items() for position in sorted(positions)]
    rows = session.execute(
        text(_ELIGIBLE_TYPES),
        {
            "person": person_id,
            "practices": sorted(set(practices)),
            "on": on,
            "today": policy_day(on),
            "roles": [role for role, _ in pairs],
            "positions": [position for _, position in pairs],
        },
    )
    return {(row.practice_id, row.key, row.state) for row in rows}


def policy_day(on: datetime) -> date:
    """The day whose policy rows apply: policy is the product's, so its day is UTC's."""
    return on.astimezone(UTC).date()


def _accepts(row: DecisionType, required_license: str | None) -> frozenset[str]:
    accepted = frozenset(row.accept_classes) - frozenset(row.never_classes)
    if required_license is None or not required_license.strip():
        return accepted
    return accepted & frozenset(re.split(r"[|,\s]+", required_license.strip().upper()))


def _states(basis: str, facts: CaseFacts, practice: Organization | None) -> tuple[frozenset[str], StateMode]:
    if basis == "any":
        return frozenset(), "somewhere"
    of_practice = practice.state if practice else None
    state = {
        "service": facts.service_state,
        "patient": facts.patient_state,
        "supervisee": facts.supervisee_state,
        "practice": of_practice,
        "practice_all": of_practice,
    }.get(basis)
    known = frozenset({state}) if state is not None and is_state(state) else frozenset()
    return known, "all" if basis == "practice_all" else "any"


def _discipline(session: Session, facts: CaseFacts, practice: Organization | None, on: datetime) -> str | None:
    """The treating practitioner's when one is known, else the practice's: a case is never open to every discipline."""
    from_class = DISCIPLINES.get(facts.treating_class or "")
    if from_class is not None:
        return from_class
    if facts.treating_person is not None:
        record = load(session, [facts.treating_person], on).person(facts.treating_person)
        held = {one.discipline for one in record.licenses if one.status == "active"} if record else set()
        if len(held) == 1:
            return held.pop()
    return practice.discipline if practice else None


def _is_controlled(row: DecisionType, facts: CaseFacts) -> bool:
    """Not knowing whether controlled substances are concerned counts as yes."""
    return row.controlled_check != "no" and facts.controlled is not False


# Only what needs nothing of the case: account, license, verification, position. state_day() is of sql/guards.sql.
_ELIGIBLE_TYPES = """
with held as (
    select distinct on (license_id) * from license_fact
     where person_id = :person and valid_from <= state_day(state, :on)
       and (valid_to is null or valid_to >= state_day(state, :on))
     order by license_id, recorded_at desc, id desc
), placed as (
    select distinct on (f.affiliation_id) f.practice_id, f.side, f.position, f.status, o.state
      from affiliation_fact f join organization o on o.id = f.practice_id
     where f.person_id = :person and f.valid_from <= state_day(o.state, :on)
       and (f.valid_to is null or f.valid_to >= state_day(o.state, :on))
     order by f.affiliation_id, f.recorded_at desc, f.id desc
), types as (
    select distinct on (key) * from decision_type
     where valid_from <= :today and (valid_to is null or valid_to >= :today)
     order by key, recorded_at desc, id desc
), fresh as (
    select distinct on (limit_key) value::int as days from policy_limit
     where limit_key = 'authority_freshness' and program = 'countersign'
       and valid_from <= :today and (valid_to is null or valid_to >= :today)
     order by limit_key, recorded_at desc, id desc
), roles as (
    select * from unnest(cast(:roles as text[]), cast(:positions as text[])) as pair(role, position)
)
select distinct o.id as practice_id, t.key, case when t.state_basis = 'any' then null else l.state end as state
  from person p
  join held l on true
  join types t on l.license_class = any (t.accept_classes) and l.license_class <> all (t.never_classes)
  join fresh on l.verified_at <= :on and l.verified_at >= :on - make_interval(days => fresh.days)
  join placed a on a.status = 'active' and (a.side = any (t.org_side) or 'as_task_says' = any (t.org_side))
  join roles r on r.position = a.position and r.role = any (t.position)
  join organization o on o.id = any (cast(:practices as int[])) and (o.id = a.practice_id or a.side = 'mso')
 where p.id = :person and p.active
   and l.status = 'active' and l.restriction = 'none' and l.verification in ('clear', 'manual')
   and l.issued_on <= state_day(l.state, :on) and l.expires_on >= state_day(l.state, :on)
   and (t.state_basis not in ('practice', 'practice_all') or l.state = o.state)
"""
