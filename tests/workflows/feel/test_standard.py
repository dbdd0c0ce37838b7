"""The language construct by construct and built-in by built-in, as standard.txt lists it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workflows.feel.say import value
from workflows.feel import FeelSyntaxError, to_text

LISTED = Path(__file__).with_name("standard.txt")


def rules() -> Iterator[object]:
    """Every line under its heading."""
    heading = ""
    for line in LISTED.read_text(encoding="utf-8").splitlines():
        text, arrow, expected = line.partition(" ==> ")
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif arrow:
            yield pytest.param(text, expected, id=f"{heading}: {text}")


@pytest.mark.parametrize(("text", "expected"), list(rules()))
def test_an_expression_has_the_value_the_standard_gives_it(text: str, expected: str) -> None:
    assert to_text([value(text)]) == f"[{expected}]"


@pytest.mark.parametrize(
    "text",
    ['"open', "'a'", '"\\uD83D"', "[1, 2, ]", "{a: 1, }", '{"a b": 1}."a b"', "1 instance of duration", "for i in [1]",
     "if true then 1", "function(a", "[1..", "1 +", "{: 1}", "a b: 1"],
)  # fmt: skip
def test_what_is_not_in_the_grammar_is_refused(text: str) -> None:
    with pytest.raises(FeelSyntaxError):
        value(text)
