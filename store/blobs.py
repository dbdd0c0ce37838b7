"""Where do bytes go: files received, letters rendered, process states? Here, by the hash of their content.

Each blob belongs to one practice, is encrypted with its key, and is checked against its hash whenever it is read. The
same bytes of the same practice are stored once; the same bytes of two practices are two blobs.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, select
from sqlalchemy.orm import Mapped, mapped_column

from store import clock, crypto, rows, sending
from store.db import Base
from store.errors import NotFound
from store.transaction import require_transaction
from store.types import TENANT, Protection


class BlobMissing(NotFound):
    """No such bytes in this practice."""

    code = "blob.missing"
    message = "This file is not stored, or not in your practice. Check the link or ask the person who sent it."


class Blob(Base):
    """Stored bytes.

    sha256: of the clear content; size: of the clear content, in bytes.
    """

    __tablename__ = "blob"
    __protection__: ClassVar[Protection] = TENANT
    practice_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[bytes] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    sealed: Mapped[bytes]
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class BlobFacts:
    """What is known about a blob without opening it. size: bytes of the clear content."""

    size: int
    media_type: str
    created_at: datetime


def put(data: bytes, media_type: str, practice_id: int) -> str:
    """Store bytes in the caller's transaction; returns their SHA-256 in hexadecimal. Storing them again is harmless."""
    digest = hashlib.sha256(data)
    sealed = crypto.seal(data, practice_id=practice_id, table="blob", column="sealed", row_id=digest.hexdigest())
    blob = rows.record_of(
        Blob,
        practice_id=practice_id,
        sha256=digest.digest(),
        size=len(data),
        media_type=media_type,
        sealed=sealed,
        created_at=clock.now(),
    )
    sending.later(require_transaction(), *rows.insertion(blob, "on conflict do nothing"), table="blob")
    return digest.hexdigest()


def get(practice_id: int, sha256: str) -> bytes:
    """The bytes with this hash. Raises BlobMissing, or SealBroken when they are not what was stored."""
    session = require_transaction()
    sealed = session.scalar(select(Blob.sealed).where(Blob.practice_id == practice_id, Blob.sha256 == _digest(sha256)))
    if sealed is None:
        raise BlobMissing()
    data = crypto.unseal(sealed, practice_id=practice_id, table="blob", column="sealed", row_id=sha256.lower())
    if hashlib.sha256(data).hexdigest() != sha256.lower():
        raise crypto.SealBroken()
    return data


def find_facts(practice_id: int, sha256: str) -> BlobFacts | None:
    """Size, type and age of a blob, or None when there is none."""
    row = (
        require_transaction()
        .execute(
            select(Blob.size, Blob.media_type, Blob.created_at).where(
                Blob.practice_id == practice_id, Blob.sha256 == _digest(sha256)
            )
        )
        .first()
    )
    return None if row is None else BlobFacts(row.size, row.media_type, row.created_at)


def _digest(sha256: str) -> bytes:
    try:
        return bytes.fromhex(sha256)
    except ValueError:
        raise BlobMissing() from None
