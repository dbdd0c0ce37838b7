"""No text and no data can make an evaluation long, large or deep."""

import time

import pytest

from tests.pace import allowed
from tests.workflows.feel.say import value
from workflows.feel import FeelBudgetExceeded, FeelTooComplex, budget, parse, parse_unary_tests, register_builtin
from workflows.feel.builtins.registry import forget

LONG = "x" * 99_999
# Each level names the one before twice: 2 to the 24 items if anything walks it.
SHARED = "{a: [1, 1], " + ", ".join(f"{chr(b)}: [{chr(b - 1)}, {chr(b - 1)}]" for b in range(ord("b"), ord("z"))) + "}"


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("(" * 10_000_000 + "1", "length"),
        ("(" * 400 + "1" + ")" * 400, "depth"),
        ("-" * 400 + "1", "depth"),
        ("[" * 400, "depth"),
        ("{a:" * 400, "depth"),
        ("x in (" * 400, "depth"),
        ("if a then 1 else " * 400 + "1", "depth"),
        ("a" + ".b" * 400, "depth"),
        ("f" + "(1)" * 400, "depth"),
        ("1" + "+1" * 4000, "nodes"),
    ],
    ids=lambda one: one[:12],
)
def test_a_text_that_is_too_large_is_refused_before_it_is_compiled(text: str, budget: str) -> None:
    for read in (parse, parse_unary_tests):
        with pytest.raises(FeelTooComplex) as caught:
            read(text)
        assert caught.value.budget == budget


def test_long_flat_expressions_are_fine() -> None:
    assert value(" or ".join(["a = 1"] * 300), a=1) is True
    assert value(" + ".join(["1"] * 900)) == 900


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("for i in 1..1000000000 return i", "range"),
        ("for i in 1..1e6000 return i", "range"),
        ("for i in 1..9999 return for j in 1..9999 return 1", "steps"),
        ("for i in 1..9999, j in 1..9999 return 1", "list"),
        ("some i in 1..9999 satisfies some j in 1..9999 satisfies false", "steps"),
        ("s + s", "text"),
        ('for i in 1..9999 return s + "a"', "steps"),
        ("string join(for i in 1..9999 return s)", "text"),
        ('replace(s, "x", "yyyyyyyy")', "text"),
        ('split(s, "x")', "list"),
        ("2 ** 99999", "digits"),
        ("{f: function(g) g(g), r: f(f)}.r", "calls"),
        ("{f: function(g, n) if n = 0 then 1 else g(g, n - 1) + g(g, n - 1), r: f(f, 30)}.r", "steps"),
        ("distinct values(for i in 1..9999 return [i])", "steps"),
        (f"{SHARED}.y", "list"),
        (f"string({SHARED}.y)", "text"),
        (f"flatten({SHARED}.y)", "list"),
        (f"{SHARED}.y = {SHARED}.y", "steps"),
        (f"is({SHARED}.y, {SHARED}.y)", "steps"),
        (f"{SHARED}.y instance of {'list<' * 25}number{'>' * 25}", "steps"),
    ],
    ids=lambda one: one[:40],
)
def test_running_over_a_budget_is_a_named_refusal_and_fast(
    text: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "MAX_MILLISECONDS", 60_000)  # a slow machine would name the time
    started = time.perf_counter()
    with pytest.raises(FeelBudgetExceeded) as caught:
        value(text, s=LONG)
    assert caught.value.budget == expected
    assert time.perf_counter() - started < 2


@pytest.fixture
def _cheap_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the prices had missed something: a thousand times as many steps."""
    monkeypatch.setattr(budget, "MAX_STEPS", 100_000_000)


@pytest.mark.usefixtures("_cheap_steps")
def test_time_ends_what_the_steps_did_not() -> None:
    started = time.thread_time()
    with pytest.raises(FeelBudgetExceeded, match="35 ms") as caught:
        value("some i in 1..9999 satisfies some j in 1..9999 satisfies false")
    assert caught.value.budget == "time"
    assert 0.03 < time.thread_time() - started < 0.5


@pytest.mark.usefixtures("_cheap_steps")
def test_waiting_for_a_busy_machine_does_not_count() -> None:
    register_builtin("nap", ["n: number"], lambda number: time.sleep(0.02))
    try:
        assert len(value("for i in 1..10 return for j in 1..600 return if j = 1 then nap(i) else j")) == 10  # type: ignore[arg-type]
    finally:
        forget("nap")


def test_a_short_evaluation_never_looks_at_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "thread_time", lambda: pytest.fail("looked"))
    assert value("count(for i in 1..100 return i)") == 100


@pytest.mark.parametrize("name", ["steps", "time", "text", "list", "range", "calls", "digits", "pattern", "matching"])
def test_a_refusal_says_what_to_do(name: str) -> None:
    message = str(FeelBudgetExceeded(name, 12_000))
    assert "12,000" in message
    assert message.count(".") == 2


@pytest.mark.parametrize(
    "text",
    [
        "count(sort(rows, function(a, b) a.x < b.x)) = 5000",
        "sort(rows, function(one, other) one.x > other.x)[1].x = 10006",
        "count(sort(xs)) = 10000",
        "count(xs[item > 5]) > 0",
        'count(rows[x > 500 and y != "7"]) > 0',
        "count(distinct values(xs)) > 0",
        "sum(for r in rows return r.x * 2) > 0",
        "every r in rows satisfies r.x >= 0",
        "sum(rows.x) / count(rows) > max(rows.x) / 3",
    ],
)
def test_work_with_thousands_of_rows_is_comfortable(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_MILLISECONDS", 1000 * allowed(budget.MAX_MILLISECONDS / 1000))
    rows = [{"x": number * 7919 % 10_007, "y": str(number)} for number in range(5_000)]
    assert value(text, rows=rows, xs=[number * 7919 % 10_007 for number in range(10_000)]) is True


def test_sorting_by_a_field_is_stable_and_as_by_any_other_function() -> None:
    rows = [{"k": number % 3, "n": number} for number in range(50)]
    for quick, slow in (
        ("function(a, b) a.k < b.k", "function(a, b) if a.k < b.k then true else false"),
        ("function(a, b) a.k > b.k", "function(a, b) if a.k > b.k then true else false"),
        ("function(a, b) b.k < a.k", "function(a, b) if b.k < a.k then true else false"),
    ):
        assert value(f"sort(rows, {quick})", rows=rows) == value(f"sort(rows, {slow})", rows=rows)
    mixed = [{"k": 1}, {"k": None}, {}, {"k": "x"}]
    assert len(value("sort(rows, function(a, b) a.k < b.k)", rows=mixed)) == 4  # type: ignore[arg-type]


def test_a_simple_condition_is_fast() -> None:
    expression = parse('amount > 1000 and state = "NY"')
    context = {"amount": value("2000"), "state": "NY"}
    now = value("now()")
    started = time.perf_counter()
    for _ in range(2000):
        expression.evaluate(context, now=now)  # type: ignore[arg-type]
    assert (time.perf_counter() - started) / 2000 < 100e-6  # measured: 2 microseconds on a quiet core
