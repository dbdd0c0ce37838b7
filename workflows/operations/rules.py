"""May this be done? Every operation is held against these rules with the state before it and the state it would make.

A rule gives a refusal or None. The clinical proof on running instances is one more rule in `proofs`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from store.errors import Refused
from workflows.engine import Token
from workflows.model import Element
from workflows.operations import reach
from workflows.operations.kinds import Answer, Migrate, Move, Operation, Rewind, Skip, Throw
from workflows.operations.picture import Picture


class OperationRefused(Refused):
    """The result would pass a clinical decision by, or write one."""

    code = "operation.refused"
    message = "This is not possible: {reason}"


@dataclass(frozen=True)
class Before:
    """The state an operation starts from, and the operation."""

    picture: Picture
    operation: Operation


@dataclass(frozen=True)
class After:
    """The state it would make."""

    picture: Picture


@dataclass(frozen=True)
class Refusal:
    """Why not. reason: a sentence with the next step. rule: stable word for the audit entry. element_id: where."""

    rule: str
    reason: str
    element_id: str | None = None
    facts: dict[str, str] = field(default_factory=dict)


Proof = Callable[[Before, After], Refusal | None]


def decisions_are_not_written(before: Before, after: After) -> Refusal | None:
    """Only a signed clinical task writes a decision. One may become void, never new or another."""
    held = before.picture.decisions
    for decision_type, outcome in after.picture.decisions.items():
        if held.get(decision_type) != outcome:
            return Refusal(
                "decision-written",
                f"it would write the decision {decision_type}. Have it signed in its task instead.",
                facts={"decision_type": decision_type},
            )
    return None


def clinical_tasks_are_decided_by_signing(before: Before, after: After) -> Refusal | None:
    """No operation completes or skips a clinical user task."""
    operation = before.operation
    if not isinstance(operation, Answer | Skip | Throw):
        return None
    element = _element_of(before, operation)
    if element is None or "clinicalDecision" not in element.properties:
        return None
    return Refusal(
        "clinical-task", f"“{_named(element)}” is decided by whoever may sign it, and by nothing else.", element.id
    )


def guarded_steps_keep_their_decision(before: Before, after: After) -> Refusal | None:
    """A guarded step is not answered, skipped or thrown from while its decision is missing."""
    operation = before.operation
    if not isinstance(operation, Answer | Skip | Throw):
        return None
    element = _element_of(before, operation)
    if element is None or not reach.is_guarded_shut(element, before.picture.decisions):
        return None
    return _shut(element)


def tokens_stay_before_missing_decisions(before: Before, after: After) -> Refusal | None:
    """No operation puts a token at a guarded element whose decision is missing, nor behind a decision that is.

    A token that goes on by itself afterwards is held by the engine's own guard.
    """
    if not isinstance(before.operation, Move | Rewind | Migrate):
        return None
    picture = after.picture
    reached = reach.reachable(picture.process, picture.decisions)
    for element_id in sorted(_placed(before, after)):
        element = picture.element(element_id)
        if element is not None and reach.is_guarded_shut(element, picture.decisions):
            return _shut(element)
        if element is not None and element_id not in reached:
            return _behind(element)
    return None


def branches_come_together(before: Before, after: After) -> Refusal | None:
    """No move leaves a parallel join that waits for good, or gets one token too many.

    While other branches of its scope are open, a token is only moved within its own: to where the same ways lead on to
    gateways. One that is alone is not moved into a branch whose siblings nobody would run.
    """
    operation, picture = before.operation, before.picture
    token = picture.token(operation.task_id)
    here = picture.element(token.element_id) if token is not None else None
    there = picture.element(operation.element) if isinstance(operation, Move) else None
    if token is None or here is None or there is None:
        return None
    ways = reach.ways_to_gateways(picture.process, there)
    if not _has_company(picture, token):
        if reach.fills_joins(picture.process, ways):
            return None
        reason = f"“{_named(there)}” is in one of several branches, and nobody would run the others."
        return Refusal("branches", f"{reason} Choose a place before the branches begin.", there.id)
    if reach.ways_to_gateways(picture.process, here) == ways:
        return None
    where = f"from “{_named(there)}” it would not come together with them"
    return Refusal("branches", f"other branches are open, and {where}. Finish them first.", there.id)


def _has_company(picture: Picture, token: Token) -> bool:
    """Whether another token is in the same scope; arrivals that wait at a join are tokens too."""
    scope = _scope(picture, token)
    return any(one.id != token.id and _scope(picture, one) == scope for one in picture.tokens)


def _scope(picture: Picture, token: Token) -> tuple[str, str | None] | None:
    element = picture.element(token.element_id)
    return (element.process_id, element.parent_id) if element is not None else None


def _placed(before: Before, after: After) -> set[str]:
    """Where the operation itself puts tokens: named by it, or at once after it."""
    operation = before.operation
    named = {operation.element} if isinstance(operation, Move) else set()
    if isinstance(operation, Migrate):
        return named | {one.element_id for one in after.picture.tokens}
    known = {(one.id, one.element_id) for one in before.picture.tokens}
    return named | {one.element_id for one in after.picture.tokens if (one.id, one.element_id) not in known}


proofs: list[Proof] = [
    decisions_are_not_written,
    clinical_tasks_are_decided_by_signing,
    guarded_steps_keep_their_decision,
    tokens_stay_before_missing_decisions,
    branches_come_together,
]
"""Every rule that an operation has to pass, in this order. The first refusal counts."""


def refusal(before: Before, after: After) -> Refusal | None:
    """The first rule that refuses."""
    return next((found for one in proofs if (found := one(before, after)) is not None), None)


def _element_of(before: Before, operation: Operation) -> Element | None:
    token = before.picture.token(operation.task_id)
    return before.picture.element(token.element_id) if token is not None else None


def _shut(element: Element) -> Refusal:
    decision_type = element.properties["requiresDecision"]
    return Refusal(
        "guard",
        f"“{_named(element)}” needs the decision {decision_type}, which does not stand. Have it taken first.",
        element.id,
        {"decision_type": decision_type},
    )


def _behind(element: Element) -> Refusal:
    return Refusal(
        "behind-decision",
        f"“{_named(element)}” lies behind a decision that was not taken. Choose a place before it.",
        element.id,
    )


def _named(element: Element) -> str:
    return element.name or element.id
