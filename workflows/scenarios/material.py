"""What scenarios are run on: a compiled process with its decision tables and forms, and the engine's host for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any

from workflows.decisions import DecisionError, DecisionModel, TableTrace, decide
from workflows.engine import CompiledProcess, EngineFault, require_match, undecided, wall_clock, weekdays_after
from workflows.feel import FeelError

SATURDAY = 5

Validate = Callable[..., Mapping[str, Any]]
"""validate(form, posted, context, now=…): the typed answers, or a DomainError in words."""
_validate: list[Validate] = []


def read_forms_by(validate: Validate) -> None:
    """Set what checks answers against a form. Called once by the composition root; without it nothing is checked."""
    _validate[:] = [validate]


def typed_answers(
    form: Mapping[str, Any] | None, answers: Mapping[str, Any], context: Mapping[str, Any], *, now: datetime
) -> Mapping[str, Any]:
    """Answers as the form types them. Raises DomainError when the form would turn them back."""
    if form is None or not _validate:
        return answers
    posted = {key: _posted(value) for key, value in answers.items()}
    return _validate[0](form, posted, context, now=now)


def _posted(value: Any) -> Any:
    """As a page sends it: dates and times are text."""
    if isinstance(value, dict):
        return {key: _posted(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_posted(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


@dataclass(frozen=True)
class Material:
    """One process. decisions: decision id to the model that holds it; forms: form key to its JSON."""

    process: CompiledProcess
    decisions: Mapping[str, DecisionModel] = field(repr=False)
    forms: Mapping[str, Mapping[str, Any]] = field(repr=False)


@dataclass
class Host:
    """Answers the engine from the material. asked: every table that was run, in order."""

    material: Material
    zone: tzinfo
    now: datetime
    holidays: frozenset[date] = frozenset()
    asked: list[TableTrace] = field(default_factory=list)

    @property
    def local(self) -> datetime:
        """Now, by the clocks of the scenario's zone."""
        return wall_clock(self.now, self.zone)

    def business_day(self, day: date, count: int) -> date:
        """The day so many business days after a day; holidays are those that the book names."""
        skipped = 0
        while True:
            found = weekdays_after(day, count + skipped)
            off = sum(day < one <= found and one.weekday() < SATURDAY for one in self.holidays)
            if off == skipped:
                return found
            skipped = off

    def decide(self, decision_id: str, context: Mapping[str, Any], element_id: str) -> Any:
        """The answer of the real table. Raises the engine's "decision" fault when there is none."""
        model = self.material.decisions.get(decision_id)
        if model is None:
            text = f"There is no decision {decision_id} among the files. Add its table."
            raise EngineFault("decision", text, {"decision": decision_id})
        try:
            result = decide(model, decision_id, context, now=self.local)
        except (DecisionError, FeelError) as error:
            raise undecided(model, decision_id, error) from error
        self.asked.extend(result.trace)
        require_match(model, result)
        return result.value
