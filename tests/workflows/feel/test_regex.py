"""Patterns cannot run away, whatever author and data do."""

import time

import pytest

from tests.workflows.feel.say import evaluation, value
from workflows.feel import FeelBudgetExceeded

HOSTILE = "a" * 3000 + "!"


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b", "(a*)*", "(a|a)*b", "(a|ab)*c", "(x+x+)+y", "(a?b?c?)*d", r"(\w+\s?)*$", "^(([a-z])+.)+[A-Z]$",
        "(?=a)", "(?<=a)b", "(?<n>a)", "(?P<n>a)", r"(a)\1", "a++", "a{1000}{1000}", "a{99999}", "(", ")", "[", "[]",
        "a**", r"\Z", r"\p{Greek}", "*", "(" * 100 + ")" * 100,
    ],
)  # fmt: skip
def test_patterns_that_could_explode_or_are_not_supported_give_null(pattern: str) -> None:
    found = evaluation("matches(text, pattern)", text=HOSTILE, pattern=pattern)
    assert found.value is None
    assert found.problems[0].kind == "regex"


@pytest.mark.parametrize(
    "pattern", ["a*a*a*a*b", "(.*)(.*)(.*)x", ".*.*.*x", "(a?){30}b", "(a{1,30}){1,30}b", "x" * 501]
)
def test_patterns_too_costly_for_this_text_exceed_the_budget(pattern: str) -> None:
    started = time.perf_counter()
    with pytest.raises(FeelBudgetExceeded, match="pattern"):
        value("matches(text, pattern)", text=HOSTILE, pattern=pattern)
    assert time.perf_counter() - started < 0.1


@pytest.mark.parametrize(
    ("pattern", "text", "flags", "expected"),
    [
        (r"^[A-Z]{2}\d{3,5}$", "NY1234", "", True),
        (r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,4}", "ada@lakeshore.example.org", "", True),
        (r"^\d{1,3}(\.\d{1,3}){3}$", "10.0.0.255", "", True),
        ("[a-z-[aeiou]]", "aei", "", False),
        ("[a-z-[aeiou]]", "aeb", "", True),
        ("a.c", "a\nc", "", False),
        ("a.c", "a\nc", "s", True),
        ("^b$", "a\nb", "m", True),
        ("^a$", "a\n", "", False),
        ("H E L L O", "hello", "ix", True),
        ("a.b", "a.b", "q", True),
        ("a.b", "axb", "q", False),
        (r"\p{L}+", "é", "", True),
        (r"^\i\c*$", "_name-1", "", True),
        ("(red|green|blue)+", "greenred", "", True),
    ],
)
def test_ordinary_patterns_work(pattern: str, text: str, flags: str, expected: bool) -> None:
    assert value("matches(text, pattern, flags)", text=text, pattern=pattern, flags=flags) is expected


def test_a_replacement_that_is_not_valid_gives_null() -> None:
    assert value('replace("abc", "b", "$x")') is None
    assert value('replace("abc", "x*", "-")') is None
