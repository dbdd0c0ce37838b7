"""`countersign bench intake`: synthetic files, and a database of its own that is thrown away."""

import resource
import shutil
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from config import Config
from mso import practices
from mso.integrations.x12_835 import fake, read
from mso.practices import PracticeEntry
from store import clock, schema
from store.engines import WORKER_TIMEOUT_MS
from store.practice import MSO, as_practice
from store.transaction import reading
from webapp import shipped
from webapp.application import create_app
from webapp.cli.context import say
from webapp.database import opened
from webapp.wiring import import_models
from workflows.webhooks import inbound

PAYEE = fake.FakePayee()
PER_TRANSACTION = 200
"""Claims per ST: what real remittances rarely exceed."""


@click.command("intake")
@click.option("--claims", default=10_000, show_default=True, type=click.IntRange(1), help="Claims of the file read.")
@click.option("--cases", type=click.IntRange(1), help="Cases to open, each of one denied claim.  [default: --claims]")
def command(claims: int, cases: int | None) -> None:
    """Read a generated 835, and open a case for each claim of another one through the real intake."""
    folder = Path(tempfile.mkdtemp(prefix="cs-bench-"))
    try:
        _report_reading(folder, claims)
        with _scratch(folder):
            _report_opening(cases or claims)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _report_reading(folder: Path, claims: int) -> None:
    """Speed at `claims`, and the peak memory there and at twice as many: it must not grow with the file."""
    once, twice = _file(folder, claims), _file(folder, 2 * claims)
    busy = time.process_time()
    seconds = _timed(lambda: _read(once))
    busy = max(time.process_time() - busy, 1e-6)
    peaks = [_peak(path) for path in (once, twice)]
    size = once.stat().st_size / 1e6
    click.echo(f"read\t{claims} claims, {size:.1f} MB\t{seconds:.2f} s\t{claims / seconds:,.0f} claims/s"
               f"\t{claims / busy:,.0f} claims per CPU second")  # fmt: skip
    click.echo(f"read\tpeak memory {peaks[0] / 1e6:.2f} MB; twice the file {peaks[1] / 1e6:.2f} MB"
               f"\tx{peaks[1] / peaks[0]:.2f}")  # fmt: skip


def _report_opening(cases: int) -> None:
    body = b"".join(fake.many_claims(cases, per_transaction=PER_TRANSACTION, payee=PAYEE))
    before = _resident()
    accepted = inbound.receive_file("era835", body, now=clock.now())
    seconds = _timed(lambda: inbound.deliver(accepted.delivery_id, now=clock.now()))
    with as_practice(MSO), reading():
        found = inbound.get_delivery(accepted.delivery_id)
    opened_cases = len(found.cases)
    click.echo(f"open\t{opened_cases} cases, {found.status}\t{seconds:.2f} s\t{opened_cases / seconds:,.1f} cases/s")
    click.echo(f"open\tpeak memory {_resident():.0f} MB\tbefore {before:.0f} MB")


def _file(folder: Path, claims: int) -> Path:
    path = folder / f"{claims}.835"
    with path.open("wb") as file:
        for part in fake.many_claims(claims, per_transaction=PER_TRANSACTION, payee=PAYEE):
            file.write(part)
    return path


def _read(path: Path) -> None:
    with path.open("rb") as file:
        for _ in read(file):
            pass


def _timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _peak(path: Path) -> int:
    """Bytes of Python memory at most in use while reading."""
    tracemalloc.start()
    try:
        _read(path)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _resident() -> float:
    """Peak resident memory of this process so far, MB (Linux counts in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


@contextmanager
def _scratch(folder: Path) -> Iterator[None]:
    """An installation of its own below `folder`: server, schema, shipped processes, the payee as a practice."""
    import_models()
    with opened(Config.from_environ({"COUNTERSIGN_HOME": str(folder)}), say) as config:
        schema.prepare(config.urls.owner)
        with create_app(config, statement_timeout_ms=WORKER_TIMEOUT_MS).app_context():
            shipped.install()
            practices.add_practice(PracticeEntry("Bench Practice PC", "NY", PAYEE.npi, PAYEE.tin))
            yield
