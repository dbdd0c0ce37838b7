"""Driver of the limit: BEGIN, SELECT, UPDATE of a 700-byte blob, INSERT of an event, COMMIT. Five round trips."""

import os
import time
from typing import Any

import psycopg

from bench.wire import Driver

ROWS = 2000
BLOB_SIZE = 700
TABLES = (
    "create table if not exists raw_instance (id int primary key, version int not null, state bytea not null)",
    "create table if not exists raw_event (id bigserial primary key, instance_id int not null, kind text not null)",
    "insert into raw_instance select i, 1, decode(repeat('5a', 700), 'hex') from generate_series(0, 1999) i"
    " on conflict do nothing",
)


class Commit:
    """One raw transaction after another, on rows that no other process of the window takes."""

    def __init__(self, connection: psycopg.Connection[Any], first: int, stride: int) -> None:
        self._cursor = connection.cursor()
        self._row, self._stride = first, stride
        self._blob = os.urandom(BLOB_SIZE)

    def load(self, work: list[Any]) -> None:
        """work: this process's place among the processes, and how many they are."""
        for place, of in work:
            self._row, self._stride = place, of

    def step(self) -> float | None:
        row = self._row = (self._row + 7 * self._stride) % ROWS
        execute, begin = self._cursor.execute, time.perf_counter()
        execute("begin")
        execute("select version, state from raw_instance where id = %s", (row,)).fetchone()
        execute("update raw_instance set version = version + 1, state = %s where id = %s", (self._blob, row))
        execute("insert into raw_event (instance_id, kind) values (%s, 'x')", (row,))
        execute("commit")
        return (time.perf_counter() - begin) * 1000


def open_driver(given: dict[str, Any]) -> Driver:
    """given["dsn"]: the peers' database on the same server."""
    connection = psycopg.connect(given["dsn"], autocommit=True)
    return Driver({"commit": Commit(connection, 0, 1)}, facts={"psycopg": psycopg.__version__})


def prepare(dsn: str) -> None:
    """Its tables."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in TABLES:
            connection.execute(statement)
