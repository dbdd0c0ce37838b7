"""How is a verdict said? To the person themselves with their own facts; of colleagues in numbers and kinds only."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mso.practices import state_name
from mso.register import License
from tasks.eligibility.requirement import Requirement
from tasks.eligibility.verdict import Verdict

_BASIS: Mapping[str, str] = {
    "service": "where the service was given",
    "patient": "where the patient is",
    "practice": "the practice's state",
    "practice_all": "each state of the practice",
    "supervisee": "where the supervised person practices",
}
_OF_COLLEAGUES: Mapping[str, str] = {
    "REQUIREMENT_UNKNOWN": "not known who may decide",
    "ACCOUNT_INACTIVE": "account closed",
    "NO_LICENSE": "no license on file",
    "CLASS_NOT_ACCEPTED": "license of another profession",
    "WRONG_STATE": "licensed in another state only",
    "COMPACT_NOT_VALID": "licensed in another state only",
    "NOT_ACTIVE": "license not active",
    "EXPIRED": "license expired",
    "NOT_YET_VALID": "license not yet valid",
    "RESTRICTED": "license restricted",
    "NOT_VERIFIED": "license not verified",
    "VERIFICATION_STALE": "verification out of date",
    "SUPERVISION_MISSING": "agreement not on file",
    "SCOPE": "outside the scope of practice",
    "DEA_MISSING": "no DEA registration on file",
    "SPECIALTY": "another discipline",
    "EXCLUDED": "cannot act at present",
    "EXCLUSION_OPEN": "cannot act at present",
    "SCREEN_STALE": "exclusion screen out of date",
    "NOT_APPOINTED": "not yet appointed",
    "SUSPENDED": "cannot act at present",
    "OTHER_PRACTICE": "not in this practice",
    "MSO_SIDE": "MSO staff",
    "POSITION": "in another position",
    "DUAL_ROLE": "also acts for the MSO",
    "SIGNER_PAIR": "has signed already",
}


@dataclass(frozen=True)
class Explanation:
    """The panel's part about the person who looks. facts: what speaks for them; reasons and remedies pair up."""

    may_sign: bool
    headline: str
    facts: tuple[str, ...]
    reasons: tuple[str, ...]
    remedies: tuple[str, ...]
    as_of: datetime


@dataclass(frozen=True)
class ColleagueView:
    """How many may, how many may not and why in kinds. No names, no licenses."""

    eligible: int
    refused: int
    kinds: tuple[tuple[str, int], ...]

    @property
    def sentence(self) -> str:
        """E.g. "2 may sign. 3 may not: 2 MSO staff, 1 licensed in another state only."."""
        why = ", ".join(f"{count} {kind}" for kind, count in self.kinds)
        return f"{self.eligible} may sign. {self.refused} may not{': ' + why if why else ''}."


def explain(verdict: Verdict) -> Explanation:
    """A verdict in the words of the panel, to the person it is about."""
    return Explanation(
        may_sign=verdict.eligible,
        headline="You may sign" if verdict.eligible else "You may not sign",
        facts=_in_favor(verdict.license, verdict.valid_on) if verdict.license else (),
        reasons=tuple(reason.sentence for reason in verdict.reasons),
        remedies=tuple(reason.remedy for reason in verdict.reasons),
        as_of=verdict.valid_on,
    )


def who_may_sign(requirement: Requirement, practice: str) -> str:
    """E.g. "MD or DO, active in New York (where the service was given), affiliated with Lakeshore Orthopedics PC"."""
    *most, last = [_class_name(one) for one in sorted(requirement.accepts)] or ["Not known"]
    classes = f"{', '.join(most)} or {last}" if most else last
    states = " and ".join(state_name(one) for one in sorted(requirement.states)) or "not known"
    basis = _BASIS.get(requirement.state_basis)
    place = "any state" if requirement.state_mode == "somewhere" else states + (f" ({basis})" if basis else "")
    owner = " as its owner" if requirement.acting_as == {"owner"} else ""
    return f"{classes}, active in {place}, affiliated with {practice}{owner}"


def _class_name(license_class: str) -> str:
    """Abbreviations as they are, words in lower case: "MD", "psychologist"."""
    return license_class if len(license_class) <= 4 else license_class.replace("_", " ").lower()


def of_colleagues(verdicts: Iterable[Verdict]) -> ColleagueView:
    """What everybody may know about who could sign: each refused person counts once, by their first reason."""
    judged = list(verdicts)
    refused = [one for one in judged if not one.eligible]
    kinds = Counter(kind_of(one.codes[0]) for one in refused)
    return ColleagueView(len(judged) - len(refused), len(refused), tuple(kinds.most_common()))


def kind_of(code: str) -> str:
    """What a reason is called when it is somebody else's."""
    return "acted earlier in this case" if code.startswith("CONFLICT_") else _OF_COLLEAGUES[code]


def _in_favor(license: License, on: datetime) -> tuple[str, ...]:
    label = f"{license.license_class} {state_name(license.state)} {license.number}"
    until = f", active to {license.expires_on.isoformat()}" if license.expires_on else ""
    days = (on - license.verified_at).days if license.verified_at else 0
    ago = "today" if days == 0 else f"{days} day{'s' if days > 1 else ''} ago"
    return (f"{label}{until}", f"verified {ago} at {license.source or 'the source'}")
