"""On what was it measured? Processor, versions, the state of the source, and how long the disk takes to be sure."""

import os
import platform
import subprocess
import time
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psycopg

from bench.crew import ROOT
from bench.stats import quantile

PACKAGES = ("spiffworkflow", "sqlalchemy", "psycopg", "flask", "procrastinate", "waitress", "cryptography")
PROBES = 200


def facts(folder: Path, admin: str) -> dict[str, Any]:
    """Everything about the machine that the numbers depend on."""
    return {
        "machine": platform.machine(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": [round(one, 2) for one in os.getloadavg()],
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000,
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
        "git": _git(),
        "fdatasync_ms": fdatasync(folder),
        "postgresql": _server(admin),
    }


def fdatasync(folder: Path) -> dict[str, float]:
    """Milliseconds until 4 KB are certainly on the disk that the database lies on."""
    path, times = folder / "fdatasync.probe", []
    handle = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        for _ in range(PROBES):
            os.pwrite(handle, b"\0" * 4096, 0)
            begin = time.perf_counter()
            os.fdatasync(handle)
            times.append((time.perf_counter() - begin) * 1000)
    finally:
        os.close(handle)
        path.unlink()
    times.sort()
    return {"p50": round(quantile(times, 0.5), 3), "p99": round(quantile(times, 0.99), 3)}


def processor_time(postmaster: int) -> float:
    """Seconds of processor time that a PostgreSQL server and its processes have used, those that ended included."""
    ticks = _ticks(postmaster, ended=True)
    with suppress(OSError):
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text(encoding="ascii").split()
        ticks += sum(_ticks(int(one), ended=False) for one in children)
    return ticks / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int, *, ended: bool) -> int:
    """User and system ticks of a process (proc(5), stat: fields 14 to 17, counted from behind the name)."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return sum(int(one) for one in fields[11 : 15 if ended else 13])
    return 0


def _processor() -> str:
    with suppress(OSError), open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def _version(package: str) -> str | None:
    with suppress(PackageNotFoundError):
        return version(package)
    return None


def _git() -> str:
    """The commit, with a mark when files differ from it."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return found.stdout.strip() or "unknown"


def _server(admin: str) -> dict[str, str]:
    names = ("server_version", "fsync", "synchronous_commit", "shared_buffers", "jit", "full_page_writes")
    with psycopg.connect(admin, autocommit=True) as connection:
        rows = connection.execute(
            "select name, current_setting(name) from unnest(%s::text[]) as t(name)", (list(names),)
        )
        return dict(rows.fetchall())
