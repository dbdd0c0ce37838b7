"""Is this the person? Passwords, and how often a wrong one may be tried.

An attempt is counted before it is verified, so that many at once count as many. Whoever asks learns nothing about
which e-mails are known: an unknown one is verified against a dummy and throttled alike.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mso.people.accounts import PersonNotFound, email_key, get_person
from mso.people.models import Credential, LoginAttempt, Person
from store import audit, rows, sending
from store.errors import Invalid, Refused
from store.transaction import answers, reading, transaction

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1024
FREE_FAILURES = 5
"""So many wrong passwords in a row cost nothing but themselves."""
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=15)
# RFC 9106, second recommended option: 64 MiB and 0.1 s for each verification. Memory is the limit, hence the semaphore.
_hasher = PasswordHasher()
_verifications = BoundedSemaphore(4)
_DUMMY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$JFL6pJcsa7tQ4rZ1Wz1Vd8sXbVwaD9Aqm1nKqk0qY9A"


class SignInRefused(Refused):
    """Unknown e-mail, wrong password, or closed account: one answer for all three."""

    code = "sign_in.refused"
    message = "E-mail and password do not match an open account. Try again, or ask the MSO's administrator for help."


class WrongPassword(SignInRefused):
    """The person is signed in already and typed another password."""

    code = "password.wrong"
    message = "This is not your password. Enter it again."


class SignInThrottled(Refused):
    """Too many wrong passwords in a row; `seconds` says how long to wait."""

    code = "sign_in.throttled"
    message = "Too many wrong passwords in a row. Try again in {seconds} seconds."


class PasswordTooWeak(Invalid):
    code = "password.too_weak"
    message = f"Choose a password of at least {SHORTEST_PASSWORD} characters that is not your name or e-mail."


@dataclass(frozen=True)
class SignedIn:
    """The person who proved to be this one."""

    person_id: UUID
    name: str
    email: str


def set_password(person_id: UUID, password: str, *, now: datetime, by: UUID | None = None) -> None:
    """Give a person a password. Raises PasswordTooWeak, PersonNotFound."""
    with reading() as session:
        person = get_person(session, person_id)
        own = (person.email, email_key(person.name))
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD or password.lower() in own:
        raise PasswordTooWeak()
    with _one_of_few():
        password_hash = _hasher.hash(password)
    with transaction() as session:
        values = {"password_hash": password_hash, "changed_at": now}
        session.execute(
            insert(Credential)
            .values(person_id=person_id, **values)
            .on_conflict_do_update(index_elements=["person_id"], set_=values)
        )
        audit.record("password:set", by=by, on=f"person/{person_id}")


def authenticate(email: str, password: str, *, now: datetime) -> SignedIn:
    """The person with this e-mail and password. Raises SignInRefused, SignInThrottled."""
    account = hashlib.sha256(email_key(email).encode()).digest()
    found, password_hash = _count_attempt(account, email, now)
    if not _verify(password_hash, password) or found is None:
        with transaction():
            raise SignInRefused(by=found.person_id if found else None, on="sign-in")
    with transaction() as session:
        rows.delete(session, LoginAttempt, account=account)
        _rehash(session, found.person_id, password_hash, password)
        audit.record("person:signed_in", by=found.person_id, on=f"person/{found.person_id}")
    return found


def reauthenticate(person_id: UUID, password: str, *, now: datetime) -> None:
    """Prove again that this is the person, for a signature. Raises WrongPassword, SignInThrottled, PersonNotFound."""
    (found,) = answers(rows.question(Person, "where id = %s", (person_id,)))
    if not found:
        raise PersonNotFound()
    try:
        authenticate(rows.record(Person, found[0]).email, password, now=now)
    except SignInRefused as refusal:
        raise WrongPassword(by=person_id, on=f"person/{person_id}") from refusal


def wait_after(failures: int) -> timedelta:
    """How long an account is closed after so many wrong passwords in a row: doubling, up to a quarter of an hour."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    return min(FIRST_WAIT * (1 << min(failures - FREE_FAILURES, 20)), LONGEST_WAIT)


def _count_attempt(account: bytes, email: str, now: datetime) -> tuple[SignedIn | None, str]:
    """Count this attempt as failed until it succeeds; give the person, if there is one, and the hash to verify."""
    with transaction() as session:
        attempts, accounts = sending.ask(
            session,
            rows.question(LoginAttempt, "where account = %s for update", (account,)),
            (_ACCOUNT, (email_key(email),)),
        )
        for row in rows.records(LoginAttempt, attempts):
            if row.blocked_until is not None and row.blocked_until > now:
                seconds = int((row.blocked_until - now).total_seconds()) + 1
                raise SignInThrottled(on="sign-in", seconds=seconds)
        (counted,) = sending.ask(session, (_COUNT, {"account": account, "now": now, "quiet": now - QUIET}))
        failures = int(counted[0][0])
        blocked_until = now + wait_after(failures) if failures >= FREE_FAILURES else None
        sending.later(
            session, "update login_attempt set blocked_until = %s where account = %s", (blocked_until, account)
        )
    if not accounts:
        return None, _DUMMY
    person_id, name, address, password_hash = accounts[0]
    return SignedIn(person_id, name, address), password_hash


QUIET = timedelta(days=1)
"""So long without an attempt forgives: the count starts again."""

_COUNT = """
    insert into login_attempt as a (account, failures, last_at) values (%(account)s, 1, %(now)s)
    on conflict (account) do update set last_at = %(now)s,
        failures = case when a.last_at < %(quiet)s then 1 else least(a.failures + 1, 30000) end
    returning failures"""
_ACCOUNT = """
    select p.id, p.name, p.email, c.password_hash from person p join credential c on c.person_id = p.id
    where p.email = %s and p.active"""


def _verify(password_hash: str, password: str) -> bool:
    if len(password) > LONGEST_PASSWORD:
        return False
    with _one_of_few():
        try:
            return _hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def _rehash(session: Session, person_id: UUID, password_hash: str, password: str) -> None:
    """Stronger parameters reach an account at its next sign-in."""
    if _hasher.check_needs_rehash(password_hash):
        credential = session.get(Credential, person_id)
        if credential is not None:
            credential.password_hash = _hasher.hash(password)


@contextmanager
def _one_of_few() -> Iterator[None]:
    with _verifications:
        yield
