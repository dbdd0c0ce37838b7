"""The side of the benchmark: driver processes, told what to do and measured together in one window."""

import json
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from bench.stats import quantile

HEAD_START = 0.15
"""Seconds for a command to reach every process before its warm-up begins."""
ROOT = Path(__file__).resolve().parents[1]


class DriverFailed(RuntimeError):
    """A driver could not do what it was told; the text is its own."""


@dataclass(frozen=True)
class Program:
    """How a driver is started. command: program and arguments; opening: what it is told first."""

    system: str
    command: Sequence[str]
    opening: dict[str, Any] = field(repr=False)
    folder: Path = ROOT


@dataclass(frozen=True, slots=True)
class Measured:
    """What one window showed. Times in ms, rate in operations per second of wall clock over all processes.

    total: operations done, those for warming up included; seconds: the part of the window in which every process had
    work; cpu_ms: processor time of the drivers for each operation; rss: MB of the largest driver.
    """

    count: int
    total: int
    seconds: float
    p50: float
    p99: float
    rate: float
    cpu_ms: float
    rss: float
    errors: dict[str, int]
    ran_dry: bool

    @property
    def failed(self) -> int:
        return sum(self.errors.values())


class Worker:
    """One driver process."""

    def __init__(self, program: Program, log: IO[str]) -> None:
        self.program = program
        self._process = subprocess.Popen(
            list(program.command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=program.folder,
            start_new_session=True,
        )
        try:
            self.tell({"do": "open", **program.opening})
            self.facts: dict[str, Any] = self.hear()["facts"]
        except BaseException:
            self.kill()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, command: dict[str, Any]) -> None:
        """Send a command; the answer is waited for by hear()."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(command, default=str) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise DriverFailed(f"The driver of {self.program.system} has gone.") from error

    def hear(self) -> dict[str, Any]:
        """The answer. Raises DriverFailed."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            code = self._process.wait(10)
            raise DriverFailed(f"The driver of {self.program.system} ended with code {code}; its log says why.")
        answer: dict[str, Any] = json.loads(line)
        if not answer["ok"]:
            raise DriverFailed(f"{self.program.system}: {answer['error']}")
        return answer

    def kill(self) -> None:
        """kill -9, for the crash workload."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it: its input closes, and a driver that has nothing more to read leaves."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Crew:
    """The driver processes of one system, started when they are needed first."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
        self._log = log.open("a", encoding="utf-8")
        self._workers: list[Worker] = []
        self._failure: DriverFailed | None = None

    def workers(self, count: int) -> list[Worker]:
        """The first `count` processes. One that could not be opened once is not tried again. Raises DriverFailed."""
        if self._failure is not None:
            raise self._failure
        while len(self._workers) < count:
            try:
                self._workers.append(Worker(self.program, self._log))
            except DriverFailed as failure:
                self._failure = failure
                raise
        return self._workers[:count]

    @property
    def facts(self) -> dict[str, Any]:
        return self.workers(1)[0].facts

    def load(self, subject: str, work: Sequence[Any], processes: int) -> None:
        """Deal the work out like cards."""
        crew = self.workers(processes)
        for place, worker in enumerate(crew):
            worker.tell({"do": "load", "subject": subject, "work": list(work[place::processes])})
        for worker in crew:
            worker.hear()

    def window(self, subject: str, seconds: float, processes: int, warm: float) -> Measured:
        """Everybody works in the same window of wall-clock time."""
        crew = self.workers(processes)
        begin = time.monotonic() + HEAD_START + warm
        for worker in crew:
            worker.tell({"do": "window", "subject": subject, "begin": begin, "end": begin + seconds})
        return together([worker.hear() for worker in crew], seconds)

    def steps(self, subject: str, count: int) -> Measured:
        """So many operations of one process."""
        (worker,) = self.workers(1)
        worker.tell({"do": "steps", "subject": subject, "count": count})
        return together([worker.hear()], None)

    def walk(self, subject: str, count: int) -> tuple[list[float], Measured]:
        """So many operations of one process: the milliseconds of each in their order, and all together."""
        (worker,) = self.workers(1)
        worker.tell({"do": "steps", "subject": subject, "count": count})
        answer = worker.hear()
        return answer["times"], together([answer], None)

    def call(self, name: str, given: Any = None) -> Any:
        """A tool of one driver."""
        (worker,) = self.workers(1)
        worker.tell({"do": "call", "name": name, "given": given})
        return worker.hear()["found"]

    def share(self, name: str, items: Sequence[Any], processes: int = 2) -> list[Any]:
        """A tool that takes a list and gives one, the list dealt out over processes; the order of results is free."""
        crew = self.workers(processes)
        for place, worker in enumerate(crew):
            worker.tell({"do": "call", "name": name, "given": list(items[place::processes])})
        return [one for worker in crew for one in worker.hear()["found"]]

    def stop(self) -> None:
        """End all of them."""
        for worker in self._workers:
            worker.stop()
        self._workers.clear()
        self._log.close()


def together(answers: Sequence[dict[str, Any]], seconds: float | None) -> Measured:
    """One result of several processes. When one ran out of work, only the time until then counts for all."""
    dry = [one["ends"][-1] if one["ends"] else 0.0 for one in answers if one["ran_dry"]]
    last = max((one["ends"][-1] for one in answers if one["ends"]), default=0.0)
    until = min([seconds if seconds is not None else last, *dry])
    times = sorted(ms for one in answers for end, ms in zip(one["ends"], one["times"], strict=True) if end <= until)
    errors: dict[str, int] = {}
    for one in answers:
        for text, count in one["errors"].items():
            errors[text] = errors.get(text, 0) + count
    done = sum(len(one["times"]) for one in answers)
    return Measured(
        count=len(times),
        total=done + sum(one["warmed"] for one in answers),
        seconds=until,
        p50=quantile(times, 0.5) if times else 0.0,
        p99=quantile(times, 0.99) if times else 0.0,
        rate=len(times) / until if until > 0 else 0.0,
        cpu_ms=sum(one["cpu"] for one in answers) * 1000 / done if done else 0.0,
        rss=max(one["rss"] for one in answers),
        errors=errors,
        ran_dry=bool(dry),
    )
