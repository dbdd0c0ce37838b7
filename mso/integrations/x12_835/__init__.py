"""The 835 remittance advice (X12 005010X221A1): reader, balances, records and a generator of synthetic files.

    remittance = open_remittance(data)          # bytes; first pass: refused? envelope faults?
    for transaction in remittance.transactions():
        transaction.is_quarantined, transaction.diagnostics, transaction.claims

Nothing here raises on the content of a file, logs, or touches a database.
"""

from mso.integrations.x12_835.diagnostics import Diagnostic, Severity
from mso.integrations.x12_835.envelope import Envelope, check_envelope
from mso.integrations.x12_835.parser import Remittance, open_remittance, read
from mso.integrations.x12_835.records import (
    Adjustment,
    ClaimPayment,
    Organization,
    Procedure,
    ProviderAdjustment,
    RemarkCode,
    RemittanceTransaction,
    ServiceLine,
    TransactionKey,
)
from mso.integrations.x12_835.tokenizer import CAPS, Caps

__all__ = [
    "CAPS",
    "Adjustment",
    "Caps",
    "ClaimPayment",
    "Diagnostic",
    "Envelope",
    "Organization",
    "Procedure",
    "ProviderAdjustment",
    "RemarkCode",
    "Remittance",
    "RemittanceTransaction",
    "ServiceLine",
    "Severity",
    "TransactionKey",
    "check_envelope",
    "open_remittance",
    "read",
]
