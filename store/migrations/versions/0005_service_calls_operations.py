"""Calls of service tasks as jobs, and what operators do to an instance."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from store import roles
from store.types import Protection

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("process_instance", sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("incident", sa.Column("resolved_by", sa.Uuid(), nullable=True))
    op.add_column("incident", sa.Column("resolution", sa.Text(), nullable=True))
    _service_call()
    _service_call_wake()
    _instance_operation()


def _service_call() -> None:
    op.create_table(
        "service_call",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("attempts_allowed", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("last_message", sa.Text(), nullable=True),
        sa.Column("log", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("input", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_service_call_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_service_call")),
    )
    op.create_index(
        op.f("ix_service_call_practice_id_instance_id"), "service_call", ["practice_id", "instance_id"], unique=False
    )
    roles.protect_table(op, "service_call", Protection(tenant=True, append_only=False, writer="app"))


def _service_call_wake() -> None:
    op.create_table(
        "service_call_wake",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_service_call_wake_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_call_wake")),
    )
    op.create_index(op.f("ix_service_call_wake_look_at"), "service_call_wake", ["look_at"], unique=False)
    roles.protect_table(op, "service_call_wake", Protection(tenant=False, append_only=False, writer="app"))


def _instance_operation() -> None:
    op.create_table(
        "instance_operation",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_instance_operation_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_instance_operation")),
    )
    op.create_index(
        op.f("ix_instance_operation_practice_id_instance_id_id"),
        "instance_operation",
        ["practice_id", "instance_id", "id"],
        unique=False,
    )
    roles.protect_table(op, "instance_operation", Protection(tenant=True, append_only=True, writer="app"))
