"""What a client says to the database is counted in the protocol, whoever sends it and however."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import make_url

from bench.proxy import Proxy, Tally
from store.embedded import EmbeddedServer, Urls


@pytest.fixture
def proxy(server: EmbeddedServer, home: Path) -> Iterator[Proxy]:
    with Proxy(home / "proxy", server.layout.data / ".s.PGSQL.5432") as found:
        yield found


@pytest.fixture
def connection(proxy: Proxy, urls: Urls) -> Iterator[psycopg.Connection]:
    url = make_url(urls.app)
    dsn = make_conninfo(host=str(proxy.folder), user=url.username, password=url.password, dbname=url.database)
    with psycopg.connect(dsn, autocommit=True) as found:
        yield found


def test_one_statement_is_one_round_trip(proxy: Proxy, connection: psycopg.Connection) -> None:
    before = proxy.tally.copy()
    assert connection.execute("select 1").fetchone() == (1,)
    assert proxy.tally.since(before) == Tally(statements=1, round_trips=1)


def test_a_transaction_is_counted_with_its_begin_and_commit(proxy: Proxy, connection: psycopg.Connection) -> None:
    before = proxy.tally.copy()
    with connection.transaction():
        connection.execute("select %s", (1,))
    assert proxy.tally.since(before) == Tally(statements=3, round_trips=3, begins=1, commits=1)


def test_a_transaction_that_is_undone_is_no_commit(proxy: Proxy, connection: psycopg.Connection) -> None:
    before = proxy.tally.copy()
    with connection.transaction(force_rollback=True):
        connection.execute("select 1")
    assert proxy.tally.since(before).commits == 0


def test_a_pipeline_is_one_round_trip_however_much_is_in_it(proxy: Proxy, connection: psycopg.Connection) -> None:
    before = proxy.tally.copy()
    with connection.pipeline():
        for number in range(5):
            connection.execute("select %s", (number,))
    found = proxy.tally.since(before)
    assert (found.statements, found.round_trips) == (5, 1)


def test_large_answers_are_no_further_round_trips(proxy: Proxy, connection: psycopg.Connection) -> None:
    before = proxy.tally.copy()
    row = connection.execute("select repeat('x', 5000000)").fetchone()
    assert row is not None and len(row[0]) == 5_000_000
    assert proxy.tally.since(before) == Tally(statements=1, round_trips=1)
