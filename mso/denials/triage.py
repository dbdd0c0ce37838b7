"""Where does a denial go, and is a clinician needed? The table `denial_triage` decides; this module asks it.

`decide` is passed in: `decide("denial_triage", context)` evaluates the published decision. Every non-benign
adjustment is triaged; a line and a case take the most severe route and keep the others as sub-items.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from workflows.feel import Value

DECISION = "denial_triage"
GROUPS = ("CO", "PR", "OA", "PI")
Decide = Callable[[str, Mapping[str, Value]], Value]

# Most severe first (design): a case follows the route that loses most when it is missed.
SEVERITY = (
    "clinical_review",
    "clinical_query",
    "coding_query",
    "triage_manual",
    "idr",
    "admin_appeal",
    "payer_dispute",
    "credentialing",
    "correct",
    "corrected_claim",
    "coverage_review",
    "transfer",
    "verify_original",
    "appeal_outcome",
    "net_out",
    "none",
)
CLINICAL = ("yes", "conditional", "no")


class Denied(Protocol):
    """What triage reads of a denial, whether it was just derived or comes from the database."""

    @property
    def group_code(self) -> str: ...
    @property
    def reason_code(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def remark_codes(self) -> tuple[str, ...]: ...
    @property
    def nsa_flag(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Triage:
    """The table's answer.

    clinical:          yes, conditional or no; conditional means a person must say whether the correction changes
                       clinical meaning, and no answer counts as yes.
    sla_business_days: None where nothing is to be done.
    """

    route: str
    clinical: str
    sla_business_days: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class TriageFacts:
    """What the remittance does not say. None = not known, which sends the denial to manual triage.

    auth_on_file:  a matching authorization document is linked.
    reversal_pair: the claim is one half of a netted reversal.
    """

    auth_on_file: bool | None = False
    reversal_pair: bool | None = False


INPUT_INVALID = Triage("triage_manual", "yes", 1, "INPUT_INVALID")
UNKNOWN = Triage("triage_manual", "yes", 1, "UNKNOWN")
NOTHING = Triage("none", "no", None, "BENIGN")


def triage_denial(denial: Denied, facts: TriageFacts, decide: Decide) -> Triage:
    """Triage one denial. A missing or foreign input never reaches the table; a strange answer fails closed."""
    context = triage_context(denial, facts)
    if context is None:
        return INPUT_INVALID
    return _read(decide(DECISION, context))


def triage_context(denial: Denied, facts: TriageFacts) -> dict[str, Value] | None:
    """The inputs of the table, or None when one is missing or not of its kind."""
    if facts.auth_on_file is None or facts.reversal_pair is None:
        return None
    if denial.group_code not in GROUPS or not denial.reason_code or not denial.category:
        return None
    return {
        "reversal_pair": facts.reversal_pair,
        "benign": False,
        "rarcs": list(denial.remark_codes),
        "carc": denial.reason_code,
        "nsa_flag": denial.nsa_flag,
        "group": denial.group_code,
        "category": denial.category,
        "auth_on_file": facts.auth_on_file,
    }


def merge(parts: Iterable[Triage]) -> Triage:
    """The most severe of several answers: its route, reason and time; clinical is the highest of all.

    Nothing to merge is nothing to do.
    """
    ordered = sorted(parts, key=lambda one: SEVERITY.index(one.route))
    if not ordered:
        return NOTHING
    clinical = min((one.clinical for one in ordered), key=CLINICAL.index)
    days = [one.sla_business_days for one in ordered if one.sla_business_days is not None]
    return Triage(ordered[0].route, clinical, min(days, default=None), ordered[0].reason)


def _read(answer: Value) -> Triage:
    if not isinstance(answer, dict):
        return UNKNOWN
    route, clinical, days, reason = (answer.get(name) for name in ("route", "clinical", "sla_bd", "reason"))
    if not isinstance(route, str) or not isinstance(clinical, str) or not isinstance(reason, str):
        return UNKNOWN
    if route not in SEVERITY or clinical not in CLINICAL:
        return UNKNOWN
    return Triage(route, clinical, int(days) if isinstance(days, Decimal) else None, reason)
