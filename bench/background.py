"""What the driver does in the background: the sweep of timers as a worker makes it, and senders of webhooks."""

import base64
import hashlib
import hmac
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bench.forms import REVIEW, answers
from bench.product import OUTCOME, Stage, make_stage, start
from bench.site import PASSWORD
from bench.wire import Driver
from store import audit, clock
from store.practice import MSO, as_practice, viewing
from store.transaction import reading, transaction
from tasks import completion
from tasks.completion import Submission
from tasks.holding import TaskAlreadyCompleted
from tasks.models import OPEN, Task
from workflows import runtime, timers
from workflows.delivery import firing
from workflows.webhooks import sources

SOURCE = "era835"
BODY = b"ISA*00*          *00*          *ZZ*BENCH          *ZZ*COUNTERSIGN    *261124*1200*^*00501*000000001*0*P*:~" * 8


def sweep(stage: Stage, asked: dict[str, Any]) -> dict[str, float]:
    """Fire what is due until nothing is. ahead: seconds that the clock stands ahead, past the leases of the dead."""
    later = timedelta(seconds=asked.get("ahead", 0))

    def ticking() -> datetime:
        return clock.now() + later

    woken, begin = 0, time.monotonic()
    with stage.app.app_context():
        while found := firing.sweep(clock=ticking):
            woken += found
    return {"woken": woken, "begin": begin, "end": time.monotonic()}


def claim(stage: Stage, _: Any) -> dict[str, float]:
    """Claim what is due, batch after batch, and fire nothing."""
    claimed, begin = 0, time.monotonic()
    while True:
        with stage.app.app_context(), transaction() as session:
            found = timers.claim(session, clock.now())
        claimed += len(found)
        if not found:
            return {"claimed": claimed, "begin": begin, "end": time.monotonic()}


def start_due(stage: Stage, items: list[Any]) -> list[str]:
    """Instances whose timers are due since an hour: they were started two hours ago."""
    with clock.using(two_hours_ago):
        return [start(stage, one) for one in items]


def two_hours_ago() -> datetime:
    """The past, as the product's clock tells it."""
    return clock.system_clock() - timedelta(hours=2)


def complete_all(stage: Stage, asked: dict[str, Any], *, clinical: bool) -> int:
    """Complete tasks one after another; each that was said to be completed is written down at once. For a storm."""
    proofs: dict[int, Any] = {}
    with open(asked["ledger"], "a", encoding="ascii", buffering=1) as ledger:
        for practice, task_id, element, *digest in asked["items"]:
            with stage.app.app_context(), suppress(TaskAlreadyCompleted):
                if clinical:
                    viewer = stage.physicians[practice]
                    if practice not in proofs:
                        proofs[practice] = completion.prove(viewer, PASSWORD, now=clock.now())
                    said = Submission(REVIEW, OUTCOME, digest[0])
                    completion.complete(viewer, UUID(task_id), said, now=clock.now(), proof=proofs[practice])
                else:
                    completion.complete(stage.biller, UUID(task_id), Submission(answers(element)), now=clock.now())
                ledger.write(f"{task_id}\n")
    return len(asked["items"])


def sweep_on(stage: Stage, asked: dict[str, Any]) -> int:
    """Sweep again and again, until this process is killed."""
    while True:
        sweep(stage, {"ahead": 0})
        time.sleep(0.02)


def unreadable(stage: Stage, given: list[Any]) -> int:
    """How many instances of these tasks cannot be loaded, or do not stand where their open tasks say."""
    found = 0
    by_practice: dict[int, list[UUID]] = {}
    for task_id, practice in given:
        by_practice.setdefault(practice, []).append(UUID(task_id))
    for practice, tasks in by_practice.items():
        with stage.app.app_context(), viewing((practice,)), reading() as session:
            instances = session.scalars(select(Task.instance_id).where(Task.id.in_(tasks)).distinct()).all()
            for instance in instances:
                open_ = select(Task.engine_task_id).where(Task.instance_id == instance, Task.status == OPEN)
                execution = runtime.look(session, instance, now=clock.now())
                found += {one.id for one in execution.waiting().user_tasks} != set(session.scalars(open_))
    return found


def verify_audit(stage: Stage, _: Any) -> int:
    """Links of audit chains that do not hold, over all practices."""
    broken = 0
    for practice in (MSO, *stage.physicians):
        with stage.app.app_context(), viewing((practice,)), reading() as session:
            broken += len(list(audit.verify(session, practice)))
    return broken


def reveal(stage: Stage, _: Any) -> str:
    """The secret of the webhook source."""
    with stage.app.app_context(), as_practice(MSO):
        return sources.reveal_secret(SOURCE, now=clock.now())


@dataclass
class Send:
    """Send signed calls over one connection that stays open. Items are message ids."""

    port: int
    key: Callable[[], bytes]
    queue: deque[str] = field(default_factory=deque)
    connection: HTTPConnection | None = None

    def load(self, work: list[Any]) -> None:
        self.queue.clear()
        self.queue.extend(work)
        if self.connection is not None:
            self.connection.close()  # The server would close it after a minute; the next call opens it again.

    def step(self) -> float | None:
        if not self.queue:
            return None
        message_id = self.queue.popleft()
        headers = signed(self.key(), message_id, BODY)
        begin = time.perf_counter()
        status, answer = self._send(headers)
        took = (time.perf_counter() - begin) * 1000
        if status not in (200, 202):
            raise RuntimeError(f"A call was answered with {status}: {answer[:200]!r}")
        return took

    def _send(self, headers: dict[str, str]) -> tuple[int, bytes]:
        if self.connection is None:
            self.connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.connection.request("POST", f"/webhooks/{SOURCE}", BODY, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()


def signed(key: bytes, message_id: str, body: bytes) -> dict[str, str]:
    """The headers of a call (Standard Webhooks 1.0, v1: HMAC-SHA256 over id.timestamp.body)."""
    at = str(int(clock.now().timestamp()))
    digest = hmac.new(key, b".".join((message_id.encode(), at.encode(), body)), hashlib.sha256).digest()
    return {
        "Content-Type": "application/edi-x12",
        "webhook-id": message_id,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def key_of(secret: str) -> bytes:
    """The bytes of a secret as it is shown, whsec_…."""
    return base64.b64decode(secret.partition("_")[2])


def open_driver(given: dict[str, Any]) -> Driver:
    """given: the site; for senders also the port of its web server."""
    stage = make_stage(given)
    known: list[bytes] = []

    def key() -> bytes:
        if not known:
            known.append(key_of(reveal(stage, None)))
        return known[0]

    tools: dict[str, Callable[[Any], Any]] = {
        "sweep": lambda asked: sweep(stage, asked or {}),
        "claim": lambda asked: claim(stage, asked),
        "start_due": lambda items: start_due(stage, items),
        "reveal": lambda asked: reveal(stage, asked),
        "complete_all": lambda asked: complete_all(stage, asked, clinical=False),
        "sign_all": lambda asked: complete_all(stage, asked, clinical=True),
        "sweep_on": lambda asked: sweep_on(stage, asked),
        "unreadable": lambda given_: unreadable(stage, given_),
        "verify_audit": lambda asked: verify_audit(stage, asked),
    }
    return Driver({"send": Send(int(given.get("port") or 0), key)}, tools)
