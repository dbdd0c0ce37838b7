"""The history of an instance: every element entered and left, what changed and by whom. Its rows are kept."""

import sqlalchemy as sa
from alembic import op
from store import roles
from store.types import Protection

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.rename_table("instance_step", "instance_event")
    op.execute("alter index pk_instance_step rename to pk_instance_event")
    op.execute(
        "alter index ix_instance_step_practice_id_instance_id_id rename to ix_instance_event_practice_id_instance_id_id"
    )
    op.execute(
        "alter table instance_event rename constraint fk_instance_step_practice_id to fk_instance_event_practice_id"
    )
    op.add_column("instance_event", sa.Column("engine_task_id", sa.Uuid(), nullable=True))
    op.add_column("instance_event", sa.Column("by", sa.Text(), nullable=True))
    op.add_column("instance_event", sa.Column("changes", sa.LargeBinary(), nullable=True))
    op.alter_column("instance_event", "element_id", nullable=True)
    roles.protect_table(op, "instance_event", Protection(tenant=True, append_only=True, writer="app"))
