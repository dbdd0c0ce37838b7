"""What is measured is what could be published, and what is compared can be found different."""

import pytest

from bench import models
from bench.dice import Dice
from bench.growing import grown
from bench.models import Model
from bench.workloads import storing
from webapp.wiring import wire
from workflows import definitions
from workflows.engine import Execution
from workflows.lint import LintContext

MODELS = (
    models.straight(3),
    models.straight(200),
    models.signed(3),
    models.mixed(50),
    models.loop(3000),
    models.many(1000, sequential=False),
    models.many(10, sequential=True),
    models.timer(),
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.key)
def test_a_measured_model_passes_the_checks_of_publication(model: Model) -> None:
    wire()
    known = LintContext(decision_types={models.DECISION: frozenset(models.OUTCOMES)})
    assert [one for one in definitions.examine(model.files, known) if one.severity == "error"] == []


def test_dice_fall_the_same_in_every_run() -> None:
    first, second = Dice("a"), Dice("a")
    thrown = [first.below(6) for _ in range(200)]
    assert thrown == [second.below(6) for _ in range(200)]
    assert set(thrown) == set(range(6))
    assert grown("m").bpmn == grown("m").bpmn != grown("n").bpmn


def test_random_models_hold_every_kind_of_block() -> None:
    text = b"".join(grown(f"model-{number}").bpmn for number in range(40))
    for tag in (
        b"parallelGateway",
        b"subProcess",
        b"boundaryEvent",
        b'isSequential="true"',
        b'isSequential="false"',
        b".more",
    ):
        assert tag in text


def test_stored_instances_come_back_as_they_were() -> None:
    found = [storing.walk(f"model-{number}") for number in range(8)]
    assert sum(one.checked for one in found) > 8
    assert sum(one.mismatches for one in found) == 0


def test_a_state_that_loses_something_is_a_mismatch(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, bytes] = {}

    def stale(self: Execution) -> bytes:
        return kept.setdefault(self.process.digest, dump(self))

    dump = Execution.dump
    monkeypatch.setattr(Execution, "dump", stale)
    assert sum(storing.walk(f"model-{number}").mismatches for number in range(4)) > 0
