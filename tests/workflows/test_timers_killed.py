"""Workers that are killed between claiming a timer and firing it, and in the middle of firing: real processes."""

import multiprocessing
import os
import signal
import time
from datetime import timedelta
from typing import Any

import pytest

from config import Config
from store import clock as product_clock
from store.db import db
from tests.conftest import Clock
from tests.workflows.mail import Post, post, waits_until
from webapp.application import create_app
from workflows import runtime, timers
from workflows.delivery import firing

__all__ = ["post"]

SPAWN = multiprocessing.get_context("spawn")
LATER = timedelta(hours=2)


def _worker(config: Config, ahead: timedelta, die_after: int | None, said: Any) -> None:
    """A worker whose clock is ahead. die_after: it kills itself before it commits its so-manieth instance."""
    app = create_app(config)
    with app.app_context():
        whole, fired = runtime.fire_timers, [0]

        def counting(*args: Any, **named: Any) -> bool:
            done = whole(*args, **named)
            fired[0] += 1
            if die_after is not None and fired[0] >= die_after:
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        runtime.fire_timers = counting  # type: ignore[assignment]
        said.put(firing.sweep(clock=lambda: product_clock.system_clock() + ahead))
        db.session.remove()


def run(config: Config, *workers: tuple[timedelta, int | None]) -> list[Any]:
    """Let workers run at the same time; what those that lived woke."""
    said = SPAWN.Queue()
    started = [SPAWN.Process(target=_worker, args=(config, ahead, die, said)) for ahead, die in workers]
    for one in started:
        one.start()
    for one in started:
        one.join(120)
    found = []
    while not said.empty():
        found.append(said.get())
        time.sleep(0.01)
    return found


@pytest.mark.long
def test_a_worker_that_is_killed_loses_no_timer_and_fires_none_twice(post: Post, clock: Clock) -> None:
    clock.set(product_clock.system_clock())
    post.publish("p", waits_until("p", "PT1H"))
    started = [post.start("p") for _ in range(60)]
    assert post.office.config is not None
    assert run(post.office.config, (LATER, 1)) == [], "killed with all of them claimed and none fired"
    assert run(post.office.config, (LATER, None)) == [0], "they are leased"
    assert run(post.office.config, (LATER + 2 * timers.LEASE, 21)) == [], "killed in the middle"
    done = [one for one in started if post.tasks(one) == ["a"]]
    assert len(done) == 16, "two groups were committed"
    woken = run(post.office.config, (LATER + 4 * timers.LEASE, None), (LATER + 4 * timers.LEASE, None))
    assert sum(woken) == 60 - len(done)
    assert [post.tasks(one) for one in started] == [["a"]] * 60
    with post.reading() as session:
        query = "select count(*) from instance_event where element_id = 'wait' and what = 'completed'"
        assert session.connection().exec_driver_sql(query).scalar() == 60


@pytest.mark.long
def test_several_worker_processes_share_the_work_and_double_nothing(post: Post, clock: Clock) -> None:
    clock.set(product_clock.system_clock())
    post.publish("p", waits_until("p", "PT1H"))
    for _ in range(10):
        with post.writing():
            for _ in range(100):
                runtime.start("p", {}, runtime.About(2), now=clock.at, by="tester")
    assert post.office.config is not None
    assert sum(run(post.office.config, (LATER, None), (LATER, None), (LATER, None))) == 1000
