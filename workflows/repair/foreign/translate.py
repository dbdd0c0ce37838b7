"""One expression of another language in FEEL, when it is only spelled otherwise."""

import re

from workflows.feel import FeelError, parse
from workflows.lint.rules.python_expression import looks_foreign
from workflows.repair.foreign.grammar import Grammar
from workflows.repair.foreign.lexing import NotMechanical

_WRAPPED = re.compile(r"[$#]\{([^{}]*)\}", re.DOTALL)
_FEEL = ("feel", "http://www.omg.org/spec/dmn")


def is_foreign(text: str, language: str | None = None) -> bool:
    """Whether the text is no FEEL as it stands: by its claim, its signs, or because it cannot be read."""
    claims = language is not None and not any(sign in language.lower() for sign in _FEEL)
    return claims or looks_foreign(text) or text.lstrip().startswith("=") or not is_feel(text)


def is_feel(text: str) -> bool:
    """Whether it can be read as FEEL."""
    try:
        parse(text)
    except FeelError:
        return False
    return True


def in_feel(text: str, language: str | None = None, *, loose: bool = True) -> str | None:
    """The same in FEEL; None when it is not only a matter of spelling.

    loose: a name may stand where a boolean is wanted, as in conditions.
    """
    text = text.strip()
    if text.startswith("=") and not text.startswith("=="):
        return _checked(text[1:].strip(), None)  # Camunda 8 writes FEEL behind a sign.
    wrapped = _WRAPPED.fullmatch(text)
    grammar_of = wrapped[1] if wrapped else text
    if not wrapped and ("${" in text or "#{" in text):
        return None
    juel = bool(wrapped) or "juel" in (language or "").lower()
    try:
        grammar = Grammar(grammar_of, loose=loose, juel=juel)
        found = grammar.whole()
    except NotMechanical:
        return None
    return _checked(found, grammar.names)


def _checked(feel: str, names: set[str] | None) -> str | None:
    """The text, when FEEL reads it and sees the same names in it."""
    try:
        expression = parse(feel)
    except FeelError:
        return None
    return feel if names is None or expression.names == names else None
