"""States that were stored by every earlier version of the codec: they load as they were and go on as they did."""

from pathlib import Path

import pytest

from tests.workflows.engine.states.moments import STATES, Replies, act, picture, read
from workflows.engine import Execution
from workflows.engine.values import same

SETS = sorted(STATES.glob("v*"))
STORED = [pytest.param(path, id=f"{path.parent.name}-{path.stem}") for path in sorted(STATES.glob("v*/*.bin"))]


def loaded(path: Path) -> tuple[Execution, list[list[object]], object]:
    process, blob, tape = read(path)
    execution = Execution.load(process, blob, host=Replies(tape.answers), now=tape.at)
    assert same(picture(execution), tape.seen)
    return execution, tape.verbs, tape.end


@pytest.mark.parametrize("path", STORED)
def test_a_stored_state_loads_as_it_was_and_goes_on_as_it_did(path: Path) -> None:
    execution, verbs, end = loaded(path)
    for verb in verbs:
        act(execution, verb)
    assert same(picture(execution), end)


@pytest.mark.parametrize("path", STORED)
def test_a_stored_state_that_is_stored_anew_between_all_steps_goes_on_as_it_did(path: Path) -> None:
    execution, verbs, end = loaded(path)
    process, _, tape = read(path)
    host, now = Replies(tape.answers), tape.at
    for verb in [None, *verbs]:
        execution = Execution.load(process, execution.dump(), host=host, now=now)
        if verb is not None:
            act(execution, verb)
            now = verb[1] if verb[0] == "time" else now  # type: ignore[assignment]
    assert same(picture(execution), end)


def test_every_set_holds_more_than_a_dozen_moments_among_them_the_denial_model() -> None:
    assert SETS
    for one in SETS:
        names = [path.stem for path in one.glob("*.bin")]
        assert len(names) > 12
        assert any(name.startswith("denial_") for name in names)
