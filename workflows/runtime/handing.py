"""The verbs that hand something from outside to instances: messages and signals."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from store.transaction import require_transaction
from workflows import instances, messages
from workflows.correlation import digest
from workflows.engine import Execution, MessageNotWaiting, WaitingMessage
from workflows.instances import Held, MessageSubscription
from workflows.runtime.run import open_held
from workflows.runtime.settling import settle

Actor = UUID | str | None


def deliver_message(
    practice_id: int, message: str, payload: Mapping[str, Any], *, now: datetime, by: Actor = None
) -> list[UUID]:
    """Hand a message to everybody who waits for it now: each instance of the practice whose key it carries, once.

    Returns their ids; a suspended one counts, and has it when it is resumed. Nothing is kept for those who wait later
    (workflows/delivery does that). Instances are locked in the order of their ids. Raises CorrelationMissing.
    """
    session = require_transaction()
    found = messages.find_subscribers(session, practice_id, message, payload, now=now)
    return [one.instance_id for one in found if deliver_at(one, payload, now=now, by=by)]


def deliver_at(subscription: MessageSubscription, payload: Mapping[str, Any], *, now: datetime, by: Actor) -> bool:
    """Hand a message to one that waited for it. False when another message or a timer won the instance's row lock."""
    session = require_transaction()
    held = instances.hold(session, subscription.instance_id)
    if held.row.ended_at is not None:
        return False
    if held.row.suspended_at is not None:
        return _keep_for(held, subscription, payload, now)
    run = open_held(session, held, by=by, now=now)
    waiting = _waiting_for(run.execution, subscription)
    if waiting is None:
        return False
    run.execution.deliver_message(waiting.name, payload, waiting.id)
    settle(run)
    return True


def deliver_to(instance_id: UUID, message: str, payload: Mapping[str, Any], *, now: datetime, by: Actor = None) -> bool:
    """Hand a message to one instance: at once when it waits for it, else kept until it does. True: delivered now.

    A suspended instance gets it when it is resumed.
    """
    session = require_transaction()
    held = instances.hold(session, instance_id)
    if take_now(held, message, payload, now=now, by=by):
        return True
    messages.buffer(session, held.row, message, payload, now=now)
    return False


def take_now(held: Held, message: str, payload: Mapping[str, Any], *, now: datetime, by: Actor = None) -> bool:
    """Hand a message to a locked instance if it waits for it now and is not suspended. Raises InstanceEndedAlready."""
    if held.row.suspended_at is not None:
        return False
    run = open_held(require_transaction(), held, by=by, now=now)
    waiting = next((one for one in run.execution.waiting().messages if one.name == message), None)
    if waiting is None:
        return False
    run.execution.deliver_message(message, payload, waiting.id)
    settle(run)
    return True


def deliver_signal(instance_id: UUID, name: str, payload: Any, *, now: datetime, by: Actor = None) -> bool:
    """Let an instance hear a signal, wherever it waits for it. False when it does not.

    Raises UnknownInstance, InstanceEndedAlready, InstanceSuspended.
    """
    session = require_transaction()
    run = open_held(session, instances.hold(session, instance_id), by=by, now=now)
    hearers = [one.id for one in run.execution.waiting().signals if one.name == name]
    heard = [_hears(run.execution, name, payload, task_id) for task_id in hearers]
    if not any(heard):
        return False
    settle(run)
    return True


def _hears(execution: Execution, name: str, payload: Any, task_id: UUID) -> bool:
    """One that heard it may have taken the next one away."""
    try:
        execution.deliver_signal(name, payload, task_id)
    except MessageNotWaiting:
        return False
    return True


def _waiting_for(execution: Execution, subscription: MessageSubscription) -> WaitingMessage | None:
    """Where the message goes in: where it was awaited, or elsewhere in the instance under the same key."""
    found = [one for one in execution.waiting().messages if one.name == subscription.message]
    there = [one for one in found if one.id == subscription.engine_task_id]
    same = [one for one in found if one.key and digest(one.name, one.key) == subscription.key_digest]
    return next(iter(there + same), None)


def _keep_for(held: Held, subscription: MessageSubscription, payload: Mapping[str, Any], now: datetime) -> bool:
    """A suspended instance gets it when it is resumed, if it still waited for it when it was held."""
    still = any(one.id == subscription.id for one in held.subscriptions)
    if still:
        messages.buffer(require_transaction(), held.row, subscription.message, payload, now=now)
    return still
