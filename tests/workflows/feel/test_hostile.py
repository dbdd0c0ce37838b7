"""Whatever an author writes ends soon, in little memory, with a value or a refusal that has a name."""

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import thread_time

import pytest

from tests.pace import allowed, ends_within
from tests.workflows.feel.hostile import CONTEXT, FULL, NOW, PATTERNS, READING, RUNNING
from workflows.feel import FeelBudgetExceeded, FeelError, FeelSyntaxError, budget, parse_assignments, parse_in, to_text
from workflows.feel.builtins import regex
from workflows.feel.unary import parse_unary_tests_in

SECONDS = 0.05
MEGABYTES = 50
RUNS = 12

READERS: dict[str, Callable[[str], object]] = {
    "expression": lambda text: parse_in(text, (), {}),
    "cell": lambda text: parse_unary_tests_in(text, (), {}),
    "script": lambda text: parse_assignments(text),
    "with declared names": lambda text: parse_in(text, frozenset(f"a-{number}" for number in range(500)), {}),
}


@pytest.fixture(autouse=True)
def _only_its_own_garbage() -> Iterator[None]:
    """What the other tests keep in memory is not looked through while a text is measured."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def ends_soon(work: Callable[[], object]) -> None:
    ends_within(SECONDS, work, runs=RUNS)


def stays_small(work: Callable[[], object]) -> None:
    tracemalloc.start()
    try:
        work()
        assert tracemalloc.get_traced_memory()[1] < MEGABYTES * 1_000_000
    finally:
        tracemalloc.stop()


def outcome(text: str) -> str:
    """Everything that happens to an expression until its value is kept or shown."""
    expression = parse_in(text, (), {})
    try:
        to_text(expression.evaluate(CONTEXT, now=NOW).value)
    except FeelBudgetExceeded as refusal:
        return refusal.budget
    return "value"


@pytest.mark.parametrize("text", RUNNING.values(), ids=RUNNING)
def test_an_expression_ends_soon(text: str) -> None:
    ends_soon(lambda: outcome(text))


@pytest.mark.long
@pytest.mark.parametrize("text", RUNNING.values(), ids=RUNNING)
def test_an_expression_stays_small_however_long_it_may_run(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_MILLISECONDS", 60_000)
    stays_small(lambda: outcome(text))


@pytest.mark.long
@pytest.mark.parametrize("text", RUNNING.values(), ids=RUNNING)
def test_steps_alone_end_an_expression_and_at_the_same_place(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_MILLISECONDS", 60_000)
    started = thread_time()
    found = outcome(text)
    assert thread_time() - started < allowed(4 * SECONDS)
    assert found == outcome(text)
    assert found != "time"


@pytest.mark.parametrize("text", READING.values(), ids=READING)
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_a_text_is_read_or_refused_soon(reader: Callable[[str], object], text: str) -> None:
    def read() -> None:
        try:
            reader(text)
        except FeelSyntaxError as refusal:
            assert 0 <= refusal.position <= len(text)

    ends_soon(read)


@pytest.mark.long
@pytest.mark.parametrize("text", READING.values(), ids=READING)
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_reading_stays_small(reader: Callable[[str], object], text: str) -> None:
    def read() -> None:
        with suppress(FeelSyntaxError):
            reader(text)

    stays_small(read)


@pytest.mark.parametrize(("pattern", "text"), PATTERNS.values(), ids=PATTERNS)
@pytest.mark.parametrize("function", ['matches(t, p, "i")', 'replace(t, p, "-")', "split(t, p)"])
def test_a_pattern_ends_soon(function: str, pattern: str, text: str) -> None:
    expression = parse_in(function, (), {})

    def run() -> None:
        regex._read.cache_clear()
        regex._program.cache_clear()
        try:
            expression.evaluate({"t": text, "p": pattern}, now=NOW)
        except FeelError:
            return

    ends_soon(run)


def test_a_text_over_the_length_is_not_even_looked_at() -> None:
    text = "(" * 50_000_000

    def read() -> None:
        with pytest.raises(FeelSyntaxError):
            parse_in(text, (), {})

    ends_soon(read)


@pytest.mark.long
def test_what_is_kept_of_many_large_expressions_is_bounded() -> None:
    def fill() -> None:
        for number in range(300):
            parse_assignments(f"x = {number}" + " " * FULL)
            regex_text = f'matches(s, "{number}' + "[a-z]+" * 60 + '")'
            parse_in(regex_text, (), {})

    stays_small(fill)
