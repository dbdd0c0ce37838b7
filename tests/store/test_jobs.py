"""Jobs are deferred on the open transaction: with it they come, with it they are gone."""

import pytest
from sqlalchemy import text

from store import jobs
from store.errors import NoTransaction
from store.practice import as_practice
from store.transaction import reading, transaction
from tests.conftest import Database
from workflows import jobs as workflow_jobs

FIRE = "workflows:timer.fire"


def queued() -> list[dict[str, object]]:
    with as_practice(1), reading() as session:
        return list(session.scalars(text("select args from procrastinate_jobs order by id")))


def test_a_job_comes_with_its_transaction(database: Database) -> None:
    assert workflow_jobs is not None and FIRE in jobs.declared()
    with as_practice(2), transaction():
        jobs.defer(FIRE, instance_id="a")
        jobs.defer(FIRE, instance_id="b")
    assert queued() == [{"instance_id": "a"}, {"instance_id": "b"}]


def test_a_job_goes_with_its_transaction(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), as_practice(2), transaction():
        jobs.defer(FIRE, instance_id="a")
        raise ZeroDivisionError
    assert queued() == []


def test_one_job_waits_under_a_merge_text_and_the_transaction_goes_on(database: Database) -> None:
    for _ in range(2):
        with as_practice(2), transaction():
            jobs.defer(FIRE, merge="one", instance_id="a")
            jobs.defer(FIRE, merge="one", instance_id="a")
            jobs.defer(FIRE, instance_id="b")
    assert [one["instance_id"] for one in queued()] == ["a", "b", "b"]


def test_a_job_needs_a_name_we_know_and_a_transaction(database: Database) -> None:
    with as_practice(2), transaction(), pytest.raises(jobs.UnknownJob):
        jobs.defer("nobody:knows")
    with pytest.raises(NoTransaction):
        jobs.defer(FIRE, instance_id="a")
