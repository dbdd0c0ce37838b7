"""The FEEL of a form before publication: does it parse, does it compare like with like, does it end?"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workflows.feel import Expression, FeelError, parse
from workflows.feel.infer import infer
from workflows.feel.infer.types import is_free, words
from workflows.feel.types import Types
from workflows.findings import Finding
from workflows.lint.answers import answer_types

MAX_SHOWN = 80


def condition_findings(components: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """What is wrong with the expressions of these components and of those below them."""
    found, reads = [], {}
    for one, types in _scopes(components, answer_types(components)):
        for text in _expressions(one):
            try:
                expression = parse(text)
            except FeelError as error:
                message = f"The expression “{text[:MAX_SHOWN]}” cannot be read: {error}. Correct it."
                found.append(_finding("form-feel", one, message))
                continue
            found += _type_findings(one, expression, types)
        hide = _hide(one)
        if hide is not None:
            reads[str(one.get("key") or one.get("path") or one.get("id"))] = hide.names
    return found + [
        Finding("form-circle", "error", None, f"{' and '.join(one)} hide each other in a circle. Break the circle.")
        for one in _circles(reads)
    ]


def _scopes(components: Any, types: Types) -> Iterator[tuple[Mapping[str, Any], Types]]:
    """Every component with the answers its expressions see: those of the form, in a row first those of the row."""
    for one in components:
        yield one, types
        inner = one.get("components", ())
        rows = one.get("type") == "dynamiclist"
        yield from _scopes(inner, {**types, **answer_types(inner)} if rows else types)


def _type_findings(raw: Mapping[str, Any], expression: Expression, types: Types) -> Iterator[Finding]:
    """What compares different types is always null, so that the condition never holds."""
    where = f"In “{expression.text.strip()[:MAX_SHOWN]}”"
    found = infer(expression, types)
    for problem in found.problems:
        if problem.kind == "type":
            yield _finding("form-feel-type", raw, f"{where}: {problem.message}")
        else:
            yield Finding("form-feel-name", "warn", _id(raw), f"{where}: {problem.message}")
    decides = expression.text in ((raw.get("conditional") or {}).get("hide"), raw.get("readonly"))
    if decides and not is_free(found.type) and found.type.name != "boolean":
        message = f"{where}: a condition gives true or false, but this gives {words(found.type)}. Compare it."
        yield _finding("form-feel-type", raw, message)


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
    return Finding(rule, "error", _id(raw), message)


def _id(raw: Mapping[str, Any]) -> str:
    return str(raw.get("id") or raw.get("key") or "")
