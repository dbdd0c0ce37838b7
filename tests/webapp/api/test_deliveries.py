"""Deliveries through the API: what came of a file, and processing it again."""

from typing import Any

from flask.testing import FlaskClient
from standardwebhooks.webhooks import Webhook

from mso import practices
from mso.integrations.x12_835 import fake
from mso.practices import PracticeEntry
from store import clock, ids
from tests.clients import ClientOf, PostEra
from tests.office import Office
from workflows.webhooks import inbound, sources

DELIVERIES = "/api/v1/deliveries"
STRANGER = fake.FakePayee("NEWCOMER PC", "1999990041", "111222333")


def ask(client: FlaskClient, path: str, status: int = 200) -> Any:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    return answer.json


def test_a_processed_file_names_its_cases(client_of: ClientOf, post_era: PostEra) -> None:
    delivery_id = post_era()
    ben = client_of("ben")
    found = ask(ben, f"{DELIVERIES}/{delivery_id}")
    assert (found["status"], found["source"], found["error"]) == ("processed", "era835", None)
    assert found["size"] == len(fake.hard_denials())
    assert len(found["cases"]) > 3 and all(one["number"].startswith("DN-") for one in found["cases"])
    assert ask(ben, f"/api/v1/cases/{found['cases'][0]['id']}")["number"] == found["cases"][0]["number"]


def test_a_broken_file_is_quarantined_with_diagnostics(client_of: ClientOf, post_era: PostEra) -> None:
    found = ask(client_of("lena"), f"{DELIVERIES}/{post_era(b'not a remittance')}")
    assert found["status"] == "quarantined"
    assert found["diagnostics"] and {"code", "severity", "sentence"} <= found["diagnostics"][0].keys()
    assert [one["number"][:3] for one in found["cases"]] == ["EX-"]


def test_registering_the_payee_and_replaying_opens_the_cases(
    office: Office, client_of: ClientOf, post_era: PostEra
) -> None:
    ben, body = client_of("ben"), b"".join(fake.many_claims(2, payee=STRANGER))
    path = f"{DELIVERIES}/{post_era(body)}"
    held = ask(ben, path)
    assert held["status"] == "quarantined"
    assert "unknown_payee" in {one["code"] for one in held["diagnostics"]}
    practices.add_practice(PracticeEntry(STRANGER.name, "NY", STRANGER.npi, STRANGER.tin))
    replayed = ben.post(f"{path}/replay", json={"reason": "The practice joined us."})
    assert (replayed.status_code, replayed.json and replayed.json["status"]) == (200, "received")
    waiting = ben.post(f"{path}/replay", json={"reason": "Once more."})
    assert (waiting.status_code, waiting.json and waiting.json["code"]) == (409, "webhook.delivery_waiting")
    inbound.deliver(held["id"], now=clock.now())
    opened = ask(ben, path)
    assert opened["status"] == "processed"
    assert [one["number"][:3] for one in opened["cases"]] == ["DN-", "DN-"]


def test_a_replay_needs_a_reason_and_the_permission(client_of: ClientOf, post_era: PostEra) -> None:
    path = f"{DELIVERIES}/{post_era()}/replay"
    for body, code in (({"reason": " "}, "webhook.reason_missing"), ({}, "request.invalid")):
        refused = client_of("ben").post(path, json=body)
        assert (refused.status_code, refused.json and refused.json["code"]) == (422, code)
    refused = client_of("dev").post(path, json={"reason": "I may read, not replay."})
    assert (refused.status_code, refused.json and refused.json["code"]) == (403, "access.not_permitted")


def test_the_log_is_for_people_of_the_mso(client_of: ClientOf, post_era: PostEra) -> None:
    delivery_id = post_era()
    for name in ("eve", "ada"):
        for path in (DELIVERIES, f"{DELIVERIES}/{delivery_id}"):
            assert ask(client_of(name), path, 403)["code"] == "access.not_permitted"


def test_the_list_is_newest_first_by_page_and_by_status(client_of: ClientOf, post_era: PostEra) -> None:
    made = [str(post_era(body)) for body in (b"one", b"two", b"three")]
    ben = client_of("ben")
    first = ask(ben, f"{DELIVERIES}?limit=2")
    rest = ask(ben, f"{DELIVERIES}?limit=2&after={first['next']}")
    assert [one["id"] for one in first["items"] + rest["items"]] == made[::-1]
    assert rest["next"] is None
    assert ask(ben, f"{DELIVERIES}?status=processed")["items"] == []


def test_an_unknown_delivery_is_not_found(client_of: ClientOf) -> None:
    assert ask(client_of("ben"), f"{DELIVERIES}/{ids.new()}", 404)["code"] == "webhook.delivery_not_found"


def test_a_signed_call_is_answered_with_the_address_of_its_delivery(office: Office, client_of: ClientOf) -> None:
    body, at = fake.hard_denials().decode(), clock.now()
    signer = Webhook(sources.reveal_secret("era835", now=at).removeprefix("whsec_"))
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signer.sign("msg_1", at, body),
        "content-type": "application/edi-x12",
    }
    accepted = office.app.test_client().post("/webhooks/era835", data=body, headers=headers)
    assert accepted.status_code == 202 and accepted.json is not None
    assert ask(client_of("ben"), accepted.json["href"])["status"] == "received"
    inbound.deliver(accepted.json["id"], now=clock.now())
    assert ask(client_of("ben"), accepted.json["href"])["status"] == "processed"
