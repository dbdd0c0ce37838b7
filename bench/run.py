"""One run: set the site up, do the workloads one after another, write down everything."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import machine
from bench.crew import DriverFailed
from bench.records import Book
from bench.rig import Failed, NotRun, Rig, Say, open_rig
from bench.settings import Settings
from bench.site import scratch
from bench.stock import Stock
from bench.workloads import completing, crashing, limit, looking, receiving, remembering, storing, waking, walking

WORKLOADS: Mapping[str, Callable[[Rig], None]] = {
    "W0": limit.run,
    "W1": completing.run,
    "W2": walking.run_mixed,
    "W3": walking.run_long,
    "W4": walking.run_loop,
    "W5": walking.run_many,
    "W6": walking.run_data,
    "W7": looking.run,
    "W8": waking.run,
    "W9": receiving.run,
    "W10": crashing.run,
    "W11": storing.run,
    "MEM": remembering.run,
}


def run(settings: Settings, out: Path | None, say: Say) -> Book:
    """Measure. The book is written to `out` line by line, so what was measured stays when a run is broken off."""
    file = out.open("w", encoding="utf-8") if out is not None else None
    book = Book(file)
    try:
        say("setting up the installation that is measured")
        with scratch() as site:
            book.note("run", settings=asdict(settings), **machine.facts(site.folder, site.admin))
            rig = open_rig(settings, site, book, say)
            try:
                for key in settings.workloads:
                    _workload(rig, key)
            finally:
                rig.stop()
    finally:
        if file is not None:
            file.close()
    return book


def take_apart(measure: str, times: int, say: Say) -> dict[str, Any]:
    """Where the time of one operation goes, on a site of its own. Raises bench.rig.Failed."""
    book = Book()
    with scratch() as site:
        rig = open_rig(Settings(), site, book, say)
        try:
            stock = Stock(rig)
            counts = completing.count_statements(rig, stock, measure)
            completing.take_apart(rig, stock, measure, times)
        finally:
            rig.stop()
    return {**next(book.of("breakdown")), "counts": counts}


def _workload(rig: Rig, key: str) -> None:
    if key not in WORKLOADS:
        rig.book.note("missing", workload=key, system="countersign", measure="*", what="not run", reason="not built")
        return
    rig.say(f"{key} begins")
    try:
        WORKLOADS[key](rig)
    except (Failed, DriverFailed, NotRun) as problem:
        what = "not run" if isinstance(problem, NotRun) else "failed"
        rig.book.note("missing", workload=key, system="countersign", measure="*", what=what, reason=str(problem))
        rig.say(f"{key} {what}: {problem}")
