"""What is promised, as ratios of one run (performance.md, section 8; figures are those of the issue)."""

from dataclasses import dataclass

from bench.ratios import Ratio, read_ratio, value
from bench.records import Book
from bench.stats import Spread


@dataclass(frozen=True)
class Goal:
    """most or least: the bound; stretch: what would be better still."""

    what: str
    ratio: str
    most: float | None = None
    least: float | None = None
    stretch: float | None = None

    @property
    def bound(self) -> str:
        return f"<= {self.most:g}" if self.most is not None else f">= {self.least:g}"


GOALS = (
    Goal("complete an ordinary task", "complete/raw", most=2.0, stretch=1.5),
    Goal("complete an ordinary task, beside Viewflow", "viewflow/complete", least=3.0, stretch=5.0),
    Goal("complete a signed clinical task", "complete.signed/raw", most=3.0, stretch=2.5),
    Goal("99 of 100 signed completions", "complete.signed@p99/raw", most=8.0),
    Goal("round trips of a completion", "complete@round_trips", most=3.0),
    Goal("round trips of a signed completion", "complete.signed@round_trips", most=3.0),
    Goal("commits of a completion", "complete@commits", most=1.0),
    Goal("complete over HTTP", "complete.http/raw", most=4.0),
    Goal("complete a signed task over HTTP", "complete.signed.http/raw", most=5.0),
    Goal("complete over HTTP, beside Viewflow", "viewflow.complete.http/complete.http", least=4.0),
    Goal("start an instance", "start/raw", most=2.0),
    Goal("two processes: ordinary, of raw", "complete.P2@rate/raw.P2@rate", least=0.5),
    Goal("two processes: signed, of raw", "complete.signed.P2@rate/raw.P2@rate", least=0.3),
    Goal("one practice, of many", "complete.one_practice.P2@rate/complete.P2@rate", least=0.6),
    Goal("stored state of the whole set, of serialize_json", "naive.state@bytes/state@bytes", least=30.0),
    Goal("state of 3 tasks, of serialize_json", "naive.state.three@bytes/state.three@bytes", least=30.0),
    Goal("state of 50 mixed, middle", "naive.state.mixed_50@bytes/state.mixed_50@bytes", least=30.0),
    Goal("state of 200 in a line, start", "naive.state.line_200_start@bytes/state.line_200_start@bytes", least=30.0),
    Goal("state of 200 in a line, middle", "naive.state.line_200_middle@bytes/state.line_200_middle@bytes", least=30.0),
    Goal("state of many instances, middle", "naive.state.many@bytes/state.many@bytes", least=30.0),
    Goal("step 195 of 200, of step 5", "line_200.at_end/line_200.at_start", most=1.5),
    Goal("loop at 2,500, of 100", "loop.at_2500/loop.at_100", most=2.0),
    Goal("inbox, page 20 of page 1, 50 queues", "inbox.q50.page_20/inbox.q50.page_1", most=1.5),
    Goal("inbox, page 20 of page 1, 2,000 queues", "inbox.q2000.page_20/inbox.q2000.page_1", most=1.5),
    Goal("inbox of 5 queues (3 ms where raw takes 0.6)", "inbox.q5.page_1/raw", most=5.0),
    Goal("inbox of 50 queues", "inbox.q50.page_1/raw", most=5.0),
    Goal("inbox of 2,000 queues", "inbox.q2000.page_1/raw", most=5.0),
    Goal("badges of 2,000 queues", "inbox.q2000.badges/raw", most=8.0),
    Goal("timers claimed, of 50,000 in a second", "timers.claimed@of_goal", least=1.0),
    Goal("timers fired, of raw", "timers.fired@rate/raw@rate", least=0.7),
    Goal("memory of the web process, of 300 MB", "memory.web@of_goal", most=1.0),
    Goal("memory of the web process, end of beginning", "memory.web@growth", most=1.1),
    Goal("memory of the worker, of 300 MB", "memory.worker@of_goal", most=1.0),
    Goal("memory of the worker, end of beginning", "memory.worker@growth", most=1.1),
    Goal("webhooks, of raw", "webhooks@rate/raw.P2@rate", least=0.7),
)


@dataclass(frozen=True)
class Verdict:
    """A goal and what was found; found None: nothing was measured for it."""

    goal: Goal
    found: Spread | None

    @property
    def met(self) -> bool | None:
        if self.found is None:
            return None
        return holds(self.found.median, self.goal.most, self.goal.least)

    @property
    def factor(self) -> float | None:
        """How many times too much or too little."""
        if self.found is None or self.met:
            return None
        if self.goal.most is not None:
            return self.found.median / self.goal.most
        return (self.goal.least or 0.0) / self.found.median if self.found.median else None


def holds(found: float, most: float | None, least: float | None) -> bool:
    """Whether a number keeps its bounds."""
    return (most is None or found <= most) and (least is None or found >= least)


def judge(book: Book) -> list[Verdict]:
    """Every goal against a run."""
    return [Verdict(goal, value(book, ratio_of(goal))) for goal in GOALS]


def ratio_of(goal: Goal) -> Ratio:
    """The goal's ratio."""
    return read_ratio(goal.ratio)
