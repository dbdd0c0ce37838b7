"""W7: the inbox of a large installation, as people with 5, 50 and 2,000 queues, alone and beside writers."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from bench import mass
from bench.records import PRODUCT
from bench.rig import READING, Numbers, Rig
from bench.rounds import Cell, Plan, repeat
from bench.stock import Stock
from bench.workloads.completing import ORDINARY

LOOKS = ("page_1", "page_20", "filter", "badges", "queues")


def run(rig: Rig) -> None:
    """Write the tasks, then look at them."""
    written = mass.write(rig)
    rig.book.note("result", workload="W7", repetition=0, system=PRODUCT, measure="inbox",
                  numbers={"open": float(written.open), "done": float(written.done)})  # fmt: skip
    rig.crew(READING).call("find_cursors", list(written.readers.values()))
    repeat(rig, Plan("W7", tuple(_cells(rig, written, Stock(rig)))))


def _cells(rig: Rig, written: mass.Inbox, stock: Stock) -> Iterator[Cell]:
    for reader, person in written.readers.items():
        for look in LOOKS:
            yield Cell(PRODUCT, f"inbox.{reader}.{look}", _looking(rig, look, person))
    person = written.readers["q50"]
    yield Cell(PRODUCT, "inbox.q50.page_1.beside_writers", _beside_writers(rig, stock, person))


def _looking(rig: Rig, look: str, person: str) -> Callable[[], Numbers]:
    def measured() -> Numbers:
        crew = rig.crew(READING)
        crew.load(look, [person], 1)
        return rig.window(crew, look)

    return measured


def _beside_writers(rig: Rig, stock: Stock, person: str) -> Callable[[], Numbers]:
    def measured() -> Numbers:
        writers, readers = rig.crew(PRODUCT), rig.crew(READING)
        writers.load("complete", stock.tasks(ORDINARY, stock.wanted("writers")), 1)
        readers.load("page_1", [person], 1)
        with ThreadPoolExecutor(1) as pool:
            settings = rig.settings
            writing = pool.submit(writers.window, "complete", settings.secs, 1, settings.warm)
            found = rig.window(readers, "page_1")
            stock.saw("writers", writing.result().rate)
        return found | {"written_per_s": writing.result().rate}

    return measured
