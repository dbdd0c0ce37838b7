"""Which database role may do what with which rows.

Grants, row policies and triggers of a table follow from its declared class (store/types.py) and nothing else. They are
installed by the owner role; web and worker connect as roles that own nothing and so cannot take them away.

A tenant table shows the rows of `app.practices` and takes rows of `app.practice`, both set as the first statement of
each transaction (store/db.py). Nothing set means no rows.
"""

from collections.abc import Iterator
from typing import Any, Protocol

from sqlalchemy import MetaData, create_engine, text
from sqlalchemy.orm import DeclarativeBase

from store.embedded import APP, REGISTER
from store.errors import NotConfigured
from store.types import Protection

EVERYBODY = f"{APP}, {REGISTER}"
# A sub-select is evaluated once for the query, the bare expression once for each row (10-25 times slower).
VISIBLE = (
    "practice_id = any ((select string_to_array("
    "nullif(current_setting('app.practices', true), ''), ',')::int[])::int[])"
)
WRITABLE = "practice_id = (select nullif(current_setting('app.practice', true), '')::int)"
QUEUE_TABLES = ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers")


class Executor(Protocol):
    """What runs a statement: a connection, or Alembic's `op`."""

    def execute(self, statement: Any, /) -> Any: ...


class RoleTooPowerful(NotConfigured):
    """The application connects as a role that could switch the guards off."""

    code = "database.role_too_powerful"
    message = (
        "The database role {role} {power}, so it could switch row-level security and triggers off. "
        "Let DATABASE_URL name a login that owns nothing and is neither superuser nor BYPASSRLS."
    )


def protect_database(op: Executor) -> None:
    """What holds for the whole database: nobody creates anything in it but the owner. Run before the first table."""
    for statement in _DATABASE_RULES:
        op.execute(text(statement))


def protect_table(op: Executor, name: str, protection: Protection) -> None:
    """Grants, row policies and triggers of one table. Running it again changes nothing."""
    for statement in (
        *_grants(name, protection),
        *(_row_security(name) if protection.tenant else ()),
        *(_append_only(name) if protection.append_only else ()),
        *(_register_lock(name) if protection.writer == "register" and not protection.append_only else ()),
    ):
        op.execute(text(statement))


def protect_queue(op: Executor) -> None:
    """The job queue's own tables: the application works them, with ids and times only."""
    op.execute(text(f"grant select, insert, update, delete on {', '.join(QUEUE_TABLES)} to {EVERYBODY}"))


def declarations(base: type[DeclarativeBase]) -> dict[str, Protection]:
    """Table name -> declared class, for every model that is imported. Raises TypeError for one that declares none."""
    found: dict[str, Protection] = {}
    for mapper in base.registry.mappers:
        protection = getattr(mapper.class_, "__protection__", None)
        if not isinstance(protection, Protection):
            raise TypeError(f"{mapper.class_.__name__} does not declare its __protection__ (store/types.py)")
        found[mapper.local_table.name] = protection  # type: ignore[attr-defined]
    return found


def protect_all(op: Executor, metadata: MetaData, declared: dict[str, Protection]) -> None:
    """protect_table for every table of the models. Raises KeyError for a table without declaration."""
    for table in metadata.sorted_tables:
        protect_table(op, table.name, declared[table.name])


def refuse_powerful_role(url: str) -> None:
    """Raises RoleTooPowerful when the role of this URL could get around the guards."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            role, power = connection.execute(text(_POWER)).one()
    finally:
        engine.dispose()
    if power is not None:
        raise RoleTooPowerful(role=role, power=power)


_DATABASE_RULES = (
    "revoke create on schema public from public",
    f"grant usage on schema public to {EVERYBODY}",
    f"alter default privileges in schema public grant usage on sequences to {EVERYBODY}",
    """create or replace function refuse_change() returns trigger
       language plpgsql set search_path = pg_catalog, public, pg_temp as $$
       begin
           raise exception 'rows of % are added and never changed', tg_table_name using errcode = 'CS005';
       end $$""",
    """create or replace function refuse_other_role() returns trigger
       language plpgsql set search_path = pg_catalog, public, pg_temp as $$
       begin
           raise exception 'only the register verbs change %', tg_table_name using errcode = 'CS005';
       end $$""",
)

_POWER = """
    select rolname, case
        when rolsuper then 'is a superuser'
        when rolbypassrls then 'has BYPASSRLS'
        when exists (select 1 from pg_class where relowner = pg_roles.oid and relkind in ('r', 'p'))
            then 'owns tables' end
    from pg_roles where rolname = current_user
"""


def _grants(name: str, protection: Protection) -> Iterator[str]:
    yield f"revoke all on {name} from {EVERYBODY}"
    verbs = "select, insert" if protection.append_only else "select, insert, update, delete"
    yield f"grant {verbs if protection.writer == 'app' else 'select'} on {name} to {APP}"
    if protection.writer == "register":
        yield f"grant select, insert{'' if protection.append_only else ', update'} on {name} to {REGISTER}"
    elif not protection.tenant:
        yield f"grant select on {name} to {REGISTER}"


def _row_security(name: str) -> Iterator[str]:
    yield f"alter table {name} enable row level security"
    yield f"alter table {name} force row level security"
    policies = {
        "seen": f"for select using ({VISIBLE})",
        "added": f"for insert with check ({WRITABLE})",
        "changed": f"for update using ({WRITABLE}) with check ({WRITABLE})",
        "removed": f"for delete using ({WRITABLE})",
    }
    for policy, rule in policies.items():
        yield f"drop policy if exists {policy} on {name}"
        yield f"create policy {policy} on {name} {rule}"


def _append_only(name: str) -> Iterator[str]:
    yield (
        f"create or replace trigger append_only before update or delete or truncate on {name} "
        "for each statement execute function refuse_change()"
    )


def _register_lock(name: str) -> Iterator[str]:
    """A signature locks this row FOR SHARE, which PostgreSQL allows only to a role that may UPDATE. The trigger takes
    the change itself back: the application may lock and not write."""
    yield f"grant update on {name} to {APP}"
    yield (
        f"create or replace trigger register_only before update on {name} for each statement "
        f"when (current_user = '{APP}') execute function refuse_other_role()"
    )
