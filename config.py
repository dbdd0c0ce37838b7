"""Settings: one frozen record, made once at the door. The only reader of the environment.

A variable that is unknown (any COUNTERSIGN_*) or malformed stops the start with one line that names it.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from store import ids
from store.crypto import create_master_key
from store.embedded import Urls
from store.errors import NotConfigured

KNOWN = frozenset({
    "COUNTERSIGN_HOME", "COUNTERSIGN_PORT", "COUNTERSIGN_MODE", "COUNTERSIGN_SECRET_KEY",
    "COUNTERSIGN_MASTER_KEY_FILE", "COUNTERSIGN_WEBHOOK_MAX_BYTES", "COUNTERSIGN_TRUSTED_HOSTS",
    "COUNTERSIGN_PROXIES",
})  # fmt: skip
DATABASES = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_REGISTER_URL")


class SettingWrong(NotConfigured):
    """A setting is unknown or malformed."""

    code = "setting.wrong"
    message = "The setting {name} {reason}"


@dataclass(frozen=True)
class Config:
    """All settings.

    home:              folder for everything that is written; absolute. Losing it loses the embedded database.
    database_url:      SQLAlchemy URL of the application role; None means the embedded server is still to be started.
    database_owner_url, database_register_url: the roles for migrations and for register facts.
    port:              TCP port on the loopback interface.
    production:        cookies only over TLS; no key is ever generated.
    secret_key:        signs sessions and forms; a change signs everybody out.
    master_key_file:   64 hexadecimal digits; opens the stored health information. Losing it loses that for good.
    webhook_max_bytes: larger deliveries are refused with 413.
    trusted_hosts:     host names that requests may carry; empty means every name (development).
    proxies:           reverse proxies in front whose X-Forwarded headers are believed; too high lets clients lie.
    """

    home: Path
    database_url: str | None
    database_owner_url: str | None
    database_register_url: str | None
    port: int
    production: bool
    secret_key: str
    master_key_file: Path
    webhook_max_bytes: int
    trusted_hosts: tuple[str, ...]
    proxies: int

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> "Config":
        """Read the environment. Raises SettingWrong. In development, missing keys are made below `home`, mode 0600."""
        given = os.environ if environ is None else environ
        _refuse_unknown(given)
        production = _choice(given, "COUNTERSIGN_MODE", ("development", "production")) == "production"
        home = Path(given.get("COUNTERSIGN_HOME") or Path(__file__).parent / "var").expanduser().absolute()
        app, owner, register = _databases(given)
        return cls(
            home=home,
            database_url=app,
            database_owner_url=owner,
            database_register_url=register,
            port=_number(given, "COUNTERSIGN_PORT", 8000, 1, 65535),
            production=production,
            secret_key=_secret_key(given, home, production),
            master_key_file=_master_key_file(given, home, production),
            webhook_max_bytes=_number(given, "COUNTERSIGN_WEBHOOK_MAX_BYTES", 10 * 1024 * 1024, 1024, 1024**3),
            trusted_hosts=tuple(given.get("COUNTERSIGN_TRUSTED_HOSTS", "").replace(",", " ").split()),
            proxies=_number(given, "COUNTERSIGN_PROXIES", 0, 0, 9),
        )

    @property
    def urls(self) -> Urls:
        """The database's URLs. Raises SettingWrong while there are none (the embedded server was not started)."""
        if not (self.database_url and self.database_owner_url and self.database_register_url):
            raise SettingWrong(name="DATABASE_URL", reason="is missing. Start through ./run or `countersign serve`.")
        return Urls(self.database_owner_url, self.database_url, self.database_register_url, admin="")

    def on(self, urls: Urls) -> "Config":
        """The same settings on another database."""
        return replace(self, database_url=urls.app, database_owner_url=urls.owner, database_register_url=urls.register)


def _refuse_unknown(given: Mapping[str, str]) -> None:
    for name in sorted(given):
        if name.startswith("COUNTERSIGN_") and name not in KNOWN:
            raise SettingWrong(name=name, reason=f"is unknown. Known are {', '.join(sorted(KNOWN))}.")


def _choice(given: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = given.get(name) or choices[0]
    if value not in choices:
        raise SettingWrong(name=name, reason=f"is {value!r}. Set it to {' or '.join(choices)}.")
    return value


def _number(given: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = given.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise SettingWrong(name=name, reason=f"is {text!r}. Set it to a whole number from {least} to {most}.")
    return int(text)


def _databases(given: Mapping[str, str]) -> list[str | None]:
    found = [given.get(name) or None for name in DATABASES]
    missing = [name for name, url in zip(DATABASES, found, strict=True) if url is None]
    if 0 < len(missing) < len(DATABASES):
        raise SettingWrong(name=missing[0], reason=f"is missing. Set all of {', '.join(DATABASES)}, or none.")
    return [None if url is None else _psycopg(name, url) for name, url in zip(DATABASES, found, strict=True)]


def _psycopg(name: str, url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise SettingWrong(name=name, reason="is no PostgreSQL URL. Write postgresql://USER:PASSWORD@HOST/DATABASE.")
    return f"postgresql+psycopg://{rest}"


def _secret_key(given: Mapping[str, str], home: Path, production: bool) -> str:
    if key := given.get("COUNTERSIGN_SECRET_KEY"):
        if len(key) < 32:
            raise SettingWrong(name="COUNTERSIGN_SECRET_KEY", reason="is too short. Set it to 32 or more characters.")
        return key
    if production:
        raise SettingWrong(name="COUNTERSIGN_SECRET_KEY", reason="is missing. Production needs one that you keep.")
    path = home / "secret.key"
    if not path.exists():
        _write_new(path, ids.token())
    return path.read_text().strip()


def _master_key_file(given: Mapping[str, str], home: Path, production: bool) -> Path:
    named = given.get("COUNTERSIGN_MASTER_KEY_FILE")
    path = Path(named).expanduser().absolute() if named else home / "master.key"
    if path.exists():
        return path
    if named or production:
        raise SettingWrong(name="COUNTERSIGN_MASTER_KEY_FILE", reason=f"names {path}, which does not exist. Create it.")
    home.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        create_master_key(path)
    return path


def _write_new(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError), open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text + "\n")
