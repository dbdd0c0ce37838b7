"""Wrong data gives null and says why; a null without a problem is an honest null."""

import pytest

from tests.workflows.feel.say import evaluation, kinds, value


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("missing + 1", "missing-name"),
        ("c.missing", "missing-field"),
        ('1 + "a"', "type"),
        ('1 = "1"', "type"),
        ("1 / 0", "arithmetic"),
        ('date("2026-02-30")', "argument"),
        ("substring()", "argument"),
        ("unknown(1)", "missing-name"),
        ("c(1)", "function"),
        ('matches("a", "(")', "regex"),
        ("for i in null return i", "type"),
        ("[5..1]", "argument"),
    ],
)
def test_an_error_is_null_with_its_reason(text: str, kind: str) -> None:
    assert value(text, c={"a": 1}) is None
    assert kind in kinds(text, c={"a": 1})


def test_a_value_can_be_good_in_spite_of_a_problem() -> None:
    found = evaluation("missing != null or true")
    assert found.value is True
    assert [problem.kind for problem in found.problems] == ["missing-name"]


def test_null_in_the_data_is_no_problem() -> None:
    found = evaluation("x", x=None)
    assert (found.value, found.problems) == (None, ())


def test_problems_point_into_the_text_and_never_quote_data() -> None:
    problem = evaluation('ok and name + 1 = "x"', ok=True, name="Jane Doe").problems[0]
    assert problem.position == 12
    assert "Jane" not in problem.message


def test_the_number_of_problems_is_bounded() -> None:
    assert len(evaluation("for i in 1..1000 return missing").problems) == 20


def test_a_broken_test_matches_nothing_however_many_problems_there_were() -> None:
    assert value("[count(for i in 1..30 return missing), x in ([5..1])]", x=None) == [30, None]
