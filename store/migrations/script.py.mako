"""${message}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
from store import roles, schema
from store.types import Protection

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    roles.protect_database(op)
    ${upgrades if upgrades else "pass"}
    schema.install_queue(op.get_bind())
