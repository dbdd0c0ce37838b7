"""Did this call come from the source, unchanged and just now? Standard Webhooks, `v1` and `v1a`.

Verification runs over the raw bytes, before anything is parsed, and compares in constant time. Whatever is wrong with
a call, its sender hears one sentence; the reason code is for our own log.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from store.errors import Refused

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
SHARED_PREFIX, PUBLIC_PREFIX = "whsec_", "whpk_"
SECRET_SIZES = range(24, 65)

# Printable ASCII without blank, "," (joins doubled headers) and "." (separates the parts of what is signed).
_ID = re.compile(r"[!-+\-/-~]{1,256}", re.ASCII)
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_LONGEST_SIGNATURE_HEADER = 4096

Headers = Mapping[str, str] | Iterable[tuple[str, str]]


class NotVerified(Refused):
    """The call is not proven to come from its source. `reason` is a code for the log, never for the sender."""

    code = "webhook.not_verified"
    message = "The signature of this call could not be verified. Check secret, clock and headers, then send it again."

    def __init__(self, reason: str) -> None:
        super().__init__(audit_facts={"reason": reason})
        self.reason = reason


class SecretRefused(ValueError):
    """A text that cannot be a webhook secret. Generate one of 24 to 64 random bytes."""


@dataclass(frozen=True, slots=True)
class Secret:
    """One active secret of a source. key: the shared bytes, or the raw Ed25519 public key."""

    id: UUID
    version: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verified call says about itself, and the secret that proved it."""

    message_id: str
    sent_at: datetime
    secret_id: UUID


@dataclass(frozen=True, slots=True)
class _Claims:
    message_id: str
    timestamp: str
    signatures: tuple[tuple[str, str], ...]


def read_secret(id: UUID, text: str) -> Secret:
    """Understand `whsec_…` or `whpk_…`. Raises SecretRefused, also for secrets that are too short or too long."""
    prefix, version = (PUBLIC_PREFIX, "v1a") if text.startswith(PUBLIC_PREFIX) else (SHARED_PREFIX, "v1")
    key = _decode(text.removeprefix(prefix)) if text.startswith(prefix) else None
    if key is None or len(key) not in (SECRET_SIZES if version == "v1" else (32,)):
        raise SecretRefused(f"A secret is {SHARED_PREFIX} or {PUBLIC_PREFIX} and base64 of 24 to 64 (32) bytes.")
    return Secret(id, version, key)


def verify(
    headers: Headers, body: bytes, secrets: Sequence[Secret], *, tolerance: timedelta, now: datetime
) -> Verified:
    """Prove that one of the secrets signed this call within the tolerance. Raises NotVerified, and nothing else."""
    claims = _read(headers)
    sent_at = _sent_at(claims.timestamp)
    if abs(now - sent_at) > tolerance:
        raise NotVerified("timestamp_too_old" if sent_at < now else "timestamp_too_new")
    content = f"{claims.message_id}.{claims.timestamp}.".encode("ascii") + body
    matching = [secret.id for secret in secrets if _matches(secret, content, claims.signatures)]
    if not matching:
        raise NotVerified("no_matching_signature" if secrets else "no_active_secret")
    return Verified(claims.message_id, sent_at, matching[0])


def claimed_id(headers: Headers) -> str:
    """The message id as claimed, for logs: shortened, unprintable characters replaced, empty when there is none."""
    for name, value in _pairs(headers):
        if name.lower() == ID:
            return re.sub(r"[^ -~]", "?", value[:64])
    return ""


def _read(headers: Headers) -> _Claims:
    found: dict[str, str] = {}
    for name, value in _pairs(headers):
        wanted = name.lower()
        if wanted in (ID, TIMESTAMP, SIGNATURE):
            if wanted in found:
                raise NotVerified("doubled_header")
            found[wanted] = value
    if not all(found.get(name) for name in (ID, TIMESTAMP, SIGNATURE)):
        raise NotVerified("missing_header")
    if not _ID.fullmatch(found[ID]):
        raise NotVerified("malformed_id")
    if not _TIMESTAMP.fullmatch(found[TIMESTAMP]):
        raise NotVerified("malformed_timestamp")
    return _Claims(found[ID], found[TIMESTAMP], _signatures(found[SIGNATURE]))


def _pairs(headers: Headers) -> Iterable[tuple[str, str]]:
    return headers.items() if isinstance(headers, Mapping) else headers


def _signatures(header: str) -> tuple[tuple[str, str], ...]:
    if len(header) > _LONGEST_SIGNATURE_HEADER:
        raise NotVerified("malformed_signature")
    parts = tuple(one.partition(",") for one in header.split(" ") if one)
    if not parts or any(not comma or not value for _, comma, value in parts):
        raise NotVerified("malformed_signature")
    known = tuple((version, value) for version, _, value in parts if version in ("v1", "v1a"))
    if not known:
        raise NotVerified("unknown_version")
    return known


def _sent_at(timestamp: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(timestamp), UTC)
    except (ValueError, OverflowError, OSError):
        raise NotVerified("malformed_timestamp") from None


def _matches(secret: Secret, content: bytes, signatures: Iterable[tuple[str, str]]) -> bool:
    candidates = [_decode(value) for version, value in signatures if version == secret.version]
    check = _is_hmac if secret.version == "v1" else _is_ed25519
    # A list, not a generator: every signature is compared, so time does not tell which one was close.
    return any([one is not None and check(secret.key, content, one) for one in candidates])


def _is_hmac(key: bytes, content: bytes, signature: bytes) -> bool:
    # Our own call of HMAC: the standardwebhooks library signs text only, and a remittance need not be UTF-8.
    return hmac.compare_digest(hmac.digest(key, content, hashlib.sha256), signature)


def _is_ed25519(key: bytes, content: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _decode(text: str) -> bytes | None:
    try:
        return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
