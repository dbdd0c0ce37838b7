"""The answer of the predicate: yes or no, with every reason, and the checks it went through."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from mso.register import License

Result = Literal["pass", "fail", "not_applicable"]


@dataclass(frozen=True)
class Reason:
    """One failing check.

    code:     public and stable, e.g. "WRONG_STATE" (eligibility.md, section 4).
    sentence: to the person judged; may name their own license.
    remedy:   what would make it pass, and who can do it.
    facts:    what it rests on; without license numbers.
    """

    code: str
    sentence: str
    remedy: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    license_id: UUID | None = None


@dataclass(frozen=True)
class Check:
    """One check of section 4: its number, what it looked at, what came out."""

    number: int
    name: str
    result: Result
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """May this person take this decision?

    reasons:     all failing checks, in the order of their numbers; empty when eligible.
    license:     the license that carries the authority; None when none does.
    closest:     the license the reasons speak of; None for somebody without license.
    valid_until: the earliest instant at which this verdict can change by itself; None when nothing known changes it.
    """

    person_id: UUID
    name: str
    decision_type: str | None
    eligible: bool
    reasons: tuple[Reason, ...]
    checks: tuple[Check, ...]
    license: License | None
    closest: License | None
    valid_until: datetime | None
    policy_rows: tuple[str, ...]
    valid_on: datetime
    known_at: datetime | None

    @property
    def codes(self) -> tuple[str, ...]:
        """The reason codes, in order."""
        return tuple(reason.code for reason in self.reasons)

    def facts(self) -> dict[str, Any]:
        """Ready for JSON, without license numbers: for the signature row and the audit."""
        return {
            "person": str(self.person_id),
            "decision_type": self.decision_type,
            "eligible": self.eligible,
            "reasons": list(self.codes),
            "checks": {f"{one.number} {one.name}": one.result for one in self.checks},
            "license": str(self.license.license_id) if self.license else None,
            "policy_rows": list(self.policy_rows),
            "valid_on": self.valid_on.isoformat(),
            "known_at": self.known_at.isoformat() if self.known_at else None,
        }
