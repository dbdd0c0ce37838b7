"""Whatever happens in whatever order, every message has exactly one fate, and nobody gets one twice."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from mso.demo import LAKESHORE
from store import clock as product_clock
from store.practice import acting_for
from tests.conftest import Clock
from tests.workflows.mail import END, START, Post, catch, flows, message, model, post, user
from tests.workflows.test_messages import resume
from workflows import runtime
from workflows.delivery import handling
from workflows.delivery.handling import MessageSettled
from workflows.messages import STATUSES

__all__ = ["post"]

KEYS = ("A", "B")
ACT = st.one_of(
    st.tuples(st.sampled_from(["send", "start", "copy"]), st.sampled_from(KEYS)),
    st.tuples(st.sampled_from(["work", "lose", "wake", "day", "month"]), st.just("")),
    st.tuples(
        st.sampled_from(["replay", "discard", "cancel", "suspend", "resume", "twice"]), st.integers(0, 9).map(str)
    ),
)


class World:
    """One database through which a random story goes."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self.started: list[UUID] = []
        self.suspended: set[UUID] = set()
        self.sent: list[UUID] = []
        self.number = 0

    def do(self, act: str, what: str) -> None:
        getattr(self, f"_{act}")(what)

    def _send(self, key: str) -> None:
        self.number += 1
        self.sent.append(self.post.send("answer", f"id-{self.number}", claim=key, number=self.number))

    def _copy(self, key: str) -> None:
        """The last message comes once more."""
        if self.sent:
            known = next(one for one in self.post.messages() if one.message_id == f"id-{self.number}")
            with self.post.reading() as session:
                payload = handling.payload(session, known)
            assert self.post.send("answer", known.message_id, **payload) == known.id

    def _start(self, key: str) -> None:
        self.started.append(self.post.start("w", claim=key))

    def _work(self, _: str) -> None:
        self.post.work()

    def _lose(self, _: str) -> None:
        """The queue forgets everything, and after a while it is noticed."""
        for job_id, _name, _arguments in self.post.queued():
            self.post.forget(job_id)
        self.post.clock.advance(minutes=2)
        self.post.wake()

    def _wake(self, _: str) -> None:
        self.post.wake()

    def _day(self, _: str) -> None:
        self.post.clock.advance(days=1)

    def _month(self, _: str) -> None:
        self.post.clock.advance(days=31)
        self.post.wake()

    def _twice(self, _: str) -> None:
        """A worker does its job and is killed before the queue hears of it."""
        for _job, name, arguments in self.post.queued():
            self.post.do(name, arguments)

    def _replay(self, which: str) -> None:
        self._handle(handling.replay, which)

    def _discard(self, which: str) -> None:
        self._handle(handling.discard, which)

    def _handle(self, verb, which: str) -> None:  # type: ignore[no-untyped-def]
        if not self.sent:
            return
        try:
            with acting_for((LAKESHORE,)):
                verb(self.sent[int(which) % len(self.sent)], "A test.", None, now=product_clock.now())
        except MessageSettled:
            pass

    def _cancel(self, which: str) -> None:
        running = [one for one in self.started if self.post.row(one).ended_at is None]
        if running:
            with self.post.writing():
                runtime.cancel(running[int(which) % len(running)], now=product_clock.now())

    def _suspend(self, which: str) -> None:
        free = [one for one in self.started if one not in self.suspended and self.post.row(one).ended_at is None]
        if free:
            instance = free[int(which) % len(free)]
            self.post.suspend(instance)
            self.suspended.add(instance)

    def _resume(self, which: str) -> None:
        held = sorted(one for one in self.suspended if self.post.row(one).ended_at is None)
        if held:
            instance = held[int(which) % len(held)]
            resume(self.post, instance)
            self.suspended.discard(instance)

    # What must hold

    def check(self) -> None:
        """A message that says it was delivered is in exactly the instances it names; the others are in none."""
        found = self.post.messages()
        assert {one.status for one in found} <= set(STATUSES)
        held: Counter[int] = Counter()
        for instance in self.started:
            taken = [
                int(value["number"])
                for name, value in self.post.look(instance).variables.items()
                if name in ("first", "second") and value is not None
            ]
            assert len(taken) == len(set(taken)), "nobody gets a message twice"
            held.update(taken)
        for one in found:
            if one.sender == "product":
                continue
            number = int(str(one.message_id).removeprefix("id-"))
            assert (held[number] > 0) <= (one.status == "delivered"), (number, one.status)
            settled = one.status not in ("queued", "kept")
            assert settled == (one.settled_at is not None)
        self._check_nothing_waits_that_could_go()

    def _check_nothing_waits_that_could_go(self) -> None:
        """After the work is done no kept message stands beside somebody who waits for it."""
        self.post.work()
        pairs = """select count(*) from message m join message_subscription s
            on s.practice_id = m.practice_id and s.message = m.name and m.keys @> array[s.key_digest]
            join process_instance i on i.id = s.instance_id
            where m.status = 'kept' and m.instance_id is null and m.expires_at > :now and i.suspended_at is null"""
        with self.post.reading() as session:
            assert session.scalar(text(pairs), {"now": product_clock.now()}) == 0


@pytest.fixture
def world(post: Post) -> Post:
    twice = START + catch("one", message("answer", "1"), "first") + catch("two", message("answer", "2"), "second")
    body = twice + user("a") + END + flows("start", "one", "two", "a", "end")
    post.publish("w", model("w", body, keyed={"answer": "claim"}))
    return post


def clear(post: Post) -> None:
    """Each story begins with an empty database."""
    with post.writing() as session:
        for table in ("message", "message_subscription", "wake_up", "procrastinate_jobs", "process_instance"):
            session.execute(text(f"delete from {table}"))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(story=st.lists(ACT, min_size=3, max_size=14))
def test_every_message_has_one_fate(world: Post, clock: Clock, story: list[tuple[str, str]]) -> None:
    tell(world, clock, story)


@pytest.mark.long
@settings(
    max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(story=st.lists(ACT, min_size=8, max_size=40))
def test_every_message_has_one_fate_in_long_stories(world: Post, clock: Clock, story: list[tuple[str, str]]) -> None:
    tell(world, clock, story)


def tell(post: Post, clock: Clock, story: list[tuple[str, str]]) -> None:
    clear(post)
    clock.at += timedelta(hours=1)
    world = World(post)
    for act, what in story:
        world.do(act, what)
    world.check()
