"""W1: three user tasks: start an instance and complete its tasks, ordinary and signed, on every level, beside peers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bench.crew import DriverFailed
from bench.records import PRODUCT
from bench.rig import COUNTED, WEB, Failed, NotRun, Numbers, Rig
from bench.rounds import Cell, Plan, count, give_up, numbered, repeat
from bench.stock import Stock

TITLE = "three user tasks: start and complete"
ORDINARY, SIGNED = "bench_straight_3", "bench_signed_3"
WARMED, BROKEN_DOWN = 10, 60
APART = ("complete", "complete.signed", "start")
"""Measures that can be taken apart."""
OURS = {
    "start": (PRODUCT, "start"),
    "complete": (PRODUCT, "complete"),
    "complete.signed": (PRODUCT, "sign"),
    "complete.signed.password": (PRODUCT, "sign_password"),
    "complete.one_practice": (PRODUCT, "complete"),
    "complete.wsgi": (WEB, "wsgi"),
    "complete.http": (WEB, "http"),
    "complete.signed.wsgi": (WEB, "wsgi"),
    "complete.signed.http": (WEB, "http"),
}
"""Measure -> driver and subject. wsgi: the application called in the driver; http: over a socket to its web server."""
THEIRS = {
    "naive": {"start": ("naive", "start"), "complete": ("naive", "complete")},
    "viewflow": {
        "start": ("viewflow", "start"),
        "complete": ("viewflow", "complete"),
        "complete.http": ("viewflow:web", "http"),
        "complete.http_execute": ("viewflow:web", "http_execute"),
    },
    "bpmn-engine": {
        "start": ("bpmn-engine", "start"),
        "complete": ("bpmn-engine", "complete"),
        "memory.start": ("bpmn-engine", "memory.start"),
        "memory.complete": ("bpmn-engine", "memory.complete"),
    },
}
FIRST_OF_PEERS = 40
"""Instances a peer starts before anything is known of its speed."""


@dataclass
class Bench:
    """The workload on a rig."""

    rig: Rig
    stock: Stock
    seen: dict[str, float] = field(default_factory=dict)


def run(rig: Rig) -> None:
    """Counts first, then the repetitions: the service level, then HTTP."""
    bench = Bench(rig, Stock(rig))
    for cell in _counted(bench):
        count(rig, "W1", cell)
    repeat(rig, Plan("W1", tuple(_on_the_service_level(bench)), (1, 2), "service"))
    repeat(rig, Plan("W1", tuple(_over_http(bench)), (1, 2), "http"))
    for measure in APART:
        try:
            take_apart(rig, bench.stock, measure, BROKEN_DOWN)
        except (NotRun, Failed, DriverFailed) as problem:
            give_up(rig, "W1", Cell(PRODUCT, f"{measure} (breakdown)", dict), problem)


def _on_the_service_level(bench: Bench) -> Iterator[Cell]:
    for processes in bench.rig.settings.processes[:2]:
        yield _ours(bench, "start", processes)
    for measure in ("complete", "complete.signed"):
        for processes in bench.rig.settings.processes:
            yield _ours(bench, measure, processes)
    yield _ours(bench, "complete.signed.password", 1)
    yield _ours(bench, "complete.one_practice", 2)
    for peer, measures in THEIRS.items():
        for measure in measures:
            if "http" not in measure and bench.rig.settings.has_peer(peer):
                yield _theirs(bench, peer, measure)


def _over_http(bench: Bench) -> Iterator[Cell]:
    for measure in OURS:
        if measure.endswith((".wsgi", ".http")):
            yield _ours(bench, measure, 1)
    yield _ours(bench, "complete.http", 2)
    for measure in THEIRS["viewflow"]:
        if "http" in measure and bench.rig.settings.has_peer("viewflow"):
            yield _theirs(bench, "viewflow", measure)


def _ours(bench: Bench, measure: str, processes: int) -> Cell:
    system, subject = OURS[measure]
    name = numbered(measure, processes)

    def measured() -> Numbers:
        crew = bench.rig.crew(system)
        work = work_for(bench.rig, bench.stock, measure, bench.stock.wanted(name, processes))
        crew.load(subject, work, processes)
        found = bench.rig.window(crew, subject, processes)
        bench.stock.saw(name, found["rate"])
        return found

    return Cell(PRODUCT, name, measured)


def _theirs(bench: Bench, peer: str, measure: str) -> Cell:
    system, subject = THEIRS[peer][measure]
    starts = measure.endswith("start")

    def measured() -> Numbers:
        crew = bench.rig.crew(system)
        wanted = bench.stock.wanted(f"{peer}.{measure}") // 3 + 1
        crew.load(subject, [] if starts else [max(wanted, FIRST_OF_PEERS)], 1)
        found = bench.rig.window(crew, subject)
        bench.stock.saw(f"{peer}.{measure}", found["rate"])
        return found

    return Cell(peer, measure, measured)


def work_for(rig: Rig, stock: Stock, measure: str, wanted: int) -> Sequence[Any]:
    """So much work for one of our measures."""
    if measure == "start":
        return stock.starts(ORDINARY, wanted)
    if "signed" in measure:
        return stock.signable(SIGNED, wanted)
    alone = rig.site.practices[:1] if "one_practice" in measure else ()
    return stock.tasks(ORDINARY, wanted, alone)


def count_statements(rig: Rig, stock: Stock, measure: str) -> Numbers:
    """What one operation says to the database."""
    system, subject = OURS[measure]
    return rig.counts(system, subject, work_for(rig, stock, measure, COUNTED))


def take_apart(rig: Rig, stock: Stock, measure: str, times: int) -> None:
    """Note where the time of one operation goes."""
    system, subject = OURS[measure]
    crew = rig.crew(system)
    crew.load(subject, work_for(rig, stock, measure, 3 * times + WARMED), 1)
    crew.steps(subject, WARMED)
    found = crew.call("breakdown", {"subject": subject, "count": times})
    rig.book.note("breakdown", workload="W1", system=PRODUCT, measure=measure, **found)


def _counted(bench: Bench) -> Iterator[Cell]:
    rig = bench.rig
    for measure in ("start", "complete", "complete.signed", "complete.http", "complete.signed.http"):
        yield Cell(PRODUCT, measure, partial(count_statements, rig, bench.stock, measure))
    yield Cell("raw", "raw", partial(rig.counts, "raw", "commit", [(0, 1)] * COUNTED))
    for peer in ("naive", "viewflow", "bpmn-engine"):
        if rig.settings.has_peer(peer):
            for measure in ("start", "complete"):
                system, subject = THEIRS[peer][measure]
                yield Cell(peer, measure, partial(_count_theirs, rig, system, subject))


def _count_theirs(rig: Rig, system: str, subject: str) -> Numbers:
    """Peers make their own work, so one item is how many instances."""
    return rig.counts(system, subject, [COUNTED], COUNTED)
