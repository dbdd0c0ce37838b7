"""WH-01..04: proven over raw bytes, in time, by an active secret; anything else is one and the same refusal."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from workflows.webhooks.signature import NotVerified, Secret, SecretRefused, Verified, read_secret, verify

# The published example of Standard Webhooks.
EXAMPLE_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EXAMPLE_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
EXAMPLE_TIME = 1614265330
EXAMPLE_BODY = b'{"test": 2432232314}'
EXAMPLE_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

NOW = datetime.fromtimestamp(EXAMPLE_TIME, UTC)
OTHER_SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
FIRST, SECOND = UUID(int=1), UUID(int=2)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = "whpk_" + base64.b64encode(KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def headers(**changed: str) -> dict[str, str]:
    sent = {"webhook-id": EXAMPLE_ID, "webhook-timestamp": str(EXAMPLE_TIME), "webhook-signature": EXAMPLE_SIGNATURE}
    return sent | {f"webhook-{name}": value for name, value in changed.items()}


def checked(
    sent: dict[str, str] | list[tuple[str, str]],
    body: bytes = EXAMPLE_BODY,
    secrets: tuple[str, ...] = (EXAMPLE_SECRET,),
    *,
    now: datetime = NOW,
    tolerance: int = 300,
) -> Verified:
    known = [read_secret(UUID(int=number), text) for number, text in enumerate(secrets, start=1)]
    return verify(sent, body, known, tolerance=timedelta(seconds=tolerance), now=now)


def refused(sent: dict[str, str] | list[tuple[str, str]], body: bytes = EXAMPLE_BODY, **options: object) -> str:
    with pytest.raises(NotVerified) as caught:
        checked(sent, body, **options)  # type: ignore[arg-type]
    assert caught.value.text == NotVerified.message, "the sender learns nothing about the reason"
    return caught.value.reason


def signed(body: bytes, secret: str = EXAMPLE_SECRET, message_id: str = EXAMPLE_ID) -> str:
    return Webhook(secret).sign(message_id, NOW, body.decode())


def signed_ed25519(body: bytes) -> str:
    content = f"{EXAMPLE_ID}.{EXAMPLE_TIME}.".encode() + body
    return "v1a," + base64.b64encode(KEY.sign(content)).decode()


def test_wh_01_the_published_example_verifies() -> None:
    assert checked(headers()) == Verified(EXAMPLE_ID, NOW, FIRST)


def test_wh_01_header_names_are_compared_without_case_and_as_pairs() -> None:
    assert checked([(name.upper(), value) for name, value in headers().items()]).message_id == EXAMPLE_ID


def test_wh_01_an_ed25519_signature_verifies_against_the_public_key() -> None:
    body = b"ISA*00*"
    assert checked(headers(signature=signed_ed25519(body)), body, (EXAMPLE_SECRET, PUBLIC_KEY)).secret_id == SECOND
    assert refused(headers(signature=signed_ed25519(body)), body + b" ", secrets=(PUBLIC_KEY,))


def test_wh_01_one_valid_signature_among_others_is_enough() -> None:
    many = f"v1,AAAA v2,whatever {EXAMPLE_SIGNATURE} v1a,AAAA"
    assert checked(headers(signature=many)).secret_id == FIRST


def test_wh_01_a_signature_of_one_version_is_no_signature_of_the_other() -> None:
    assert refused(headers(signature="v1a" + EXAMPLE_SIGNATURE[2:])) == "no_matching_signature"


def test_wh_01_a_signed_body_need_not_be_text() -> None:
    body = "Müller*".encode("latin-1")
    signature = _hmac(read_secret(FIRST, EXAMPLE_SECRET), body)
    assert checked(headers(signature=signature), body).message_id == EXAMPLE_ID


def _hmac(secret: Secret, body: bytes) -> str:
    mac = hmac.digest(secret.key, f"{EXAMPLE_ID}.{EXAMPLE_TIME}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(mac).decode()


@pytest.mark.parametrize(
    ("changed", "body"),
    [
        ({}, EXAMPLE_BODY + b" "),
        ({}, b""),
        ({"id": EXAMPLE_ID + "x"}, EXAMPLE_BODY),
        ({"timestamp": str(EXAMPLE_TIME + 1)}, EXAMPLE_BODY),
        ({"timestamp": "0" + str(EXAMPLE_TIME)}, EXAMPLE_BODY),
    ],
)
def test_wh_01_whatever_is_changed_breaks_the_signature(changed: dict[str, str], body: bytes) -> None:
    assert refused(headers(**changed), body) == "no_matching_signature"


def test_wh_02_any_active_secret_verifies_and_the_match_is_named() -> None:
    body = b"{}"
    both = (OTHER_SECRET, EXAMPLE_SECRET)
    assert checked(headers(signature=signed(body, OTHER_SECRET)), body, both).secret_id == FIRST
    assert checked(headers(signature=signed(body)), body, both).secret_id == SECOND
    assert refused(headers(signature=signed(body)), body, secrets=(OTHER_SECRET,)) == "no_matching_signature"
    assert refused(headers(), secrets=()) == "no_active_secret"


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [(-300, None), (300, None), (-301, "timestamp_too_new"), (301, "timestamp_too_old"), (10**8, "timestamp_too_old")],
)
def test_wh_03_the_timestamp_may_be_as_far_off_as_the_tolerance(seconds: int, reason: str | None) -> None:
    now = NOW + timedelta(seconds=seconds)
    if reason is None:
        assert checked(headers(), now=now)
    else:
        assert refused(headers(), now=now) == reason


def test_wh_03_the_tolerance_belongs_to_the_source() -> None:
    assert checked(headers(), now=NOW + timedelta(seconds=10), tolerance=10)
    assert refused(headers(), now=NOW + timedelta(seconds=11), tolerance=10) == "timestamp_too_old"


def test_wh_03_the_zone_of_our_clock_does_not_matter() -> None:
    assert checked(headers(), now=NOW.astimezone(timezone(timedelta(hours=5, minutes=45))))


@pytest.mark.parametrize(
    "timestamp",
    [
        "nan",
        "inf",
        "-1",
        "+1614265330",
        "1614265330.0",
        "1614265330.5",
        "1_614_265_330",
        " 1614265330",
        "1614265330\n",
        "1614265330,1614265330",
        "0x60379072",
        "1e9",
        "١٦١٤٢٦٥٣٣٠",
        "1614265330" * 2,
        "9" * 12,
    ],
)
def test_wh_03_a_timestamp_is_up_to_twelve_digits(timestamp: str) -> None:
    assert refused(headers(timestamp=timestamp)) == "malformed_timestamp"


@pytest.mark.parametrize("name", ["id", "timestamp", "signature"])
def test_wh_03_each_header_is_there_exactly_once(name: str) -> None:
    missing = headers()
    del missing[f"webhook-{name}"]
    assert refused(missing) == refused(headers(**{name: ""})) == "missing_header"
    doubled = [*headers().items(), (f"Webhook-{name.title()}", headers()[f"webhook-{name}"])]
    assert refused(doubled) == "doubled_header"


@pytest.mark.parametrize("message_id", ["a.b", "a,b", "a b", "a\nb", "a\x00b", "ä", "x" * 257, "\x7f"])
def test_wh_04_an_id_is_short_printable_ascii_without_separators(message_id: str) -> None:
    assert refused(headers(id=message_id)) == "malformed_id"


@pytest.mark.parametrize(
    ("signature", "reason"),
    [
        (EXAMPLE_SIGNATURE.replace(",", ""), "malformed_signature"),
        ("v1,", "malformed_signature"),
        (" ", "malformed_signature"),
        (EXAMPLE_SIGNATURE + " v1", "malformed_signature"),
        ("v1," + "A" * 1_000_000, "malformed_signature"),
        ("v2," + EXAMPLE_SIGNATURE[3:], "unknown_version"),
        ("V1," + EXAMPLE_SIGNATURE[3:], "unknown_version"),
        ("v1,not-base64!", "no_matching_signature"),
        ("v1,ä", "no_matching_signature"),
        ("v1,AAAA", "no_matching_signature"),
        ("v1,A", "no_matching_signature"),
        (EXAMPLE_SIGNATURE[:-3] + "===", "no_matching_signature"),
        (EXAMPLE_SIGNATURE.replace("+", " "), "malformed_signature"),
    ],
)
def test_wh_04_a_malformed_signature_is_only_ever_refused(signature: str, reason: str) -> None:
    assert refused(headers(signature=signature)) == reason


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"\x00", b"{", b"[" * 100_000])
def test_wh_04_a_body_is_not_looked_into(body: bytes) -> None:
    assert refused(headers(), body) == "no_matching_signature"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature", "Webhook-Id", "x"]),
            st.one_of(
                st.text(max_size=40),
                st.sampled_from([EXAMPLE_ID, str(EXAMPLE_TIME), EXAMPLE_SIGNATURE]),
                st.text(alphabet="v1a,= \n+/AZ9", max_size=60),
                st.integers().map(str),
                st.floats().map(str),
            ),
        ),
        max_size=6,
    ),
    st.binary(max_size=50),
)
def test_wh_04_nothing_from_outside_raises_anything_but_not_verified(sent: list[tuple[str, str]], body: bytes) -> None:
    known = [read_secret(FIRST, EXAMPLE_SECRET), read_secret(SECOND, PUBLIC_KEY)]
    with pytest.raises(NotVerified):
        verify(sent, body, known, tolerance=timedelta(days=10**5), now=NOW)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("whsec_", "nothing behind the prefix"),
        ("whsec_" + base64.b64encode(b"x").decode(), "one byte, which the library would take"),
        ("whsec_" + base64.b64encode(b"x" * 23).decode(), "below 24 bytes"),
        ("whsec_" + base64.b64encode(b"x" * 65).decode(), "above 64 bytes"),
        (base64.b64encode(b"x" * 32).decode(), "no prefix"),
        ("whsec_not base64", "not base64"),
        ("whpk_" + base64.b64encode(b"x" * 31).decode(), "no Ed25519 key"),
        ("whsk_" + base64.b64encode(b"x" * 32).decode(), "a private key is not ours to hold"),
    ],
)
def test_wh_02_a_weak_or_foreign_secret_is_refused(text: str, why: str) -> None:
    with pytest.raises(SecretRefused):
        read_secret(FIRST, text)
