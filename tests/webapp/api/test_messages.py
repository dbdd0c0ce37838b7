"""Messages through the API: sent once, found again, shown to those who may see them, replayed and discarded."""

from typing import Any

from flask.testing import FlaskClient

from mso.demo import LAKESHORE
from tests.clients import ClientOf
from tests.workflows.mail import END, START, Post, catch, flows, model, post, signal, user, waits_for

__all__ = ["post"]

MESSAGES = "/api/v1/messages"


def send(client: FlaskClient, status: int = 200, path: str = MESSAGES, **body: Any) -> Any:
    given = {"practice": LAKESHORE, "name": "answer", "payload": {"claim": "A"}, **body}
    answer = client.post(path, json=given)
    assert answer.status_code == status, answer.text
    return answer.json


def test_a_message_is_sent_once_and_delivered(post: Post, client_of: ClientOf) -> None:
    post.publish("w", waits_for("w"))
    instance = post.start("w", claim="A")
    dev = client_of("dev")
    sent = send(dev, id="mine-1", payload={"claim": "A", "paid": 12.5, "when": "2026-11-24"})
    assert (sent["status"], sent["replayed"]) == ("queued", False)
    again = send(dev, id="mine-1", payload={"claim": "A", "paid": 12.5, "when": "2026-11-24"})
    assert (again["id"], again["replayed"]) == (sent["id"], True)
    assert send(dev, 409, id="mine-1", payload={"claim": "B"})["code"] == "message.id_used"
    post.work()
    found = dev.get(f"{MESSAGES}/{sent['id']}").json
    assert (found["status"], found["instances"]) == ("delivered", [str(instance)])
    assert found["payload"] == {"claim": "A", "paid": 12.5, "when": "2026-11-24"}
    assert found["practice"]["id"] == LAKESHORE
    assert post.tasks(instance) == ["a"]


def test_a_sender_hears_what_is_wrong(post: Post, client_of: ClientOf) -> None:
    post.publish("w", waits_for("w"))
    dev = client_of("dev")
    assert send(dev, 404, name="anwser")["code"] == "message.unknown_name"
    assert send(dev, 422, payload={"result": 1})["code"] == "engine.correlation_missing"
    assert send(dev, 404, practice=999)["code"] == "practice.not_found"
    assert send(dev, 422, payload=[1])["code"] == "request.invalid"
    assert post.messages() == []


def test_only_those_who_may_send_see_and_handle(post: Post, client_of: ClientOf) -> None:
    post.publish("w", waits_for("w"))
    sent = send(client_of("dev"))
    post.work()
    ben, ada = client_of("ben"), client_of("ada")
    assert send(ben, 403)["code"] == "access.not_permitted"
    assert ada.get(MESSAGES).status_code == 403
    auditor = client_of("marta") if "marta" in post.office.people else None
    if auditor is not None and auditor.get(MESSAGES).status_code == 200:
        assert auditor.get(f"{MESSAGES}/{sent['id']}").json["payload"] is None
    listed = ben.get(f"{MESSAGES}?status=kept").json["items"]
    assert [(one["id"], one["payload"]) for one in listed] == [(sent["id"], None)]
    discard = ben.post(f"{MESSAGES}/{sent['id']}/discard", json={"reason": "A test."})
    assert (discard.status_code, discard.json["status"]) == (200, "discarded")
    again = ben.post(f"{MESSAGES}/{sent['id']}/discard", json={"reason": "A test."})
    assert (again.status_code, again.json["code"]) == (409, "message.settled")
    replay = ben.post(f"{MESSAGES}/{sent['id']}/replay", json={"reason": "It was right."})
    assert (replay.status_code, replay.json["status"]) == (200, "queued")
    assert ben.post(f"{MESSAGES}/{post.start('w', claim='Z')}/replay", json={"reason": "x"}).status_code == 404


def test_a_signal_is_heard_by_who_waits(post: Post, client_of: ClientOf) -> None:
    body = START + catch("wait", signal("closed")) + user("a") + END + flows("start", "wait", "a", "end")
    post.publish("w", model("w", body, signals=("closed",)))
    instance = post.start("w")
    dev = client_of("dev")
    answer = dev.post("/api/v1/signals", json={"practice": LAKESHORE, "name": "closed", "id": "s-1"})
    assert (answer.status_code, answer.json["status"]) == (200, "thrown")
    post.work()
    assert post.tasks(instance) == ["a"]
