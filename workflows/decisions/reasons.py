"""Why does a cell match, or not? One sentence, from the cell's shape and the value it was given."""

from collections.abc import Sequence

from workflows.feel import Problem, UnaryTests, Value, to_text
from workflows.feel import nodes as n
from workflows.feel.text import quoted

MAX_SHOWN = 80  # characters of a value or cell in a sentence
_WORDS = {
    "=": ("is", "is not"),
    "!=": ("is not", "is"),
    "<": ("is less than", "is not less than"),
    "<=": ("is at most", "is more than"),
    ">": ("is more than", "is not more than"),
    ">=": ("is at least", "is less than"),
}


def reason(cell: UnaryTests, value: Value, answer: bool | None, problems: Sequence[Problem]) -> str:
    """A sentence without a full stop. Contains the value."""
    tests = cell.tree
    if not tests.items:
        return "any value matches"
    shown = _shown(value)
    if answer is None:
        if value is None:
            return "the value is missing"
        return problems[0].message.rstrip(".") if problems else f"it cannot be told for {shown}"
    if value is None and answer is False:
        return "the value is missing"
    if tests.negated:
        return f"{shown} is {'not ' if answer else ''}one of those excluded"
    if len(tests.items) == 1:
        return _single(tests.items[0], cell.text, shown, answer)
    return f"{shown} is {'one' if answer else 'none'} of {_short(cell.text)}"


def _single(test: n.Node, text: str, shown: str, answer: bool) -> str:
    if isinstance(test, n.UnaryComparison):
        operand = text.strip().removeprefix(test.operator).strip()
        return f"{shown} {_WORDS[test.operator][0 if answer else 1]} {_short(operand)}"
    if isinstance(test, n.RangeNode):
        return f"{shown} is {'in' if answer else 'outside'} {_short(text)}"
    if isinstance(test, n.Literal | n.AtLiteral | n.Negation):
        return f"{shown} is {'' if answer else 'not '}{_short(text)}" if not answer else f"it is {shown}"
    return f"{_short(text)} is {'true' if answer else 'false'} for {shown}"


def _shown(value: Value) -> str:
    """A value as people read it; text in quotes, so that it is not taken for a name."""
    return _short(quoted(value) if isinstance(value, str) else to_text(value))


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= MAX_SHOWN else plain[: MAX_SHOWN - 1] + "…"
