"""What scenarios touch of a process, and what they leave out.

An element is covered when it was completed: a boundary event that merely listened is not. A flow is covered when a
token went along it. A row of a decision table is covered when it matched.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from workflows.decisions import Decision, DecisionModel
from workflows.engine import Element
from workflows.scenarios.book import Book
from workflows.scenarios.material import Material
from workflows.scenarios.running import Result


@dataclass(frozen=True, slots=True)
class Tally:
    """all: every id there is, in document order. missing: those that were not touched. excused: of these, why not."""

    all: tuple[str, ...]
    missing: tuple[str, ...]
    excused: Mapping[str, str]

    @property
    def touched(self) -> int:
        """How many were."""
        return len(self.all) - len(self.missing)

    @property
    def unexcused(self) -> tuple[str, ...]:
        """Those that were not touched though nobody said why."""
        return tuple(one for one in self.missing if one not in self.excused)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one process. rows: decision id to the rows of its table, for every table the process can ask.

    wrongly_excused: ids that the file says are not reached and that are, or that are nothing of this process.
    """

    process_id: str
    elements: Tally
    flows: Tally
    rows: Mapping[str, Tally]
    wrongly_excused: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether every element and every flow was touched, or the file says why not."""
        return not (self.elements.unexcused or self.flows.unexcused or self.wrongly_excused)


def cover(material: Material, book: Book, results: Iterable[Result]) -> Coverage:
    """What the results touch of the book's process. Results of other processes that call it count, too."""
    results = list(results)
    process_id = book.process_id
    own = [one for one in material.process.elements.values() if one.process_id == process_id]
    model = material.process.model_of(process_id)
    ids = tuple(one.id for one in own)
    flows = tuple(flow for one in own for flow in one.outgoing if flow in model.flows)
    seen = {id_ for result in results for place, id_ in result.touched if place == process_id}
    matched = {row for result in results for _, row in result.rows}
    rows = {decision: _tally(tuple(one), matched, book) for decision, one in _rows(material, own).items()}
    known = {*ids, *flows, *(one for tally in rows.values() for one in tally.all)}
    wrong = tuple(one for one in book.uncovered if one not in known or one in seen or one in matched)
    return Coverage(process_id, _tally(ids, seen, book), _tally(flows, seen, book), rows, wrong)


def _tally(ids: tuple[str, ...], seen: Collection[str], book: Book) -> Tally:
    missing = tuple(one for one in ids if one not in seen)
    return Tally(ids, missing, {one: book.uncovered[one] for one in missing if one in book.uncovered})


def _rows(material: Material, elements: Iterable[Element]) -> dict[str, list[str]]:
    """Decision id to its rows, for what the elements ask and everything that requires in turn."""
    found: dict[str, list[str]] = {}
    wanted = [one.extensions.get("calledDecisionId") or one.properties.get("calledDecisionId") for one in elements]
    for decision_id in wanted:
        model = material.decisions.get(decision_id or "")
        for decision in _required(model, decision_id or "") if model else ():
            if decision.table is not None:
                found[decision.id] = [rule.id for rule in decision.table.rules]
    return found


def _required(model: DecisionModel, decision_id: str) -> Iterator[Decision]:
    seen: set[str] = set()
    stack = [decision_id]
    while stack:
        one = model.decisions.get(stack.pop())
        if one is not None and one.id not in seen:
            seen.add(one.id)
            yield one
            stack.extend(one.requires.decisions)
