"""Identifiers and chance. Nothing else in the product draws a random number, except for keys (store/crypto.py)."""

import secrets
import time
import uuid
from threading import Lock
from uuid import UUID

_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_lock = Lock()
_last = 0


def new() -> UUID:
    """A UUIDv7 (RFC 9562, monotonic within a process): ids sort in the order in which they were made.

    Made here because PostgreSQL has it only from 18.
    """
    global _last
    with _lock:
        # 48 bits of milliseconds and 12 bits below them that count on within one millisecond.
        _last = max(time.time_ns() // 1_000_000 << 12, _last + 1)
        ticks = _last
    value = (ticks >> 12 << 80) | (7 << 76) | ((ticks & 0xFFF) << 64) | (0b10 << 62) | secrets.randbits(62)
    return UUID(int=value)


def parse(text: str) -> UUID | None:
    """The id in a text from outside, or None when it is none."""
    try:
        return uuid.UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None


def token(size: int = 32) -> str:
    """A URL-safe secret of `size` random bytes."""
    return secrets.token_urlsafe(size)


def password() -> str:
    """A first password that can be read aloud: four groups of four characters."""
    return "-".join(pick(_READABLE, 4) for _ in range(4))


def pick(alphabet: str, length: int) -> str:
    """A random text over an alphabet, e.g. a readable password."""
    return "".join(secrets.choice(alphabet) for _ in range(length))


def chance() -> float:
    """A random number from 0 (included) to 1 (excluded), e.g. to spread attempts over time."""
    return secrets.randbelow(1 << 53) / (1 << 53)
