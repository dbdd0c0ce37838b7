"""An author who writes as in another language, or misspells, is told what to write instead."""

import pytest

from tests.workflows.feel.say import evaluation
from workflows.feel import FeelSyntaxError, FeelTooComplex, parse, parse_unary_tests


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("a == 1", "One = compares."),
        ("a <> 1", "Write != for “is not”."),
        ("a => 1", "Write >= for “at least”."),
        ("a = 'x'", "Text is written in double quotes."),
        ("a = “x”", "straight double quotes"),
        ('a = "x', "The text is not closed"),
        ("a && b", "Write and."),
        ("a || b", "Write or."),
        ("!a", "Write not( … )."),
        ("a > 3 AND b", "Write and and or in small letters."),
        ("a ^ 2", "Write ** for powers."),
        ("a % 2", "modulo(a, b)"),
        ("a > 15 %", "0.15"),
        ("a ? 1 : 2", "Write if … then … else …"),
        ("if a > 1 then 2", "Every if has an else"),
        ("if a", "An if has the form"),
        ("for i in a", "A for has the form"),
        ("some i in a", "satisfies"),
        ("(a + 1", "The ( at character 1 is not closed."),
        ("f(a, [1, 2)", "The [ at character 6 is not closed."),
        ("1,000 + 2", "Write decimals with a point"),
        ("a = 1; b = 2", "Separate with commas"),
        ("{{a}} = 1", "without braces"),
        ("$5", "plain numbers"),
        ("a – 1", "Write a plain minus"),
    ],
)
def test_syntax_errors_say_what_to_write(text: str, advice: str) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        parse(text)
    assert advice in str(caught.value)
    assert 0 <= caught.value.position <= len(text)


def test_cells_give_the_same_advice() -> None:
    with pytest.raises(FeelSyntaxError, match=r"One = compares\."):
        parse_unary_tests("? == 1")


def test_text_in_quotes_is_never_taken_for_code() -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        parse('a = "x == y && z" +')
    assert "compares" not in str(caught.value) and "Write and." not in str(caught.value)


def test_a_limit_speaks_for_itself() -> None:
    with pytest.raises(FeelTooComplex) as caught:
        parse("(" * 400 + "a == 1")
    assert "compares" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("amuont > 1", 'Did you mean "amount"?'),
        ("uppercase(state)", 'Did you mean "upper case"?'),
        ("amount = None", "Write null."),
        ("ok = True", "Write true."),
        ("amount is null", "Write = null."),
        ("amount is not null", "Write != null."),
        ("amount is 5", "Write = for “is”"),
        ("zzz", "Check its spelling; text stands in double quotes."),
        ('amount > "3"', "Write numbers without quotes"),
        ('day > "2026-01-01"', "Convert the text with date( … )."),
        ("day + 3", 'duration("P30D")'),
        ("state + 3", "Write numbers without quotes"),
        ("nothing > 3", "A value is missing"),
        ("count > 3", "Call a built-in with its arguments"),
    ],
)
def test_problems_of_an_evaluation_say_what_to_write(text: str, advice: str) -> None:
    day = parse('date("2026-01-31")').evaluate({}, now=evaluation("now()").value).value  # type: ignore[arg-type]
    found = evaluation(text, amount=1, state="NY", ok=True, day=day, nothing=None)
    assert any(advice in problem.message for problem in found.problems), [one.message for one in found.problems]
