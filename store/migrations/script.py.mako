"""${message}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
from store import queue_schema, roles
from store.types import Protection

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    roles.protect_database(op)
    ${upgrades if upgrades else "pass"}
    queue_schema.install_queue(op.get_bind())
