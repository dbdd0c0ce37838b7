"""Environments of the peers: made on demand, once for each set of pinned versions, below the user's cache."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PATIENCE = 300
"""Seconds that an installation may take."""
HERE = Path(__file__).parent


class CannotInstall(RuntimeError):
    """The environment cannot be made here; the text is the reason."""


def cache() -> Path:
    """Where environments are kept."""
    return Path.home() / ".cache" / "countersign" / "bench"


def python_environment(name: str) -> Path:
    """The interpreter of a peer's virtual environment, with exactly its requirements. Raises CannotInstall."""
    wanted = HERE / name / "requirements.txt"
    folder = _folder(name, wanted)
    python = folder / "bin" / "python"
    if (folder / "complete").exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _do([sys.executable, "-m", "venv", str(folder)], folder.parent)
    _do([str(python), "-m", "pip", "install", "--quiet", "--no-deps", "-r", str(wanted)], folder.parent)
    (folder / "complete").touch()
    return python


def node_environment(name: str, program: str) -> tuple[Path, Path]:
    """node, and the peer's program beside its packages, exactly those of its lockfile. Raises CannotInstall."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise CannotInstall("There is no node and npm on this machine. Install node 20 or newer.")
    source = HERE / name
    folder = _folder(name, source / "package-lock.json")
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for file in ("package.json", "package-lock.json"):
            shutil.copy(source / file, folder / file)
        _do([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
        (folder / "complete").touch()
    shutil.copy(source / program, folder / program)
    return Path(node), folder / program


def _folder(name: str, pins: Path) -> Path:
    digest = hashlib.sha256(f"{sys.version} ".encode() + pins.read_bytes()).hexdigest()[:16]
    return cache() / f"{name}-{digest}"


def _do(command: Sequence[str], folder: Path) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotInstall(f"{command[0]} did not work: {error}") from error
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise CannotInstall(f"{' '.join(command[:4])} … failed: {' | '.join(last)}")
