"""Context functions (DMN 1.5 section 10.3.4.11). Contexts are never changed: each function returns a new one."""

from workflows.feel.budget import check_list
from workflows.feel.builtins.registry import builtin
from workflows.feel.errors import Trouble
from workflows.feel.values import Value


@builtin("get value", "m: context", "key: string")
def get_value(entries: dict[str, Value], key: str) -> Value:
    return entries.get(key)


@builtin("get entries", "m: context")
def get_entries(entries: dict[str, Value]) -> list[Value]:
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


@builtin("context merge", "contexts: list")
def context_merge(contexts: list[Value]) -> dict[str, Value]:
    merged: dict[str, Value] = {}
    for one in contexts:
        if not isinstance(one, dict):
            raise Trouble("argument", "Only contexts can be merged.")
        merged.update(one)
        check_list(len(merged))
    return merged
