"""Running scenarios: passed, or the first difference with the step where it shows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from store.errors import DomainError
from workflows.scenarios.acting import take
from workflows.scenarios.book import Book, Expectation, Scenario, Step
from workflows.scenarios.expecting import require, require_end
from workflows.scenarios.material import Material
from workflows.scenarios.stage import Called, Stage
from workflows.scenarios.told import Differs, laid_over
from workflows.scenarios.tracks import touched


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a run first is not what its scenario says.

    step: its number, from 1; 0 is the start, None the end. words: what that step does. element_id: what it is about.
    """

    step: int | None
    words: str
    expected: str
    got: str
    element_id: str | None

    @property
    def text(self) -> str:
        """One sentence for people."""
        return f"{self.place}: expected {self.expected}; got {self.got}"

    @property
    def place(self) -> str:
        """The step in words."""
        if self.step is None:
            return "At the end"
        return f"Step {self.step} ({self.words})" if self.step else "At the start"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a scenario.

    touched, rows, called: what the run went through, up to the difference: (process id, element or flow id), (table id,
    row id), and service tasks.
    """

    process_id: str
    name: str
    difference: Difference | None
    touched: frozenset[tuple[str, str]]
    rows: frozenset[tuple[str, str]]
    called: tuple[Called, ...]

    @property
    def passed(self) -> bool:
        """Whether everything was as the scenario says."""
        return self.difference is None


def run(material: Material, book: Book, scenario: Scenario) -> Result:
    """Run one scenario to its end, or to the first difference."""
    performance = Performance(material, book, scenario)
    return performance.result(next(performance.differences(), None))


def run_all(material: Material, book: Book, names: Sequence[str] = ()) -> list[Result]:
    """Run the scenarios of a book, or those that are named."""
    return [run(material, book, one) for one in book.scenarios if not names or one.name in names]


class Performance:
    """One scenario on a stage, step by step; the stage can be looked at in between."""

    def __init__(self, material: Material, book: Book, scenario: Scenario) -> None:
        self.material, self.book, self.scenario = material, book, scenario
        self.stage: Stage | None = None

    def start(self) -> Stage:
        """Start the process. Raises Differs."""
        start = laid_over(self.book.start, self.scenario.start)
        try:
            self.stage = Stage.begin(self.material, self.book, start, (self.scenario.answers, self.book.services))
        except DomainError as refusal:
            raise Differs("the process to start", f"a refusal ({refusal.code}): {refusal.text}") from refusal
        return self.stage

    def take(self, step: Step, *, last: bool = False) -> None:
        """Take one step and look at what is expected after it. Raises Differs."""
        stage = self.stage or self.start()
        if step.act is not None:
            stage.opened, stage.sent = [], []
            stage.usual = (step.answers, self.scenario.answers, self.book.services)
            take(stage, step.act)
        expect = step.expect
        if last and expect.incidents is None:
            expect = replace(expect, incidents=self.scenario.expect.incidents)
        require(stage, expect)
        stage.opened = []

    def finish(self) -> None:
        """What is expected at the end. Raises Differs."""
        stage = self.stage or self.start()
        if self.scenario.end is not None:
            require_end(stage, self.scenario.end)
        looked = bool(self.scenario.steps)
        require(stage, replace(self.scenario.expect, incidents=None) if looked else self.scenario.expect)

    def differences(self) -> Iterator[Difference]:
        """At most one."""
        number: int | None = 0
        words = ""
        steps = self.scenario.steps
        try:
            stage = self.start()
            if steps and steps[0].act is not None:
                require(stage, Expectation())
            for number, step in enumerate(steps, 1):
                words = step.words
                self.take(step, last=number == len(steps))
            number = None
            self.finish()
        except Differs as found:
            yield Difference(number, words, found.expected, found.got, found.element_id)
        except DomainError as refusal:
            yield Difference(number, words, "the engine to go on", f"a refusal ({refusal.code}): {refusal.text}", None)

    def result(self, difference: Difference | None) -> Result:
        """What came of it so far."""
        stage = self.stage
        return Result(
            self.book.process_id,
            self.scenario.name,
            difference,
            touched(self.material.process, stage.steps) if stage else frozenset(),
            frozenset((one.table_id, row) for one in stage.host.asked for row in one.matched) if stage else frozenset(),
            tuple(stage.called) if stage else (),
        )
