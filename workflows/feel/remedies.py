"""What should an author write instead? Habits of other languages, misspelled names, and types that do not meet.

Only what the text shows is said; nothing is guessed about the data. Messages name names and types, never values.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

from workflows.feel.lexer import tokenize

MAX_COMPARED = 150  # names held against a misspelled one
NEAR = 60  # characters between a mistake and where reading stopped, at most
MAX_NAME = 60  # characters of a name that are shown

_HABITS = tuple(
    (re.compile(pattern), advice)
    for pattern, advice in (
        (r"={2,}", "One = compares."),
        (r"<>|!==|=/=", "Write != for “is not”."),
        (r"=>", "Write >= for “at least”."),
        (r"=<", "Write <= for “at most”."),
        (r"&&?", "Write and."),
        (r"\|\|?", "Write or."),
        (r"!(?!=)", "Write not( … )."),
        (r"[‘’'`]", "Text is written in double quotes."),
        (r"[“”„«»]", 'Text is written in straight double quotes: "…".'),
        (r'"[^"]*$', "The text is not closed: add a double quote at its end."),
        (r"[$€£]\s*\{|\{\{|\}\}", "Write names as they are, without braces."),
        (r"[$€£]", "Write amounts as plain numbers."),
        (r"\d\s*%(?!\w)", "Write a percentage as a number: 15 % is 0.15."),
        (r"%", "Write modulo(a, b) for the remainder."),
        (r"\^", "Write ** for powers."),
        (r"≤", "Write <=."),
        (r"≥", "Write >=."),
        (r"≠", "Write !=."),
        (r"[–—−]", "Write a plain minus: -."),
        (r"[×÷]", "Write * and /."),
        (r";", "Separate with commas; in a script each assignment has a line of its own."),
        (r"\+\+|--|[-+*/]=", "Nothing is changed in place: write the whole new value."),
        (r"\?\s*[^:]*:", "Write if … then … else …"),
        (r"\bnot\s+in\b", "Write not(a in b)."),
        (r"\blambda\b|->|\bfunction\s+\w", "Write function(a) … for a function."),
        (r"\bfor\b(?!.*\breturn\b)", "A for has the form: for item in list return …"),
        (r"\b(?:some|every)\b(?!.*\bsatisfies\b)", "Write some item in list satisfies …"),
        (r"\bif\b(?!.*\bthen\b)", "An if has the form: if … then … else …"),
        (r"\bif\b(?!.*\belse\b)", "Every if has an else: if … then … else …"),
        (r"\b(?:AND|OR|And|Or)\b", "Write and and or in small letters."),
        (r"^[^\[({]*\b\d+,\d+\b", "Write decimals with a point and thousands without a separator."),
        (r"\b\d{4}-\d\d?-\d\d?\b|\b\d\d?/\d\d?/\d{4}\b", 'Write dates as date("2026-01-31").'),
    )
)
_CLOSED_BY = {"(": ")", "[": "]", "{": "}"}
_WORDS = {"True": "true", "TRUE": "true", "False": "false", "FALSE": "false", "None": "null", "NULL": "null",
          "nil": "null", "undefined": "null", "Null": "null"}  # fmt: skip
_SPOKEN = (
    (re.compile(r"\bis not (?:null|empty|missing)$", re.IGNORECASE), "Write != null."),
    (re.compile(r"\bis (?:null|empty|missing)$", re.IGNORECASE), "Write = null."),
    (re.compile(r"\b(?:AND|OR|NOT|And|Or|Not)\b"), "Write and, or and not in small letters."),
    (re.compile(r"\b(?:is not|is|equals|not equals)\b"), "Write = for “is” and != for “is not”."),
    (re.compile(r"\bnot\b"), "Write not( … )."),
    (re.compile(r"^(?:IF|If|THEN|Then|ELSE|Else)\b|\b(?:IF|If|THEN|Then|ELSE|Else)\b"), "Write if, then, else small."),
)
_PAIRS = {
    frozenset({"string", "number"}): "Write numbers without quotes, or convert the text with number( … ).",
    frozenset({"string", "boolean"}): "Write true and false without quotes.",
    frozenset({"string", "date"}): "Convert the text with date( … ).",
    frozenset({"string", "date and time"}): "Convert the text with date and time( … ).",
    frozenset({"string", "time"}): "Convert the text with time( … ).",
    frozenset({"string", "days and time duration"}): "Convert the text with duration( … ).",
    frozenset({"string", "years and months duration"}): "Convert the text with duration( … ).",
    frozenset({"date", "date and time"}): "Take the day of the date and time with date( … ).",
    frozenset({"date", "number"}): 'Days are added as durations: duration("P30D").',
    frozenset({"date and time", "number"}): 'Hours and days are added as durations: duration("PT12H").',
    frozenset({"days and time duration", "years and months duration"}): "A month has no fixed length: use one kind.",
    frozenset({"days and time duration", "number"}): "Divide the duration by another one to get a number.",
}


def for_syntax(text: str, position: int) -> str:
    """Advice on a text that cannot be read at a position; "" when nothing is known. The nearest habit wins."""
    plain = _without_strings(text)
    start = max(position - NEAR, 0)
    near = plain[start : position + NEAR]
    found = ((match, advice) for pattern, advice in _HABITS for match in pattern.finditer(near))
    ranked = [(_distance(match, position - start), number, advice) for number, (match, advice) in enumerate(found)]
    return min(ranked)[2] if ranked else _unclosed(plain)


def _distance(match: re.Match[str], position: int) -> int:
    """Characters between the match and the position; 0 when it is inside or at the edge."""
    return max(match.start() - position, position - match.end(), 0)


def _without_strings(text: str) -> str:
    """The text with what stands in double quotes blanked, so that data is not taken for code."""
    parts = list(text)
    for token in tokenize(text):
        if token.kind == "string":
            parts[token.start : token.end] = " " * (token.end - token.start)
    return "".join(parts)


def _unclosed(plain: str) -> str:
    """Names the bracket that is open at the end of the text, or where another one closes."""
    waiting: list[tuple[int, str]] = []
    for place, character in enumerate(plain):
        if character in _CLOSED_BY:
            waiting.append((place, character))
        elif character in ")]}" and waiting:
            if _CLOSED_BY[waiting[-1][1]] != character:
                break
            waiting.pop()
    if not waiting:
        return ""
    place, character = waiting[-1]
    return f"The {character} at character {place + 1} is not closed."


def for_name(wanted: str, known: Iterable[str]) -> str:
    """Advice on a name nobody declared. known: names that are in scope or taken by built-ins, likeliest first."""
    if wanted in _WORDS:
        return f"Write {_WORDS[wanted]}."
    for pattern, advice in _SPOKEN:
        if pattern.search(wanted):
            return advice
    close = get_close_matches(wanted[:MAX_NAME], islice(known, MAX_COMPARED), 1, 0.75)
    return f'Did you mean "{close[0]}"?' if close else "Check its spelling; text stands in double quotes."


def for_types(left: str, right: str) -> str:
    """Advice on two types (FEEL names) that cannot be compared or calculated with; "" when nothing is known."""
    if "function" in (left, right):
        return "Call a built-in with its arguments in parentheses."
    if "null" in (left, right):
        return "A value is missing: ask for it first, for example with = null."
    return _PAIRS.get(frozenset({left, right}), "")
