"""Which conversation does a payload belong to? Keys are computed here, by us, from the payload with FEEL.

A caller cannot supply them. Every version of a process that waits for the message, and the newest version of each
process that knows it, reads the payload in its own way, so a payload may have several keys.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows import definitions
from workflows.engine import CorrelationMissing, message_key
from workflows.instances import MessageSubscription


@dataclass(frozen=True)
class Keys:
    """digests: what subscriptions are compared with. missing: why the payload has none, when it should have one."""

    digests: frozenset[bytes]
    missing: CorrelationMissing | None = None


def digest(message: str, key: str) -> bytes:
    """What is stored of a key, so that no case data stands in clear."""
    return hashlib.sha256(f"{message}\0{key}".encode()).digest()


def keys_of(
    session: Session, message: str, payload: Mapping[str, Any], versions: Iterable[UUID], *, now: datetime
) -> Keys:
    """The keys of a payload as these versions read it."""
    found, missing = set(), None
    for definition_id in sorted(set(versions)):
        process = definitions.get(session, definition_id).process
        try:
            found.add(digest(message, message_key(process, message, payload, now=now)))
        except CorrelationMissing as problem:
            missing = problem
    return Keys(frozenset(found), None if found else missing)


def versions_waiting(session: Session, practice_id: int, message: str) -> list[UUID]:
    """The versions of which an instance of the practice waits for the message."""
    # The table is shared by all practices, so the practice is asked for here: equal keys never cross.
    here = (MessageSubscription.practice_id == practice_id) & (MessageSubscription.message == message)
    return list(session.scalars(select(MessageSubscription.definition_id).where(here).distinct()))


def lock_number(practice_id: int, key: bytes) -> int:
    """The number of the advisory lock under which a message and its catcher meet, in PostgreSQL's range."""
    mixed = hashlib.sha256(practice_id.to_bytes(8, "big") + key).digest()
    return int.from_bytes(mixed[:8], "big", signed=True)
