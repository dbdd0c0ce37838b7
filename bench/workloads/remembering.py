"""MEM: does a web or a worker process grow? Resident memory over many completions and many timers."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import Popen, TimeoutExpired

from bench import models
from bench.crew import ROOT
from bench.records import PRODUCT
from bench.rig import BACKGROUND, WEB, Failed, Rig, numbers
from bench.site import open_cases
from bench.stock import Stock
from bench.workloads.completing import ORDINARY
from bench.workloads.walking import tool

LIMIT_MB = 300.0
SETTLED = 0.3
"""Growth counts from here on: so much of the work warms caches and pools."""
PATIENCE = 900
TIMER = models.timer().key


def run(rig: Rig) -> None:
    """The web server over HTTP, then the worker that `countersign worker` starts."""
    web, timers = (150, 100) if rig.settings.small else (rig.settings.completions, rig.settings.completions // 5)
    _web(rig, web)
    _worker(rig, timers)


def _web(rig: Rig, many: int) -> None:
    stock, crew = Stock(rig), rig.crew(WEB)
    pid, done, sizes = rig.server_pid(), 0, [(0, resident(rig.server_pid()))]
    while done < many:
        chunk = min(500, max(10, many // 10), many - done)
        crew.load("http", stock.tasks(ORDINARY, chunk), 1)
        numbers(crew.steps("http", chunk))
        done += chunk
        sizes.append((done, resident(pid)))
        if done % 5000 == 0:
            rig.say(f"MEM: {done:,} of {many:,} completions over HTTP")
    _note(rig, "memory.web", sizes)


def _worker(rig: Rig, many: int) -> None:
    tool(rig, "publish", models.timer())
    sizes: list[tuple[int, float]] = []
    with _working(rig) as process:
        sizes.append((0, resident(process.pid)))
        done = 0
        while done < many:
            chunk = min(500, max(10, many // 10), many - done)
            cases = [[TIMER, practice, case] for practice, case in open_cases(rig.site, TIMER, chunk)]
            rig.crew(BACKGROUND).share("start_due", cases)
            _until_quiet(rig, process)
            done += chunk
            sizes.append((done, resident(process.pid)))
    _note(rig, "memory.worker", sizes)


@contextmanager
def _working(rig: Rig) -> Iterator["Popen[bytes]"]:
    """The worker as its command starts it, on the site."""
    command = ["env", f"COUNTERSIGN_HOME={rig.site.folder}", sys.executable, "-m", "webapp.cli", "worker"]
    with rig.site.log.open("a") as log:
        process = Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except TimeoutExpired:
            process.kill()
            process.wait()


def _until_quiet(rig: Rig, process: "Popen[bytes]") -> None:
    """Wait until the worker has fired what was due."""
    until = time.monotonic() + PATIENCE
    while rig.value("select exists (select 1 from timer where due_at <= now())"):
        if process.poll() is not None:
            raise Failed(f"The worker ended with code {process.returncode}; the log of the drivers says why.")
        if time.monotonic() > until:
            raise Failed("The worker did not fire the timers that were due.")
        time.sleep(0.2)


def resident(pid: int) -> float:
    """Resident memory of a process, MB."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096 / 1e6


def _note(rig: Rig, measure: str, sizes: list[tuple[int, float]]) -> None:
    """The largest size, and how much the last is above what it was after warming up."""
    last_done, last = sizes[-1]
    first = next(size for done, size in sizes if done >= SETTLED * last_done)
    found = {
        "rss_mb": max(size for _, size in sizes),
        "of_goal": max(size for _, size in sizes) / LIMIT_MB,
        "growth": last / first,
        "operations": float(last_done),
    }
    rig.book.note("result", workload="MEM", repetition=1, system=PRODUCT, measure=measure, numbers=found)
