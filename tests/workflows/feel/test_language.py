"""The language, one line per construct. The public conformance cases are run in tests/workflows/decisions."""

from datetime import date, timedelta

import pytest

from tests.workflows.feel.say import value
from workflows.feel import from_python

EQUAL_PAIRS = [
    # numbers
    ("0.1 + 0.2", "0.3"),
    ("1 - 2 - 3", "-4"),
    ("2 + 3 * 4 ** 2", "50"),
    ("-2 ** 2", "4"),
    ("8 / 4 / 2", "1"),
    ("1.5e3", "1500"),
    (".5", "0.5"),
    ("10 / 3 * 3", "9.999999999999999999999999999999999"),
    # strings
    ('"a" + "b"', '"ab"'),
    (r'"\u0041\t\""', '"A\t\\""'),
    # logic
    ("null and false", "false"),
    ("null or true", "true"),
    ('"x" and true', "null"),
    ("not(null)", "null"),
    ("if null then 1 else 2", "2"),
    ("5 between 1 and 10 and true", "true"),
    # lists and contexts
    ("[1, 2, 3][-1]", "3"),
    ("[1, 2, 3][item > 1]", "[2, 3]"),
    ("[{a: 1}, {a: 2}][a = 2].a", "[2]"),
    ("{a: 1, b: a + 1}.b", "2"),
    ("[[1], 2][1]", "[1]"),
    ("[1, 2][5]", "null"),
    ("7[1]", "7"),
    # loops
    ("for i in 3..1 return i", "[3, 2, 1]"),
    ("for i in [1, 2], j in [10, i] return i * j", "[10, 1, 20, 4]"),
    ("for i in 1..4 return if i = 1 then 1 else partial[-1] * i", "[1, 2, 6, 24]"),
    ("for i in (1..4) return i", "[2, 3]"),
    ("some i in [1, 2] satisfies i > 1", "true"),
    ("every i in [] satisfies false", "true"),
    # functions
    ("(function(a, b: number) a - b)(b: 1, a: 3)", "2"),
    ("{double: function(x) x * 2, y: double(4)}.y", "8"),
    ('(function(a: number) a)("x")', "null"),
    # ranges and membership
    ("5 in ]1..5]", "true"),
    ("5 in [1..5[", "false"),
    ("5 in (> 3, 1)", "true"),
    ("[1..3].end", "3"),
    # types
    ("1 instance of number", "true"),
    ("[1, null] instance of list<number>", "true"),
    ('[1, "a"] instance of list<number>', "false"),
    ("null instance of Any", "false"),
    # dates
    ('@"2026-01-31" + @"P1M"', '@"2026-02-28"'),
    ('@"2026-03-01" - @"2026-02-01"', '@"P28D"'),
    ('@"2024-02-29" - @"P1Y"', '@"2023-02-28"'),
    ('@"10:00:00" + @"PT15H"', '@"01:00:00"'),
    ('@"2026-11-24".weekday', "2"),
    ('date and time(@"2026-01-01", @"10:00:00")', '@"2026-01-01T10:00:00"'),
    ('@"2026-03-08T01:30:00@America/New_York" + @"PT1H"', '@"2026-03-08T03:30:00@America/New_York"'),
    ('@"2026-06-01T12:00:00+02:00" = @"2026-06-01T10:00:00Z"', "true"),
    ('@"2026-06-01T12:00:00" = @"2026-06-01T10:00:00Z"', "null"),
    ('@"P1DT12H" / @"PT12H"', "3"),
    # comments
    ("1 /* one */ + // two\n 2", "3"),
]


@pytest.mark.parametrize(("text", "same"), EQUAL_PAIRS, ids=[text for text, _ in EQUAL_PAIRS])
def test_expression_has_the_value_of_its_shorter_form(text: str, same: str) -> None:
    assert value(text) == value(same)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("average = 2", True),
        ("count(claims[amount > 100])", 1),
        ("claims.amount", [50, 150]),
        ("sum(claims.amount)", 200),
        ("claims[1].paid", None),
        ("due - today()", timedelta(days=6)),
        ("today()", date(2026, 11, 24)),
    ],
)
def test_expressions_read_the_context_they_are_given(text: str, expected: object) -> None:
    claims = [{"amount": 50, "paid": None}, {"amount": 150, "paid": True}]
    assert value(text, claims=claims, average=2, due=date(2026, 11, 30)) == from_python(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sort([3, 1, 2])", [1, 2, 3]),
        ("sort([1, 2, 3], function(a, b) a > b)", [3, 2, 1]),
        ("median([6, 1, 2, 3])", 2.5),
        ("stddev([2, 4, 7, 5])", from_python(value("stddev([2, 4, 7, 5])"))),
        ("mode([6, 1, 9, 6, 1])", [1, 6]),
        ("product(2, 3, 4)", 24),
        ("mean([])", None),
        ("list replace([2, 4, 7], 3, 6)", [2, 4, 6]),
        ("list replace([2, 4, 7], function(item, newItem) item < newItem, 5)", [5, 5, 7]),
        ("union([1, 2], [2, 3])", [1, 2, 3]),
        ("distinct values([1, 2, 1])", [1, 2]),
        ("flatten([[1, 2], [[3]], 4])", [1, 2, 3, 4]),
        ("index of([1, 2, 1], 1)", [1, 3]),
        ("sublist([4, 5, 6], -2, 1)", [5]),
        ("string length(\"\U0001f600a\")", 2),
        ('substring("foobar", -3, 2)', "ba"),
        ('split("a;b;;c", ";")', ["a", "b", "", "c"]),
        ('replace("abracadabra", "bra", "*")', "a*cada*"),
        ('replace("ab", "(a)(b)", "$2$1")', "ba"),
        ('string join(["a", null, "b"], "-")', "a-b"),
        ('number("1.000,5", ".", ",")', 1000.5),
        ("decimal(2.5, 0)", 2),
        ("round half up(-2.5, 0)", -3),
        ("ceiling(-1.56, 1)", -1.5),
        ("modulo(-12, 5)", 3),
        ("sqrt(16)", 4),
        ("odd(3)", True),
        ('context merge([{a: 1}, {a: 2, b: 3}])', {"a": 2, "b": 3}),
        ('context([{key: "a", value: 1}])', {"a": 1}),
        ('get value({a: 1}, "a")', 1),
        ('week of year(@"2026-01-01")', 1),
        ("before(1, [2..3])", True),
        ("all([true, null])", None),
    ],
)
def test_built_ins(text: str, expected: object) -> None:
    assert value(text) == from_python(expected)


def test_the_clock_is_the_one_passed_in() -> None:
    assert value("string(now())") == "2026-11-24T09:30:00Z"
