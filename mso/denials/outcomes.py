"""What a remittance means to us: the state of each line, and the denials with the keys they are found by."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from mso.denials.keys import CaseKey, DenialKey
from mso.integrations.x12_835 import Adjustment, ClaimPayment, Procedure, RemarkCode

ZERO = Decimal(0)


class LineState(StrEnum):
    """What became of a service line, or of the claim level (line 0)."""

    REVERSED = "reversed"
    PREDETERMINATION = "predetermination"
    UNREADABLE = "unreadable"
    DENIED = "denied"
    PARTIALLY_DENIED = "partially_denied"
    PAID = "paid"
    PATIENT_RESPONSIBILITY = "patient_responsibility"
    CONTRACTUAL_ONLY = "contractual_only"
    INFORMATIONAL = "informational"
    UNEXPLAINED_ZERO = "unexplained_zero"


@dataclass(frozen=True, slots=True)
class Denial:
    """One reason of one line: the adjustments of a (group, CARC) that are not benign and greater than zero.

    line:        the line's ordinal in the claim, 0 = claim level.
    adjustments: with the payer's own segment, for the screen and the packet.
    remarks:     RARC of the line and of the claim, each with its origin.
    procedure, service_on, policy_ids: of the line; None and empty at the claim level (service_on: of the claim).
    """

    key: DenialKey
    line: int
    group_code: str
    reason_code: str
    category: str
    amount: Decimal
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[RemarkCode, ...]
    procedure: Procedure | None
    service_on: date | None
    policy_ids: tuple[str, ...]
    nsa_flag: bool

    @property
    def remark_codes(self) -> tuple[str, ...]:
        """RARC without repetition, in file order."""
        return tuple(dict.fromkeys(one.code for one in self.remarks if one.code_list != "RX"))


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """The state of one line; ordinal 0 is the claim level. denied_amount is never negative."""

    ordinal: int
    line_key: str
    state: LineState
    charge: Decimal | None
    paid: Decimal | None
    denied_amount: Decimal
    patient_amount: Decimal
    contractual_amount: Decimal
    denials: tuple[Denial, ...]
    nsa_flag: bool


@dataclass(frozen=True, slots=True)
class ClaimOutcome:
    """What one CLP means to us."""

    case_key: CaseKey
    claim: ClaimPayment
    lines: tuple[LineOutcome, ...]

    @property
    def denials(self) -> tuple[Denial, ...]:
        return tuple(denial for line in self.lines for denial in line.denials)

    @property
    def opens_case(self) -> bool:
        return bool(self.denials)

    @property
    def denied_amount(self) -> Decimal:
        return sum((line.denied_amount for line in self.lines), ZERO)
