"""Checks 3 to 12: does this one license carry the decision? Never the class of one with the state of another.

Each check gives the reasons for which it fails: none when it passes, None when it does not apply.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from mso.licenses import CLEAR, MANUAL
from mso.practices import is_state, state_name
from mso.register import License
from tasks.eligibility import specialty
from tasks.eligibility.requirement import Requirement
from tasks.eligibility.verdict import Reason

Outcome = tuple[Reason, ...] | None

AGREEMENT_NEEDED = frozenset({"PA"})
AUTHORITY_NEEDED = frozenset({"NP", "CNS", "CNM", "CRNA"})
PROTOCOL_NEEDED = frozenset({"LPN"})
CREDENTIALING = "Credentialing can bring it up to date in the register."


@dataclass(frozen=True)
class LicenseQuestion:
    """One license of one person, asked for one requirement at one instant."""

    person_id: UUID
    license: License
    requirement: Requirement
    on: datetime

    @property
    def today(self) -> date:
        """The day it is where the license holds."""
        return self.license.local_day(self.on)

    @property
    def is_accepted_class(self) -> bool:
        """Whether the class is among the accepted ones."""
        return self.license.license_class in self.requirement.accepts

    def reason(self, code: str, sentence: str, remedy: str, **facts: object) -> Reason:
        """A reason that rests on this license."""
        known = {"class": self.license.license_class, "state": self.license.state, **facts}
        return Reason(code, sentence, remedy, known, self.license.license_id)

    @property
    def label(self) -> str:
        """E.g. "Your MD license in New York"."""
        return f"Your {self.license.license_class} license in {state_name(self.license.state)}"


def license_class(asked: LicenseQuestion) -> Outcome:
    """3: the class is accepted."""
    if asked.is_accepted_class:
        return ()
    accepted = " or ".join(sorted(asked.requirement.accepts)) or "a license class that is not known"
    sentence = f"{asked.label} is not of an accepted class; this task needs {accepted}."
    return (asked.reason("CLASS_NOT_ACCEPTED", sentence, f"Someone with {accepted} has to decide."),)


def state(asked: LicenseQuestion) -> Outcome:
    """4: the license covers the required state. A multistate license of another state is check 5's."""
    if _covers(asked.license.state, asked.requirement) or asked.license.compact == "NLC":
        return ()
    needed = _states_in_words(asked.requirement)
    held = state_name(asked.license.state)
    own = asked.license.license_class
    sentence = f"Your {own} license covers {held}; this task needs an active license in {needed}."
    return (asked.reason("WRONG_STATE", sentence, f"Someone licensed in {needed} has to decide."),)


def compact(asked: LicenseQuestion) -> Outcome:
    """5: a multistate nursing license holds elsewhere only with proven residence and membership of both states.

    Residence and membership are not in the register, so such a license is good for its own state alone. A privilege
    under another compact is a license row of its own, in the state that granted it.
    """
    if asked.license.compact != "NLC":
        return None
    if _covers(asked.license.state, asked.requirement):
        return ()
    needed = _states_in_words(asked.requirement)
    sentence = f"{asked.label} is a multistate license, but nothing on file proves that it holds in {needed}."
    return (asked.reason("COMPACT_NOT_VALID", sentence, f"Someone licensed in {needed} itself has to decide."),)


def status(asked: LicenseQuestion) -> Outcome:
    """6: the license is active."""
    if asked.license.status == "active":
        return ()
    said = (asked.license.status or "of unknown status").replace("_", " ")
    return (asked.reason("NOT_ACTIVE", f"{asked.label} is {said}.", CREDENTIALING, status=asked.license.status),)


def dates(asked: LicenseQuestion) -> Outcome:
    """7: issued, and not past its last day, which is still valid."""
    license, found = asked.license, []
    if license.issued_on is None or license.issued_on > asked.today:
        begins = license.issued_on
        since = f"is valid from {begins:%B %-d, %Y} on" if begins else "has no date of issue on file"
        found.append(asked.reason("NOT_YET_VALID", f"{asked.label} {since}.", CREDENTIALING))
    if license.expires_on is None or license.expires_on < asked.today:
        ended = license.expires_on
        since = f"expired on {ended:%B %-d, %Y}" if ended else "has no expiry date on file"
        found.append(asked.reason("EXPIRED", f"{asked.label} {since}.", CREDENTIALING))
    return tuple(found)


def restriction(asked: LicenseQuestion) -> Outcome:
    """8: nothing restricts it."""
    if asked.license.restriction == "none":
        return ()
    remedy = "Someone with an unrestricted license has to decide."
    return (asked.reason("RESTRICTED", f"{asked.label} is restricted.", remedy),)


def verification(asked: LicenseQuestion) -> Outcome:
    """9: the primary source confirmed it, not too long ago."""
    license, days = asked.license, asked.requirement.freshness_days
    if license.verification not in (CLEAR, MANUAL) or license.verified_at is None or license.verified_at > asked.on:
        sentence = f"{asked.label} is not confirmed by its primary source."
        return (asked.reason("NOT_VERIFIED", sentence, "Credentialing can verify it at the source."),)
    if days is None or license.verified_at < asked.on - timedelta(days=days):
        age = (asked.on - license.verified_at).days
        sentence = f"{asked.label} was last verified {age} days ago; at most {days} days are accepted."
        return (asked.reason("VERIFICATION_STALE", sentence, "Credentialing can verify it again at the source."),)
    return ()


def practice_authority(asked: LicenseQuestion) -> Outcome:
    """10: advanced practice nurses, physician assistants and practical nurses show how they may practice here."""
    held = asked.license.license_class
    if held not in AUTHORITY_NEEDED | AGREEMENT_NEEDED | PROTOCOL_NEEDED or asked.requirement.kind != "clinical":
        return None
    until = asked.license.practice_authority_until
    accepted = {"protocol"} if held in PROTOCOL_NEEDED else {"agreement"}
    if held in AUTHORITY_NEEDED:
        accepted |= {"independent"}
    said = asked.license.practice_authority
    # An agreement has a last day; one without is not on file as it has to be.
    ends_in_time = until >= asked.today if until is not None else said == "independent"
    if said in accepted and ends_in_time:
        return ()
    code = "SCOPE" if held in PROTOCOL_NEEDED else "SUPERVISION_MISSING"
    needed = " or ".join(sorted(accepted))
    sentence = f"{asked.label}: no current practice authority is on file ({needed})."
    return (asked.reason(code, sentence, "Credentialing can file the agreement or the state's grant."),)


def dea(asked: LicenseQuestion) -> Outcome:
    """11: controlled substances need a DEA registration in the state. None is in the register, so none is shown."""
    if not asked.requirement.controlled:
        return None
    sentence = "No DEA registration in this state is on file, and this decision concerns controlled substances."
    return (asked.reason("DEA_MISSING", sentence, "Credentialing can verify the registration."),)


def field(asked: LicenseQuestion) -> Outcome:
    """12: the right specialty or discipline."""
    if not asked.is_accepted_class:
        return None
    if specialty.is_satisfied(asked.person_id, asked.license, asked.requirement):
        return ()
    wanted = (asked.requirement.specialty or asked.requirement.discipline or "one that is not known").replace("_", " ")
    own = (asked.license.discipline or "unknown").replace("_", " ")
    sentence = f"{asked.label} is of another field ({own}) than this decision needs ({wanted})."
    remedy = "The treating practitioner, or someone of the same discipline in the practice, has to decide."
    return (asked.reason("SPECIALTY", sentence, remedy),)


CHECKS: tuple[tuple[int, str, Callable[[LicenseQuestion], Outcome]], ...] = (
    (3, "license class", license_class),
    (4, "state", state),
    (5, "compact", compact),
    (6, "status", status),
    (7, "dates", dates),
    (8, "restriction", restriction),
    (9, "verified and fresh", verification),
    (10, "practice authority", practice_authority),
    (11, "DEA", dea),
    (12, "specialty", field),
)


def _covers(held: str, requirement: Requirement) -> bool:
    if requirement.state_mode == "somewhere":
        return is_state(held)
    if requirement.state_mode == "all":
        # One license covers one state, and licenses are never combined: several states need several signers.
        return requirement.states == frozenset({held})
    return held in requirement.states


def _states_in_words(requirement: Requirement) -> str:
    joint = " and " if requirement.state_mode == "all" else " or "
    return joint.join(state_name(one) for one in sorted(requirement.states)) or "a state that is not known"
