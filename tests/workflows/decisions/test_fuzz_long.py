"""Ten minutes of hostile inputs by chance: no exception but our own, nothing over the limits of time and memory."""

import gc
import tracemalloc
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import partial
from random import Random
from time import monotonic, thread_time

import pytest

from tests.pace import allowed
from tests.workflows.decisions import fuzz
from tests.workflows.feel.hostile import CONTEXT, NOW
from workflows.decisions import DecisionError, decide, examine, lint
from workflows.feel import FeelError, FeelSyntaxError, parse_assignments, parse_in, to_text
from workflows.feel.budget import Run
from workflows.feel.builtins.strings import matches, replace, split
from workflows.feel.errors import Trouble
from workflows.feel.unary import parse_unary_tests_in

SECONDS, MEGABYTES = 0.05, 50
SECONDS_OF_A_MODEL = 2.0
WEIGHED = 0.05  # of the inputs; weighing makes everything several times slower
Work = Callable[[], object]


def _expression(random: Random) -> tuple[str, list[Work]]:
    text = fuzz.any_text(random)

    def read() -> None:
        parse_in(text, (), {})

    def run() -> None:
        with suppress(FeelSyntaxError):
            expression = parse_in(text, (), {})
            assert expression.paths is not None
            to_text(expression.evaluate(CONTEXT, now=NOW).value)

    return text, [read, run]


def _explanation(random: Random) -> tuple[str, list[Work]]:
    """For people, so it may take longer: it is compiled once more, and every part is noted."""
    text = fuzz.any_text(random)
    return text, [lambda: _ignore(parse_in(text, (), {}).explain(CONTEXT, now=NOW))]


def _cell(random: Random) -> tuple[str, list[Work]]:
    text = fuzz.any_text(random)
    value = random.choice([Decimal(1), "a", None, True, CONTEXT["xs"]])
    return text, [lambda: _ignore(parse_unary_tests_in(text, (), {}).matches(value, CONTEXT, now=NOW))]


def _script(random: Random) -> tuple[str, list[Work]]:
    lines = "\n".join(f"x{number} = {fuzz.expression(random, 3)}" for number in range(random.randint(1, 8)))
    text = fuzz.mangled(random, lines) if random.random() < 0.5 else lines
    return text, [lambda: _ignore(parse_assignments(text))]


def _pattern(random: Random) -> tuple[str, list[Work]]:
    pattern, subject, flags = fuzz.pattern(random), fuzz.subject(random), random.choice([None, "i", "s", "mx", "q"])
    works: list[Work] = [
        lambda: _ignore(matches(Run(NOW), subject, pattern, flags)),
        lambda: _ignore(replace(Run(NOW), subject, pattern, "<$1>", flags)),
        lambda: _ignore(split(Run(NOW), subject, pattern)),
    ]
    return f"{pattern!r} {subject[:40]!r} {len(subject)} {flags}", works


def _ignore(found: object) -> None:
    """Whatever it is, it came in time."""


KINDS = (_expression, _expression, _expression, _explanation, _cell, _script, _pattern, _pattern)


def _try(work: Work) -> float:
    """Seconds of the processor; collecting what thousands of earlier inputs left behind is not part of it."""
    gc.disable()
    try:
        started = thread_time()
        with suppress(FeelError, DecisionError, Trouble):
            work()
        return thread_time() - started
    finally:
        gc.enable()


def _check(text: str, work: Work, limit: float) -> None:
    """The shortest of several runs counts: other work on the machine makes a run longer, never shorter."""
    assert _try(work) < allowed(limit) or min(_try(work) for _ in range(8)) < allowed(limit), text


def _weigh(text: str, work: Work) -> None:
    tracemalloc.start()
    try:
        _try(work)
        assert tracemalloc.get_traced_memory()[1] < MEGABYTES * 1_000_000, text
    finally:
        tracemalloc.stop()


def _model(random: Random) -> None:
    xml = fuzz.model(random)
    text = xml.decode("utf-8", "replace")
    _check(text, lambda: _ignore(examine(xml)), SECONDS_OF_A_MODEL)
    with suppress(DecisionError):
        model, findings = examine(xml)
        _check(text, lambda: _ignore(lint(model)), SECONDS_OF_A_MODEL)
        if findings:
            return  # such a model is never run
        for decision_id in list(model.decisions)[:3]:
            work = partial(decide, model, decision_id, CONTEXT, now=NOW)
            _check(text, work, 2 * SECONDS)  # the first time a table runs, its columns are prepared
            if random.random() < WEIGHED:
                _weigh(text, work)


def _round(random: Random) -> str:
    if random.random() < 0.03:
        _model(random)
        return "model"
    kind = random.choice(KINDS)
    text, works = kind(random)
    for work in works:
        _check(text, work, 3 * SECONDS if kind is _explanation else SECONDS)
        if random.random() < WEIGHED:
            _weigh(text, work)
    return kind.__name__


def fuzz_for(seconds: float, seed: int) -> Counter[str]:
    """How many of each kind were tried. An AssertionError shows the input; the seed brings it again."""
    random, done = Random(seed), Counter[str]()
    end = monotonic() + seconds
    while monotonic() < end:
        try:
            done[_round(random)] += 1
        except AssertionError:
            raise
        except Exception as error:
            raise AssertionError(f"seed {seed}, round {done.total()}") from error
    return done


def test_a_second_of_hostile_inputs() -> None:
    assert fuzz_for(1.5, seed=1).total() > 5


@pytest.mark.long
def test_ten_minutes_of_hostile_inputs(request: pytest.FixtureRequest) -> None:
    seconds = request.config.getoption("--fuzz-seconds")
    done = fuzz_for(seconds, seed=int(monotonic() * 1_000))
    assert done.keys() >= {"_expression", "_cell", "_script", "_pattern", "model"}
