"""The benchmark runs: every workload gives numbers, no check is wrong, and nothing stays behind."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench import records, report
from bench.records import Book
from bench.run import run
from bench.settings import PEERS, SMALL, WORKLOADS, Settings

UNEVEN = 1000.0
"""A test machine is busy: no repetition is thrown away here."""


def measured(settings: Settings, tmp_path: Path) -> Book:
    out = tmp_path / "bench.json"
    book = run(replace(settings, drift=UNEVEN), out, lambda line: None)
    assert [one for one in book.of("missing") if one["what"] == "failed"] == []
    assert [one for one in book.of("check") if not one["ok"]] == []
    assert len(records.read(out).records) == len(book.records)
    assert list(report.lines(book))
    assert not list(Path(tempfile.gettempdir()).glob("cs-run-*"))
    return book


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder of this test's own for what is thrown away; its path is short because sockets below it must be.

    tmp_path is asked for first: pytest makes its own root where temporary files go.
    """
    folder = tempfile.mkdtemp(prefix="cs-")
    monkeypatch.setattr(tempfile, "tempdir", folder)
    yield
    shutil.rmtree(folder)


def test_the_limit_and_the_stored_state_are_measured(tmp_path: Path) -> None:
    book = measured(replace(SMALL, workloads=("W0", "W11"), peers=("raw", "naive"), secs=0.1), tmp_path)
    (machine,) = book.of("run")
    assert machine["postgresql"]["synchronous_commit"] == "on"
    assert machine["postgresql"]["fsync"] == "on"
    assert {one["system"] for one in book.of("result")} == {"raw", "naive", "countersign"}


@pytest.mark.long
def test_completions_are_measured_and_taken_apart(tmp_path: Path) -> None:
    book = measured(replace(SMALL, workloads=("W1",), peers=("raw", "naive"), secs=1.0), tmp_path)
    found = {(one["system"], one["measure"]) for one in book.of("result")}
    assert {("countersign", "complete"), ("countersign", "complete.signed"), ("naive", "complete")} <= found
    assert {("countersign", "complete.http"), ("countersign", "complete.signed.http")} <= found
    counted = {one["measure"]: one["numbers"] for one in book.of("counts") if one["system"] == "countersign"}
    assert counted["complete"]["commits"] == 1
    for one in book.of("breakdown"):
        shares = {phase["phase"]: phase["ms"] for phase in one["phases"]}
        assert sum(shares.values()) == pytest.approx(one["timed_ms"])
        assert any(phase.startswith("database") and ms > 0 for phase, ms in shares.items())


@pytest.mark.long
@pytest.mark.parametrize("workload", [one for one in WORKLOADS if one not in ("W0", "W1", "W11")])
def test_a_workload_gives_numbers_or_checks(workload: str, tmp_path: Path) -> None:
    settings = replace(SMALL, workloads=(workload,), peers=("raw",), secs=1.0, inbox_open=2000, inbox_done=4000)
    book = measured(settings, tmp_path)
    ours = [one for one in book.of("result") if one["system"] == "countersign"]
    assert ours or list(book.of("check"))


@pytest.mark.long
def test_peers_run_in_their_own_environments_or_say_why_not(tmp_path: Path) -> None:
    book = measured(replace(SMALL, workloads=("W1",), peers=PEERS, secs=1.0), tmp_path)
    for peer in PEERS:
        found = [one for one in book.of("result") if one["system"] == peer]
        reasons = [one["reason"] for one in book.of("missing") if one["system"] == peer]
        assert found or all(reasons), peer
