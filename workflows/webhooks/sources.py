"""Which sources may call us, with which secrets, and who handles what they send?

A source exists because a line of work registered a handler for it at the composition root; its row and its first
secret are made when an operator asks for the secret. Secrets never leave this module but to verify and to be shown.
"""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store import audit, crypto, ids, rows, sending
from store.errors import NotFound
from store.practice import MSO, as_practice
from store.transaction import require_transaction, transaction
from workflows.webhooks.models import WebhookSecret, WebhookSource
from workflows.webhooks.signature import SHARED_PREFIX, Secret, read_secret

DEFAULT_TOLERANCE = timedelta(seconds=300)
DEFAULT_SIZE_CAP = 10 * 1024 * 1024
DEFAULT_OVERLAP = timedelta(hours=24)
SECRET_SIZE = 32
_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)


class UnknownSource(NotFound):
    """No handler is registered for this source."""

    code = "webhook.unknown_source"
    message = "There is no webhook source with this name. See `countersign webhook sources`."


@dataclass(frozen=True, slots=True)
class Source:
    """A source as configured. size_cap: largest body in bytes."""

    key: str
    tolerance: timedelta
    size_cap: int
    enabled: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a handler is told about the delivery it works on.

    attempt:   1, 2, 3 …; pass the delivery to `inbound.require_current` inside each of the handler's transactions.
    body_hash: SHA-256 of the raw body in hexadecimal; its blob belongs to the MSO.
    """

    id: UUID
    source_key: str
    message_id: str
    content_type: str
    received_at: datetime
    body_hash: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a delivery.

    cases:       ids of the cases that were opened or joined, over all attempts.
    diagnostics: JSON objects of codes, positions and ids; no health information.
    """

    status: Literal["processed", "quarantined", "failed"]
    cases: Sequence[UUID | str] = ()
    diagnostics: Sequence[Mapping[str, object]] = ()


Handler = Callable[[Delivery, bytes, datetime], Result]
"""Works on one delivery: handler(delivery, payload, now).

It opens its own transactions, one per unit of work, and may be killed between any two of them: each unit is recorded
so that the next attempt finds it done. A raised exception is technical, and the delivery is tried again.
"""

_handlers: dict[str, Handler] = {}


def register_handler(key: str, handler: Handler) -> None:
    """Let a line of work handle a source. Called at the composition root; a second call replaces the first."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} cannot be a source: use lower-case letters, digits and underscores.")
    _handlers[key] = handler


def get_handler(key: str) -> Handler:
    """Raises UnknownSource."""
    try:
        return _handlers[key]
    except KeyError:
        raise UnknownSource() from None


def registered() -> list[str]:
    """Keys of all sources that have a handler, sorted."""
    return sorted(_handlers)


def get_source(key: str) -> Source:
    """The source as configured, or as it would be by default. Raises UnknownSource when nobody handles it."""
    row = require_transaction().get(WebhookSource, key, populate_existing=True) if key in _handlers else None
    return _source(key, row)


def at_the_door(key: str, now: datetime) -> tuple[Source, list[Secret]]:
    """The source and the secrets that verify a call now, newest first, in one round trip. Raises UnknownSource.

    Inside a transaction or reading block of the MSO.
    """
    get_handler(key)
    session = require_transaction()
    found, secrets, data_key = sending.ask(
        session,
        rows.question(WebhookSource, "where key = %s", (key,)),
        rows.question(
            WebhookSecret,
            "where source_key = %s and (expires_at is null or expires_at > %s) order by id desc",
            (key, now),
        ),
        crypto.key_question(MSO),
    )
    crypto.take_keys(session, MSO, data_key)
    row = next(iter(rows.records(WebhookSource, found)), None)
    return _source(key, row), [read_secret(one.id, _open(one)) for one in rows.records(WebhookSecret, secrets)]


def _source(key: str, row: WebhookSource | None) -> Source:
    if row is not None:
        return Source(key, timedelta(seconds=row.tolerance_seconds), row.size_cap, row.enabled)
    get_handler(key)
    return Source(key, DEFAULT_TOLERANCE, DEFAULT_SIZE_CAP, enabled=True)


def list_sources() -> list[Source]:
    """All sources with a handler, by key."""
    return [get_source(key) for key in registered()]


def ensure(key: str, now: datetime) -> None:
    """Make the source's row, if it has none, in the caller's transaction. Raises UnknownSource."""
    get_handler(key)
    require_transaction().execute(
        insert(WebhookSource)
        .values(
            key=key,
            tolerance_seconds=int(DEFAULT_TOLERANCE.total_seconds()),
            size_cap=DEFAULT_SIZE_CAP,
            enabled=True,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )


def reveal_secret(key: str, *, now: datetime) -> str:
    """The newest active shared secret of a source, `whsec_…`; the first call makes it. Audited.

    Raises UnknownSource.
    """
    with as_practice(MSO), transaction() as session:
        ensure(key, now)
        _lock(session, key)
        known = [text for text in map(_open, _active_rows(session, key, now)) if text.startswith(SHARED_PREFIX)]
        text = known[0] if known else _new_secret(session, key, now)
        audit.record("webhook:secret_shown", by=None, on=f"webhook_source/{key}", facts={"new": not known})
    return text


def rotate_secret(key: str, *, now: datetime, overlap: timedelta = DEFAULT_OVERLAP) -> str:
    """A new secret; the present ones are accepted for `overlap` longer. Audited. Raises UnknownSource."""
    with as_practice(MSO), transaction() as session:
        ensure(key, now)
        _lock(session, key)
        session.execute(
            update(WebhookSecret)
            .where(WebhookSecret.source_key == key)
            .values(expires_at=func.least(func.coalesce(WebhookSecret.expires_at, now + overlap), now + overlap))
            .execution_options(synchronize_session=False)
        )
        text = _new_secret(session, key, now)
        audit.record("webhook:secret_rotated", by=None, on=f"webhook_source/{key}")
    return text


def add_secret(key: str, text: str, *, now: datetime) -> UUID:
    """Accept a secret that the sender chose, `whsec_…` or `whpk_…` (Ed25519). Audited.

    Raises UnknownSource, and SecretRefused when the text is no such secret.
    """
    with as_practice(MSO), transaction() as session:
        ensure(key, now)
        added = _add(session, key, text, now)
        audit.record("webhook:secret_added", by=None, on=f"webhook_source/{key}")
    return added


def _lock(session: Session, key: str) -> None:
    session.execute(select(WebhookSource.key).where(WebhookSource.key == key).with_for_update())


def _active_rows(session: Session, key: str, now: datetime) -> Sequence[WebhookSecret]:
    return session.scalars(
        select(WebhookSecret)
        .where(WebhookSecret.source_key == key)
        .where(or_(WebhookSecret.expires_at.is_(None), WebhookSecret.expires_at > now))
        .order_by(WebhookSecret.id.desc())
        .execution_options(populate_existing=True)
    ).all()


def _new_secret(session: Session, key: str, now: datetime) -> str:
    text = SHARED_PREFIX + base64.b64encode(crypto.random_bytes(SECRET_SIZE)).decode("ascii")
    _add(session, key, text, now)
    return text


def _add(session: Session, key: str, text: str, now: datetime) -> UUID:
    secret_id = ids.new()
    read_secret(secret_id, text)
    sealed = crypto.seal(
        text.encode("ascii"), practice_id=MSO, table="webhook_secret", column="sealed", row_id=secret_id
    )
    session.add(WebhookSecret(id=secret_id, source_key=key, sealed=sealed, created_at=now, expires_at=None))
    session.flush()
    return secret_id


def _open(row: WebhookSecret) -> str:
    clear = crypto.unseal(row.sealed, practice_id=MSO, table="webhook_secret", column="sealed", row_id=row.id)
    return clear.decode("ascii")
