"""The database handle and the base of all models. A leaf: it imports nothing of the product above store."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Date, DateTime, LargeBinary, MetaData, Numeric, Text, Uuid, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction

from store import sending
from store.practice import current
from store.types import Protection

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every stored model. Each says in `__protection__` which class of table it is."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: Uuid(),
        datetime: DateTime(timezone=True),
        date: Date(),
        Decimal: Numeric(14, 2),
        bytes: LargeBinary(),
        str: Text(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }
    __protection__: ClassVar[Protection]


# Models subclass Base itself: a base handed over as model_class is copied, which SQLAlchemy 2.1 refuses.
db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})

REGISTER_BIND = "register"
"""Name of the second engine, which connects as the role that may write register facts."""


@event.listens_for(Session, "after_begin")
def _set_practice(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """First statement of each transaction: whose rows it may see. On the class, so it cannot be attached too late.

    It waits for the next statement and makes one trip with it.
    """
    if transaction.nested:
        return
    scope = current()
    session.info["connection"] = connection
    sending.later_on(
        connection,
        "select set_config('app.practice', %s, true), set_config('app.practices', %s, true)",
        (str(scope.practice) if scope.practice is not None else "", ",".join(map(str, scope.visible))),
    )
