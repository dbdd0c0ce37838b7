"""Check 12: is it the right field? By license class and verified specialties, never by a taxonomy code."""

from collections.abc import Callable, Mapping
from uuid import UUID

from mso.register import License
from tasks.eligibility.requirement import Requirement

Rule = Callable[[UUID, License, Requirement], bool]

PHYSICIANS = frozenset({"MD", "DO"})
# Their license covers medicine as a whole; the other classes are bound to their own field.
BROAD = frozenset({"MD", "DO", "NP", "CNS", "CNM", "CRNA", "PA", "RN", "LPN"})


def is_satisfied(person_id: UUID, license: License, requirement: Requirement) -> bool:
    """Whether the license's field is the one the decision needs. A rule that is not known is not satisfied."""
    rule = RULES.get(requirement.specialty_rule or "")
    return rule is not None and rule(person_id, license, requirement)


def _any(person_id: UUID, license: License, requirement: Requirement) -> bool:
    return True


def _own_discipline(person_id: UUID, license: License, requirement: Requirement) -> bool:
    return license.discipline is not None and license.discipline == requirement.discipline


def _own_discipline_unless_physician(person_id: UUID, license: License, requirement: Requirement) -> bool:
    return license.license_class in PHYSICIANS or _own_discipline(person_id, license, requirement)


def _own_scope(person_id: UUID, license: License, requirement: Requirement) -> bool:
    return license.license_class in BROAD or _own_discipline(person_id, license, requirement)


def _same_discipline_as_treating(person_id: UUID, license: License, requirement: Requirement) -> bool:
    is_treating = requirement.treating_person is not None and requirement.treating_person == person_id
    return is_treating or _own_discipline(person_id, license, requirement)


def _practice_of_that_discipline(person_id: UUID, license: License, requirement: Requirement) -> bool:
    in_practice = license.discipline is not None and license.discipline == requirement.practice_discipline
    return license.license_class in PHYSICIANS or in_practice


def _specialty_of_the_case(person_id: UUID, license: License, requirement: Requirement) -> bool:
    return requirement.specialty is not None and requirement.specialty in license.specialties


def _same_class_as_subject(person_id: UUID, license: License, requirement: Requirement) -> bool:
    return requirement.subject_class is not None and license.license_class == requirement.subject_class


def _pharmacist_with_degree(person_id: UUID, license: License, requirement: Requirement) -> bool:
    return license.license_class != "PHARMACIST" or "pharmd" in license.specialties


def _behavioral(person_id: UUID, license: License, requirement: Requirement) -> bool:
    if license.license_class == "PSYCHOLOGIST":
        return "doctoral_psychology" in license.specialties
    return bool({"psychiatry", "addiction_medicine"} & license.specialties)


RULES: Mapping[str, Rule] = {
    "none": _any,
    "own_scope": _own_scope,
    "own_discipline": _own_discipline,
    "own_discipline_unless_md_do": _own_discipline_unless_physician,
    "same_discipline_as_treating": _same_discipline_as_treating,
    "non_md_do_only_for_a_practice_of_that_discipline": _practice_of_that_discipline,
    "same_or_similar": _specialty_of_the_case,
    "specialty_concerned": _specialty_of_the_case,
    "dental": _any,
    "pharmacist_needs_pharmd_degree": _pharmacist_with_degree,
    "psychiatry_or_addiction_or_doctoral_psychologist": _behavioral,
    "same_class_as_subject_chair_md_do": _same_class_as_subject,
    # How many of a panel share the subject's class is counted when the votes are; here each member is judged alone.
    "same_class_as_subject_majority": _any,
    "quorum_has_applicant_class": _any,
    # Whether two signatures make the pair is check 18.
    "one_pharmacist_and_one_md_do": _any,
}
"""Key of decision_types.csv -> rule."""
