"""What does a task ask of its signer? Built from the server's own rows (tasks/routing.py), never from process data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

StateMode = Literal["any", "all", "somewhere"]


@dataclass(frozen=True)
class FirstSigner:
    """Who signed first, of a decision that takes two."""

    person_id: UUID
    license_class: str


@dataclass(frozen=True)
class Requirement:
    """Everything the predicate asks for. None, or an empty set, is unknown, and unknown is refused.

    accepts:         license classes, after whatever the task or a policy row narrows.
    states:          whose license is needed; `state_mode` any of them, all of them, or "somewhere" for any state.
    state_basis:     why those states, e.g. "service"; for people.
    acting_as:       alternatives, e.g. owner or medical_director; see tasks.eligibility.positions.
    org_sides:       sides on which the position may be held: practice, external, mso.
    specialty_rule:  key of tasks.eligibility.specialty.RULES.
    discipline:      of the case: the treating practitioner's, else the practice's.
    specialty:       key of the specialty that the case concerns.
    subject_class:   license class of the person whom the decision is about.
    excluded_people: person -> why (SUBMITTER, DRAFTER, ...); None when nobody has looked.
    independence:    rules of the decision type behind excluded_people, e.g. "not_drafter"; for people.
    controlled:      whether controlled substances are concerned, so that a DEA registration is needed.
    freshness_days:  how old a verification may be; screen_days, how old a search of the exclusion lists.
    candidate_score: from which likeness on an open match of an exclusion list refuses.
    dual_role_rule:  of the practice's state: "disclose" allows a simultaneous role at the MSO, anything else does not.
    policy_rows:     ids of the rows this was built from.
    """

    decision_type: str | None
    kind: str | None
    practice_id: int | None
    accepts: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    state_mode: StateMode = "any"
    state_basis: str = ""
    acting_as: frozenset[str] = frozenset()
    org_sides: frozenset[str] = frozenset()
    specialty_rule: str | None = None
    discipline: str | None = None
    specialty: str | None = None
    subject_class: str | None = None
    practice_discipline: str | None = None
    treating_person: UUID | None = None
    excluded_people: Mapping[UUID, str] | None = None
    independence: frozenset[str] = frozenset()
    controlled: bool = False
    signers: str = "1"
    first_signer: FirstSigner | None = None
    freshness_days: int | None = None
    screen_days: int | None = None
    candidate_score: int | None = None
    dual_role_rule: str | None = None
    policy_rows: tuple[str, ...] = field(default=())

    @property
    def state_code(self) -> str | None:
        """The one state whose license is needed; None when it is several or any."""
        return next(iter(self.states)) if len(self.states) == 1 and self.state_mode != "somewhere" else None

    def facts(self) -> dict[str, Any]:
        """Ready for JSON: what is stored with a task, a signature or an audit entry, to be compared later."""
        excluded = self.excluded_people
        return {
            "decision_type": self.decision_type,
            "kind": self.kind,
            "practice_id": self.practice_id,
            "accepts": sorted(self.accepts),
            "states": sorted(self.states),
            "state_mode": self.state_mode,
            "acting_as": sorted(self.acting_as),
            "org_sides": sorted(self.org_sides),
            "specialty_rule": self.specialty_rule,
            "discipline": self.discipline,
            "specialty": self.specialty,
            "treating_person": str(self.treating_person) if self.treating_person else None,
            "excluded_people": None if excluded is None else {str(one): excluded[one] for one in excluded},
            "controlled": self.controlled,
            "signers": self.signers,
            "freshness_days": self.freshness_days,
            "screen_days": self.screen_days,
            "policy_rows": list(self.policy_rows),
        }
