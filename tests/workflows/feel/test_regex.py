"""Patterns cannot run away, whatever author and data do."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pace import allowed
from tests.workflows.feel.say import NOW, evaluation, value
from workflows.feel import FeelBudgetExceeded
from workflows.feel.budget import Run
from workflows.feel.builtins.pattern_machine import Machine
from workflows.feel.builtins.regex import _program, compile_pattern

HOSTILE = "a" * 3000 + "!"


@pytest.mark.parametrize(
    "pattern",
    [
        "(?=a)", "(?<=a)b", "(?<n>a)", "(?P<n>a)", "(?i)a", "a++", "a{99999}", "a{3,2}", "(", ")", "[", "[]", "[b-a]",
        "a**", r"\Z", r"\b", r"\p{Klingon}", r"\pL", "*", "(" * 100 + ")" * 100, r"\1", r"(a\1)", r"(a)\2", r"[\1]",
        r"()\0",
    ],
)  # fmt: skip
def test_patterns_that_are_not_valid_give_null(pattern: str) -> None:
    found = evaluation("matches(text, pattern)", text=HOSTILE, pattern=pattern)
    assert found.value is None
    assert found.problems[0].kind == "regex"


@pytest.mark.parametrize(
    ("pattern", "budget"),
    [("(.*)(.*)(.*)(.*)x", "matching"), ("(a?){300}b", "matching"), (r"(a*)(a*)\1\2b", "matching"),
     ("((a|b){1,30}){1,90}c", "pattern"), ("x" * 501, "pattern"), (r"\p{L}" * 30, "pattern")],
)  # fmt: skip
def test_patterns_too_costly_for_this_text_exceed_a_budget(pattern: str, budget: str) -> None:
    started = time.thread_time()
    with pytest.raises(FeelBudgetExceeded) as caught:
        value("matches(text, pattern)", text=HOSTILE * 3, pattern=pattern)
    assert caught.value.budget == budget
    assert time.thread_time() - started < allowed(0.1)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("(a+)+b", False), ("(a*)*!", True), ("(a|a)*b", False), ("(a|ab)*c", False), ("(x+x+)+y", False),
        ("(a?b?c?)*d", False), (r"(\w+\s?)*$", True), ("a*a*a*a*b", False), (".*.*.*!", True), ("a{1000}{0}", None),
        ("(a+)+$", False),
    ],
)  # fmt: skip
def test_patterns_that_explode_elsewhere_have_an_answer(pattern: str, expected: bool | None) -> None:
    started = time.thread_time()
    assert value("matches(text, pattern)", text="a" * 1000 + "!", pattern=pattern) is expected
    assert time.thread_time() - started < allowed(0.2)


@pytest.mark.parametrize(
    ("pattern", "text", "flags", "expected"),
    [
        (r"(a)\1", "aa", "", True),
        (r"(a)\1", "aA", "", False),
        (r"(a)\1", "aA", "i", True),
        (r"^(\w+) \1$", "the the", "", True),
        (r"^(\w+) \1$", "the then", "", False),
        ("(['\"]).*?\\1", "say 'yes'", "", True),
        (r"(a)|b\1", "b", "", True),  # a group without a match is empty
        (r"(a)\10", "aa0", "", True),  # there is no tenth group, so it is the first and a zero
        (r"^(aa+)\1+$", "a" * 15, "", True),
        (r"^(aa+)\1+$", "a" * 13, "", False),
    ],
)
def test_back_references_work(pattern: str, text: str, flags: str, expected: bool) -> None:
    assert value("matches(text, pattern, flags)", text=text, pattern=pattern, flags=flags) is expected


def test_back_references_work_in_replacements_and_delimiters() -> None:
    assert value(r'replace("aabbcd", "(.)\\1", "<$1>")') == "<a><b>cd"
    assert value(r'split("1aa2bb3", "([a-z])\\1")') == ["1", "2", "3"]


# Without loops of what can be empty: there XPath leaves open which match is found.
_ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "(a)", "(a|b)", "(ab|a)", "(?:b|ba)"])
_PATTERNS = st.lists(
    st.tuples(_ATOMS, st.sampled_from(["", "*", "+", "?", "{2}", "{1,3}", "*?", "+?"])).map("".join), max_size=5
).map("".join)


@settings(max_examples=300, deadline=None)
@given(_PATTERNS, st.text("abA\n", max_size=12), st.sampled_from(["", "i", "s"]))
def test_both_matchers_find_the_same_as_python(pattern: str, text: str, flags: str) -> None:
    options = (re.IGNORECASE if flags == "i" else 0) | (re.DOTALL if flags == "s" else 0)
    expected = [found.span() for found in re.finditer(pattern, text, options)]
    run = Run(NOW)
    for matcher in (compile_pattern(run, pattern, flags, text), Machine(_program(pattern, flags), run)):
        found = matcher.search(text)
        assert ((found.start(), found.end()) if found else None) == (expected[0] if expected else None)
        if all(start < end for start, end in expected):
            assert [(one.start(), one.end()) for one in matcher.finditer(text)] == expected


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
        ("^[A-Z-[OI]]+$", "ABC", "", True),
        ("^[A-Z-[OI]]+$", "abo", "i", False),
        ("^[^Q]$", "q", "i", False),
        (r"^\p{Lu}$", "a", "i", False),
        (r"^\p{Lu}\p{Ll}+$", "Ärger", "", True),
        (r"^[\p{L}\p{Nd}-]+$", "Ä-9", "", True),
        (r"^[\P{L}]+$", "12", "", True),
        (r"^[^\p{L}x]+$", "12x", "", False),
        (r"^\P{IsBasicLatin}$", "é", "", True),
        (r"^\p{IsGreek}+$", "αβγ", "", True),
        (r"^\p{Sc}$", "€", "", True),
        (r"^\s$", "\u00a0", "", False),
        (r"^[\i-[:]][\c-[:]]*$", "a-b.c", "", True),
        (r"^[\i-[:]][\c-[:]]*$", "a:b", "", False),
        ("^b$", "a\nb\n", "m", True),
        ("^$", "a\n", "m", False),
        ("a.c", "a\rc", "", False),
        ("[a b]c", " c", "x", True),
        (r"a\ b", "ab", "x", None),
        ("[a-]", "-", "", True),
        ("a{2}?b", "aab", "", True),
    ],
)
def test_ordinary_patterns_work(pattern: str, text: str, flags: str, expected: bool | None) -> None:
    assert value("matches(text, pattern, flags)", text=text, pattern=pattern, flags=flags) is expected


def test_a_replacement_that_is_not_valid_gives_null() -> None:
    assert value('replace("abc", "b", "$x")') is None
    assert value('replace("abc", "x*", "-")') is None
