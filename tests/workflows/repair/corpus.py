"""The models that the tests repair: our own in the style of each vendor, those we ship, and public samples if there."""

from functools import cache
from pathlib import Path

from workflows.repair import Repair

OWN = sorted((Path(__file__).parent / "models").glob("*.bpmn"))
ROOT = Path(__file__).parents[3]
SHIPPED = sorted((ROOT / "workflows" / "bpmn").rglob("*.bpmn"))
ENGINE = sorted((ROOT / "tests" / "workflows" / "engine" / "models").glob("*.bpmn"))
FOREIGN = sorted((ROOT.parent / "shared" / "data" / "bpmn-foreign").glob("*.bpmn"))
"""Public samples; read where they lie, and not there everywhere."""
ALL = [*OWN, *SHIPPED, *ENGINE, *FOREIGN]

FREE = {"flow-condition": "amount > 1", "timer-time": "PT1H", "decision": "some_decision"}
"""Answers to questions that take any text."""


@cache
def data_of(path: Path) -> bytes:
    """A model, read once."""
    return path.read_bytes()


def own(name: str) -> bytes:
    """One of our own models by its name."""
    return data_of(Path(__file__).parent / "models" / f"{name}.bpmn")


def answer(repair: Repair) -> str:
    """Some answer to what a repair asks."""
    if repair.needs is None:
        return ""
    return FREE.get(repair.id.partition(":")[0], repair.needs.sample)
