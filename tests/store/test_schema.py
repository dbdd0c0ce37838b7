"""Migrations lead to what the models say, and starting twice changes nothing."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text

from store import migrations, schema
from store.db import Base
from tests.conftest import Database


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """A connection of the owner role."""
    engine = create_engine(database.urls.owner)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def test_models_and_database_are_equal(connection: Connection) -> None:
    options = {"compare_type": True, "include_name": migrations.is_ours}
    context = MigrationContext.configure(connection, opts=options)
    assert compare_metadata(context, Base.metadata) == []


def test_preparing_again_changes_nothing(database: Database, connection: Connection) -> None:
    functions = text("select oid, xmin::text from pg_proc where pronamespace = 'public'::regnamespace order by oid")
    before = connection.execute(functions).all()
    connection.rollback()
    assert schema.is_prepared(database.urls.app)
    schema.prepare(database.urls.owner)
    after = [row for row in connection.execute(functions).all() if row in before]
    assert [oid for oid, _ in after] == [oid for oid, _ in before] or migrations.newest() is None


def test_changed_functions_are_installed_at_the_next_start(database: Database, connection: Connection) -> None:
    connection.execute(text("comment on function refuse_change() is 'older'"))
    connection.commit()
    assert not schema.is_prepared(database.urls.app)
    schema.prepare(database.urls.owner)
    assert schema.is_prepared(database.urls.app)


def test_a_database_of_another_version_is_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "newest", lambda: "9999")
    with pytest.raises(migrations.UnknownRevision, match="countersign db upgrade"):
        migrations.require_newest(database.urls.app)
