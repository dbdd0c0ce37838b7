"""May this form be published? Refuses what the page cannot show, the server cannot check, or a gate must not have."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tasks.forms.components import ANSWERED, CHOICE, CHOICES, NESTING, SUPPORTED, label_of
from tasks.forms.conditions import condition_findings
from tasks.forms.decode import RESERVED
from tasks.forms.values import to_decimal
from workflows.findings import Finding, Severity

SCHEMA_VERSION = 19
MAX_PATTERN = 200
_NESTED = re.compile(r"\((?:[^()\\]|\\.)*[+*}](?:[^()\\]|\\.)*\)\s*[+*{]")
_BACK_REFERENCE = re.compile(r"\\[1-9]|\(\?P=")


def check_form(form: Mapping[str, Any], *, clinical: bool = False) -> list[Finding]:
    """Everything that stands against publication, in document order. clinical: a form of a clinical decision."""
    found: list[Finding] = []
    if form.get("schemaVersion", SCHEMA_VERSION) > SCHEMA_VERSION:
        found.append(_finding("form-version", None, f"Save the form with schema version {SCHEMA_VERSION} or lower."))
    components = list(_walk(form.get("components", ())))
    for one in components:
        found += _component(one)
    found += _keys(form.get("components", ()))
    found += condition_findings(form.get("components", ()))
    return found + list(_clinical(components) if clinical else ())


def _walk(components: Any) -> Iterator[Mapping[str, Any]]:
    for one in components:
        yield one
        yield from _walk(one.get("components", ()))


def _finding(rule: str, element: Any, message: str, severity: Severity = "error") -> Finding:
    return Finding(rule, severity, None if element is None else str(element), message)


def _component(raw: Mapping[str, Any]) -> Iterator[Finding]:
    kind, id_ = raw.get("type"), raw.get("id")
    if kind not in SUPPORTED:
        yield _finding("form-supported", id_, f"Remove the component of the type “{kind}”: pages cannot show it.")
        return
    if kind in ANSWERED or (kind == "dynamiclist"):
        if not label_of(raw):
            yield _finding("form-label", id_, "Give the field a label: people and screen readers need its name.")
        yield from _limits(raw)
    if kind in CHOICE | CHOICES:
        yield from _options(raw)
    if pattern := (raw.get("validate") or {}).get("pattern"):
        yield from _pattern(id_, str(pattern))


def _limits(raw: Mapping[str, Any]) -> Iterator[Finding]:
    rules = raw.get("validate") or {}
    for low, high in (("min", "max"), ("minLength", "maxLength")):
        bounds = [rules.get(name) for name in (low, high)]
        numbers = [to_decimal(one) for one in bounds]
        if any(bound is not None and number is None for bound, number in zip(bounds, numbers, strict=True)):
            yield _finding("form-limit", raw.get("id"), f"Write {low} and {high} as numbers.")
        elif numbers[0] is not None and numbers[1] is not None and numbers[0] > numbers[1]:
            yield _finding("form-limit", raw.get("id"), f"{low} is above {high}: no answer could pass. Swap them.")


def _options(raw: Mapping[str, Any]) -> Iterator[Finding]:
    if raw.get("valuesKey") or raw.get("valuesExpression"):
        return
    values = [repr(one.get("value")) for one in raw.get("values") or () if isinstance(one, Mapping)]
    if not values:
        yield _finding("form-options", raw.get("id"), "Add choices, or name where they come from.")
    if len(values) != len(set(values)):
        yield _finding("form-options", raw.get("id"), "Two choices have the same value. Give each its own.")


def _pattern(id_: Any, pattern: str) -> Iterator[Finding]:
    if len(pattern) > MAX_PATTERN:
        yield _finding("form-pattern", id_, f"Shorten the pattern to {MAX_PATTERN} characters.")
    if not (pattern.startswith("^") and pattern.endswith("$")):
        yield _finding("form-pattern", id_, "Begin the pattern with ^ and end it with $: it covers the whole answer.")
    if _NESTED.search(pattern) or _BACK_REFERENCE.search(pattern):
        yield _finding("form-pattern", id_, "Remove repeats inside repeats and back-references: they may never end.")
    try:
        re.fullmatch(pattern, "")
    except re.error as error:
        yield _finding("form-pattern", id_, f"The pattern cannot be read: {error}. Correct it.")


def _keys(components: Any, taken: set[str] | None = None) -> Iterator[Finding]:
    """Keys of one level of answers. Groups without a path share the level they stand in."""
    seen: set[str] = set() if taken is None else taken
    for one in components:
        nests = one.get("type") in NESTING
        key = str(one.get("path") or "") if nests else str(one.get("key") or "")
        if one.get("type") in ANSWERED or one.get("type") == "dynamiclist" or key:
            yield from _key(one, key, seen)
        if nests:
            yield from _keys(one.get("components", ()), None if key else seen)


def _key(raw: Mapping[str, Any], key: str, seen: set[str]) -> Iterator[Finding]:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", key) or key.startswith("decisions"):
        text = "Begin the key with a letter, use letters, digits and _ only, and not “decisions”, the engine’s name."
        yield _finding("form-key", raw.get("id"), text)
    elif key in RESERVED:
        yield _finding("form-key", raw.get("id"), f"Rename the key “{key}”: the task page uses that name itself.")
    elif key in seen:
        yield _finding("form-key", raw.get("id"), f"Rename the key “{key}”: another field has it.")
    seen.add(key)


def _clinical(components: list[Mapping[str, Any]]) -> Iterator[Finding]:
    boxes = [one for one in components if one.get("type") == "checkbox"]
    if not any((one.get("validate") or {}).get("required") is True for one in boxes):
        yield _finding("form-attestation", None, "Add a required checkbox in which the clinician attests the decision.")
    for one in components:
        if one.get("type") in ANSWERED and one.get("defaultValue") not in (None, "", False, []):
            text = "Remove the default value: nobody pre-fills a clinical decision."
            yield _finding("form-prefill", one.get("id"), text)
