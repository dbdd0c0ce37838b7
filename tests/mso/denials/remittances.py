"""Small remittances for the tests of denials, read from bytes like any payer's."""

from collections.abc import Sequence
from datetime import date

from mso.denials.codes import CodeTables, code_tables
from mso.denials.derive import derive_transaction
from mso.denials.outcomes import ClaimOutcome
from mso.integrations.x12_835 import open_remittance
from mso.integrations.x12_835.fake import FakeClaim, write_one

TODAY = date(2026, 11, 24)


def outcomes_of(claims: Sequence[FakeClaim], tables: CodeTables | None = None) -> tuple[ClaimOutcome, ...]:
    """Write the claims as one transaction, read it back, derive every claim."""
    (transaction,) = open_remittance(write_one(claims)).transactions()
    assert not transaction.is_quarantined, transaction.diagnostics
    return derive_transaction(transaction, tables or code_tables(), on=TODAY)


def outcome_of(claim: FakeClaim, tables: CodeTables | None = None) -> ClaimOutcome:
    return outcomes_of([claim], tables)[0]
