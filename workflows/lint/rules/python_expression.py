"""Expressions of other languages (Python, JUEL, JavaScript) are never run."""

import re
from collections.abc import Iterator

from workflows.feel import FeelError, parse
from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.expressions import expressions
from workflows.lint.report import error
from workflows.model import Model

RULE = "python-expression"


_SIGNS = re.compile(
    r"==|\bTrue\b|\bFalse\b|\bNone\b|\$\{|#\{|&&|\|\||\blambda\b|\bis not\b|'[^']*'"
    r"|\.(get|append|items|keys)\(|\bnot [a-z_]+$"
)
_FEEL = ("feel", "http://www.omg.org/spec/dmn")


def looks_foreign(text: str) -> bool:
    """Whether the text is no FEEL and bears the marks of another language."""
    if _SIGNS.search(text) is None:
        return False
    try:
        parse(text)
    except FeelError:
        return True
    return "${" in text or "#{" in text


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for place in expressions(model):
        claims = place.language is not None and not any(sign in place.language.lower() for sign in _FEEL)
        if claims or looks_foreign(place.text):
            yield error(
                RULE, place.element_id, f"{place.where.capitalize()} {place.text!r} is not FEEL. {_hint(place.text)}"
            )


def _hint(text: str) -> str:
    feel = text.strip()
    if feel.startswith(("${", "#{")):
        feel = feel[2:].removesuffix("}")
    for old, new in (
        ("==", "="),
        ("&&", " and "),
        ("||", " or "),
        ("True", "true"),
        ("False", "false"),
        ("None", "null"),
    ):
        feel = feel.replace(old, new)
    return f"Write it in FEEL, for example: {feel.replace(chr(39), chr(34))}"
