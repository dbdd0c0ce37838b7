"""Process instances through the API: looked at, previewed, operated on."""

from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient

from tests.clients import ClientOf
from tests.workflows.desk import Desk, desk, parameter, service
from tests.workflows.lint.draw import line, user
from workflows.service_tasks import Permanent

__all__ = ["desk"]

INSTANCES = "/api/v1/instances"
CALL = line(service("ask", "t.ask", inner=parameter("claim", "claim")), user("after"))


def stopped(desk: Desk) -> UUID:
    desk.operator("t.ask", Permanent("HTTP 404"), parameters={"claim": "string"}, result="context<n: number>")
    instance = desk.start(CALL, claim="Zz-claim")
    desk.work(instance)
    return instance


def get(client: FlaskClient, path: str, status: int = 200) -> Any:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    return answer.json


def post(client: FlaskClient, path: str, status: int = 200, **body: Any) -> Any:
    answer = client.post(path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json


def test_an_instance_says_where_it_stands_and_what_stopped(desk: Desk, client_of: ClientOf) -> None:
    instance = stopped(desk)
    found = get(client_of("dev"), f"{INSTANCES}/{instance}")
    (token,) = found["tokens"]
    assert (found["status"], token["element_id"], token["state"]) == ("stopped", "ask", "stopped")
    assert token["operations"] == ["retry", "answer", "skip", "move"]
    assert token["call"]["input"] == {"claim": '"Zz-claim"'} and found["variables"] == {"claim": '"Zz-claim"'}
    assert found["incidents"][0]["step"] == token["step"]
    (listed,) = get(client_of("dev"), f"{INSTANCES}?status=stopped")["items"]
    assert (listed["id"], listed["process"], listed["version"]) == (str(instance), "p", 1)
    assert get(client_of("dev"), f"{INSTANCES}?status=suspended")["items"] == []


def test_values_are_for_those_who_may_operate(desk: Desk, client_of: ClientOf) -> None:
    instance = stopped(desk)
    answer = client_of("gus").get(f"{INSTANCES}/{instance}")
    assert answer.status_code == 200 and "Zz-claim" not in answer.text and "variables" not in answer.json
    assert post(client_of("gus"), f"{INSTANCES}/{instance}/previews", 403, kind="cancel")["code"] == (
        "access.not_permitted"
    )


def test_an_operation_is_previewed_and_confirmed_with_its_digest(desk: Desk, client_of: ClientOf) -> None:
    instance, dev = stopped(desk), client_of("dev")
    path = f"{INSTANCES}/{instance}"
    step = get(dev, path)["tokens"][0]["step"]
    wanted = {"kind": "answer", "step": step, "result": "{n: 3}"}
    preview = post(dev, f"{path}/previews", **wanted)
    assert {"what": "task", "element_id": "after"} in preview["begun"] and preview["status"] == "running"
    assert {"name": "result", "before": None, "after": "{n: 3}"} in preview["variables"]
    wrong = post(dev, f"{path}/operations", 409, **wanted, digest="0" * 64, reason="the payer told us")
    assert wrong["code"] == "operation.moved"
    done = post(dev, f"{path}/operations", **wanted, digest=preview["digest"], reason="the payer told us")
    assert (done["status"], done["incidents"], done["variables"]["result"]) == ("running", [], "{n: 3}")


def test_refusals_carry_their_codes_and_fields(desk: Desk, client_of: ClientOf) -> None:
    instance, dev = stopped(desk), client_of("dev")
    path = f"{INSTANCES}/{instance}/previews"
    step = get(dev, f"{INSTANCES}/{instance}")["tokens"][0]["step"]
    refused = post(dev, path, 422, kind="answer", step=step, result='{n: "x"}')
    assert (refused["code"], list(refused["errors"])) == ("operation.answer_refused", ["result.n"])
    assert post(dev, path, 422, kind="answer", step=step)["errors"].keys() == {"result"}
    assert post(dev, path, 404, kind="retry", step=str(uuid4()))["code"] == "operation.unknown_step"
    assert post(dev, path, 409, kind="resume")["code"] == "operation.not_suspended"
    assert post(dev, path, 422, kind="explode")["code"] == "request.invalid"
    assert post(dev, f"{INSTANCES}/{uuid4()}/previews", 404, kind="cancel")["code"] == "instance.unknown"
    assert post(dev, path, 422, kind="set", changes={"x": "1 +"})["errors"].keys() == {"changes.x"}


def test_a_suspended_instance_refuses_a_completion_with_a_code(desk: Desk, client_of: ClientOf) -> None:
    dev = client_of("dev")
    instance = desk.start(line(user("a")))
    path = f"{INSTANCES}/{instance}"
    digest = post(dev, f"{path}/previews", kind="suspend")["digest"]
    done = post(dev, f"{path}/operations", kind="suspend", digest=digest, reason="legal asked")
    assert done["status"] == "suspended" and done["suspended_at"]


def test_incidents_are_listed_and_retried_by_kind(desk: Desk, client_of: ClientOf) -> None:
    instance, dev = stopped(desk), client_of("dev")
    (incident,) = get(dev, f"{INSTANCES}/incidents?kind=service-failed")["items"]
    assert incident["instance"] == str(instance) and "HTTP 404" in incident["message"]
    assert get(dev, f"{INSTANCES}/incidents?kind=guard")["items"] == []
    result = post(dev, f"{INSTANCES}/incidents/retry", kind="service-failed", reason="the payer is back")
    assert result["items"] == [{"incident": incident["id"], "instance": str(instance), "done": True, "detail": None}]
    assert desk.call(instance).status == "waiting"
    assert post(dev, f"{INSTANCES}/incidents/retry", 422, kind="guard", reason=" ")["code"] == "operation.reason"
