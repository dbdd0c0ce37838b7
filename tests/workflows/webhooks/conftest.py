"""A source that records what its handler is given, and calls signed as its sender would sign them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import pytest
from standardwebhooks import Webhook

from store import ids, jobs
from tests.conftest import Clock, Database
from workflows.webhooks import inbound, sources
from workflows.webhooks.sources import Delivery, Result

BODY = b"ISA*00*synthetic remittance~"


@dataclass
class Payer:
    """A sender with its secret, and our handler for it. `answer` may be replaced by a test."""

    clock: Clock
    secret: str = ""
    handled: list[tuple[Delivery, bytes]] = field(default_factory=list)
    answer: Callable[[Delivery, bytes], Result] = lambda delivery, body: Result("processed")

    def handle(self, delivery: Delivery, body: bytes, now: datetime) -> Result:
        self.handled.append((delivery, body))
        return self.answer(delivery, body)

    def headers(self, body: bytes = BODY, message_id: str = "msg_1", secret: str | None = None) -> dict[str, str]:
        signature = Webhook(secret or self.secret).sign(message_id, self.clock.at, body.decode())
        return {
            "Content-Type": "application/edi-x12",
            "Authorization": "Bearer of another system",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(self.clock.at.timestamp())),
            "webhook-signature": signature,
        }

    def send(self, body: bytes = BODY, message_id: str | None = None) -> inbound.Accepted:
        sent = self.headers(body, message_id or f"msg_{ids.new().hex}")
        return inbound.accept("era835", sent, body, now=self.clock.at)

    def deliver(self, delivery_id: UUID) -> None:
        inbound.deliver(str(delivery_id), now=self.clock.at)


@pytest.fixture
def payer(database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Payer]:
    """The sender of the source "era835"."""
    monkeypatch.setattr(sources, "_handlers", {})
    monkeypatch.setattr(jobs, "_declared", dict(jobs.declared()))
    jobs.job(inbound.DELIVER_JOB)(lambda delivery_id: None)
    sender = Payer(clock)
    sources.register_handler("era835", sender.handle)
    sender.secret = sources.reveal_secret("era835", now=clock.at)
    yield sender
