"""Alembic's entry point. The connection comes from store.migrations; every model is imported already."""

from alembic import context

from store.db import Base
from store.migrations import is_ours, operations

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    include_name=is_ours,
    process_revision_directives=operations.protect_new_tables,
)
with context.begin_transaction():
    context.run_migrations()
