"""How are the two engines configured? Pools, time limits, and which role each connects as."""

from time import monotonic
from typing import Any

from psycopg.pq import ExecStatus
from sqlalchemy import create_engine, event
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, Pool

from store.db import REGISTER_BIND
from store.embedded import DatabaseUnavailable, Urls

WEB_TIMEOUT_MS = 15_000
WORKER_TIMEOUT_MS = 120_000
LOCK_TIMEOUT_MS = 3_000
IDLE_SECONDS = 5
"""A pooled connection that was not used for so long is asked whether it still lives; asking always costs a round
trip of every transaction."""


def settings(urls: Urls, *, threads: int, statement_timeout_ms: int = WEB_TIMEOUT_MS) -> dict[str, Any]:
    """Flask-SQLAlchemy's settings: the application's engine, and the one for register facts.

    threads: how many requests or jobs this process runs at once; the pool has two connections more.
    """
    limits = {
        "statement_timeout": statement_timeout_ms,
        "lock_timeout": LOCK_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": 2 * statement_timeout_ms,
    }
    connect = {"options": " ".join(f"-c {name}={value}" for name, value in limits.items())}
    # The text of an error must not quote the values of its statement: it goes to a log.
    shared = {"connect_args": connect, "hide_parameters": True}
    return {
        "SQLALCHEMY_DATABASE_URI": urls.app,
        "SQLALCHEMY_BINDS": {REGISTER_BIND: {"url": urls.register, "pool_size": 2, **shared}},
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_size": threads + 2, **shared},
    }


def refuse_unreachable(urls: dict[str, str]) -> None:
    """Connect once to each URL, by the name of its setting. Raises DatabaseUnavailable with the server's own words."""
    for name, url in urls.items():
        try:
            create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 10}).connect().close()
        except OperationalError as error:
            words = " ".join(str(error.orig).split())
            raise DatabaseUnavailable(reason=f"{name} does not lead to a database: {words}. Correct it.") from error


@event.listens_for(Pool, "checkin")
def _note_use(connection: Any, entry: ConnectionPoolEntry) -> None:
    entry.info["used"] = monotonic()


@event.listens_for(Pool, "checkout")
def _ask_the_idle(connection: Any, entry: ConnectionPoolEntry, proxy: Any) -> None:
    """A connection that died while it lay in the pool is replaced by the pool, unseen by whoever wanted one."""
    if monotonic() - entry.info.get("used", monotonic()) < IDLE_SECONDS:
        return
    # Below the driver's transactions, so that none begins.
    if connection.pgconn.exec_(b"select 1").status != ExecStatus.TUPLES_OK:
        raise DisconnectionError()
