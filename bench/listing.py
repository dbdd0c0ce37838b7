"""Driver of the inbox: pages and badges as somebody with few or many queues, under row-level security."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bench.product import Stage, make_stage
from bench.wire import Driver
from mso.access import Viewer, viewer_of
from store import clock
from store.practice import viewing
from store.transaction import reading
from tasks import inbox
from tasks.inbox import Filter

DEEP = 20
"""The page in the middle that is asked for."""


@dataclass
class Look:
    """One look after the other, for as long as there is work. Items are persons."""

    stage: Stage
    ask: Callable[[Any, Viewer], int]
    viewers: dict[str, Viewer] = field(default_factory=dict)
    queue: deque[str] = field(default_factory=deque)

    def load(self, work: list[Any]) -> None:
        self.queue.clear()
        self.queue.extend(work)
        for person in set(work) - self.viewers.keys():
            with self.stage.app.app_context(), reading() as session:
                self.viewers[person] = viewer_of(session, UUID(person), clock.now())

    def step(self) -> float | None:
        if not self.queue:
            return None
        viewer = self.viewers[self.queue[0]]
        self.queue.rotate(-1)
        begin = time.perf_counter()
        with self.stage.app.app_context(), viewing(viewer.practices), reading() as session:
            found = self.ask(session, viewer)
        took = (time.perf_counter() - begin) * 1000
        if not found:
            raise RuntimeError("The list is empty.")
        return took


def deep_cursor(session: Any, viewer: Viewer) -> str | None:
    """The cursor of a page in the middle, walked to page by page."""
    after = None
    for _ in range(DEEP - 1):
        page = inbox.listing(session, viewer, Filter(after=after), now=clock.now())
        if page.next is None:
            break
        after = page.next
    return after


def open_driver(given: dict[str, Any]) -> Driver:
    """The looks that are measured."""
    stage = make_stage(given)
    cursors: dict[UUID, str | None] = {}

    def page_1(session: Any, viewer: Viewer) -> int:
        return len(inbox.listing(session, viewer, Filter(), now=clock.now()).rows)

    def page_deep(session: Any, viewer: Viewer) -> int:
        after = cursors[viewer.person_id]
        return len(inbox.listing(session, viewer, Filter(after=after), now=clock.now()).rows)

    def filtered(session: Any, viewer: Viewer) -> int:
        wanted = Filter(queue=min(viewer.groups, key=lambda one: (len(one), one)))
        return len(inbox.listing(session, viewer, wanted, now=clock.now()).rows)

    def badges(session: Any, viewer: Viewer) -> int:
        found = inbox.counts(session, viewer, now=clock.now())
        return 1 + sum(found.values())

    def queues(session: Any, viewer: Viewer) -> int:
        return len(inbox.queue_counts(session, viewer, now=clock.now()))

    def find_cursors(persons: list[str]) -> bool:
        for person in persons:
            with stage.app.app_context():
                with reading() as session:
                    viewer = viewer_of(session, UUID(person), clock.now())
                with viewing(viewer.practices), reading() as session:
                    cursors[viewer.person_id] = deep_cursor(session, viewer)
        return True

    asks = {"page_1": page_1, "page_20": page_deep, "filter": filtered, "badges": badges, "queues": queues}
    return Driver({name: Look(stage, ask) for name, ask in asks.items()}, {"find_cursors": find_cursors})
