"""Bearer tokens of the API. The text is shown once; its SHA-256 is kept. A token never makes anyone eligible."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from mso.people.accounts import get_person
from mso.people.models import ApiToken, Person
from store import audit, ids
from store.errors import NotFound, Refused
from store.transaction import reading, transaction

MARK = "cs"
LIFETIME = timedelta(days=90)
# Last use is kept to the minute: a busy client does not turn each of its reads into a write.
USE_GRAIN = timedelta(minutes=1)


class AccountClosed(Refused):
    code = "account.closed"
    message = "This account is closed, so it gets no token. Ask the MSO's administrator."


class TokenNotFound(NotFound):
    code = "token.not_found"
    message = "There is no token with this prefix. See the list of tokens on the account page."


@dataclass(frozen=True)
class TokenHolder:
    """Whose token it is."""

    person_id: UUID
    prefix: str


def create_token(person_id: UUID, now: datetime, *, lifetime: timedelta = LIFETIME, by: UUID | None = None) -> str:
    """A new token of this person: `cs_<prefix>_<secret>`. Raises PersonNotFound, AccountClosed."""
    prefix, secret = ids.pick("abcdefghjkmnpqrstuvwxyz23456789", 10), ids.token()
    with transaction() as session:
        if not get_person(session, person_id).active:
            raise AccountClosed(by=by, on=f"person/{person_id}")
        session.add(
            ApiToken(
                prefix=prefix,
                secret_hash=_digest(secret),
                person_id=person_id,
                created_at=now,
                expires_at=now + lifetime,
            )
        )
        audit.record("token:created", by=by, on=f"person/{person_id}", facts={"prefix": prefix})
    return f"{MARK}_{prefix}_{secret}"


def find_by_token(text: str, now: datetime) -> TokenHolder | None:
    """Whose valid token this is: known, not expired, not revoked, of an open account. None otherwise."""
    mark, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    if mark != MARK or not secret:
        return None
    with reading() as session:
        row = session.execute(
            select(ApiToken.person_id, ApiToken.secret_hash, ApiToken.last_used_at)
            .join(Person, Person.id == ApiToken.person_id)
            .where(ApiToken.prefix == prefix, ApiToken.expires_at > now, ApiToken.revoked_at.is_(None), Person.active)
        ).one_or_none()
    if row is None or not hmac.compare_digest(row.secret_hash, _digest(secret)):
        return None
    if row.last_used_at is None or now - row.last_used_at >= USE_GRAIN:
        _mark_used(prefix, now)
    return TokenHolder(row.person_id, prefix)


def revoke_token(prefix: str, *, by: UUID | None, now: datetime) -> None:
    """End a token at once. Raises TokenNotFound."""
    with transaction() as session:
        token = session.get(ApiToken, prefix)
        if token is None:
            raise TokenNotFound()
        token.revoked_at = token.revoked_at or now
        audit.record("token:revoked", by=by, on=f"person/{token.person_id}", facts={"prefix": prefix})


def _mark_used(prefix: str, now: datetime) -> None:
    with transaction() as session:
        token = session.get(ApiToken, prefix)
        if token is not None:
            token.last_used_at = now


def _digest(secret: str) -> bytes:
    """32 random bytes need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()
