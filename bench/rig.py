"""What the workloads work with: the site, the drivers of all systems, and a look at the database from outside."""

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bench.crew import Crew, Measured, Program
from bench.machine import processor_time
from bench.peers.environments import CannotInstall
from bench.peers.installed import Listening, listening, programs, serving
from bench.peers.raw import driver as raw
from bench.proxy import Proxy, Tally
from bench.records import PRODUCT, RAW, Book
from bench.settings import Settings
from bench.site import Site

Numbers = dict[str, float]
Say = Callable[[str], None]
COUNTED = 40
WARMED = 10
"""Operations whose statements and round trips are counted, one by one."""
SERVER = (sys.executable, "-m", "bench.server")
OWN = (sys.executable, "-m", "bench.wire")
WEB = f"{PRODUCT}:web"
"""The product's driver that goes over HTTP."""
BACKGROUND = f"{PRODUCT}:background"
"""The product's driver that sweeps timers and sends webhooks."""
READING = f"{PRODUCT}:reading"
"""The product's driver that looks into the inbox."""


class NotRun(RuntimeError):
    """Something cannot be measured here; the text is the reason."""


class Failed(RuntimeError):
    """Something was measured and went wrong: operations failed, or a number is not what it must be."""


class Nothing(Failed):
    """Not one operation ended inside the window; on a busy machine the next one may do better."""


@dataclass
class Rig:
    """Everything a workload needs. others: how a peer's driver is started, by name."""

    settings: Settings
    site: Site
    book: Book
    say: Say
    admin: psycopg.Connection[Any]
    proxy: Proxy
    crews: dict[str, Crew] = field(default_factory=dict)
    others: dict[str, Callable[[str], Program]] = field(default_factory=dict)
    stack: ExitStack = field(default_factory=ExitStack)
    _servers: dict[bool, Listening] = field(default_factory=dict)
    _peer_port: int | None = None

    def crew(self, system: str, *, counted: bool = False) -> Crew:
        """The drivers of a system. counted: reached through the proxy that counts. Raises NotRun."""
        name = f"{system}+counted" if counted else system
        if name not in self.crews:
            self.crews[name] = Crew(self.program(system, counted), self.site.log)
        return self.crews[name]

    def program(self, system: str, counted: bool = False) -> Program:
        """How the driver of a system is started. Raises NotRun."""
        site = self.site.through(self.proxy.folder) if counted else self.site
        if system == RAW:
            return Program(RAW, OWN, {"module": "bench.peers.raw.driver", "dsn": peers_dsn(site)})
        if system in self.others:
            try:
                return self.others[system](peers_dsn(site))
            except CannotInstall as problem:
                raise NotRun(str(problem)) from problem
        if system == WEB:
            return Program(PRODUCT, OWN, self.site.opening(module="bench.web", port=self.port(counted=counted)))
        if system == BACKGROUND:
            return Program(PRODUCT, OWN, self.site.opening(module="bench.background", port=self.port()))
        module = "bench.listing" if system == READING else "bench.product"
        return Program(PRODUCT, OWN, site.opening(module=module))

    def port(self, *, counted: bool = False) -> int:
        """Where the product's web server listens, started when it is asked for. counted: it speaks by the proxy."""
        if counted not in self._servers:
            site = self.site.through(self.proxy.folder) if counted else self.site
            self._servers[counted] = self.stack.enter_context(listening(SERVER, site.opening(), site.log))
        return self._servers[counted].port

    def server_pid(self) -> int:
        """The process of the product's web server."""
        self.port()
        return self._servers[False].process.pid

    def serving(self) -> AbstractContextManager[Listening]:
        """Another web server of the product, for as long as the block lasts or until it is killed."""
        return listening(SERVER, self.site.opening(), self.site.log)

    def peer_port(self) -> int:
        """Where Viewflow's web server listens."""
        if self._peer_port is None:
            self._peer_port = self.stack.enter_context(serving(self.site.peers, self.site.log))
        return self._peer_port

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the superuser sees: past all policies, for counting."""
        return self.admin.execute(query, values).fetchall()

    def value(self, query: str, *values: object) -> Any:
        """The first value of the first row."""
        row = self.admin.execute(query, values).fetchone()
        return None if row is None else row[0]

    def wal(self) -> float:
        """Bytes of write-ahead log written since the server began."""
        return float(self.value("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn"))

    def window(self, crew: Crew, subject: str, processes: int = 1) -> Numbers:
        """One window of a subject whose work is loaded, with the log it wrote. Raises Failed."""
        log, busy = self.wal(), processor_time(self.site.postmaster)
        found = crew.window(subject, self.settings.secs, processes, self.settings.warm)
        log, busy = self.wal() - log, processor_time(self.site.postmaster) - busy
        each = max(1, found.total)
        return numbers(found) | {"wal_bytes": log / each, "server_cpu_ms": busy * 1000 / each}

    def counts(self, system: str, subject: str, work: Sequence[Any], times: int | None = None) -> Numbers:
        """Statements, round trips and commits of one operation: medians over operations one by one.

        times: how many operations the work is good for, when that is not one for each item.
        """
        crew = self.crew(system, counted=True)
        crew.load(subject, list(work), 1)
        crew.steps(subject, WARMED)
        found: list[Tally] = []
        for _ in range((times or len(work)) - WARMED):
            before = self.proxy.tally.copy()
            measured = crew.steps(subject, 1)
            if measured.failed:
                raise Failed(f"{subject}: {next(iter(measured.errors))}")
            found.append(self.proxy.tally.since(before))
        return {
            name: float(sorted(getattr(one, name) for one in found)[len(found) // 2]) for name in Tally.__slots__
        } | {"operations": float(len(found))}

    def stop(self) -> None:
        """End all drivers."""
        for crew in self.crews.values():
            crew.stop()
        self.crews.clear()
        self.stack.close()


def numbers(found: Measured) -> Numbers:
    """A result as records hold it. Raises Failed when an operation failed or there was none."""
    if found.failed:
        text, count = next(iter(found.errors.items()))
        raise Failed(f"{found.failed} operation(s) failed, {count} of them with {text}")
    if not found.count:
        raise Nothing("No operation ended inside the window.")
    return {
        "p50": found.p50,
        "p99": found.p99,
        "rate": found.rate,
        "count": float(found.count),
        "seconds": found.seconds,
        "cpu_ms": found.cpu_ms,
        "rss_mb": found.rss,
        "ran_dry": float(found.ran_dry),
    }


def peers_dsn(site: Site) -> str:
    """The peers' database, through whatever folder the site's URLs name."""
    parts = {name: str(part) for name, part in conninfo_to_dict(site.peers).items()}
    return make_conninfo("", **{**parts, "host": str(conninfo_to_dict(site.admin)["host"])})


def open_rig(settings: Settings, site: Site, book: Book, say: Say) -> Rig:
    """A rig on a site. Its proxy runs and the limit's tables exist."""
    raw.prepare(site.peers)
    stack = ExitStack()
    admin = stack.enter_context(psycopg.connect(site.admin, autocommit=True))
    proxy = stack.enter_context(Proxy(_short(site.folder), site.socket))
    rig = Rig(settings, site, book, say, admin, proxy, stack=stack)
    rig.others = programs(rig.peer_port)
    return rig


def _short(folder: Path) -> Path:
    """Socket paths must be short."""
    return folder / "p"
