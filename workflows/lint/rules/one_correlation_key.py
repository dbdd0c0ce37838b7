"""With two keys one wrong value would be accepted: each message takes part in exactly one key, fully bound."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import CorrelationKey, Message, Model

RULE = "one-correlation-key"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for message in model.messages.values():
        read = {one for one, _ in message.properties}
        keys = [key for key in model.keys.values() if read.intersection(key.properties)]
        if len(keys) > 1:
            names = ", ".join(key.name or key.id for key in keys)
            yield error(RULE, message.id, f"The message takes part in several keys ({names}). Make one composite key.")
        for key in keys[:1]:
            missing = [one for one in key.properties if one not in read]
            if missing:
                yield error(RULE, message.id, f"The message carries no {', '.join(missing)} of its key. Add its path.")
            yield from _bindings(model, message, key)


def _bindings(model: Model, message: Message, key: CorrelationKey) -> Iterator[Finding]:
    catching = {
        element.process_id
        for element in model.elements.values()
        if element.kind in ("intermediateCatchEvent", "boundaryEvent", "receiveTask")
        for trigger in element.triggers
        if trigger.ref == message.id
    }
    for process_id in sorted(catching):
        bound = model.processes[process_id].subscriptions.get(key.id, {})
        missing = [one for one in key.properties if one not in bound]
        if missing:
            text = f"The process waits for {message.name} but binds no data to {', '.join(missing)}. Add the bindings."
            yield error(RULE, process_id, text)
