"""Every evaluation of a decision is kept with its case."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from store import roles
from store.types import Protection

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decision_record",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=True),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("matched", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_decision_record_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_decision_record")),
    )
    op.create_index(
        op.f("ix_decision_record_practice_id_instance_id_id"),
        "decision_record",
        ["practice_id", "instance_id", "id"],
        unique=False,
    )
    roles.protect_table(op, "decision_record", Protection(tenant=True, append_only=True, writer="app"))
