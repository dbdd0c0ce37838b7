"""Cells: what they accept, refuse, and cannot tell."""

from datetime import date

import pytest

from tests.workflows.feel.say import matches
from workflows.feel import FeelSyntaxError, parse_unary_tests


@pytest.mark.parametrize(
    ("cell", "tested", "expected"),
    [
        ("-", 5, True),
        ("", None, True),
        (" - ", None, True),
        ("5", 5, True),
        ("-5", -5, True),
        ("> 5", 6, True),
        ("> 5", None, None),
        ("[1..5]", 5, True),
        ("[1..5)", 5, False),
        ("< 3, > 7", 8, True),
        ('"a", "b"', "b", True),
        ('"a", "b"', "c", False),
        ('not("a", "b")', "c", True),
        ('not("a", "b")', "a", False),
        ('not("a")', None, True),
        ("not(> 5)", 3, True),
        ("null", None, True),
        ("null", 1, False),
        ('"a"', None, False),
        ("true", True, True),
        ("true", False, False),
        ("false", None, False),
        ("? > 3 and ? < 9", 5, True),
        ('list contains(?, "MA130")', ["N1", "MA130"], True),
        ('list contains(?, "MA130")', [], False),
        ("not(list contains(?, 1))", [2], True),
        ("? * 2 = limit", 2, True),
        ("limit", 4, True),
        ("allowed", "x", True),
        ("> limit", 5, True),
        ('date("2026-01-01")', date(2026, 1, 1), True),
        ("= 3", 3, True),
        ("!= 3", 3, False),
        ('"5"', 5, None),
        ("missing", 5, None),
        ("1 in [? ..5]", 0, True),
    ],
)
def test_a_cell_matches(cell: str, tested: object, expected: bool | None) -> None:
    assert matches(cell, tested, limit=4, allowed=["x", "y"]) is expected


@pytest.mark.parametrize("cell", [">", "1,", "not(", "1 2", "(1", '"a" "b"'])
def test_a_broken_cell_is_a_syntax_error(cell: str) -> None:
    with pytest.raises(FeelSyntaxError):
        parse_unary_tests(cell)


def test_names_leave_out_the_tested_value() -> None:
    assert parse_unary_tests("? > limit, other.x").names == {"limit", "other"}
