"""What did the payer deny? Read from adjustments, remark codes and the paid amount, never from CLP02 alone.

For intake: `derive_claim(transaction, claim, tables, on=...)` gives a `ClaimOutcome` whose `denials` each carry the
key under which a second delivery finds them again. Pure: no database; the caller decides what to open or update,
with `answers.net_reversals`, `answers.reversal_effect` and `answers.payer_answer` as its rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mso.denials.codes import BenignKind, CodeTables, RemarkEffect
from mso.denials.keys import CLAIM_LEVEL, CaseKey, DenialKey, claim_reference, line_keys
from mso.denials.outcomes import ZERO, ClaimOutcome, Denial, LineOutcome, LineState
from mso.integrations.x12_835 import (
    Adjustment,
    ClaimPayment,
    Procedure,
    RemarkCode,
    RemittanceTransaction,
    ServiceLine,
)
from mso.integrations.x12_835.records import PREDETERMINATION


@dataclass(frozen=True, slots=True)
class NsaFacts:
    """What our own records say about surprise billing; the remittance alone may not show it."""

    is_out_of_network_at_in_network_facility: bool = False


NO_NSA_FACTS = NsaFacts()


def derive_claim(
    transaction: RemittanceTransaction,
    claim: ClaimPayment,
    tables: CodeTables,
    *,
    on: date,
    nsa: NsaFacts = NO_NSA_FACTS,
) -> ClaimOutcome:
    """Derive every line, and the claim level when there is no SVC or a claim-level reason is not benign.

    on: the day whose code rows hold, normally `transaction.produced_on` or the day of receipt.
    """
    case_key = CaseKey(transaction.payer_id, claim_reference(claim))
    source = _Source(case_key, claim, tables, on, nsa)
    outcomes = [source.line(line, key) for line, key in zip(claim.lines, line_keys(claim), strict=True)]
    claim_level = source.claim_level()
    if not claim.lines or claim_level.denials:
        outcomes.insert(0, claim_level)
    return ClaimOutcome(case_key, claim, tuple(outcomes))


def derive_transaction(transaction: RemittanceTransaction, tables: CodeTables, *, on: date) -> tuple[ClaimOutcome, ...]:
    """Derive every claim of a transaction, without facts of our own about surprise billing."""
    return tuple(derive_claim(transaction, claim, tables, on=on) for claim in transaction.claims)


def unknown_reasons(outcomes: Iterable[ClaimOutcome], tables: CodeTables) -> tuple[str, ...]:
    """CARC of denials that are not in the catalog: a warning beside the file, and manual triage."""
    codes = {one.reason_code for outcome in outcomes for one in outcome.denials}
    return tuple(sorted(codes - tables.carcs.keys()))


@dataclass(frozen=True, slots=True)
class _Source:
    """What the derivation of one claim rests on."""

    case_key: CaseKey
    claim: ClaimPayment
    tables: CodeTables
    on: date
    nsa: NsaFacts

    def line(self, line: ServiceLine, line_key: str) -> LineOutcome:
        remarks = line.remarks + self.claim.remarks
        level = _Level(
            line.ordinal,
            line_key,
            line.charge,
            line.paid,
            line.adjustments,
            remarks,
            line.procedure,
            line.service_from or self.claim.service_on,
            line.healthcare_policy_ids,
        )
        return self._outcome(level)

    def claim_level(self) -> LineOutcome:
        claim = self.claim
        level = _Level(
            0,
            CLAIM_LEVEL,
            claim.charge,
            claim.paid,
            claim.adjustments,
            claim.remarks,
            None,
            claim.service_on,
            (),
        )
        return self._outcome(level)

    def _outcome(self, level: "_Level") -> LineOutcome:
        nsa_flag = self._is_nsa(level)
        sums = dict.fromkeys(BenignKind, ZERO)
        denied: dict[tuple[str, str], list[Adjustment]] = {}
        has_benign = False
        for one in level.adjustments:
            kind = self.tables.benign_kind(one.group_code, one.reason_code, self.on, nsa_flag=nsa_flag)
            if kind is not None:
                has_benign = True
                sums[kind] += one.amount or ZERO
            elif one.amount is not None and one.amount > 0:
                denied.setdefault((one.group_code, one.reason_code), []).append(one)
        amount = sum((one.amount or ZERO for group in denied.values() for one in group), ZERO)
        state = self._state(level, amount, sums, has_benign)
        is_denial = state in (LineState.DENIED, LineState.PARTIALLY_DENIED)
        return LineOutcome(
            level.ordinal,
            level.line_key,
            state,
            level.charge,
            level.paid,
            amount if is_denial else ZERO,
            sums[BenignKind.PATIENT],
            sums[BenignKind.CONTRACTUAL],
            tuple(self._denial(level, parts, nsa_flag) for parts in denied.values()) if is_denial else (),
            nsa_flag,
        )

    def _state(self, level: "_Level", denied: Decimal, sums: dict[BenignKind, Decimal], has_benign: bool) -> LineState:
        """The nine rules in their order; a predetermination never opens a case."""
        if self.claim.is_reversal:
            return LineState.REVERSED
        if self.claim.status == PREDETERMINATION:
            return LineState.PREDETERMINATION
        if level.charge is None or level.paid is None or any(one.amount is None for one in level.adjustments):
            return LineState.UNREADABLE
        if denied > 0 and level.paid == 0 and sums[BenignKind.PATIENT] == 0:
            return LineState.DENIED
        if denied > 0:
            return LineState.PARTIALLY_DENIED
        if level.paid > 0:
            return LineState.PAID
        if sums[BenignKind.PATIENT] > 0:
            return LineState.PATIENT_RESPONSIBILITY
        if sums[BenignKind.CONTRACTUAL] > 0:
            return LineState.CONTRACTUAL_ONLY
        return LineState.INFORMATIONAL if level.charge == 0 or has_benign else LineState.UNEXPLAINED_ZERO

    def _is_nsa(self, level: "_Level") -> bool:
        """Surprise billing: by our own facts, a remark code, or a CARC at a facility (No Surprises Act)."""
        codes = [one.code for one in level.remarks]
        return (
            self.nsa.is_out_of_network_at_in_network_facility
            or self.tables.has_effect(codes, RemarkEffect.NSA, self.on)
            or any(
                self.tables.is_nsa_candidate(one.reason_code, self.claim.facility_code, self.on)
                for one in level.adjustments
            )
        )

    def _denial(self, level: "_Level", parts: list[Adjustment], nsa_flag: bool) -> Denial:
        group_code, reason_code = parts[0].group_code, parts[0].reason_code
        return Denial(
            DenialKey(self.case_key, level.line_key, group_code, reason_code),
            level.ordinal,
            group_code,
            reason_code,
            self.tables.category(reason_code),
            sum((one.amount or ZERO for one in parts), ZERO),
            tuple(parts),
            level.remarks,
            level.procedure,
            level.service_on,
            level.policy_ids,
            nsa_flag,
        )


@dataclass(frozen=True, slots=True)
class _Level:
    """A service line or the claim level, in the shape the rules read."""

    ordinal: int
    line_key: str
    charge: Decimal | None
    paid: Decimal | None
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[RemarkCode, ...]
    procedure: Procedure | None
    service_on: date | None
    policy_ids: tuple[str, ...]
