"""`countersign bench intake`: prints what it measured and leaves nothing behind."""

import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from webapp.cli import bench

pytestmark = pytest.mark.long


def test_it_reads_and_opens_and_cleans_up() -> None:
    result = CliRunner().invoke(bench.command, ["intake", "--claims", "400", "--cases", "5"])
    assert result.exit_code == 0, result.output
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert [row[0] for row in rows] == ["read", "read", "open", "open"]
    assert rows[0][1].startswith("400 claims") and rows[0][3].endswith("claims/s")
    assert float(rows[1][2].removeprefix("x")) < 1.5, "memory must not grow with the file"
    assert rows[2][1] == "5 cases, processed"
    assert not list(Path(tempfile.gettempdir()).glob("cs-bench-*"))
