"""Expressions and scripts of other languages: what is only spelled otherwise is rewritten, nothing else is guessed."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.feel import parse, parse_assignments
from workflows.repair.foreign import duration_of, in_feel, is_foreign, script_in_feel

SAME = {
    "x == 'a' and not y": 'x = "a" and not(y)',
    "a or b and c": "a or b and c",
    "(a or b) and c": "(a or b) and c",
    "!(a == b)": "not((a = b))",
    "not a == b": "not(a = b)",
    "${!a == b}": "not(a) = b",
    "a === 1 && b !== 2": "a = 1 and b != 2",
    "a - (b - c) > 0": "a - (b - c) > 0",
    "-(a + b) * 2 <= 1": "-(a + b) * 2 <= 1",
    "a is None or b is not None": "a = null or b != null",
    "a not in [1, 2]": "not(list contains([1, 2], a))",
    "name.equals('x')": 'name = "x"',
    "a ? b : c": "if a then b else c",
    "b if a == 1 else c": "if a = 1 then b else c",
    '{"a": [1, 2]}': '{"a": [1, 2]}',
    "'it\\'s \"so\"' == x": '"it\'s \\"so\\"" = x',
    ".5 < x": "0.5 < x",
    "max(a, b) > 3": "max(a, b) > 3",
}
NOT = [
    "", "a b", "a == ", "len(x) == 0", "x.size() > 1", "x.length", "1 < x < 3", "x ** 2", "x // 2", "x % 2",
    "lambda: 1", "x in y", "empty x", "${a} ${b}", "a${b}", "import os", "__import__('os').system('id')", "x; y",
    "f'{x}'", "x[y]", "x[-1:]", "'unfinished", "new Date()", "date == 1", "a = 1 = 2 == 3", "x.get('a', 0)",
    "(" * 60 + "a" + ")" * 60, "a == '\\x41'", "0x10 == a", "10L == a", "a & b", "a if b", "a.b.c()",
]  # fmt: skip


@pytest.mark.parametrize(("text", "feel"), SAME.items())
def test_what_is_spelled_otherwise_is_rewritten(text: str, feel: str) -> None:
    assert in_feel(text) == feel


@pytest.mark.parametrize("text", NOT)
def test_what_means_more_is_left(text: str) -> None:
    assert in_feel(text) is None


def test_feel_is_not_foreign_unless_it_claims_to_be() -> None:
    assert not is_foreign("amount > 5")
    assert is_foreign("amount > 5", "python")
    assert not is_foreign("amount > 5", "http://www.omg.org/spec/DMN/20191111/FEEL/")
    assert is_foreign("= amount > 5")


@given(st.recursive(
    st.sampled_from(["True", "False", "a == 1", "b != 2", "a < b"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda one: f"({one[0]}) {one[1]} ({one[2]})"),
        inner.map(lambda one: f"not ({one})"),
    ),
    max_leaves=8,
))  # fmt: skip
def test_the_value_is_the_same_as_in_python(text: str) -> None:
    feel = in_feel(text)
    assert feel is not None
    for a, b in ((1, 2), (1, 3), (2, 1)):
        # What a test may do and the product never does.
        expected = eval(text, {"__builtins__": {}}, {"a": a, "b": b})
        assert parse(feel).evaluate({"a": Decimal(a), "b": Decimal(b)}, now=datetime(2026, 1, 1)).value is expected


@given(st.text(max_size=60))
def test_no_text_crashes_it_and_what_it_gives_is_feel(text: str) -> None:
    feel = in_feel(text)
    if feel is not None:
        parse(feel)
    script = script_in_feel(text)
    if script is not None:
        parse_assignments(script)


def test_scripts_that_assign_become_assignments() -> None:
    assert script_in_feel("total = a * 2\n# note\nclaim['paid'] = True") == "total = a * 2\n// note\nclaim.paid = true"
    assert script_in_feel("var x = 'a';\nx += 'b';") == 'x = "a"\nx = x + ("b")'
    assert script_in_feel('execution.setVariable("ok", amount > limit);') == "ok = amount > limit"


@pytest.mark.parametrize("script", ["if a:\n  b = 1", "import os", "b = a or 5", "a.append(1)", "del a", "x = y()", ""])
def test_scripts_that_do_more_are_left(script: str) -> None:
    assert script_in_feel(script) is None


@pytest.mark.parametrize(
    ("text", "iso"),
    [("1 day", "P1D"), ("2 weeks", "P14D"), ("30 min", "PT30M"), ("timedelta(hours=4)", "PT4H"), ("'P1D'", "P1D"),
     ("timedelta(days=1, minutes=5)", "P1DT5M"), ("0 0 * * *", None), ("soon", None), ("timedelta(months=1)", None)],
)  # fmt: skip
def test_durations_in_words_become_iso_8601(text: str, iso: str | None) -> None:
    assert duration_of(text) == iso
