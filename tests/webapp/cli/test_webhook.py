"""`countersign webhook`: prints secrets and nothing else."""

import base64
from datetime import datetime
from uuid import UUID

import pytest

from store import clock
from store.practice import MSO, as_practice
from store.transaction import reading
from tests.webapp.cli.conftest import Type
from webapp.cli import webhook
from workflows.webhooks import signature, sources
from workflows.webhooks.sources import Delivery, Result, UnknownSource


def handle(delivery: Delivery, body: bytes, now: datetime) -> Result:
    return Result("processed")


@pytest.fixture(autouse=True)
def source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_handlers", dict(sources._handlers) | {"era835": handle})


def active() -> list[signature.Secret]:
    with as_practice(MSO), reading():
        return sources.at_the_door("era835", clock.now())[1]


def test_the_secret_is_made_once_and_printed_alone(typed: Type) -> None:
    first, second = typed(webhook.command, "secret", "era835"), typed(webhook.command, "secret", "era835")
    assert first.exit_code == 0, first.output
    assert first.stdout == second.stdout
    text = first.stdout.removesuffix("\n")
    assert text.startswith("whsec_")
    assert [secret.key for secret in active()] == [signature.read_secret(UUID(int=1), text).key]


def test_a_rotation_prints_the_new_secret(typed: Type) -> None:
    old = typed(webhook.command, "secret", "era835").stdout
    new = typed(webhook.command, "rotate", "era835", "--overlap-hours", "1").stdout
    assert new.startswith("whsec_") and new != old
    assert typed(webhook.command, "secret", "era835").stdout == new
    assert len(active()) == 2
    typed(webhook.command, "rotate", "era835", "--overlap-hours", "0")
    assert len(active()) == 1


def test_a_senders_own_key_is_read_from_standard_input(typed: Type) -> None:
    key = "whpk_" + base64.b64encode(bytes(range(32))).decode()
    result = typed(webhook.command, "trust", "era835", stdin=key + "\n")
    assert result.exit_code == 0, result.output
    assert [secret.version for secret in active()] == ["v1a"]
    assert typed(webhook.command, "secret", "era835").stdout.startswith("whsec_"), (
        "the sender's key is no secret of ours"
    )
    refused = typed(webhook.command, "trust", "era835", stdin="whsec_eA==")
    assert refused.exit_code == 1 and "24 to 64" in refused.output


def test_an_unknown_source_is_refused(typed: Type) -> None:
    assert isinstance(typed(webhook.command, "secret", "nobody").exception, UnknownSource)


def test_sources_are_listed_with_their_limits(typed: Type) -> None:
    lines = typed(webhook.command, "sources").stdout.splitlines()
    assert "era835\tenabled\ttolerance 300 s\tat most 10485760 bytes" in lines
