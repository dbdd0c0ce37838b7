"""Escapes and bracket expressions of XPath patterns, as Python writes them."""

import re

from workflows.feel.builtins.pattern_source import Source, refuse

_SINGLE = frozenset("\\|.-^?*+{}()[]$")
_CONTROL = {"n": "\\n", "r": "\\r", "t": "\\t"}
_SHARED = frozenset("dDsSwW")
# XML name characters, approximated by Python's word characters as XML Schema 1.1 does for \w.
_NAMES = {"i": r"[^\W\d]|:", "c": r"[\w:.\-]", "I": r"[^\w:]|\d", "C": r"[^\w:.\-]"}
_NAMES_INSIDE = {"c": r"\w:.\-"}
# Unicode categories that Python's own classes can express.
_CATEGORIES = {
    "L": r"[^\W\d_]",
    "N": r"\d",
    "Nd": r"\d",
    "Lu": "[A-Z\u00c0-\u00d6\u00d8-\u00de]",
    "Ll": "[a-z\u00df-\u00f6\u00f8-\u00ff]",
    "P": r"[!-#%-*,-/:;?@\[-\]_{}\u00a1\u00a7\u00ab\u00b6\u00b7\u00bb\u00bf]",
    "S": r"[$+<->^`|~\u00a2-\u00a9\u00ac\u00ae-\u00b1\u00b4\u00d7\u00f7]",
    "Z": r"[ \u00a0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]",
    "IsBasicLatin": r"[\x00-\x7f]",
}
_CATEGORY = re.compile(r"\{(\w{1,30})\}")


def escape(source: Source, in_bracket: bool) -> str:
    """The Python text for what follows a backslash. Raises Trouble for back references and unknown escapes."""
    letter = source.next()
    if letter in _SINGLE:
        return re.escape(letter) if letter != "-" else r"\-"
    if letter in _CONTROL:
        return _CONTROL[letter]
    if letter in _SHARED:
        return "\\" + letter
    if letter in _NAMES:
        return _name_class(letter, in_bracket)
    if letter in "pP":
        return _category(source, negated=letter == "P", in_bracket=in_bracket)
    if letter.isdigit():
        refuse("Back references are not supported.")
    return refuse("The pattern has an unknown escape.")


def _name_class(letter: str, in_bracket: bool) -> str:
    if not in_bracket:
        return f"(?:{_NAMES[letter]})"
    if letter not in _NAMES_INSIDE:
        refuse("This escape is not supported inside brackets.")
    return _NAMES_INSIDE[letter]


def _category(source: Source, negated: bool, in_bracket: bool) -> str:
    found = source.match(_CATEGORY)
    if found is None or found[1] not in _CATEGORIES:
        refuse("This Unicode category is not supported.")
    known = _CATEGORIES[found[1]]
    if not negated:
        if in_bracket and known.startswith("[^"):
            refuse("This Unicode category is not supported inside brackets.")
        return known.strip("[]") if in_bracket and known.startswith("[") else known
    if in_bracket:
        refuse("This Unicode category is not supported inside brackets.")
    return f"(?!{known})(?s:.)"


def bracket(source: Source) -> str:
    """A bracket expression; the opening bracket is already read. Subtraction `[a-z-[aeiou]]` is understood."""
    negated = source.take("^")
    parts: list[str] = []
    while not source.take("]"):
        if source.peek == "-" and source.text[source.index + 1 : source.index + 2] == "[":
            return _subtraction(source, negated, parts)
        parts.append(_member(source))
    if not parts:
        refuse("A bracket expression is empty.")
    return _class(negated, parts)


def _member(source: Source) -> str:
    letter = source.next()
    if letter == "\\":
        return escape(source, in_bracket=True)
    if letter == "[":
        refuse('"[" must be escaped inside brackets.')
    return letter if letter == "-" else re.escape(letter)


def _subtraction(source: Source, negated: bool, parts: list[str]) -> str:
    source.index += 2
    minus = bracket(source)
    if not parts or not source.take("]"):
        refuse("A bracket expression is not closed.")
    return f"(?!{minus}){_class(negated, parts)}"


def _class(negated: bool, parts: list[str]) -> str:
    return f"[{'^' if negated else ''}{''.join(parts)}]"
