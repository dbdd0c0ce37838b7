"""Scratch space of the reader: a claim and a service line while their segments are still arriving."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from mso.integrations.x12_835.records import (
    Adjustment,
    Amount,
    ClaimPayment,
    Organization,
    Party,
    Procedure,
    Reference,
    RemarkCode,
    ServiceLine,
)

POLICY, LINE_CONTROL = "0K", "6R"


@dataclass(slots=True)
class OpenLine:
    """An SVC loop; `dates` by DTM01."""

    ordinal: int
    segment_index: int
    procedure: Procedure
    charge: Decimal | None
    paid: Decimal | None
    revenue_code: str
    units_paid: Decimal | None
    submitted: Procedure | None
    units_submitted: Decimal | None
    dates: dict[str, date] = field(default_factory=dict)
    adjustments: list[Adjustment] = field(default_factory=list)
    remarks: list[RemarkCode] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)

    def close(self) -> ServiceLine:
        begins = self.dates.get("472") or self.dates.get("150")
        ends = self.dates.get("151") or begins
        control = next((one.value for one in self.references if one.qualifier == LINE_CONTROL), "")
        return ServiceLine(
            self.ordinal,
            self.segment_index,
            self.procedure,
            self.charge,
            self.paid,
            self.revenue_code,
            self.units_paid,
            self.submitted,
            self.units_submitted,
            begins or ends,
            ends,
            control,
            tuple([one.value for one in self.references if one.qualifier == POLICY]),
            tuple(self.adjustments),
            tuple(self.remarks),
            tuple(self.references),
            tuple(self.amounts),
        )


@dataclass(slots=True)
class OpenClaim:
    """A CLP loop; `elements` are those of its CLP segment, `dates` by DTM01."""

    ordinal: int
    segment_index: int
    elements: list[str]
    charge: Decimal | None
    paid: Decimal | None
    patient_responsibility: Decimal | None
    segments: list[str]
    dates: dict[str, date] = field(default_factory=dict)
    adjustments: list[Adjustment] = field(default_factory=list)
    remarks: list[RemarkCode] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    lines: list[ServiceLine] = field(default_factory=list)

    def close(self) -> ClaimPayment:
        elements, dates = self.elements, self.dates
        begins = dates.get("232")
        return ClaimPayment(
            self.ordinal,
            self.segment_index,
            elements[1],
            elements[2],
            self.charge,
            self.paid,
            self.patient_responsibility,
            elements[6],
            elements[7],
            elements[8],
            elements[9],
            begins,
            dates.get("233") or begins,
            dates.get("050"),
            dates.get("036"),
            tuple(self.adjustments),
            tuple(self.remarks),
            tuple(self.parties),
            tuple(self.references),
            tuple(self.amounts),
            tuple(self.lines),
            tuple(self.segments),
        )


@dataclass(slots=True)
class OpenOrganization:
    """Loop 1000A or 1000B."""

    name: str = ""
    id_qualifier: str = ""
    id: str = ""
    references: list[Reference] = field(default_factory=list)

    def close(self) -> Organization:
        return Organization(self.name, self.id_qualifier, self.id, tuple(self.references))
