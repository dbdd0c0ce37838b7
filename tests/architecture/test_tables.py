"""The database agrees with what the models declare."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, text

from store.db import Base
from store.embedded import APP, REGISTER
from store.roles import declarations
from store.types import Protection
from tests.conftest import Database


@pytest.fixture
def catalog(database: Database) -> Iterator[Connection]:
    """A look at the catalog as the owner."""
    engine = create_engine(database.urls.owner)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _declared(**wanted: object) -> list[str]:
    def fits(protection: Protection) -> bool:
        return all(getattr(protection, key) == value for key, value in wanted.items())

    return sorted(table for table, protection in declarations(Base).items() if fits(protection))


def _rights(catalog: Connection, role: str) -> dict[str, set[str]]:
    rows = catalog.execute(
        text(
            "select c.relname, a.privilege_type from pg_class c, lateral aclexplode(c.relacl) a join pg_roles r"
            " on r.oid = a.grantee where c.relkind in ('r', 'p') and r.rolname = :role"
        ),
        {"role": role},
    )
    found: dict[str, set[str]] = {}
    for table, right in rows:
        found.setdefault(table, set()).add(right)
    return found


def test_every_table_is_declared(catalog: Connection) -> None:
    tables = set(catalog.scalars(text("select tablename from pg_tables where schemaname = 'public'")))
    undeclared = tables - set(declarations(Base)) - {"alembic_version"}
    assert {table for table in undeclared if not table.startswith("procrastinate_")} == set()


def test_row_security_is_on_and_forced_for_every_tenant_table(catalog: Connection) -> None:
    forced = catalog.scalars(
        text("select relname from pg_class where relkind in ('r', 'p') and relrowsecurity and relforcerowsecurity")
    )
    assert sorted(forced) == _declared(tenant=True)


def test_without_a_practice_every_tenant_table_is_empty(database: Database) -> None:
    engine = create_engine(database.urls.app)
    with engine.connect() as connection:
        seen = {table: connection.scalar(text(f"select count(*) from {table}")) for table in _declared(tenant=True)}
    engine.dispose()
    assert {table for table, rows in seen.items() if rows} == set()


def test_append_only_tables_are_never_changed(catalog: Connection) -> None:
    for role in (APP, REGISTER):
        rights = _rights(catalog, role)
        for table in _declared(append_only=True):
            assert rights.get(table, set()) <= {"SELECT", "INSERT"}, (role, table)


def test_even_the_owner_cannot_empty_an_append_only_table(catalog: Connection) -> None:
    guarded = set(catalog.scalars(text("select tgrelid::regclass::text from pg_trigger where tgname = 'append_only'")))
    assert guarded == set(_declared(append_only=True))


def test_register_facts_are_written_by_the_register_role_only(catalog: Connection) -> None:
    app = _rights(catalog, APP)
    for table in _declared(writer="register", append_only=True):
        assert app[table] == {"SELECT"}, table
    assert all(app[table] <= {"SELECT"} for table in _declared(writer="owner"))


def test_unique_indexes_of_tenant_tables_start_with_the_practice(catalog: Connection) -> None:
    rows = catalog.execute(
        text(
            "select t.relname, i.relname from pg_index x join pg_class t on t.oid = x.indrelid"
            " join pg_class i on i.oid = x.indexrelid left join pg_attribute a on a.attrelid = t.oid"
            " and a.attnum = x.indkey[0] where x.indisunique and t.relkind in ('r', 'p')"
            " and a.attname is distinct from 'practice_id'"
        )
    )
    tenant = set(_declared(tenant=True))
    assert [f"{table}: {index}" for table, index in rows if table in tenant] == []


def test_links_between_tenant_tables_carry_the_practice(catalog: Connection) -> None:
    tenant = set(_declared(tenant=True))
    loose = [
        f"{table.name}: {key.name}"
        for table in Base.metadata.sorted_tables
        if table.name in tenant
        for key in table.foreign_key_constraints
        if key.referred_table.name in tenant and "practice_id" not in key.column_keys
    ]
    assert loose == []


def test_functions_of_ours_pin_their_search_path(catalog: Connection) -> None:
    unpinned = catalog.scalars(
        text(
            "select proname from pg_proc where pronamespace = 'public'::regnamespace"
            " and proname not like 'procrastinate%'"
            " and not coalesce(proconfig, '{}') @> array['search_path=pg_catalog, public, pg_temp']"
        )
    )
    assert list(unpinned) == []


def test_nobody_makes_temporary_tables(catalog: Connection) -> None:
    for role in (APP, REGISTER):
        assert not catalog.scalar(
            text("select has_database_privilege(:role, current_database(), 'TEMPORARY')"), {"role": role}
        )
        assert not catalog.scalar(text("select has_schema_privilege(:role, 'public', 'CREATE')"), {"role": role})
