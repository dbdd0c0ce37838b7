"""What a payer's remittance says, segment by segment (X12 005010X221A1).

Amounts are Decimal dollars, None when the file's text is not a number; such a transaction is in quarantine.
Dates are civil dates, None when absent or unreadable. Texts are the file's own, empty when absent. Every
adjustment and remark keeps its segment, so that a screen or an appeal packet can show the payer's own words.
`segment_index` is the 1-based position in the file, ISA = 1.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mso.integrations.x12_835.diagnostics import Diagnostic, Severity

REVERSAL = "22"
PREDETERMINATION = "25"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One triplet of a CAS segment.

    group_code:  CO, PR, OA or PI.
    reason_code: the CARC.
    position:    1 to 6, the triplet's place in its segment.
    """

    group_code: str
    reason_code: str
    amount: Decimal | None
    quantity: Decimal | None
    position: int
    segment_index: int
    segment: str


@dataclass(frozen=True, slots=True)
class RemarkCode:
    """A RARC (code_list "HE") or an NCPDP reject code (code_list "RX").

    origin: "LQ" for the service line; "MOA" or "MIA" for the whole claim.
    """

    code: str
    origin: str
    code_list: str
    segment_index: int
    segment: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A REF segment: qualifier REF01 and value REF02."""

    qualifier: str
    value: str


@dataclass(frozen=True, slots=True)
class Amount:
    """An AMT segment: qualifier such as B6 (allowed), KH (late filing), I (interest)."""

    qualifier: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Procedure:
    """A medical procedure composite: SVC01 (adjudicated) or SVC06 (submitted)."""

    qualifier: str
    code: str
    modifiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Party:
    """An NM1 segment. role is NM101: QC patient, IL insured, 74 corrected insured, 82 rendering, PR, GB, TT."""

    role: str
    last_name: str
    first_name: str
    middle_name: str
    id_qualifier: str
    id: str


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One SVC loop (2110).

    ordinal:                  1-based within its claim.
    submitted:                SVC06, None unless the payer changed the code.
    service_from, service_to: DTM 472, or 150 and 151; the same day when only one is given.
    line_item_control_number: REF 6R.
    healthcare_policy_ids:    REF 0K: the LCD, NCD or medical policy to cite in an appeal.
    """

    ordinal: int
    segment_index: int
    procedure: Procedure
    charge: Decimal | None
    paid: Decimal | None
    revenue_code: str
    units_paid: Decimal | None
    submitted: Procedure | None
    units_submitted: Decimal | None
    service_from: date | None
    service_to: date | None
    line_item_control_number: str
    healthcare_policy_ids: tuple[str, ...]
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[RemarkCode, ...]
    references: tuple[Reference, ...]
    amounts: tuple[Amount, ...]

    @property
    def is_downcoded(self) -> bool:
        """The payer adjudicated another procedure than the one billed (SVC06 differs from SVC01)."""
        return self.submitted is not None and self.submitted != self.procedure


@dataclass(frozen=True, slots=True)
class ClaimPayment:
    """One CLP loop (2100).

    status:      CLP02. It does not say "denied": read the adjustments (22 reversal, 25 predetermination).
    received_on: DTM 050, the payer's own date of receipt: evidence of timely filing.
    remarks:     of MIA and MOA; they hold for every line.
    segments:    the claim's own segments in file order; the first is the CLP at `segment_index`.
    """

    ordinal: int
    segment_index: int
    patient_control_number: str
    status: str
    charge: Decimal | None
    paid: Decimal | None
    patient_responsibility: Decimal | None
    claim_filing_indicator: str
    payer_claim_control_number: str
    facility_code: str
    frequency: str
    statement_from: date | None
    statement_to: date | None
    received_on: date | None
    coverage_expired_on: date | None
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[RemarkCode, ...]
    parties: tuple[Party, ...]
    references: tuple[Reference, ...]
    amounts: tuple[Amount, ...]
    lines: tuple[ServiceLine, ...]
    segments: tuple[str, ...]

    @property
    def is_reversal(self) -> bool:
        return self.status == REVERSAL

    @property
    def service_on(self) -> date | None:
        """The first day of service: of the claim, else the earliest of its lines."""
        days = [line.service_from for line in self.lines if line.service_from]
        return self.statement_from or min(days, default=None)

    def party(self, role: str) -> Party | None:
        return next((one for one in self.parties if one.role == role), None)


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """One pair of a PLB segment. A positive amount reduces the payment.

    reason: WO overpayment recovery, FB forwarding balance, L6 interest, ...
    """

    provider_id: str
    fiscal_period_ends_on: date | None
    reason: str
    reference: str
    amount: Decimal | None
    segment_index: int
    segment: str


@dataclass(frozen=True, slots=True)
class Organization:
    """Payer (N1*PR) or payee (N1*PE) with its REF segments.

    id_qualifier: XX means `id` is an NPI, FI a taxpayer number, XV a payer id.
    """

    name: str = ""
    id_qualifier: str = ""
    id: str = ""
    references: tuple[Reference, ...] = ()

    def reference(self, qualifier: str) -> str:
        return next((one.value for one in self.references if one.qualifier == qualifier), "")

    @property
    def npi(self) -> str:
        return self.id if self.id_qualifier == "XX" else ""

    @property
    def tin(self) -> str:
        return self.id if self.id_qualifier == "FI" else self.reference("TJ")


@dataclass(frozen=True, slots=True)
class TransactionKey:
    """Tells a transaction from its second delivery, also inside another file."""

    payer_id: str
    trace_number: str
    trace_payer_id: str
    interchange_control_number: str
    transaction_control_number: str


@dataclass(frozen=True, slots=True)
class RemittanceTransaction:
    """One ST..SE.

    handling:    BPR01: I payment with remittance, H notification only.
    method:      BPR04: ACH, CHK, NON, ...
    produced_on: DTM 405, the date of the payer's decision run.
    interchange: 1-based ordinal of its ISA in the file.
    diagnostics: of this transaction, and of its envelope when it comes from `Remittance.transactions`.
    """

    ordinal: int
    interchange: int
    interchange_control_number: str
    group_control_number: str
    control_number: str
    sender_id: str
    receiver_id: str
    is_test: bool
    handling: str
    total_paid: Decimal | None
    credit_or_debit: str
    method: str
    paid_on: date | None
    trace_number: str
    trace_payer_id: str
    produced_on: date | None
    payer: Organization
    payee: Organization
    claims: tuple[ClaimPayment, ...]
    provider_adjustments: tuple[ProviderAdjustment, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def payer_id(self) -> str:
        """N1*PR 04, else REF*2U, else TRN03."""
        return self.payer.id or self.payer.reference("2U") or self.trace_payer_id

    @property
    def key(self) -> TransactionKey:
        return TransactionKey(
            self.payer_id,
            self.trace_number,
            self.trace_payer_id,
            self.interchange_control_number,
            self.control_number,
        )

    @property
    def is_quarantined(self) -> bool:
        return any(one.severity is not Severity.WARNING for one in self.diagnostics)
