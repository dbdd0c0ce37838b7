"""Checks 1, 2 and 13 to 18: the requirement, the account, exclusion, appointment, side, dual role, conflicts, pairs.

Each check gives the reasons for which it fails: none when it passes, None when it does not apply.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mso.affiliations import MSO_SIDE
from mso.register import Affiliation, License, PersonRecord
from mso.sanctions import CANDIDATE, CONFIRMED, LEIE
from tasks.eligibility.license_checks import Outcome
from tasks.eligibility.positions import accepted
from tasks.eligibility.requirement import Requirement
from tasks.eligibility.specialty import PHYSICIANS
from tasks.eligibility.verdict import Reason

OPEN_SCORE = 50
"""A match below is nobody; from here to the policy's score it refuses once its time to adjudicate has passed."""

_CONFLICTS: Mapping[str, str] = {
    "SUBMITTER": "you submitted what is decided here",
    "ORIGINAL_REVIEWER": "you made the first decision",
    "SUBORDINATE": "you report to the one who made the first decision",
    "APPLICANT": "you are the applicant",
    "COMPETITOR": "you compete with the person concerned",
    "PARTNER": "you are a business partner of the person concerned",
    "FAMILY": "you are family of the person concerned",
    "FINANCIAL": "you have a financial interest",
    "PRIOR_VOTER": "you voted on this before",
    "DRAFTER": "you drafted what is decided here",
    "SUBJECT": "this decision is about you",
}


@dataclass(frozen=True)
class PersonQuestion:
    """One person, asked for one requirement at one instant. license: the one that carries it, else the closest."""

    record: PersonRecord
    requirement: Requirement
    on: datetime
    license: License | None

    @property
    def places(self) -> tuple[Affiliation, ...]:
        """Positions on a side that counts, in the practice that decides; suspended ones too."""
        sides, practice = self.requirement.org_sides, self.requirement.practice_id
        return tuple(
            one
            for one in self.record.affiliations
            if one.side in sides and (one.practice_id == practice or one.side == MSO_SIDE)
        )

    @property
    def fitting_places(self) -> tuple[Affiliation, ...]:
        """Those of them whose position this decision needs. An active one of another kind does not stand in."""
        fitting = accepted(self.requirement.acting_as)
        return tuple(one for one in self.places if one.position in fitting)

    @property
    def mso_roles(self) -> tuple[Affiliation, ...]:
        """What the person does for the MSO now."""
        return tuple(one for one in self.record.affiliations if one.side == MSO_SIDE and one.status != "pending")


def requirement_known(asked: PersonQuestion) -> Outcome:
    """1: nothing about the requirement is unknown."""
    needs = asked.requirement
    missing = [
        what
        for what, known in (
            ("the decision type", needs.decision_type and needs.kind in ("clinical", "governance", "legal")),
            ("the practice", needs.practice_id),
            ("the accepted license classes", needs.accepts),
            ("the state", needs.states or needs.state_mode == "somewhere"),
            ("the position", needs.acting_as and needs.org_sides),
            ("the policy rows", needs.policy_rows),
            ("the limit for verifications", needs.freshness_days is not None),
            ("the limits for exclusion screens", needs.screen_days is not None and needs.candidate_score is not None),
            ("who is excluded", needs.excluded_people is not None),
        )
        if not known
    ]
    return unknown(", ".join(missing)) if missing else ()


def unknown(what: str) -> tuple[Reason]:
    """The reason of check 1."""
    sentence = f"It is not known who may decide this: {what} cannot be told."
    return (Reason("REQUIREMENT_UNKNOWN", sentence, "An operator has to complete the case or the authority matrix."),)


def account(asked: PersonQuestion) -> Outcome:
    """2: the account is open."""
    if asked.record.active:
        return ()
    return (Reason("ACCOUNT_INACTIVE", "Your account is closed.", "The MSO's administrator can open it."),)


def exclusion(asked: PersonQuestion) -> Outcome:
    """13: searched for lately in the list of excluded individuals, and not on it."""
    found = []
    if any(one.status == CONFIRMED for one in asked.record.sanctions):
        found.append(Reason("EXCLUDED", "You are excluded from federal health programs.", "Compliance can tell more."))
    if any(_is_open_match(asked, one.status, one.score, one.adjudicate_by) for one in asked.record.sanctions):
        sentence = "An entry of an exclusion list that may be you has not been decided on."
        found.append(Reason("EXCLUSION_OPEN", sentence, "Compliance can decide whether it is you."))
    screened, days = asked.record.screened_at.get(LEIE), asked.requirement.screen_days
    if screened is None or days is None or screened < asked.on - timedelta(days=days):
        sentence = "The federal exclusion list was not searched for you lately."
        found.append(Reason("SCREEN_STALE", sentence, "Compliance can run the search."))
    return tuple(found)


def appointment(asked: PersonQuestion) -> Outcome:
    """14: appointed by the practice and not suspended. Somebody without any position there is check 15's."""
    statuses = {one.status for one in asked.fitting_places or asked.places}
    if not statuses:
        return None
    if "active" in statuses:
        return ()
    if "suspended" in statuses:
        return (Reason("SUSPENDED", "Your position in this practice is suspended.", "The practice can lift it."),)
    return (Reason("NOT_APPOINTED", "Your appointment by this practice is pending.", "The practice can appoint you."),)


def practice_side(asked: PersonQuestion) -> Outcome:
    """15: on the practice's side, in a position this decision needs; rendering means having treated the patient."""
    needs = asked.requirement
    wanted = " or ".join(sorted(one.replace("_", " ") for one in needs.acting_as)) or "unknown"
    if not asked.places:
        return (_elsewhere(asked),)
    if not asked.fitting_places:
        sentence = f"Your position in this practice is not one that decides this; it takes: {wanted}."
        return (Reason("POSITION", sentence, "The practice can record another position, with its evidence."),)
    if needs.acting_as == {"rendering"} and needs.treating_person != asked.record.person_id:
        sentence = "Only the practitioner who treated the patient decides this."
        return (Reason("POSITION", sentence, "The rendering practitioner has to decide."),)
    return ()


def dual_role(asked: PersonQuestion) -> Outcome:
    """16: a role at the MSO beside the position in the practice needs a row of the state that allows it."""
    if not asked.mso_roles or not any(one.side != MSO_SIDE for one in asked.places):
        return None
    if asked.requirement.dual_role_rule == "disclose":
        return ()
    sentence = "You also act for the MSO, and no rule of this practice's state allows both at once."
    return (Reason("DUAL_ROLE", sentence, "Someone without a role at the MSO has to decide."),)


def conflicts(asked: PersonQuestion) -> Outcome:
    """17: not somebody whom this decision excludes."""
    why = (asked.requirement.excluded_people or {}).get(asked.record.person_id)
    if why is None:
        return ()
    key = why.upper() if why.upper() in _CONFLICTS else "PRIOR_STEP"
    sentence = f"Another person has to decide: {_CONFLICTS.get(key, 'you acted earlier in this case')}."
    return (Reason(f"CONFLICT_{key}", sentence, "Someone without this conflict has to decide."),)


def signer_pair(asked: PersonQuestion) -> Outcome:
    """18: the second signer is another person, and completes the pair of classes."""
    first = asked.requirement.first_signer
    if asked.requirement.signers != "2":
        return None
    if first is None:
        return ()
    if first.person_id == asked.record.person_id:
        return (Reason("SIGNER_PAIR", "You have signed already; this takes two people.", "Someone else has to sign."),)
    held = {first.license_class, asked.license.license_class if asked.license else ""}
    is_pair = "PHARMACIST" in held and bool(PHYSICIANS & held)
    if asked.requirement.specialty_rule == "one_pharmacist_and_one_md_do" and not is_pair:
        sentence = "This takes one pharmacist and one physician."
        return (Reason("SIGNER_PAIR", sentence, "Someone of the other profession has to sign."),)
    return ()


BEFORE: tuple[tuple[int, str, Callable[[PersonQuestion], Outcome]], ...] = (
    (1, "requirement known", requirement_known),
    (2, "account", account),
)
AFTER: tuple[tuple[int, str, Callable[[PersonQuestion], Outcome]], ...] = (
    (13, "exclusion", exclusion),
    (14, "appointment", appointment),
    (15, "practice side", practice_side),
    (16, "dual role", dual_role),
    (17, "conflicts", conflicts),
    (18, "second signer", signer_pair),
)


def _is_open_match(asked: PersonQuestion, status: str, score: int | None, adjudicate_by: datetime | None) -> bool:
    if status != CANDIDATE:
        return False
    refused_from = asked.requirement.candidate_score
    if score is None or refused_from is None or score >= refused_from:
        return True
    return score >= OPEN_SCORE and (adjudicate_by is None or adjudicate_by <= asked.on)


def _elsewhere(asked: PersonQuestion) -> Reason:
    remedy = "Someone on the practice's side has to decide."
    if asked.mso_roles:
        return Reason("MSO_SIDE", "You work for the MSO; the practice decides this.", remedy)
    return Reason("OTHER_PRACTICE", "You are not affiliated with this practice.", remedy)
