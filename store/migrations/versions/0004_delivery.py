"""Timers that are claimed by due time, messages with one fate each, signals, and processes started by the clock."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from store import roles
from store.types import Protection

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _timer()
    _start_timer()
    _message()
    _message_handling()
    _wake_up()
    _signal_subscription()
    _signal()
    _signal_hearing()


def _timer() -> None:
    op.add_column("timer", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
    op.alter_column("timer", "attempts", server_default=None)
    op.alter_column("timer", "look_at", nullable=True)
    op.drop_index("ix_timer_look_at", "timer")
    op.create_index("ix_timer_due", "timer", ["due_at"], unique=False, postgresql_where=sa.text("look_at is not null"))


def _start_timer() -> None:
    op.create_table(
        "start_timer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("process_key", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("timer", sa.Text(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("every", sa.Text(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("rounds_left", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["process_definition.id"], name=op.f("fk_start_timer_definition_id")
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_start_timer_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_start_timer")),
        sa.UniqueConstraint(
            "process_key", "element_id", "practice_id", name=op.f("uq_start_timer_process_key_element_id_practice_id")
        ),
    )
    op.create_index(
        "ix_start_timer_due", "start_timer", ["due_at"], unique=False, postgresql_where=sa.text("look_at is not null")
    )
    roles.protect_table(op, "start_timer", Protection(tenant=False, append_only=False, writer="app"))


def _message() -> None:
    """The messages that were kept for an instance become messages like all others."""
    op.rename_table("buffered_message", "message")
    op.execute("alter index pk_buffered_message rename to pk_message")
    op.execute("alter table message rename constraint fk_buffered_message_practice_id to fk_message_practice_id")
    op.drop_index("ix_buffered_message_practice_id_instance_id", "message")
    op.alter_column("message", "message", new_column_name="name")
    op.alter_column("message", "instance_id", nullable=True)
    none = sa.text("'{}'")
    op.add_column("message", sa.Column("sender", sa.Text(), server_default="unknown", nullable=False))
    op.add_column("message", sa.Column("message_id", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("thrown_by", sa.Uuid(), nullable=True))
    op.add_column("message", sa.Column("keys", postgresql.ARRAY(sa.LargeBinary()), server_default=none, nullable=False))
    op.add_column("message", sa.Column("status", sa.Text(), server_default="kept", nullable=False))
    op.add_column("message", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
    op.add_column("message", sa.Column("error", sa.Text(), nullable=True))
    op.add_column(
        "message",
        sa.Column("reached", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
    )
    for name in ("sender", "keys", "status", "attempts", "reached"):
        op.alter_column("message", name, server_default=None)
    op.create_unique_constraint(
        op.f("uq_message_practice_id_sender_message_id"), "message", ["practice_id", "sender", "message_id"]
    )
    op.create_check_constraint(
        op.f("ck_message_status"),
        "message",
        "status in ('queued', 'kept', 'delivered', 'started', 'expired', 'discarded', 'failed')",
    )
    op.create_index("ix_message_status", "message", ["practice_id", "status", "id"], unique=False)
    op.create_index(
        "ix_message_kept_for",
        "message",
        ["practice_id", "instance_id"],
        unique=False,
        postgresql_where=sa.text("status = 'kept'"),
    )
    op.create_index(
        "ix_message_keys",
        "message",
        ["keys"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("status in ('queued', 'kept')"),
    )


def _message_handling() -> None:
    op.create_table(
        "message_handling",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_message_handling_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_message_handling")),
    )
    op.create_index(
        op.f("ix_message_handling_practice_id_message_id"),
        "message_handling",
        ["practice_id", "message_id"],
        unique=False,
    )
    roles.protect_table(op, "message_handling", Protection(tenant=True, append_only=True, writer="app"))


def _wake_up() -> None:
    op.create_table(
        "wake_up",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_wake_up_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wake_up")),
    )
    op.create_index(op.f("ix_wake_up_look_at"), "wake_up", ["look_at"], unique=False)
    roles.protect_table(op, "wake_up", Protection(tenant=False, append_only=False, writer="app"))


def _signal_subscription() -> None:
    op.create_table(
        "signal_subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("engine_task_id", sa.Uuid(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_signal_subscription_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_subscription")),
    )
    op.create_index(
        op.f("ix_signal_subscription_practice_id_name"), "signal_subscription", ["practice_id", "name"], unique=False
    )
    op.create_index(op.f("ix_signal_subscription_instance_id"), "signal_subscription", ["instance_id"], unique=False)
    roles.protect_table(op, "signal_subscription", Protection(tenant=False, append_only=False, writer="app"))


def _signal() -> None:
    op.create_table(
        "signal",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("thrown_by", sa.Uuid(), nullable=True),
        sa.Column("thrown_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_signal_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_signal")),
        sa.UniqueConstraint(
            "practice_id", "sender", "message_id", name=op.f("uq_signal_practice_id_sender_message_id")
        ),
    )
    roles.protect_table(op, "signal", Protection(tenant=True, append_only=True, writer="app"))


def _signal_hearing() -> None:
    op.create_table(
        "signal_hearing",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("signal_id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=True),
        sa.Column("process_key", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_signal_hearing_practice_id")),
        sa.ForeignKeyConstraint(
            ["practice_id", "signal_id"],
            ["signal.practice_id", "signal.id"],
            name=op.f("fk_signal_hearing_practice_id_signal_id"),
        ),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_signal_hearing")),
        sa.CheckConstraint(
            "status in ('waiting', 'held', 'heard', 'started', 'missed', 'failed')",
            name=op.f("ck_signal_hearing_status"),
        ),
    )
    op.create_index(
        op.f("ix_signal_hearing_practice_id_signal_id"), "signal_hearing", ["practice_id", "signal_id"], unique=False
    )
    op.create_index(
        "ix_signal_hearing_held",
        "signal_hearing",
        ["practice_id", "instance_id"],
        unique=False,
        postgresql_where=sa.text("status = 'held'"),
    )
    roles.protect_table(op, "signal_hearing", Protection(tenant=True, append_only=False, writer="app"))
