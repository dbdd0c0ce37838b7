"""Random models under random schedules: the engine does what the BPMN token game does, stored in between or not."""

import os

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from tests.workflows.engine.token_game.compare import Match
from tests.workflows.engine.token_game.random_models import Made, models
from workflows.engine import compile_process

MANY = int(os.environ.get("TOKEN_GAMES", "60"))


def play(made: Made, data: st.DataObject, *, steps: int, store: str) -> None:
    """One random run in both. store: when the instance is stored and loaded again."""
    note(made.xml.decode())
    note(repr(made.variables))
    process = compile_process({"drawn.bpmn": made.xml}, "main")
    stores = {"never": lambda: False, "always": lambda: True, "sometimes": lambda: data.draw(st.booleans())}
    match = Match.begin(process, made.variables, stores[store])
    assert match.of_engine() == match.of_game()
    for _ in range(steps):
        assume(not match.has_tie())
        choices = match.choices()
        if not choices:
            assert match.game.completed or match.stalled
            break
        if data.draw(st.integers(0, 9)) == 0:
            match.pass_time(data.draw(st.integers(1, 20_000)))
        choice = data.draw(st.sampled_from(choices))
        note(match.name(choice))
        match.do(choice, data.draw(st.sampled_from([0, 1, 2, 3]), label="answer"))
        assert match.of_engine() == match.of_game()


@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=models(), data=st.data())
def test_the_engine_does_what_the_token_game_does(made: Made, data: st.DataObject) -> None:
    play(made, data, steps=25, store="sometimes")


@pytest.mark.long
@settings(max_examples=MANY * 20, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=models(budget=30), data=st.data(), store=st.sampled_from(["never", "always", "sometimes"]))
def test_larger_models_and_longer_runs(made: Made, data: st.DataObject, store: str) -> None:
    play(made, data, steps=80, store=store)
