"""What does a remittance do to a case that is already running? Reversals, and the payer's answer to an appeal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mso.denials.codes import CodeTables
from mso.denials.keys import CLAIM_LEVEL, DenialKey
from mso.denials.outcomes import ClaimOutcome, LineOutcome, LineState

DECISION, UPDATE = "payer_decision", "era_update"
"""Messages of the process: the payer answered an appeal; a corrected claim was reprocessed."""


@dataclass(frozen=True, slots=True)
class ReversalPair:
    """A claim with CLP02 = 22 and the correction that follows it in the same file, if any."""

    reversal: ClaimOutcome
    correction: ClaimOutcome | None


class ReversalEffect(StrEnum):
    """What a reversal does to the running case of its claim."""

    NOTHING = "nothing"
    WITHDRAW = "withdraw"
    UPDATE = "update"
    RECOUPMENT_WATCH = "recoupment_watch"


class PayerAnswer(StrEnum):
    """What a later remittance says about a claim under appeal; NOTHING = no change."""

    OVERTURNED = "overturned"
    PARTIAL = "partial"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    NOTHING = "nothing"


def net_reversals(outcomes: Sequence[ClaimOutcome]) -> tuple[ReversalPair, ...]:
    """Pair every reversal with the next claim of the same case key that is not a reversal itself."""
    pairs = []
    for place, outcome in enumerate(outcomes):
        if outcome.claim.is_reversal:
            later = (
                one for one in outcomes[place + 1 :]
                if one.case_key == outcome.case_key and not one.claim.is_reversal
            )  # fmt: skip
            pairs.append(ReversalPair(outcome, next(later, None)))
    return tuple(pairs)


def reversal_effect(correction: ClaimOutcome | None, *, has_open_case: bool) -> ReversalEffect:
    """What to do about a reversal, when its correction arrives or is still missing.

    A reversal alone keeps the case and opens a recoupment watch; with a correction that still denies, the case
    is updated like by any claim; with one that denies nothing, the open case is withdrawn.
    """
    if correction is None:
        return ReversalEffect.RECOUPMENT_WATCH
    if correction.opens_case:
        return ReversalEffect.UPDATE
    return ReversalEffect.WITHDRAW if has_open_case else ReversalEffect.NOTHING


def payer_answer(
    open_denials: Iterable[DenialKey], outcome: ClaimOutcome, tables: CodeTables, *, on: date
) -> PayerAnswer:
    """What a later remittance of the same claim says about the denials of the running case.

    CARC 193, 285 and 286 are the payer's own answer (table payer_answer). Else: a denied line that is now paid
    without any denial is overturned; some but not all is partial. A reversal by itself answers nothing.
    """
    if outcome.claim.is_reversal:
        return PayerAnswer.NOTHING
    answers = {tables.payer_answer(one.reason_code, on) for one in outcome.denials} - {None}
    for answer in (PayerAnswer.DISMISSED, PayerAnswer.UPHELD):
        if answer.value in answers:
            return answer
    return _answer_by_payment({key.line_key for key in open_denials}, outcome)


def _answer_by_payment(keys: set[str], outcome: ClaimOutcome) -> PayerAnswer:
    lines = _answering_lines(keys, outcome)
    paid = [one for one in lines if one.paid is not None and one.paid > 0]
    if not paid:
        return PayerAnswer.NOTHING
    granted = [one for one in paid if one.state is LineState.PAID]
    return PayerAnswer.OVERTURNED if len(granted) == len(lines) else PayerAnswer.PARTIAL


def _answering_lines(keys: set[str], outcome: ClaimOutcome) -> list[LineOutcome]:
    """The lines that were denied; all of the claim when one side speaks of the whole claim only."""
    same = [one for one in outcome.lines if one.line_key in keys]
    is_whole_claim = CLAIM_LEVEL in keys or all(one.line_key == CLAIM_LEVEL for one in outcome.lines)
    return same if same or not is_whole_claim else list(outcome.lines)
