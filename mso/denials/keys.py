"""Under which key is a denial found again when the payer sends it a second time?

The key of a denial is (payer id, payer claim number, line key, group, CARC). The key of a case is (payer id, payer
claim number) within a practice. CLP01 is never a key on its own: some senders write the same text on every claim.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from mso.integrations.x12_835 import ClaimPayment, ServiceLine

CLAIM_LEVEL = "claim"


@dataclass(frozen=True, slots=True)
class CaseKey:
    """claim_reference: CLP07; where the payer left it empty, CLP01 with charge and day of service."""

    payer_id: str
    claim_reference: str

    def correlation(self) -> str:
        """One text for message correlation."""
        return f"{self.payer_id}|{self.claim_reference}"


@dataclass(frozen=True, slots=True)
class DenialKey:
    """line_key: see `line_keys`; "claim" for the claim level."""

    case: CaseKey
    line_key: str
    group_code: str
    reason_code: str

    def digest(self) -> str:
        """SHA-256 in lower-case hexadecimal, of fixed length for a unique index."""
        case = self.case
        parts = [case.payer_id, case.claim_reference, self.line_key, self.group_code, self.reason_code]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def claim_reference(claim: ClaimPayment) -> str:
    if claim.payer_claim_control_number:
        return claim.payer_claim_control_number
    day = claim.service_on.isoformat() if claim.service_on else ""
    return f"CLP01:{claim.patient_control_number}:{claim.charge}:{day}"


def line_keys(claim: ClaimPayment) -> tuple[str, ...]:
    """One key per service line: REF*6R, else code, modifiers and day of service; equal ones are numbered."""
    return tuple(_numbered([_line_key(line) for line in claim.lines]))


def _line_key(line: ServiceLine) -> str:
    if line.line_item_control_number:
        return f"6R:{line.line_item_control_number}"
    day = line.service_from.isoformat() if line.service_from else ""
    return f"SVC:{line.procedure.code}:{','.join(line.procedure.modifiers)}:{day}"


def _numbered(keys: list[str]) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for key in keys:
        seen[key] += 1
        yield key if seen[key] == 1 else f"{key}#{seen[key]}"
