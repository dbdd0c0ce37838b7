"""What can go wrong in the engine: refusals for the caller of a verb, and faults that become incidents.

A refusal (DomainError) means that nothing happened. A fault never leaves the engine: the step that raised it stops, the
rest of the instance stays as it is, and an EngineIncident says what an operator should look at.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from store.errors import Conflict, Invalid, Refused


class UserTaskNotReady(Conflict):
    """The user task does not exist, is not reached yet, or is finished."""

    code = "engine.task_not_ready"
    message = "This task is not open. Reload the case to see what happened."


class ServiceCallNotWaiting(Conflict):
    """The service call was answered or cancelled meanwhile."""

    code = "engine.service_call_not_waiting"
    message = "Nobody waits for this answer any more. Look at the case before you send it again."


class MessageNotWaiting(Conflict):
    """The catching event is gone."""

    code = "engine.message_not_waiting"
    message = "The process does not wait for this message now. Keep it until it does."


class StartUnknown(Invalid):
    """The process does not begin at that start event."""

    code = "engine.start_unknown"
    message = "The process has no start event {element}. Choose one of: {starts}."


class NothingStopped(Conflict):
    """There is no stopped step with that id."""

    code = "engine.nothing_stopped"
    message = "This step is not stopped. Reload the case to see where it stands."


class StepNotSkipped(Refused):
    """A step cannot be answered by hand."""

    code = "engine.step_not_skipped"
    message = "The step {element} cannot be answered by hand: {reason}"


class TokenNotMoved(Refused):
    """A token cannot go where an operator wants to put it."""

    code = "engine.token_not_moved"
    message = "The token cannot be moved to {element}: {reason}"


class NotRewound(Refused):
    """The instance cannot go back to that step."""

    code = "engine.not_rewound"
    message = "The case cannot go back to {element}: {reason}"


class NotMigrated(Refused):
    """The instance cannot go on in another version of its model. `elements`: where a token needs a new place."""

    code = "engine.not_migrated"
    message = "The instance cannot go on in the other version: {reason}"

    def __init__(self, reason: str, elements: Sequence[str] = ()) -> None:
        super().__init__(reason=reason)
        self.elements = tuple(elements)


class OutcomeRequired(Invalid):
    """A clinical task was completed without an outcome."""

    code = "engine.outcome_required"
    message = "This task decides {decision_type}: choose one of its outcomes."


class OutcomeUnknown(Invalid):
    """The outcome is none of those the model declares."""

    code = "engine.outcome_unknown"
    message = "The task does not offer the outcome {outcome}. Choose one of: {outcomes}."


class OutcomeNotExpected(Refused):
    """An outcome was given for a task that decides nothing."""

    code = "engine.outcome_not_expected"
    message = "This task decides nothing clinical, so it takes no outcome. Send the answers alone."


class DecisionsReadOnly(Refused):
    """Something other than a signed clinical task tried to write a decision or another reserved name."""

    code = "engine.decisions_read_only"
    message = "The name {name} belongs to the engine and cannot be written. Choose another variable name."


class VariableRefused(Invalid):
    """A value is of a kind that process data cannot hold."""

    code = "engine.variable_refused"
    message = "The value of {name} cannot be stored in process data: {reason}"


class CorrelationMissing(Invalid):
    """The payload lacks a field that its correlation key needs. `field` is the correlation property."""

    code = "engine.correlation_missing"
    message = "The message {name} carries no value for {field}. Add it and send the message again."

    def __init__(self, name: str, field: str) -> None:
        super().__init__(name=name, field=field)
        self.field = field


class StateUnreadable(Conflict):
    """The stored state is damaged, of an unknown version, or of another model."""

    code = "engine.state_unreadable"
    message = "The stored state cannot be read: {reason} Restore the instance or ask an operator to migrate it."


class EngineFault(Exception):
    """A step cannot go on. kind: stable word for the incident; facts carry no personal health information."""

    def __init__(self, kind: str, message: str, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.facts = dict(facts or {})
