"""The FEEL of a form before publication: does it parse, does it compare like with like, does it end?"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from workflows.feel import Expression, FeelError, parse
from workflows.feel import nodes as n
from workflows.findings import Finding

_TYPES: dict[str, type] = {"textfield": str, "textarea": str, "number": Decimal, "checkbox": bool}


def condition_findings(components: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """What is wrong with the expressions of these components."""
    kinds = {str(one.get("key")): one for one in components if one.get("key")}
    found, reads = [], {}
    for one in components:
        for text in _expressions(one):
            try:
                expression = parse(text)
            except FeelError as error:
                message = f"The expression “{text[:80]}” cannot be read: {error}. Correct it."
                found.append(_finding("form-feel", one, message))
                continue
            found += [_finding("form-feel-type", one, sentence) for sentence in _mixed(expression, kinds)]
        hide = _hide(one)
        if hide is not None:
            reads[str(one.get("key") or one.get("path") or one.get("id"))] = hide.names
    return found + [
        Finding("form-circle", "error", None, f"{' and '.join(one)} hide each other in a circle. Break the circle.")
        for one in _circles(reads)
    ]


def _expressions(raw: Mapping[str, Any]) -> Iterator[str]:
    hide = (raw.get("conditional") or {}).get("hide")
    for text in (hide, raw.get("readonly"), raw.get("valuesExpression"), raw.get("valuesKey")):
        if isinstance(text, str) and text.strip():
            yield text
    text = str(raw.get("text") or "")
    if raw.get("type") == "text" and text.startswith("="):
        yield text
    elif raw.get("type") == "text":
        yield from (part.split("}}")[0] for part in text.split("{{")[1:])


def _hide(raw: Mapping[str, Any]) -> Expression | None:
    text = (raw.get("conditional") or {}).get("hide")
    try:
        return parse(text) if isinstance(text, str) and text.strip() else None
    except FeelError:
        return None


def _mixed(expression: Expression, fields: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Comparisons of a field with a literal of another type: they are always null, so the condition never holds."""
    for node in _nodes(expression.tree):
        if not isinstance(node, n.Comparison):
            continue
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if not (isinstance(side, n.Name) and isinstance(other, n.Literal)):
                continue
            wanted = _types_of(fields.get(side.name, {}))
            if other.value is not None and wanted and type(other.value) not in wanted:
                yield f"“{side.name}” is compared with a value of another type. Compare like with like."


def _types_of(raw: Mapping[str, Any]) -> frozenset[type]:
    kind = str(raw.get("type"))
    if kind in _TYPES:
        return frozenset({_TYPES[kind]})
    values = [one.get("value") for one in raw.get("values") or () if isinstance(one, Mapping)]
    return frozenset(Decimal if type(one) in (int, float) else type(one) for one in values)


def _nodes(tree: Any) -> Iterator[Any]:
    if isinstance(tree, n.Node):
        yield tree
        for one in dataclasses.fields(tree):
            yield from _nodes(getattr(tree, one.name))
    elif isinstance(tree, tuple):
        for item in tree:
            yield from _nodes(item)


def _circles(reads: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """Each circle of conditions once, as the names in it."""
    found: list[list[str]] = []
    for start in reads:
        reached = _reach(reads, start)
        if start in reached and not any(start in circle for circle in found):
            found.append(sorted(name for name in reached if name in reads and start in _reach(reads, name)))
    return found


def _reach(reads: Mapping[str, frozenset[str]], start: str) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        for name in reads.get(waiting.pop(), frozenset()) - reached:
            reached.add(name)
            waiting.append(name)
    return reached


def _finding(rule: str, raw: Mapping[str, Any], message: str) -> Finding:
    return Finding(rule, "error", str(raw.get("id") or raw.get("key") or ""), message)
