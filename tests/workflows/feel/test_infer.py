"""What the types of an expression say before it runs."""

from collections.abc import Mapping

import pytest

from tests.workflows.feel.say import NOW
from workflows.feel import Value, builtin_names, parse, parse_unary_tests, register_builtin
from workflows.feel.arithmetic import _TABLE
from workflows.feel.budget import Run
from workflows.feel.builtins.registry import forget, registered_result
from workflows.feel.infer import infer, infer_tests
from workflows.feel.infer.access import PROPERTIES
from workflows.feel.infer.operators import RESULTS as OPERATIONS
from workflows.feel.infer.results import RESULTS
from workflows.feel.infer.types import (
    BOOLEAN,
    DATE,
    DAYS,
    MOMENT,
    NUMBER,
    PLAIN,
    STRING,
    choice_of,
    list_of,
    words,
)
from workflows.feel.properties import _PROPERTIES, property_of
from workflows.feel.types import ANY, FeelType
from workflows.feel.values import TYPE_NAMES, type_name

REVIEW = FeelType("context", fields={"met": choice_of(["yes", "no"]), "note": STRING, "amount": NUMBER})
LINE = FeelType("context", fields={"code": STRING, "amount": NUMBER})
TYPES: Mapping[str, FeelType] = {
    "severity": NUMBER, "name": STRING, "day": DATE, "moment": MOMENT, "wait": DAYS, "flag": BOOLEAN,
    "codes": list_of(STRING), "amounts": list_of(NUMBER), "lines": list_of(LINE), "review": REVIEW,
    "span": FeelType("range", item=NUMBER), "anything": ANY, "things": FeelType("list"), "thing": FeelType("context"),
}  # fmt: skip


def kind(text: str) -> str:
    return words(infer(parse(text), TYPES).type)


def problems(text: str, closed: bool = False) -> list[tuple[int, str, str]]:
    return [(one.position, one.kind, one.message) for one in infer(parse(text), TYPES, closed=closed).problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2", "a number"),
        ("lines.code", "a list of text"),
        ("lines[1].amount", "a number"),
        ("lines[amount > 2]", "a list of groups of named values"),
        ("lines[anything]", "of unknown type"),
        ("for x in lines return x.amount * 2", "a list of numbers"),
        ("for day in day..day return day", "a list of dates"),
        ("some x in codes satisfies x = name", "a yes-or-no value"),
        ("if flag then 1 else 2", "a number"),
        ("if flag then 1 else null", "a number"),
        ('if flag then 1 else "a"', "of unknown type"),
        ("{a: 1, b: string(a)}.b", "text"),
        ("(function(x: number) x * 2)(3)", "a number"),
        ('duration("P1D")', "a duration in days or hours"),
        ('duration("P1M")', "a duration in months or years"),
        ("duration(name)", "of unknown type"),
        ("day - day", "a duration in days or hours"),
        ("wait / wait", "a number"),
        ("anything - day", "a duration in days or hours"),
        ("anything + 1", "a number"),
        ("anything * 2", "of unknown type"),
        ('get value(review, "amount")', "a number"),
        ("flatten([[1], [2, [3]]])", "a list"),
        ("flatten([[[1]], [[2]]])", "a list of numbers"),
        ('append(codes, "x")', "a list of text"),
        ("append(codes, 1)", "a list"),
        ("concatenate(codes, codes)", "a list of text"),
        ("max(amounts)", "a number"),
        ("max(1, 2)", "a number"),
        ("abs(wait)", "a duration in days or hours"),
        ("span.start", "a number"),
        ("moment.time offset", "a duration in days or hours"),
        ("[]", "a list"),
        ("null", "nothing"),
        ("severity instance of number", "a yes-or-no value"),
        ("sort(lines, function(a, b) a.amount < b.amount)[1].code", "text"),
        ('context put(review, "met", 3).met', "a number"),
        ("count", "a function"),
        ("{today: day, x: today() > today}.x", "a yes-or-no value"),
        ("list replace(amounts, function(old, new) old < new, 3)", "a list of numbers"),
    ],
)
def test_the_type_of(text: str, expected: str) -> None:
    assert kind(text) == expected
    assert problems(text, closed=True) == []


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ('severity = "3"', 9, 'severity is a number, but "3" is text. Write 3 without quotes.'),
        ("name = 3", 5, 'name is text, but 3 is a number. Write "3" in double quotes.'),
        ('flag != "TRUE"', 5, 'flag is a yes-or-no value, but "TRUE" is text. Write true without quotes.'),
        ('day >= "2026-01-31"', 4, 'day is a date, but "2026-01-31" is text. Write date("2026-01-31").'),
        ('wait > "P3D"', 5, 'wait is a duration in days or hours, but "P3D" is text. Write duration("P3D").'),
        (
            "day = moment",
            4,
            "day is a date, but moment is a date with a time. Take the day of the date and time with date( … ).",
        ),
        ("flag < flag", 5, "flag is a yes-or-no value, which has no order. Compare with = or != instead of <."),
        ('severity between 1 and "5"', 9, 'severity is a number, but "5" is text. Write 5 without quotes.'),
        ('severity in (1, "2")', 16, 'severity is a number, but "2" is text. Write 2 without quotes.'),
        ('severity in ["1".."2"]', 12, "severity is a number, but the range is of text. Write 1 without quotes."),
        (
            'codes = "A"',
            6,
            'codes is a list of text, but "A" is text. Ask with list contains( … ), or pick one item: […][1].',
        ),
        ("list contains(codes, 3)", 0, 'codes holds text, but 3 is a number. Write "3" in double quotes.'),
        (
            "severity + name",
            9,
            'severity is a number and name is text: "+" has no result for them. To join them, write '
            "string( … ) around the number.",
        ),
        (
            "day + 3",
            4,
            'day is a date and 3 is a number: "+" has no result for them. Days are added as durations: '
            'duration("P30D").',
        ),
        ("-name", 0, "name is text, which has no negative. Remove the minus."),
        (
            "if severity then 1 else 2",
            3,
            'severity is a number, but "if" needs true or false. Compare it with something, for example with =.',
        ),
        (
            "flag and name",
            9,
            'name is text, but "and" needs true or false. Compare it with something, for example with =.',
        ),
        ("lines[code]", 6, "code is text: a filter needs a condition or a position. Compare, for example with =."),
        (
            "upper case(severity)",
            0,
            'severity is a number, but "upper case" takes text here. Convert it with string( … ).',
        ),
        ('round up("2.5", 0)', 0, '"2.5" is text, but "round up" takes a number here. Write 2.5 without quotes.'),
        ("substring(name)", 0, '"substring" takes other arguments. Write substring(string, start position).'),
        (
            "substring(string: name, start: 1)",
            0,
            'The named arguments do not fit "substring". There is no argument "start".'
            " Write substring(string, start position).",
        ),
        (
            "sum(codes)",
            0,
            'codes is a list of text, but "sum" takes numbers here. Convert the items: for item in … return '
            "number(item).",
        ),
        (
            "max(lines)",
            0,
            "lines holds groups of named values, which have no order. Take a part of each item that has one.",
        ),
        (
            "before(day, severity)",
            0,
            "day is a date, but severity is a number. Compare with a date, or take a part of it, "
            "for example its .year.",
        ),
        ("day.yeer", 3, 'day is a date, which has no "yeer". Did you mean "year"?'),
        ("severity(1)", 0, "severity is a number and cannot be called. Remove the brackets."),
        (
            "(function(x: number) x)(name)",
            1,
            'name is text, but "the function" takes a number here. Write numbers without '
            "quotes, or convert the text with number( … ).",
        ),
        (
            'for x in "a".."b" return x',
            9,
            '"a" is text: only whole numbers and dates can be counted through. Give such.',
        ),
        (
            "sort(lines, function(a, b) a.code < b.amount)",
            34,
            "a.code is text, but b.amount is a number. Write numbers "
            "without quotes, or convert the text with number( … ).",
        ),
    ],
)
def test_what_can_never_have_a_result_is_said_with_a_remedy(text: str, position: int, message: str) -> None:
    found = problems(text)
    assert (found[0][0], found[0][2]) == (position, message)
    assert [one[1] for one in found] == ["type"] * len(found)


@pytest.mark.parametrize(
    ("text", "kind_", "message"),
    [
        ("sevrity > 3", "name", 'Nothing here is called "sevrity". Did you mean "severity"?'),
        (
            "lenght(name)",
            "function",
            'There is no function "lenght". Check its spelling; text stands in double quotes.',
        ),
        ("review.mett", "field", 'review has no entry "mett". Did you mean "met"?'),
        ('review.met = "maybe"', "value", 'review.met is never "maybe". It is one of "yes", "no".'),
        ('review.met in ("yes", "maybe")', "value", 'review.met is never "maybe". It is one of "yes", "no".'),
    ],
)
def test_what_nobody_declares_is_named(text: str, kind_: str, message: str) -> None:
    assert [one[1:] for one in problems(text, closed=True)] == [(kind_, message)]


@pytest.mark.parametrize(
    "text",
    [
        "unknown > 3",
        "unknown.field = 3",
        "unknown(3)",
        'anything = "3" and anything > 3',
        "anything[1] = 1",
        "things[1] = 1 and things[1] = name",
        "things[severity > 3].x[1] = 2",
        "thing.x = 3",
        'thing.x = "3"',
        "null = 3",
        "null < 3",
        "null + 3",
        "name = null",
        "[][1] + 1",
        "for x in [] return x + 1",
        '(if flag then 1 else "a") > 3',
        "upper case(codes)",
        "upper case(anything)",
        "if anything then 1 else 2",
        "things = codes",
        "amounts = codes",
        "{f: function(n) if n < 2 then 1 else f(n - 1)}.f(3)",
        "name in codes",
        "codes in codes",
        "day in [day..day]",
        'severity in (1, > 5, [7..9], ? * 2 = 4)',
        "count(severity)",
        "not(anything)",
        "lines[item.amount > severity]",
        "{count: function(x) x}.count(3)",
        "review.met = name",
    ],
)  # fmt: skip
def test_what_is_not_certain_stays_silent(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize("text", ["things[code = 3]", "things[code = name and lenght(code)]", "anything[code]"])
def test_the_entries_of_unknown_items_are_not_known_to_be_missing(text: str) -> None:
    assert problems(text, closed=True) == []


def test_one_mistake_is_reported_once() -> None:
    assert len(problems('(severity + name) * 2 > "x"')) == 1


@pytest.mark.parametrize(
    ("cell", "tested", "message"),
    [
        ('"3"', NUMBER, 'The tested value is a number, but "3" is text. Write 3 without quotes.'),
        ('< "3"', NUMBER, 'The tested value is a number, but "3" is text. Write 3 without quotes.'),
        ("not(3)", STRING, 'The tested value is text, but 3 is a number. Write "3" in double quotes.'),
        ("[1..3]", STRING, 'The tested value is text, but the range is of numbers. Write "1" in double quotes.'),
        ("? > 3", STRING, 'The tested value is text, but 3 is a number. Write "3" in double quotes.'),
        ('"maybe"', choice_of(["yes", "no"]), 'The tested value is never "maybe". It is one of "yes", "no".'),
        ('"a", "b"', STRING, None),
        ("-", NUMBER, None),
        ("null", NUMBER, None),
        ('list contains(?, "A")', list_of(STRING), None),
        ('starts with(?, "a")', STRING, None),
        ("codes", STRING, None),
        ("true", BOOLEAN, None),
        ("severity > 3", STRING, None),
        ('"3"', None, None),
    ],
)
def test_cells(cell: str, tested: FeelType | None, message: str | None) -> None:
    found = infer_tests(parse_unary_tests(cell), tested, TYPES).problems
    assert [one.message for one in found] == ([message] if message else [])


def test_every_built_in_has_a_result() -> None:
    assert sorted(RESULTS.keys() - builtin_names()) == []
    assert [one for one in builtin_names() - RESULTS.keys() if registered_result(one) == "any"] == []


def test_a_registered_built_in_says_what_it_gives() -> None:
    register_builtin("half of", ["n: number"], lambda n: n / 2, result="number")
    try:
        assert kind("half of(3)") == "a number"
        assert [one[1] for one in problems("half of(name)")] == ["type"]
    finally:
        forget("half of")
    assert kind("half of(3)") == "of unknown type"


def _samples() -> Mapping[str, Value]:
    texts = {
        "number": "2", "string": '"a"', "boolean": "true", "date": '@"2026-01-31"', "time": '@"10:30:00"',
        "date and time": '@"2026-01-31T10:30:00Z"', "days and time duration": '@"P1D"', "list": "[1]",
        "years and months duration": '@"P1M"', "context": "{a: 1}", "range": "[1..2]", "function": "count",
        "null": "null",
    }  # fmt: skip
    return {name: parse(text).evaluate({}, now=NOW).value for name, text in texts.items()}


SAMPLES = _samples()


def test_the_operations_are_those_that_are_computed() -> None:
    computed = {(operator, TYPE_NAMES[left], TYPE_NAMES[right]) for operator, left, right in _TABLE}
    assert computed == set(OPERATIONS)
    for (operator, left, right), result in OPERATIONS.items():
        assert (
            type_name(
                _TABLE[operator, type(SAMPLES[left]), type(SAMPLES[right])](Run(NOW), SAMPLES[left], SAMPLES[right])
            )
            == result
        )


def test_the_properties_are_those_that_are_read() -> None:
    assert {(TYPE_NAMES[owner], name) for owner, name in _PROPERTIES} == {
        (owner, name) for owner, known in PROPERTIES.items() for name in known
    }
    for owner, known in PROPERTIES.items():
        for name, wanted in known.items():
            value = property_of(SAMPLES[owner], name)
            assert value is None or wanted is ANY or type_name(value) == wanted.name


OPERATORS = ("+", "-", "*", "/", "**", "=", "!=", "<", ">=")


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_pair_of_types_is_refused_exactly_when_it_has_no_result(operator: str) -> None:
    expression = parse(f"a {operator} b")
    for left in SAMPLES.keys() - {"null"}:
        for right in SAMPLES.keys() - {"null"}:
            found = infer(expression, {"a": PLAIN[left], "b": PLAIN[right]}).problems
            ran = expression.evaluate({"a": SAMPLES[left], "b": SAMPLES[right]}, now=NOW)
            assert bool(found) is any(one.kind == "type" for one in ran.problems), (left, operator, right)


def test_types_that_double_with_every_entry_are_let_go() -> None:
    entries = ", ".join(f"a{n}: [a{n - 1}, a{n - 1}], b{n}: {{x: a{n - 1}, y: a{n}, z: a{n}}}" for n in range(1, 60))
    assert infer(parse(f"{{a0: {{x: 1}}, {entries}}}"), {}).type.name == "context"


@pytest.mark.parametrize("name", sorted(builtin_names() - {"sort"}))
def test_a_call_is_refused_only_when_it_finds_nothing(name: str) -> None:
    """Of `sort` a list of one item has a result whatever it is."""
    for kinds in [(one,) for one in SAMPLES] + [(one, other) for one in SAMPLES for other in SAMPLES]:
        names = ("a", "b")[: len(kinds)]
        expression = parse(f"{name}({', '.join(names)})")
        if infer(expression, {key: PLAIN.get(one, ANY) for key, one in zip(names, kinds, strict=True)}).problems:
            context = {key: SAMPLES[one] for key, one in zip(names, kinds, strict=True)}
            assert expression.evaluate(context, now=NOW).value in (None, False, []), kinds


def test_functions_inside_functions_are_read_once() -> None:
    text = "3"
    for _ in range(20):
        text = f"list replace([1], function(a, b) a > b, sum({text}))"
    assert words(infer(parse(text), {}).type) == "a list of numbers"


def test_many_mistakes_are_not_all_advised_on() -> None:
    text = " + ".join(f"nam{n}" for n in range(900))
    found = infer(parse(text), {f"name{n}": NUMBER for n in range(200)}, closed=True)
    assert len(found.problems) == 20
