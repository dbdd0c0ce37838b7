"""The life of the embedded server: who starts it, who stops it, what survives a kill -9."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from store import embedded
from store.embedded import DatabaseUnavailable, Layout, join

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def own_home() -> Iterator[Path]:
    """A home folder of this test alone, with a path short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="cs-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _runs(home: Path) -> bool:
    return (home / "postgres" / "postmaster.pid").exists()


def _connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""))


def test_last_user_stops_the_server(own_home: Path) -> None:
    first, second = join(own_home, durable=False), join(own_home, durable=False)
    first.release()
    assert _runs(own_home)
    second.release()
    second.release()
    assert not _runs(own_home)


def test_killed_user_does_not_keep_the_server_alive(own_home: Path) -> None:
    use = f"join(Path({str(own_home)!r})); print('in', flush=True); input()"
    code = f"from pathlib import Path; from store.embedded import join; {use}"
    user = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert user.stdout is not None and user.stdout.readline() == b"in\n"
    ours = join(own_home)
    user.kill()
    user.communicate()
    ours.release()
    assert not _runs(own_home)


def test_server_that_was_killed_comes_back_with_its_rows(own_home: Path) -> None:
    server = join(own_home)
    with _connect(server.urls.owner) as connection:
        connection.execute("create table kept (n int)")
        connection.execute("insert into kept values (7)")
    os.kill(int((own_home / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    assert embedded.revive(own_home)
    with _connect(server.urls.owner) as connection:
        assert connection.execute("select n from kept").fetchone() == (7,)
    assert not embedded.revive(own_home)
    server.release()


def test_roles_prove_themselves_by_password_and_are_plain(server: embedded.EmbeddedServer) -> None:
    with _connect(server.urls.app) as connection:
        plain = (
            "select rolsuper or rolcreaterole or rolcreatedb or rolbypassrls from pg_roles where rolname = current_user"
        )
        assert connection.execute(plain).fetchone() == (False,)
    wrong = server.urls.app.replace("countersign_app:", "countersign_app:x")
    with pytest.raises(psycopg.OperationalError, match="password"):
        _connect(wrong)
    with pytest.raises(psycopg.OperationalError):
        _connect(server.urls.admin.replace("postgres@", "nobody@"))


def test_passwords_are_readable_by_their_owner_only(server: embedded.EmbeddedServer) -> None:
    assert stat.S_IMODE(server.layout.passwords.stat().st_mode) == 0o600
    assert stat.S_IMODE(server.layout.data.stat().st_mode) == 0o700


def test_lost_password_file_is_replaced(own_home: Path) -> None:
    join(own_home, durable=False).release()
    Layout(own_home).passwords.unlink()
    server = join(own_home, durable=False)
    _connect(server.urls.app).close()
    server.release()


def test_path_too_long_for_a_socket_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="COUNTERSIGN_HOME"):
        join(tmp_path / ("long" * 30))
