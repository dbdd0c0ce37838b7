"""How are the two engines configured? Pools, time limits, and which role each connects as."""

from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from store.db import REGISTER_BIND
from store.embedded import DatabaseUnavailable, Urls

WEB_TIMEOUT_MS = 15_000
WORKER_TIMEOUT_MS = 120_000
LOCK_TIMEOUT_MS = 3_000


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
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_size": threads + 2, "pool_pre_ping": True, **shared},
    }


def refuse_unreachable(urls: dict[str, str]) -> None:
    """Connect once to each URL, by the name of its setting. Raises DatabaseUnavailable with the server's own words."""
    for name, url in urls.items():
        try:
            create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 10}).connect().close()
        except OperationalError as error:
            words = " ".join(str(error.orig).split())
            raise DatabaseUnavailable(reason=f"{name} does not lead to a database: {words}. Correct it.") from error
