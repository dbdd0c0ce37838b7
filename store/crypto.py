"""How is health information kept unreadable at rest? AES-256-GCM, each value bound to the place it stands in.

A value is sealed with the data key of its practice; data keys are kept wrapped by one master key, which lives in a file
outside the database. Destroying a practice's data keys destroys its values. A sealed value that is copied to another
row, column, table or practice does not open. Nothing here ever falls back to clear text: without a key, it raises.

Layout of a sealed value: version (1 byte) | key id (4, big-endian) | nonce (12, random) | ciphertext and tag.
"""

import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from os import O_CREAT, O_EXCL, O_WRONLY, fdopen, fsync
from os import open as open_file
from pathlib import Path
from typing import ClassVar
from uuid import UUID
from weakref import WeakKeyDictionary

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from store import clock, sending
from store.db import Base
from store.errors import DomainError, NotConfigured, NotFound
from store.transaction import require_transaction
from store.types import SHARED, Protection

KEY_SIZE = 32
NONCE_SIZE = 12
VERSION = b"\x01"
HEADER_SIZE = len(VERSION) + 4
SMALLEST = HEADER_SIZE + NONCE_SIZE + 16


class KeyMissing(NotConfigured):
    """There is no usable master key."""

    code = "crypto.key_missing"
    message = "The master key is missing or unusable: {reason} Restore the key file from its escrow copy."


class WrongMasterKey(NotConfigured):
    """The database was written under another master key."""

    code = "crypto.wrong_master_key"
    message = "The master key does not open this database's keys. Restore the key file that belongs to it."


class SealBroken(DomainError):
    """A stored value is not what was sealed in this place."""

    code = "crypto.seal_broken"
    message = "A stored value failed its integrity check. Tell the operator; nothing was shown or changed."


class KeyDestroyed(NotFound):
    """The practice's keys were destroyed on purpose, and its values with them."""

    code = "crypto.key_destroyed"
    message = "This record was erased with its practice's keys. Ask the MSO's privacy officer for the deletion record."


class DataKey(Base):
    """One data key of an organization, wrapped by the master key.

    key_id:  1, 2, 3 … per organization; new values use the highest, old values name theirs.
    wrapped: None once destroyed.
    """

    __tablename__ = "data_key"
    __protection__: ClassVar[Protection] = SHARED
    organization_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes | None]
    created_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class _Key:
    key_id: int
    secret: bytes


_master: list[bytes] = []
# Opened keys live as long as the transaction that read them: a destroyed key is gone at once, and a key whose
# creation was rolled back is never used again.
_opened: WeakKeyDictionary[SessionTransaction, dict[tuple[int, int | None], _Key]] = WeakKeyDictionary()


def create_master_key(path: Path) -> bytes:
    """Write a new random master key to a file that only its owner may read. Raises FileExistsError."""
    key = secrets.token_bytes(KEY_SIZE)
    with fdopen(open_file(path, O_WRONLY | O_CREAT | O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        fsync(file.fileno())
    return key


def read_master_key(path: Path) -> bytes:
    """The master key in a file (64 hexadecimal digits, mode 0600). Raises KeyMissing."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyMissing(reason=f"{path} cannot be read.") from error
    if mode & 0o077:
        raise KeyMissing(reason=f"{path} is open to other users (mode {mode:04o}); make it 0600.")
    key = b""
    with suppress(ValueError):
        key = bytes.fromhex(text)
    return _checked(key)


def configure(master_key: bytes) -> None:
    """Give the process its master key, once, at the composition root. Raises KeyMissing when it cannot be one."""
    _master[:] = [_checked(master_key)]


def verify_master_key() -> None:
    """Refuse to start on a database that another master key wrote. Call inside transaction() or reading()."""
    session = require_transaction()
    row = session.scalars(select(DataKey).where(DataKey.wrapped.is_not(None)).limit(1)).first()
    if row is not None:
        _open(row)


def key_question(practice_id: int) -> sending.Statement:
    """The statement that reads a practice's newest data key with other things; its answer goes to `take_keys`."""
    return (
        "select key_id, wrapped from data_key where organization_id = %s order by key_id desc limit 1",
        (practice_id,),
    )


def take_keys(session: Session, practice_id: int, found: sending.Rows) -> None:
    """Remember what `key_question` answered; a practice without a key gets one with its first value."""
    for key_id, wrapped in found:
        take_key(session, practice_id, key_id, wrapped)


def take_key(session: Session, practice_id: int, key_id: int, wrapped: bytes | None) -> None:
    """Remember a practice's newest data key, which was read together with other things, for this transaction."""
    if wrapped is None:
        return  # Destroyed: whoever needs it asks for it, and is told.
    key = _Key(key_id, _unwrap(practice_id, key_id, wrapped))
    for name in (None, key_id):
        _remembered(session, (practice_id, name), lambda: key)


def seal(plaintext: bytes, *, practice_id: int, table: str, column: str, row_id: UUID | str) -> bytes:
    """Encrypt a value for one place. Inside a transaction; the practice's first value creates its data key."""
    key = _newest_key(require_transaction(), practice_id)
    nonce = secrets.token_bytes(NONCE_SIZE)
    place = _place(practice_id, table, column, row_id, key.key_id)
    return VERSION + key.key_id.to_bytes(4, "big") + nonce + AESGCM(key.secret).encrypt(nonce, plaintext, place)


def unseal(sealed: bytes, *, practice_id: int, table: str, column: str, row_id: UUID | str) -> bytes:
    """Decrypt a value that was sealed for exactly this place. Raises SealBroken or KeyDestroyed."""
    if len(sealed) < SMALLEST or sealed[:1] != VERSION:
        raise SealBroken()
    key_id = int.from_bytes(sealed[1:HEADER_SIZE], "big")
    key = _key(require_transaction(), practice_id, key_id)
    nonce, rest = sealed[HEADER_SIZE : HEADER_SIZE + NONCE_SIZE], sealed[HEADER_SIZE + NONCE_SIZE :]
    try:
        return AESGCM(key.secret).decrypt(nonce, rest, _place(practice_id, table, column, row_id, key_id))
    except InvalidTag as error:
        raise SealBroken() from error


def rotate(practice_id: int) -> int:
    """Give a practice a new data key for new values; old values stay readable. Returns the key's id."""
    session = require_transaction()
    _forget(session)
    newest = session.scalar(select(func.max(DataKey.key_id)).where(DataKey.organization_id == practice_id))
    _create(session, practice_id, (newest or 0) + 1)
    return (newest or 0) + 1


def destroy(practice_id: int) -> None:
    """Destroy all data keys of a practice: its sealed values can never be read again. The caller audits it."""
    session = require_transaction()
    _forget(session)
    session.execute(
        update(DataKey)
        .where(DataKey.organization_id == practice_id)
        .values(wrapped=None, destroyed_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def random_bytes(size: int) -> bytes:
    """Bytes for a new secret, from the operating system's generator."""
    return secrets.token_bytes(size)


def _place(practice_id: int, table: str, column: str, row_id: UUID | str, key_id: int) -> bytes:
    return f"{practice_id}:{table}:{column}:{row_id}:{key_id}".encode()


def _newest_key(session: Session, practice_id: int) -> _Key:
    def load() -> _Key:
        # Two writers of a practice's very first value race here: one insert waits for the other and then does
        # nothing, and both read the key that was committed.
        row = _select_newest(session, practice_id)
        if row is None:
            _create(session, practice_id, 1)
            row = _select_newest(session, practice_id)
        assert row is not None
        return _open(row)

    return _remembered(session, (practice_id, None), load)


def _key(session: Session, practice_id: int, key_id: int) -> _Key:
    def load() -> _Key:
        row = session.get(DataKey, (practice_id, key_id), populate_existing=True)
        if row is None:
            raise SealBroken()
        return _open(row)

    return _remembered(session, (practice_id, key_id), load)


def _remembered(session: Session, name: tuple[int, int | None], load: Callable[[], _Key]) -> _Key:
    session.connection()  # A transaction that has not sent a statement yet has no object to remember things by.
    inner = session.get_nested_transaction() or session.get_transaction()
    assert inner is not None
    known = _opened.setdefault(inner, {})
    if name not in known:
        known[name] = load()
    return known[name]


def _forget(session: Session) -> None:
    for one in (session.get_nested_transaction(), session.get_transaction()):
        if one is not None:
            _opened.pop(one, None)


def _select_newest(session: Session, practice_id: int) -> DataKey | None:
    return session.scalars(
        select(DataKey)
        .where(DataKey.organization_id == practice_id)
        .order_by(DataKey.key_id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).first()


def _create(session: Session, practice_id: int, key_id: int) -> None:
    nonce = secrets.token_bytes(NONCE_SIZE)
    sealed = AESGCM(_required_master()).encrypt(nonce, secrets.token_bytes(KEY_SIZE), _wrap_place(practice_id, key_id))
    session.execute(
        insert(DataKey)
        .values(organization_id=practice_id, key_id=key_id, wrapped=VERSION + nonce + sealed, created_at=clock.now())
        .on_conflict_do_nothing()
    )


def _open(row: DataKey) -> _Key:
    if row.wrapped is None:
        raise KeyDestroyed()
    return _Key(row.key_id, _unwrap(row.organization_id, row.key_id, row.wrapped))


def _unwrap(practice_id: int, key_id: int, wrapped: bytes) -> bytes:
    nonce, sealed = wrapped[1 : 1 + NONCE_SIZE], wrapped[1 + NONCE_SIZE :]
    try:
        return AESGCM(_required_master()).decrypt(nonce, sealed, _wrap_place(practice_id, key_id))
    except InvalidTag as error:
        raise WrongMasterKey() from error


def _wrap_place(practice_id: int, key_id: int) -> bytes:
    return f"data_key:{practice_id}:{key_id}".encode()


def _required_master() -> bytes:
    if not _master:
        raise KeyMissing(reason="no key was configured.")
    return _master[0]


def _checked(key: bytes) -> bytes:
    if len(key) != KEY_SIZE or len(set(key)) == 1:
        raise KeyMissing(reason=f"it must be {KEY_SIZE} random bytes.")
    return key
