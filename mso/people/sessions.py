"""Browser sign-ins: opened, looked up on each request, proven again before a signature, ended."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from mso.people.models import UserSession
from store import audit, ids, sending
from store.errors import NotFound
from store.transaction import answers, transaction

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
    return held_session(token, answers(session_question(token, now=now))[0], now=now)


def session_question(token: str, *, now: datetime) -> sending.Statement:
    """The statement that finds the sign-in together with other things; its answer goes to `held_session`."""
    return _FIND, {"token": _digest(token), "created": now - LIFETIME, "seen": now - IDLE_LIMIT}


def whose_session(token: str) -> tuple[str, dict[str, bytes]]:
    """SQL that gives the person of a token's sign-in, and its parameters; whether it holds says `held_session`."""
    return "(select person_id from user_session where token_hash = %(token)s)", {"token": _digest(token)}


def held_session(token: str, found: sending.Rows, *, now: datetime) -> OpenSession | None:
    """What `session_question` found. Notes that the person was seen."""
    if not found:
        return None
    person_id, reauthenticated_at, last_seen_at = found[0]
    if now - last_seen_at >= SEEN_GRAIN:
        _mark(token, last_seen_at=now)
    return OpenSession(person_id, reauthenticated_at)


_FIND = """
    select s.person_id, s.reauthenticated_at, s.last_seen_at from user_session s join person p on p.id = s.person_id
    where s.token_hash = %(token)s and s.ended_at is null and s.created_at > %(created)s and s.last_seen_at > %(seen)s
      and p.active"""


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
