"""How does an empty database get its tables? From the migrations, or straight from the models while there are none.

Functions and triggers are not migrated: they are the files of store/sql, installed anew whenever one of them changed.
"""

import hashlib
from importlib import resources

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from store import migrations, roles
from store import sql as scripts
from store.db import Base
from store.queue_schema import install_queue, run_script


def prepare(owner_url: str) -> None:
    """Bring the database of this URL to the newest schema. All models must be imported."""
    if migrations.newest() is None:
        create_all(owner_url)
    else:
        migrations.upgrade(owner_url)
    engine = create_engine(owner_url, poolclass=NullPool)
    with engine.begin() as connection:
        _lock(connection)
        install_functions(connection)


def is_prepared(url: str) -> bool:
    """Whether tables and functions are those of this program, as far as the tables are numbered."""
    if migrations.current(url) != migrations.newest():
        return False
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return _installed(connection) == _digest()


def create_all(owner_url: str) -> None:
    """Tables, queue and protections as the models declare them. Adds what is missing, alters nothing."""
    engine = create_engine(owner_url, poolclass=NullPool)
    with engine.begin() as connection:
        _lock(connection)
        roles.protect_database(connection)
        Base.metadata.create_all(connection)
        install_queue(connection)
        roles.protect_all(connection, Base.metadata, roles.declarations(Base))


def install_functions(connection: Connection) -> None:
    """Every file of store/sql, in the order of their names, unless exactly these are installed.

    Each may run again, because it creates or replaces; but a trigger that is replaced locks its table.
    """
    if _installed(connection) == _digest():
        return
    for script in _scripts():
        run_script(connection, script)
    connection.execute(text(f"comment on function refuse_change() is '{_digest()}'"))


def _scripts() -> list[str]:
    files = sorted(resources.files(scripts).iterdir(), key=lambda one: one.name)
    return [file.read_text(encoding="utf-8") for file in files if file.name.endswith(".sql")]


def _digest() -> str:
    return hashlib.sha256("\0".join(_scripts()).encode()).hexdigest()


def _installed(connection: Connection) -> str | None:
    """The digest of the installed scripts: the comment on a function that is always there once tables are."""
    found: str | None = connection.scalar(text("select obj_description(to_regproc('refuse_change')::oid, 'pg_proc')"))
    return found


def _lock(connection: Connection) -> None:
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": migrations.UPGRADE_LOCK})
