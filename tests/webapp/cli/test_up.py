"""`countersign up`: all processes start together, come back when killed, and leave nothing behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import psutil
import pytest

from webapp.cli.up import answers

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.long


class Up:
    """A running `countersign up` of its own home folder and port."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        self.log: IO[bytes] = (home / "up.log").open("wb")
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", "webapp.cli", "up", "--no-demo", "--port", str(self.port)]
        environment = {**os.environ, "COUNTERSIGN_HOME": str(self.home), "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(command, env=environment, stdout=self.log, stderr=self.log)

    @property
    def text(self) -> str:
        return (self.home / "up.log").read_text()

    def child(self, noun: str) -> psutil.Process:
        return next(one for one in psutil.Process(self.process.pid).children() if noun in one.cmdline())

    def database_runs(self) -> bool:
        return (self.home / "postgres" / "postmaster.pid").exists()


def _until(true: Callable[[], object], what: str, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited in vain for: {what}"
        time.sleep(0.1)


@pytest.fixture
def up() -> Iterator[Up]:
    home = Path(tempfile.mkdtemp(prefix="cs-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = Up(home, port)
    try:
        _until(lambda: "runs on http" in running.text or running.process.poll() is not None, "the address")
        assert running.process.poll() is None, running.text
        yield running
    finally:
        running.process.terminate()
        running.process.wait(60)
        running.log.close()
        shutil.rmtree(home, ignore_errors=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_stops_everything(up: Up, number: signal.Signals) -> None:
    children = psutil.Process(up.process.pid).children(recursive=True)
    up.process.send_signal(number)
    assert up.process.wait(60) == 0
    assert not any(one.is_running() for one in children)
    assert not up.database_runs() and not answers(up.port)


@pytest.mark.parametrize("noun", ["serve", "worker"])
def test_killed_process_is_started_again(up: Up, noun: str) -> None:
    killed = up.child(noun)
    killed.kill()
    _until(lambda: "starting it again" in up.text, "the line that says so")
    assert up.child(noun).pid != killed.pid
    _until(lambda: answers(up.port), "the web server")


def test_killed_database_is_started_again(up: Up) -> None:
    os.kill(int((up.home / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    _until(lambda: "the database stopped; started it again" in up.text, "the database")
    assert answers(up.port)


def test_children_do_not_outlive_a_killed_parent(up: Up) -> None:
    children = psutil.Process(up.process.pid).children()
    up.process.kill()
    _until(lambda: not any(one.is_running() for one in children), "the children's end")
    _until(lambda: not up.database_runs(), "the database's end")


def test_taken_port_is_said_in_one_line(up: Up) -> None:
    second = Up(up.home, up.port)
    assert second.process.wait(30) == 1
    assert second.text.strip().splitlines()[-1].startswith(f"Port {up.port} is in use")
    second.log.close()
