"""Short ways to evaluate in tests: Python values in, FEEL values out."""

from datetime import UTC, datetime

from workflows.feel import Evaluation, Value, from_python, parse, parse_unary_tests

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def evaluation(text: str, /, **context: object) -> Evaluation:
    """The whole evaluation."""
    return parse(text).evaluate({name: from_python(value) for name, value in context.items()}, now=NOW)


def value(text: str, /, **context: object) -> Value:
    """The value."""
    return evaluation(text, **context).value


def kinds(text: str, /, **context: object) -> list[str]:
    """The kinds of the problems met."""
    return [problem.kind for problem in evaluation(text, **context).problems]


def matches(cell: str, tested: object, /, **context: object) -> bool | None:
    """Does the cell accept the value?"""
    names = {name: from_python(item) for name, item in context.items()}
    return parse_unary_tests(cell).matches(from_python(tested), names, now=NOW)
