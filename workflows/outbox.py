"""A listener of the runtime: what a process throws is stored with its transaction and carried by jobs afterwards.

Nothing is handed to another instance here: no transaction holds the thrower's lock and waits for another one's.
"""

from collections.abc import Mapping
from typing import Any

from store.transaction import require_transaction
from workflows import messages, signals
from workflows.correlation import digest
from workflows.events import Event, MessageThrown, SignalThrown


def on_event(event: Event, variables: Mapping[str, Any]) -> None:
    """Runs inside the runtime's transaction."""
    match event:
        case MessageThrown():
            _store_message(event)
        case SignalThrown():
            _store_signal(event)
        case _:
            return


def _store_message(event: MessageThrown) -> None:
    ref = event.instance
    # A message carries named values; a process that throws anything else has it carried under "value".
    payload = event.payload if isinstance(event.payload, Mapping) else {"value": event.payload}
    message = messages.record(ref.practice_id, event.name, payload, f"instance:{ref.id}", now=event.at)
    message.thrown_by = ref.id
    message.keys = [digest(event.name, event.key)] if event.key is not None else []
    messages.queue(require_transaction(), message, now=event.at)


def _store_signal(event: SignalThrown) -> None:
    ref = event.instance
    signal = signals.record(ref.practice_id, event.name, event.payload, f"instance:{ref.id}", now=event.at)
    signal.thrown_by = ref.id
    signals.throw(require_transaction(), signal)
