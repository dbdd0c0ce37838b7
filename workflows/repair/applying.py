"""Makes the edits that were chosen, one kind after another, each on what the ones before it left."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.lint import LintContext
from workflows.repair.examining import offers_of
from workflows.repair.kinds import KINDS
from workflows.repair.offers import AnswerRefused, Offer
from workflows.repair.situation import Situation, look

MAX_ROUNDS = 3 * len(KINDS)
"""One kind is applied at a time. A repair may uncover another one that was chosen too, but not for ever."""
MAX_SETTLING = 8
_NOTHING_KNOWN = LintContext()


@dataclass(frozen=True)
class Settled:
    """A file after everything mechanical was applied, and the ids of what was."""

    data: bytes
    applied: tuple[str, ...]


def apply(data: bytes, chosen: Mapping[str, str], known: LintContext = _NOTHING_KNOWN) -> bytes:
    """The file with the chosen repairs made. chosen: repair id to the answer, "" for the suggested one or for none.

    Ids that are not offered are left aside, so that applying twice is applying once. Nothing chosen is offered: the
    very same bytes come back. Raises ModelRefused for a file that cannot be read, AnswerRefused for a bad answer.
    """
    situation = look(data, known)
    asked = frozenset(one.id for one in offers_of(situation) if one.id in chosen and one.needs is not None)
    return _applied(data, chosen, asked, known)


def _applied(data: bytes, chosen: Mapping[str, str], asked: frozenset[str], known: LintContext) -> bytes:
    """asked: what must be answered. What begins to ask only after other edits is left aside without an answer."""
    made: set[str] = set()
    for _ in range(MAX_ROUNDS):
        situation = look(data, known)
        if not _apply_kind(situation, chosen, asked, made):
            break
        data = situation.document.to_bytes()
    return data


def settle(data: bytes, known: LintContext = _NOTHING_KNOWN) -> Settled:
    """Apply all that is mechanical, until nothing of it is left. Raises ModelRefused.

    What would only turn one finding into another is left alone: no error of a rule that was silent before appears.
    """
    applied: dict[str, None] = {}
    refused: set[str] = set()
    for _ in range(MAX_SETTLING):
        situation = look(data, known)
        wanted = {one.id for one in offers_of(situation) if one.is_mechanical} - refused - set(applied)
        data, done, refused_now = _without_new_rules(data, situation, wanted)
        refused |= refused_now
        applied.update(dict.fromkeys(sorted(done)))
        if not done and not refused_now:
            break
    return Settled(data, tuple(applied))


def _without_new_rules(data: bytes, before: Situation, wanted: set[str]) -> tuple[bytes, set[str], set[str]]:
    """The file with as many of the repairs as bring no error of a new rule; those made, and those left out."""
    left_out: set[str] = set()
    rules = {rule for rule, _ in before.against}
    while wanted:
        result = _applied(data, dict.fromkeys(wanted, ""), frozenset(), before.known)
        blamed = {element for rule, element in look(result, before.known).against if rule not in rules}
        if not blamed:
            return result, wanted, left_out
        guilty = {one for one in wanted if one.partition(":")[2] in blamed} or set(wanted)
        left_out |= guilty
        wanted = wanted - guilty
    return data, wanted, left_out


def _apply_kind(situation: Situation, chosen: Mapping[str, str], asked: frozenset[str], made: set[str]) -> bool:
    """Make the chosen repairs of the first kind that offers any. made: those that were; it grows."""
    for kind in KINDS:
        offers = {one.id: one for one in kind(situation) if one.id in chosen and one.id not in made}
        answers = {one.id: _answer(one, chosen[one.id], one.id in asked) for one in offers.values()}
        wanted = [one for one in offers.values() if answers[one.id] is not None]
        for offer in wanted:
            offer.edit(situation.document, answers[offer.id] or "")
            made.add(offer.id)
        if wanted:
            return True
    return False


def _answer(offer: Offer, given: str, is_asked: bool) -> str | None:
    question, given = offer.needs, given.strip()
    if question is None:
        return ""
    answer = given or question.suggested
    if not answer and not is_asked:
        return None
    if not answer:
        raise AnswerRefused(f"{offer.title}: an answer is needed. {question.text}")
    if question.choices and answer not in {one.value for one in question.choices}:
        choices = ", ".join(one.value for one in question.choices[:12])
        raise AnswerRefused(f"{offer.title}: {answer!r} is none of the answers ({choices}).")
    return answer
