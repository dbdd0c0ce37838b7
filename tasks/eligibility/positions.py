"""Which positions in the register satisfy what a decision type says its signer acts as?"""

from collections.abc import Iterable, Mapping

CLINICIANS = frozenset({"owner", "medical_director", "cmo", "physician", "clinician", "reviewer"})
"""Positions of those who answer for the practice's patients."""

SATISFIED_BY: Mapping[str, frozenset[str]] = {
    "owner": frozenset({"owner"}),
    "medical_director": frozenset({"medical_director", "cmo"}),
    "cmo": frozenset({"cmo", "medical_director"}),
    "designee": frozenset({"designee"}),
    "reviewer": CLINICIANS,
    "treating_else_same_discipline_in_practice": CLINICIANS,
    "rendering": CLINICIANS,
    "supervising": CLINICIANS | {"supervising"},
    "committee_member": frozenset({"committee_member"}),
    "peer": CLINICIANS | {"peer"},
    "panelist": frozenset({"panelist"}),
    "party": CLINICIANS,
    "counsel": frozenset({"counsel"}),
}
"""`position` of decision_types.csv -> positions of mso.affiliations. An external reviewer holds `reviewer`."""


def accepted(acting_as: Iterable[str]) -> frozenset[str]:
    """Every position that satisfies one of the alternatives; one that is not known is satisfied by none."""
    return frozenset().union(*(SATISFIED_BY.get(one, frozenset()) for one in acting_as))
