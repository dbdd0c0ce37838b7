"""Correlation keys: computed by us, on both sides, never taken from a caller.

The key of a payload is the text of the values its correlation properties read; the key of a waiting event is the text
of the values the process's subscription binds to the same properties. They match when the texts are equal.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from workflows.engine import tree
from workflows.engine.definitions import Message as MessageDefinition
from workflows.engine.faults import CorrelationMissing, EngineFault
from workflows.engine.specs import CompiledProcess
from workflows.feel import FeelError, from_python, parse, to_text
from workflows.model import CorrelationKey, Message, Model


def message_key(process: CompiledProcess, message_name: str, payload: Mapping[str, Any], *, now: datetime) -> str:
    """The correlation key text of a payload. Raises CorrelationMissing with the property that has no value."""
    context = {name: from_python(value) for name, value in payload.items()}
    for model in process.models:
        for message in model.messages.values():
            key = key_of(model, message)
            if key is None or message_name not in (message.name, message.id):
                continue
            paths = dict(message.properties)
            values = {one: _read(paths[one], context, now) for one in key.properties if one in paths}
            return key_text(message_name, values)
    raise CorrelationMissing(message_name, "correlation key")


def waiting_key(process: CompiledProcess, engine: Any, task: Any, definition: MessageDefinition) -> str | None:
    """The key a waiting event listens to; None when its message has no correlation, or its data has no value yet.

    A missing value is reported: the message can then only be handed to the instance itself.
    """
    try:
        return _bound_key(process, engine, task, definition)
    except (CorrelationMissing, EngineFault) as error:
        field = error.field if isinstance(error, CorrelationMissing) else error.message
        text = f"The message {definition.name} cannot find this instance: no value for {field}. Deliver it by hand."
        engine.report("correlation", task.task_spec.element.id, text)
        return None


def handler_key(process: CompiledProcess, engine: Any, scope: Any, definition: MessageDefinition) -> str | None:
    """The key that starts an event sub-process, from the data of its scope as of now; None without a value yet."""
    now = SimpleNamespace(data=tree.variables(scope), workflow=scope, task_spec=scope.spec.start)
    try:
        return _bound_key(process, engine, now, definition)
    except (CorrelationMissing, EngineFault):
        return None


def _bound_key(process: CompiledProcess, engine: Any, task: Any, definition: MessageDefinition) -> str | None:
    model, process_id = _home(process, task)
    message = model.messages.get(definition.ref or "")
    key = key_of(model, message) if message is not None else None
    if message is None or key is None:
        return None
    bindings = model.processes[process_id].subscriptions.get(key.id, {})
    read = {one for one, _ in message.properties}
    values = {one: engine.evaluate(task, bindings.get(one, "null")) for one in key.properties if one in read}
    return key_text(definition.name, values)


def key_of(model: Model, message: Message) -> CorrelationKey | None:
    """The correlation key a message takes part in: the first that shares a property with it."""
    read = {one for one, _ in message.properties}
    return next((key for key in model.keys.values() if read.intersection(key.properties)), None)


def key_text(message_name: str, values: Mapping[str, Any]) -> str:
    """Canonical text of a key. Raises CorrelationMissing when a value is null or empty."""
    texts = {}
    for field, value in values.items():
        if value is None or value == "":
            raise CorrelationMissing(message_name, field)
        texts[field] = to_text(value)
    return json.dumps(texts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _read(path: str, context: Mapping[str, Any], now: datetime) -> Any:
    try:
        return parse(path).evaluate(context, now=now).value
    except FeelError:
        return None


def _home(process: CompiledProcess, task: Any) -> tuple[Model, str]:
    """The file and the process a task belongs to."""
    scope = task.workflow
    while True:
        for model in process.models:
            if scope.spec.name in model.processes:
                return model, scope.spec.name
        scope = tree.enclosing(scope.task_tree).workflow
