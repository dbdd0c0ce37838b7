"""Context functions (DMN 1.5 section 10.3.4.11). Contexts are never changed: each function returns a new one."""

from workflows.feel.budget import Run, check_list
from workflows.feel.builtins.registry import builtin
from workflows.feel.errors import Trouble
from workflows.feel.values import Value


@builtin("get value", "context: context", "key: string")
@builtin("get value", "m: context", "key: string")
def get_value(entries: dict[str, Value], key: str) -> Value:
    return entries.get(key)


@builtin("get value", "context: context", "keys: list")
@builtin("get value", "m: context", "keys: list")
def get_value_deep(entries: dict[str, Value], keys: list[Value]) -> Value:
    """The value at the end of a path of keys; null as soon as a key is not there."""
    if not keys or not all(isinstance(key, str) for key in keys):
        raise Trouble("argument", "The path is a list of keys.")
    value: Value = entries
    for key in keys:
        value = value.get(str(key)) if isinstance(value, dict) else None
    return value


@builtin("get entries", "m: context", needs_run=True)
def get_entries(run: Run, entries: dict[str, Value]) -> list[Value]:
    run.charge(4 * len(entries))
    return [{"key": key, "value": value} for key, value in entries.items()]


@builtin("context", "entries: list")
def context(entries: list[Value]) -> dict[str, Value]:
    made: dict[str, Value] = {}
    for entry in entries:
        if not isinstance(entry, dict) or not {"key", "value"} <= entry.keys():
            raise Trouble("argument", 'An entry needs a "key" and a "value".')
        key = entry["key"]
        if not isinstance(key, str) or key in made:
            raise Trouble("argument", "Keys are different strings.")
        made[key] = entry["value"]
    return made


@builtin("context put", "context: context", "key: string", "value: any")
def context_put(entries: dict[str, Value], key: str, value: Value) -> dict[str, Value]:
    check_list(len(entries) + 1)
    return {**entries, key: value}


@builtin("context put", "context: context", "keys: list", "value: any")
def context_put_deep(entries: dict[str, Value], keys: list[Value], value: Value) -> Value:
    if not keys or len(keys) > 50:
        raise Trouble("argument", "The path has no keys or too many.")
    key, *further = keys
    if not isinstance(key, str):
        raise Trouble("argument", "Keys are strings.")
    if not further:
        return context_put(entries, key, value)
    inner = entries.get(key)
    if not isinstance(inner, dict):
        raise Trouble("argument", "The path leads through something that is not a context.")
    return {**entries, key: context_put_deep(inner, further, value)}


@builtin("context merge", "contexts: list", needs_run=True)
def context_merge(run: Run, contexts: list[Value]) -> dict[str, Value]:
    merged: dict[str, Value] = {}
    for one in contexts:
        if not isinstance(one, dict):
            raise Trouble("argument", "Only contexts can be merged.")
        run.charge(len(one))
        merged.update(one)
        check_list(len(merged))
    return merged
