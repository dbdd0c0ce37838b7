"""Script tasks: lines of `variable = expression` and nothing else."""

import pytest

from tests.workflows.feel.say import NOW
from workflows.feel import FeelSyntaxError, FeelTooComplex, parse_assignments


def test_each_line_is_an_assignment() -> None:
    found = parse_assignments("a = 1\n\nclaim.total amount = a + 1\n")
    assert [one.target for one in found] == [("a",), ("claim", "total amount")]
    assert found[1].expression.evaluate({"a": None}, now=NOW).value is None


@pytest.mark.parametrize(
    ("script", "targets"),
    [
        ("a = if b = 1\n  then 2\n  else 3\nc = 4", ["a", "c"]),
        ("a = {\n  b: 1,\n  c = 2: 3\n}\nd = 1", None),
        ("a = [\n 1,\n 2\n]\nb = 2", ["a", "b"]),
        ("a = b and\n c = 2\nd = 1", ["a", "d"]),
        ("// a comment\na = 1 // = more", ["a"]),
        ("a = b = c", ["a"]),
        ("a = x\n  + y", ["a"]),
        ("", []),
    ],
)
def test_expressions_may_run_over_lines(script: str, targets: list[str] | None) -> None:
    if targets is None:
        with pytest.raises(FeelSyntaxError):
            parse_assignments(script)
        return
    assert [".".join(one.target) for one in parse_assignments(script)] == targets


@pytest.mark.parametrize(
    ("script", "position"),
    [("print(1)", 0), ("a = 1\nb = ", 10), ("a = 1\nb = (2", 12), ("a = 1\nimport os", 6), ("true = 1", 0)],
)
def test_anything_else_is_refused_with_its_place_in_the_script(script: str, position: int) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        parse_assignments(script)
    assert caught.value.position == position


def test_a_script_has_a_length() -> None:
    with pytest.raises(FeelTooComplex):
        parse_assignments("a = 1\n" * 5000)
