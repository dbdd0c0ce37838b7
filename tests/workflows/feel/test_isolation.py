"""An expression reaches nothing but FEEL values."""

import pytest

from tests.workflows.feel.say import NOW, evaluation, value
from workflows.feel import FeelSyntaxError, from_python, parse

ATTEMPTS = [
    "x.__class__",
    "x.__class__.__base__.__subclasses__()",
    '"".join(["a"])',
    "now().__class__.__mro__",
    "c.items",
    "c.keys()",
    "c.__init__.__globals__",
    '__import__("os")',
    "__builtins__",
    "string.__globals__",
    "(function(x) x).__closure__",
    "(function(x) x).call",
    "today().today()",
    "[1].append(2)",
    "number.__self__",
    '@"P1D".total_seconds()',
    '@"2026-01-01".replace(1)',
    "5 .real",
    '"{0.__class__}".format(1)',
    'get value(c, "__class__")',
    "[1..2].low",
]


@pytest.mark.parametrize("text", ATTEMPTS)
def test_python_is_out_of_reach(text: str) -> None:
    try:
        found = evaluation(text, x="text", c={"a": 1})
    except FeelSyntaxError:
        return
    assert found.value is None


@pytest.mark.parametrize("thing", [object(), {1, 2}, b"bytes", lambda: 1, {1: "a"}, Exception()])
def test_other_python_values_are_refused_at_the_door(thing: object) -> None:
    with pytest.raises(TypeError):
        from_python(thing)


@pytest.mark.parametrize("thing", [float("nan"), float("inf")])
def test_numbers_that_are_none_are_refused_at_the_door(thing: float) -> None:
    with pytest.raises(ValueError, match="NaN"):
        from_python(thing)


def test_evaluation_changes_nothing_in_the_context() -> None:
    context = {"xs": [from_python(1)], "c": {"a": None}}
    before = repr(context)
    for text in ("append(xs, 2)", 'context put(c, "a", 1)', "sort(xs)", "reverse(xs)", "concatenate(xs, xs)"):
        parse(text).evaluate(context, now=NOW)  # type: ignore[arg-type]
    assert repr(context) == before


def test_zones_are_looked_up_only_by_name() -> None:
    assert value('time("10:00:00@../../etc/passwd")') is None
