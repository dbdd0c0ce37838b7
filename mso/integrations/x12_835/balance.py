"""The three balances of a remittance and the line charges, in exact Decimal without tolerance.

X12 005010X221A1, section 1.10.2.1: line, claim and transaction must each balance. What is unreadable is
reported by the reader and not balanced here.
"""

from collections.abc import Iterable
from decimal import Decimal

from mso.integrations.x12_835.diagnostics import Findings
from mso.integrations.x12_835.records import Adjustment, ClaimPayment, ProviderAdjustment, ServiceLine

ZERO = Decimal(0)


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum, or None when one amount is unreadable."""
    result = ZERO
    for amount in amounts:
        if amount is None:
            return None
        result += amount
    return result


def adjusted(adjustments: Iterable[Adjustment]) -> Decimal | None:
    return total(one.amount for one in adjustments)


def check_line(line: ServiceLine, path: str, findings: Findings) -> None:
    """SVC02 - sum of CAS(line) = SVC03."""
    adjustments = adjusted(line.adjustments)
    if line.charge is None or line.paid is None or adjustments is None:
        return
    if line.charge - adjustments != line.paid:
        findings.quarantine("line_balance", path, line.segment_index, str(line.charge - adjustments - line.paid))


def check_claim(claim: ClaimPayment, path: str, findings: Findings) -> None:
    """CLP03 - sum of CAS(claim and lines) = CLP04; a warning when the line charges do not add up to CLP03."""
    for line in claim.lines:
        check_line(line, f"{path}/SVC[{line.ordinal}]", findings)
    if claim.charge is None or claim.paid is None:
        return
    parts = [adjusted(claim.adjustments), *(adjusted(line.adjustments) for line in claim.lines)]
    adjustments = total(parts)
    if adjustments is not None and claim.charge - adjustments != claim.paid:
        gap = claim.charge - adjustments - claim.paid
        findings.quarantine("claim_balance", path, claim.segment_index, str(gap))
    charges = total(line.charge for line in claim.lines)
    if claim.lines and charges is not None and charges != claim.charge:
        findings.warn("line_charges", path, claim.segment_index, str(claim.charge - charges))


def check_transaction(
    total_paid: Decimal | None,
    claims: Iterable[ClaimPayment],
    provider_adjustments: Iterable[ProviderAdjustment],
    path: str,
    findings: Findings,
) -> None:
    """BPR02 = sum of CLP04 - sum of PLB."""
    paid = total(claim.paid for claim in claims)
    withheld = total(one.amount for one in provider_adjustments)
    if total_paid is None or paid is None or withheld is None:
        return
    if total_paid != paid - withheld:
        findings.quarantine("transaction_balance", path, 0, str(total_paid - paid + withheld))
