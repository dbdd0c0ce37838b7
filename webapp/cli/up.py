"""`countersign up`: everything on one machine. Database, web server and worker, until Ctrl-C."""

import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from threading import Event

import click

from config import Config
from store import embedded, schema
from store.errors import DomainError
from webapp import demo, demo_accounts, shipped
from webapp.application import create_app
from webapp.cli.context import check, check_keys, say
from webapp.cli.serve import HOST
from webapp.database import opened
from webapp.wiring import import_models

STOP_PATIENCE = 30
START_PATIENCE = 60
QUICK_KILL, QUICK_EXIT = 5, 60
"""Seconds. A child that is killed, or leaves by itself, sooner after its start counts as failing; after a few of these
in a row we give up. One that cannot run may take long to find out on a busy machine."""
FAILURES_ALLOWED = 4
DATABASE_EVERY = 1
"""Seconds between two looks at the database."""


class PortInUse(DomainError):
    """Another program listens there."""

    code = "port.in_use"
    message = "Port {port} is in use on this machine. Stop the other program, or choose one: ./run --port {other}"


class ChildFails(DomainError):
    """A process of ours does not stay alive."""

    code = "process.fails"
    message = "The {name} stops again and again. Its last lines above say why."


@dataclass
class Child:
    """One process of ours; `failures` counts quick deaths in a row."""

    name: str
    arguments: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0

    def start(self) -> None:
        """Run it in a session of its own, so that Ctrl-C reaches us first. It leaves when its standard input closes."""
        command = [sys.executable, "-P", "-m", "webapp.cli", *self.arguments, "--leave-with-parent"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
        self.started = time.monotonic()

    def revive(self) -> None:
        """Start it again if it died. Raises ChildFails when that does not help."""
        if self.process is None or self.process.poll() is None:
            return
        quick = time.monotonic() - self.started < (QUICK_KILL if self.process.returncode < 0 else QUICK_EXIT)
        self.failures = self.failures + 1 if quick else 0
        if self.failures >= FAILURES_ALLOWED:
            raise ChildFails(name=self.name)
        say(f"the {self.name} stopped ({self.process.returncode}); starting it again")
        self.start()

    def stop(self) -> None:
        """Ask it to stop; does not wait."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Wait for its end, and kill it when it takes longer than `until`."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port instead of COUNTERSIGN_PORT (8000).")
@click.option("--demo/--no-demo", "with_demo", default=True, help="Load the demonstration into an empty database.")
def command(port: int | None, with_demo: bool) -> None:
    """Start the database, the web server and the worker, and stop them with Ctrl-C."""
    settings = Config.from_environ()
    port = port or settings.port
    refuse_taken_port(port)
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    import_models()
    say("starting the database")
    with opened(settings, say) as config:
        prepare(config, with_demo)
        children = [Child("web server", ("serve", "--port", str(port))), Child("worker", ("worker",))]
        try:
            supervise(children, stop, Watch(config, port, embedded=settings.database_url is None))
        finally:
            shut_down(children)
    say("stopped")


def refuse_taken_port(port: int) -> None:
    """Raises PortInUse before anything is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortInUse(port=port, other=port + 1 if port < 65535 else 8001) from error


def prepare(config: Config, with_demo: bool) -> None:
    """Schema, what every installation starts with and, unless it is not wanted, the demonstration."""
    say("preparing tables")
    schema.prepare(config.urls.owner)
    check(config)
    with create_app(config).app_context():
        check_keys()
        say("loading the demonstration" if with_demo else "loading the shipped processes")
        demo.load() if with_demo else shipped.install()


@dataclass
class Watch:
    """What is looked at again and again besides the children: is the database alive, does the web server answer?"""

    config: Config
    port: int
    embedded: bool
    announced: bool = False
    started: float = field(default_factory=time.monotonic)
    looked: float = 0.0

    def look(self) -> None:
        """Raises ChildFails when the web server never answers."""
        now = time.monotonic()
        if self.embedded and now - self.looked > DATABASE_EVERY:
            self.looked = now
            if embedded.revive(self.config.home):
                say("the database stopped; started it again")
        if not self.announced:
            self.announced = answers(self.port)
            if self.announced:
                self.announce()
            elif now - self.started > START_PATIENCE:
                raise ChildFails(name="web server")

    def announce(self) -> None:
        """The address, and the demonstration's accounts."""
        accounts = self.config.home / demo_accounts.PRINTED
        if accounts.exists():
            click.echo(accounts.read_text().rstrip())
        click.echo(f"Countersign runs on http://{HOST}:{self.port} (Ctrl-C stops it)")


def supervise(children: list[Child], stop: Event, watch: Watch) -> None:
    """Keep the children and the database alive until `stop`; say where to go once the web server answers."""
    for child in children:
        child.start()
    while not stop.wait(0.2):
        watch.look()
        for child in children:
            child.revive()
    say("stopping")


def answers(port: int) -> bool:
    """Whether an HTTP server takes requests on this port."""
    connection = HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


def shut_down(children: list[Child]) -> None:
    """Stop all children, together, and wait for them."""
    for child in children:
        child.stop()
    until = time.monotonic() + STOP_PATIENCE
    for child in children:
        child.wait(until)
