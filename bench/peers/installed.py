"""How is the driver of each peer started? An environment is made when its peer is asked for first."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from bench.crew import ROOT, Program
from bench.peers.environments import node_environment, python_environment

VIEWFLOW = "bench.peers.viewflow.program.driver"
OWN = (sys.executable, "-m", "bench.wire")


def programs(port: Callable[[], int]) -> dict[str, Callable[[str], Program]]:
    """Peer -> what starts its driver on a database. port: of Viewflow's server, started when it is asked for."""

    def naive(dsn: str) -> Program:
        return Program("naive", OWN, {"module": "bench.peers.naive.driver", "url": url(dsn)})

    def viewflow(dsn: str) -> Program:
        return Program("viewflow", _viewflow(), {"module": VIEWFLOW, "database": conninfo_to_dict(dsn)})

    def viewflow_web(dsn: str) -> Program:
        said = {"module": VIEWFLOW, "database": conninfo_to_dict(dsn), "port": port()}
        return Program("viewflow", _viewflow(), said)

    def bpmn_engine(dsn: str) -> Program:
        node, program = node_environment("bpmn_engine", "driver.mjs")
        return Program("bpmn-engine", (str(node), str(program)), {"database": conninfo_to_dict(dsn)})

    return {"naive": naive, "viewflow": viewflow, "viewflow:web": viewflow_web, "bpmn-engine": bpmn_engine}


def _viewflow() -> tuple[str, ...]:
    return str(python_environment("viewflow")), "-m", "bench.wire"


def url(dsn: str) -> str:
    """A connection string as SQLAlchemy takes it."""
    parts = conninfo_to_dict(dsn)
    return f"postgresql+psycopg://{parts['user']}:{parts['password']}@/{parts['dbname']}?host={parts['host']}"


@contextmanager
def serving(dsn: str, log: Path) -> Iterator[int]:
    """Viewflow's project behind its web server; gives the port."""
    command = (str(python_environment("viewflow")), "-m", "bench.peers.viewflow.program.server")
    with listening(command, {"database": conninfo_to_dict(dsn)}, log) as server:
        yield server.port


@dataclass(frozen=True)
class Listening:
    """A web server that runs."""

    port: int
    process: subprocess.Popen[str]

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()


@contextmanager
def listening(command: tuple[str, ...], opening: dict[str, Any], log: Path) -> Iterator[Listening]:
    """A server that is told its settings on standard input and says its port on standard output."""
    with log.open("a", encoding="utf-8") as file:
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file, text=True,
            start_new_session=True,
        )  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps(opening) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
            if not line:
                raise RuntimeError("The web server did not start; the log of the drivers says why.")
            yield Listening(int(json.loads(line)["port"]), process)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
