"""What a running instance is answered with: the decisions of the version it is pinned to, at the verb's time.

Each answer is remembered until the verb is saved, also one that stops the step that asked for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy.orm import Session

from workflows import decision_records
from workflows.decision_records import Evaluated
from workflows.decisions import DecisionError, decide
from workflows.definitions import Definition
from workflows.engine import Business, require_match, undecided, wall_clock, weekdays_after
from workflows.events import InstanceRef
from workflows.feel import FeelError


@dataclass(frozen=True)
class Host:
    """What the engine may ask for while it runs."""

    definition: Definition
    now: datetime
    zone: tzinfo
    made: list[Evaluated] = field(default_factory=list)
    business: Business = weekdays_after

    def business_day(self, day: date, count: int) -> date:
        """The day so many business days after a day, on the practice's calendar."""
        return self.business(day, count)

    @property
    def local(self) -> datetime:
        """Now, by the clocks of the practice."""
        return wall_clock(self.now, self.zone)

    def decide(self, decision_id: str, context: Mapping[str, Any], element_id: str | None) -> Any:
        """The answer. Raises the engine's "decision" fault when there is none, and LookupError for an unknown id."""
        model = self.definition.decisions[decision_id]
        try:
            result = decide(model, decision_id, context, now=self.local)
        except (DecisionError, FeelError) as error:
            raise undecided(model, decision_id, error) from error
        self.made.append(decision_records.evaluated(model, result, context, element_id))
        require_match(model, result)
        return result.value

    def keep(self, session: Session, ref: InstanceRef) -> None:
        """Write what was decided since the last call."""
        decision_records.keep(session, ref, self.made, at=self.now)
        self.made.clear()
