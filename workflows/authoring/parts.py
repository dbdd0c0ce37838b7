"""What every part of an authored scope stands on: its steps and the ids that are taken."""

# mypy: disable-error-code="import-untyped"
from typing import Any

from workflows.authoring.steps import Mistake
from workflows.authoring.triggers import Declare


class Parts:
    """Steps by id. `declare` gives the id of a message, signal, error or escalation."""

    def __init__(self, element: Any, ids: set[str], declare: Declare) -> None:
        self.element, self.ids, self.declare = element, ids, declare
        self.steps: dict[str, Any] = {}

    def add(self, step: Any) -> Any:
        """Take in a step. Raises Mistake when its id is used already."""
        self.claim(step.get("id"))
        self.steps[step.get("id")] = step
        return step

    def claim(self, element_id: str) -> None:
        """Take an id."""
        if element_id in self.ids:
            raise Mistake(f"{element_id}: this id is used twice")
        self.ids.add(element_id)
