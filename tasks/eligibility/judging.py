"""May this person take this decision?

The answer comes from the register, never from process data: nothing a form, script, message or webhook writes can make
anyone eligible. Unknown means no. Every failing check is named, not the first one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from mso.register import License, PersonRecord, Register, day_begins
from mso.sanctions import CANDIDATE, LEIE
from tasks.eligibility import license_checks, person_checks
from tasks.eligibility.license_checks import LicenseQuestion, Outcome
from tasks.eligibility.person_checks import PersonQuestion
from tasks.eligibility.requirement import Requirement
from tasks.eligibility.verdict import Check, Reason, Verdict

NOBODY = "unknown person"
_NO_REQUIREMENT = Requirement(None, None, None)


def judge(person_id: UUID, requirement: Requirement | None, register: Register, on: datetime) -> Verdict:
    """Decide from what the register says at an instant. Pure; the register must have been loaded for this instant.

    Raises ValueError when it was loaded for another one.
    """
    if register.on != on:
        raise ValueError("The register was loaded for another instant than the one judged.")
    needs = requirement or _NO_REQUIREMENT
    record = register.person(person_id) or PersonRecord(person_id, NOBODY, active=False)
    best = _closest(record, needs, on)
    asked = PersonQuestion(record, needs, on, best.license if best else None)
    done = [
        *(_done(number, name, check(asked)) for number, name, check in person_checks.BEFORE),
        *(best.done if best else _without_license()),
        *(_done(number, name, check(asked)) for number, name, check in person_checks.AFTER),
    ]
    reasons = tuple(reason for one in done for reason in one.reasons)
    carries = best.license if best and not best.failures else None
    return Verdict(
        person_id=person_id,
        name=record.name,
        decision_type=needs.decision_type,
        eligible=not reasons,
        reasons=reasons,
        checks=tuple(one.check for one in done),
        license=carries,
        closest=best.license if best else None,
        valid_until=_valid_until(record, needs, on),
        policy_rows=needs.policy_rows,
        valid_on=on,
        known_at=register.known_at,
    )


@dataclass(frozen=True)
class _Done:
    """A check and what came out of it."""

    check: Check
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class _Judged:
    """One license and its checks."""

    license: License
    done: tuple[_Done, ...]

    @property
    def failures(self) -> int:
        """How many checks it fails."""
        return sum(one.check.result == "fail" for one in self.done)

    @property
    def distance(self) -> tuple[int, bool, float, str]:
        """The closest license fails the fewest checks, is of an accepted class, and is the one verified last."""
        verified = self.license.verified_at
        wrong_class = self.done[0].check.result == "fail"
        return (
            self.failures,
            wrong_class,
            -(verified.timestamp() if verified else float("-inf")),
            str(self.license.license_id),
        )


def _closest(record: PersonRecord, needs: Requirement, on: datetime) -> _Judged | None:
    judged = (_judge_license(LicenseQuestion(record.person_id, one, needs, on)) for one in record.licenses)
    return min(judged, key=lambda one: one.distance, default=None)


def _judge_license(asked: LicenseQuestion) -> _Judged:
    return _Judged(
        asked.license, tuple(_done(number, name, check(asked)) for number, name, check in license_checks.CHECKS)
    )


def _without_license() -> Iterable[_Done]:
    sentence = "You hold no license that is on file here."
    none = Reason("NO_LICENSE", sentence, "Credentialing can add a license, with its verification at the source.")
    first, *others = license_checks.CHECKS
    yield _done(first[0], first[1], (none,))
    yield from (_done(number, name, None) for number, name, _ in others)


def _done(number: int, name: str, outcome: Outcome) -> _Done:
    if outcome is None:
        return _Done(Check(number, name, "not_applicable"), ())
    if not outcome:
        return _Done(Check(number, name, "pass"), ())
    return _Done(Check(number, name, "fail", tuple(reason.code for reason in outcome)), outcome)


def _valid_until(record: PersonRecord, needs: Requirement, on: datetime) -> datetime | None:
    """The earliest instant at which a known fact begins, ends, expires or becomes stale."""
    return min((at for at in _turning_points(record, needs) if at > on), default=None)


def _turning_points(record: PersonRecord, needs: Requirement) -> Iterable[datetime]:
    if record.changes_at is not None:
        yield record.changes_at
    for license in record.licenses:
        for last_on in (license.expires_on, license.practice_authority_until):
            if last_on is not None:
                yield day_begins(last_on + timedelta(days=1), license.state)
        if license.issued_on is not None:
            yield day_begins(license.issued_on, license.state)
        if license.verified_at is not None and needs.freshness_days is not None:
            yield license.verified_at + timedelta(days=needs.freshness_days)
    screened = record.screened_at.get(LEIE)
    if screened is not None and needs.screen_days is not None:
        yield screened + timedelta(days=needs.screen_days)
    yield from (one.adjudicate_by for one in record.sanctions if one.status == CANDIDATE and one.adjudicate_by)
