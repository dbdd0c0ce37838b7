"""How are the two engines configured? Pools, time limits, and which role each connects as."""

from typing import Any

from store.db import REGISTER_BIND
from store.embedded import Urls

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
    return {
        "SQLALCHEMY_DATABASE_URI": urls.app,
        "SQLALCHEMY_BINDS": {REGISTER_BIND: {"url": urls.register, "pool_size": 2, "connect_args": connect}},
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_size": threads + 2, "pool_pre_ping": True, "connect_args": connect},
    }
