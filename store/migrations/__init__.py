"""Which version has the database, and how does it get to the newest? Alembic, run by the owner role only."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from store.errors import NotConfigured
from store.roles import EVERYBODY

FOLDER = Path(__file__).parent
UPGRADE_LOCK = 0x636F756E
"""Advisory lock of everything that changes the schema."""


class UnknownRevision(NotConfigured):
    """The database is older or newer than this program."""

    code = "database.revision"
    message = (
        "The database is at schema version {found}, this program needs {needed}. Run: countersign db upgrade"
        " (or start the newer program)."
    )


def newest() -> str | None:
    """The newest revision this program knows; None while there is no migration."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def current(url: str) -> str | None:
    """The revision of the database of this URL; None when it has none."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(owner_url: str) -> None:
    """Run every missing migration in one transaction; a second process that tries at the same time waits."""
    engine = create_engine(owner_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        # Web and worker refuse to start on a version they do not know, so they must be able to read it.
        connection.execute(text(f"grant select on alembic_version to {EVERYBODY}"))


def write_revision(owner_url: str, message: str) -> Path:
    """Write the difference between the database of this URL and the models as a new migration (developers only)."""
    engine = create_engine(owner_url, poolclass=NullPool)
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        number = len(list((FOLDER / "versions").glob("[0-9]*.py"))) + 1
        script = command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")
    assert script is not None and not isinstance(script, list)
    return Path(script.path)


def require_newest(url: str) -> None:
    """Raises UnknownRevision unless the database has exactly the version this program was written for."""
    needed = newest()
    if needed is not None and (found := current(url)) != needed:
        raise UnknownRevision(found=found or "none", needed=needed)


def is_ours(name: str | None, kind: str, parents: object) -> bool:
    """Whether something found in a database is compared with the models. The job queue brings its own tables."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config
