"""`countersign feel`: the value on standard output, everything else beside it, without a database."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from webapp.cli import feel


def typed(*words: str) -> Result:
    return CliRunner().invoke(feel.command, words)


def test_the_value_is_printed_as_feel_writes_it() -> None:
    assert typed("1 + 2").stdout == "3\n"
    assert typed('"a" + "b"').stdout == '"ab"\n'
    assert typed('[date("2026-01-31"), null, {a b: true}]').stdout == '[@"2026-01-31", null, {a b: true}]\n'


def test_a_context_is_json_or_feel_or_a_file(tmp_path: Path) -> None:
    assert typed("amount * 2", "--context", '{"amount": 0.1}').stdout == "0.2\n"
    assert typed("due.year", "--context", '{due: date("2026-11-25")}').stdout == "2026\n"
    file = tmp_path / "case.json"
    file.write_text('{"claims": [{"amount": 3}, {"amount": 4}]}')
    assert typed("sum(claims.amount)", "--context", f"@{file}").stdout == "7\n"


def test_now_is_what_is_said() -> None:
    assert typed("today()", "--now", "2026-02-28T23:59:00-05:00").stdout == '@"2026-02-28"\n'
    assert typed("1", "--now", "2026-02-28T10:00:00").exit_code == 2


def test_an_explanation_shows_each_part_below_what_it_is_part_of() -> None:
    result = typed("(a + 1) * 2 > b", "--context", '{"a": 1, "b": 9}', "--explain")
    assert result.stdout.splitlines() == [
        "false",
        "  (a + 1) * 2 > b → false",
        "    (a + 1) * 2 → 4",
        "      a + 1 → 2",
        "        a → 1",
        "    b → 9",
    ]


def test_json_holds_the_explanation() -> None:
    found = json.loads(typed("a > 1", "--context", '{"a": 2}', "--explain", "--json").stdout)
    assert found["value"] is True and found["problems"] == [] and found["cut"] is False
    (part,) = found["parts"]
    assert (part["start"], part["end"], part["value"]) == (0, 5, True)


def test_a_cell_is_tried_with_an_input() -> None:
    assert typed("[1..5]", "--cell", "3").stdout == "true\n"
    assert typed("> limit", "--cell", "3", "--context", '{"limit": 4}').stdout == "false\n"


def test_a_mistake_is_null_with_its_reason_and_exit_1() -> None:
    result = typed("amuont + 1", "--context", '{"amount": 1}')
    assert (result.exit_code, result.stdout) == (1, "null\n")
    assert 'Did you mean "amount"?' in result.stderr
    assert typed("null").exit_code == 0


def test_a_text_that_is_no_feel_is_marked_where_it_fails() -> None:
    result = typed("a == 1")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[:2] == ["a == 1", "   ^"]
    assert "One = compares." in result.stderr


def test_a_budget_is_a_refusal() -> None:
    result = typed("for i in 1..9999 return for j in 1..9999 return i")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("context", ["[1]", "{", "5", '"x"', "@/nowhere/at/all", '{"a": NaN}', "[" * 100_000])
def test_a_context_that_is_none_is_wrong_usage(context: str) -> None:
    result = typed("1", "--context", context)
    assert result.exit_code == 2
    assert "Invalid value for '--context'" in result.stderr
