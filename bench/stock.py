"""Work for the windows: cases, running instances and open tasks, made by the product's own verbs before they count."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.crew import Crew
from bench.records import PRODUCT
from bench.rig import Failed, Rig
from bench.site import open_cases

MARGIN = 1.6
"""So much more work than the last speed would use up."""
FIRST_RATE = 60.0


@dataclass
class Stock:
    """Open tasks of the measured models. rates: the speed last seen of a measure, in operations per second."""

    rig: Rig
    rates: dict[str, float] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    def wanted(self, measure: str, processes: int = 1) -> int:
        """How many operations a window of this measure may use up."""
        seconds = self.rig.settings.secs + self.rig.settings.warm + 0.3
        return int(self.rates.get(measure, FIRST_RATE * processes) * seconds * MARGIN) + 20 * processes

    def saw(self, measure: str, rate: float) -> None:
        """Remember how fast it was."""
        self.rates[measure] = max(rate, self.rates.get(measure, 0.0))

    def starts(self, key: str, count: int, practices: Sequence[int] = ()) -> list[list[Any]]:
        """Items for the subject `start`: a case each."""
        return [[key, practice, case] for practice, case in open_cases(self.rig.site, key, count, practices)]

    def tasks(self, key: str, count: int, practices: Sequence[int] = ()) -> list[list[Any]]:
        """So many open tasks of a process, in these practices only; instances are started when there are too few."""
        chosen = list(practices or self.rig.site.practices[1:])
        for _ in range(3):
            found = self._open(key, count, chosen)
            if len(found) >= count:
                return found
            # A new instance opens one task now and the others later, so a lack of n tasks needs n instances.
            self.crew.share("start", self.starts(key, count - len(found), chosen))
        raise Failed(f"{key} has {len(found)} open tasks although {count} were started.")

    def signable(self, key: str, count: int, practices: Sequence[int] = ()) -> list[list[Any]]:
        """Clinical tasks, each with the digest of the page that its signer saw."""
        found = self.tasks(key, count, practices)
        unread = [one for one in found if one[1] not in self.digests]
        for _, task_id, _, digest in self.crew.share("digests", unread):
            self.digests[task_id] = digest
        return [[*one, self.digests[one[1]]] for one in found]

    @property
    def crew(self) -> Crew:
        return self.rig.crew(PRODUCT)

    def _open(self, key: str, count: int, practices: list[int]) -> list[list[Any]]:
        rows = self.rig.rows(
            "select practice_id, id::text, element_id from task where process_key = %s and status = 0"
            " and practice_id = any(%s) order by id limit %s",
            key,
            practices,
            count,
        )
        return [list(row) for row in rows]
