"""Browser sign-ins: opened, looked up on each request, proven again before a signature, ended."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from mso.people.models import Person, UserSession
from store import audit, ids
from store.errors import NotFound
from store.transaction import reading, transaction

IDLE_LIMIT = timedelta(minutes=60)
LIFETIME = timedelta(hours=12)
SEEN_GRAIN = timedelta(minutes=1)
REAUTHENTICATION_LIMIT = timedelta(minutes=5)
"""A signature needs a proof of identity that is no older (guarantee.md, The signature)."""


class SessionNotFound(NotFound):
    code = "session.not_found"
    message = "Your sign-in has ended. Sign in again; your text is kept as a draft."


@dataclass(frozen=True)
class OpenSession:
    """A sign-in that holds now."""

    person_id: UUID
    reauthenticated_at: datetime


def open_session(person_id: UUID, *, now: datetime) -> str:
    """Begin a sign-in of a person who has just authenticated; gives the token for the browser's cookie."""
    token = ids.token()
    with transaction() as session:
        session.add(
            UserSession(
                token_hash=_digest(token),
                person_id=person_id,
                created_at=now,
                last_seen_at=now,
                reauthenticated_at=now,
            )
        )
        audit.record("session:opened", by=person_id, on=f"person/{person_id}")
    return token


def find_session(token: str, *, now: datetime) -> OpenSession | None:
    """The sign-in of this token: not ended, not idle too long, not too old, the account open. None otherwise."""
    with reading() as session:
        row = session.execute(
            select(UserSession.person_id, UserSession.reauthenticated_at, UserSession.last_seen_at)
            .join(Person, Person.id == UserSession.person_id)
            .where(
                UserSession.token_hash == _digest(token),
                UserSession.ended_at.is_(None),
                UserSession.created_at > now - LIFETIME,
                UserSession.last_seen_at > now - IDLE_LIMIT,
                Person.active,
            )
        ).one_or_none()
    if row is None:
        return None
    if now - row.last_seen_at >= SEEN_GRAIN:
        _mark(token, last_seen_at=now)
    return OpenSession(row.person_id, row.reauthenticated_at)


def note_reauthentication(token: str, *, now: datetime) -> OpenSession:
    """Remember that the person proved again who sits there. Raises SessionNotFound."""
    held = find_session(token, now=now)
    if held is None:
        raise SessionNotFound()
    _mark(token, reauthenticated_at=now)
    return OpenSession(held.person_id, now)


def end_session(token: str, *, now: datetime) -> None:
    """Sign out; quiet when there is nothing to end."""
    with transaction() as session:
        row = session.get(UserSession, _digest(token))
        if row is not None and row.ended_at is None:
            row.ended_at = now
            audit.record("session:ended", by=row.person_id, on=f"person/{row.person_id}")


def end_sessions_of(person_id: UUID, *, now: datetime, by: UUID | None) -> None:
    """Sign a person out everywhere."""
    with transaction() as session:
        session.execute(
            update(UserSession)
            .where(UserSession.person_id == person_id, UserSession.ended_at.is_(None))
            .values(ended_at=now)
        )
        audit.record("session:all_ended", by=by, on=f"person/{person_id}")


def _mark(token: str, **values: datetime) -> None:
    with transaction() as session:
        session.execute(update(UserSession).where(UserSession.token_hash == _digest(token)).values(**values))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
