"""A migration that creates a table also protects it: `protect_table` as an operation that autogenerate writes."""

from typing import Any

from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import renderers
from alembic.operations import MigrateOperation
from alembic.operations.ops import CreateTableOp, MigrationScript
from alembic.runtime.migration import MigrationContext

from store import roles
from store.db import Base
from store.types import Protection


class ProtectTable(MigrateOperation):
    """Grants, policies and triggers of a new table, as its model declares them."""

    def __init__(self, name: str, protection: Protection) -> None:
        self.name = name
        self.protection = protection


@renderers.dispatch_for(ProtectTable)
def _render(context: AutogenContext, op: ProtectTable) -> str:
    return f"roles.protect_table(op, {op.name!r}, {op.protection!r})"


def protect_new_tables(context: MigrationContext, revision: Any, directives: list[MigrationScript]) -> None:
    """Add the protection behind every table that a generated migration creates."""
    declared = roles.declarations(Base)
    for script in directives:
        steps = script.upgrade_ops
        assert steps is not None
        created = [step.table_name for step in steps.ops if isinstance(step, CreateTableOp)]
        steps.ops.extend(ProtectTable(name, declared[name]) for name in created)
