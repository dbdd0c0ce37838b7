"""The door of the API: tokens only, one shape of errors, a specification that is whole and a page that shows it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from mso.people import revoke_token
from store import clock, ids
from store.practice import MSO, as_practice
from tests.clients import ClientOf
from webapp.blueprints.api.base import problems

OPERATIONS = {
    ("GET", "/api/v1/cases"),
    ("GET", "/api/v1/cases/{case_id}"),
    ("GET", "/api/v1/cases/{case_id}/decisions"),
    ("GET", "/api/v1/tasks"),
    ("GET", "/api/v1/tasks/{task_id}"),
    ("POST", "/api/v1/tasks/{task_id}/claim"),
    ("DELETE", "/api/v1/tasks/{task_id}/claim"),
    ("POST", "/api/v1/tasks/{task_id}/completion"),
    ("GET", "/api/v1/deliveries"),
    ("GET", "/api/v1/instances"),
    ("GET", "/api/v1/instances/incidents"),
    ("GET", "/api/v1/instances/{instance_id}"),
    ("POST", "/api/v1/instances/incidents/retry"),
    ("POST", "/api/v1/instances/{instance_id}/operations"),
    ("POST", "/api/v1/instances/{instance_id}/previews"),
    ("GET", "/api/v1/deliveries/{delivery_id}"),
    ("POST", "/api/v1/deliveries/{delivery_id}/replay"),
    ("GET", "/api/v1/messages"),
    ("GET", "/api/v1/messages/{message_id}"),
    ("POST", "/api/v1/messages"),
    ("POST", "/api/v1/messages/{message_id}/replay"),
    ("POST", "/api/v1/messages/{message_id}/discard"),
    ("POST", "/api/v1/signals"),
}


@pytest.fixture
def spec(application: Flask) -> dict[str, Any]:
    answer = application.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200 and answer.json is not None
    return answer.json


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for one in value.values():
            yield from references(one)
    elif isinstance(value, list):
        for one in value:
            yield from references(one)


def operations(spec: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): {**one, "parameters": [*item.get("parameters", []), *one.get("parameters", [])]}
        for path, item in spec["paths"].items()
        for method, one in item.items()
        if method != "parameters"
    }


def test_the_specification_holds_every_route_and_no_other(spec: dict[str, Any], application: Flask) -> None:
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in application.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert spec["openapi"] == "3.1.0"
    assert set(operations(spec)) == served == OPERATIONS


def test_the_specification_is_whole(spec: dict[str, Any]) -> None:
    for one in references(spec):
        kind, name = one.removeprefix("#/components/").split("/")
        assert name in spec["components"][kind], one
    found = operations(spec)
    assert len({one["operationId"] for one in found.values()}) == len(found)
    for (method, path), one in found.items():
        placed = {each["name"] for each in one["parameters"] if each["in"] == "path"}
        assert placed == set(re.findall(r"{(\w+)}", path))
        assert one["summary"] and one["responses"].keys() & {"200", "204"}
        assert ("requestBody" in one) == (method == "POST" and not path.endswith("/claim")), (method, path)
    assert spec["security"] == [{"bearer": []}]
    assert spec["components"]["securitySchemes"]["bearer"] == {"type": "http", "scheme": "bearer"}


def test_every_operation_lists_its_errors_as_problem_details(spec: dict[str, Any]) -> None:
    for one in operations(spec).values():
        refused = {status: answer for status, answer in one["responses"].items() if status >= "400"}
        assert {"401", "403"} <= refused.keys()
        for answer in refused.values():
            assert list(answer["content"]) == ["application/problem+json"]
            assert set(re.findall(r"`([\w.]+)`", answer["description"])) <= problems.keys()
    complete = operations(spec)["POST", "/api/v1/tasks/{task_id}/completion"]["responses"]
    assert "`task.not_eligible`" in complete["403"]["description"]


def test_the_page_lists_operations_and_the_codes_that_errors_link_to(application: Flask) -> None:
    answer = application.test_client().get("/api/docs")
    assert answer.status_code == 200
    for method, path in OPERATIONS:
        assert f"{method} {path}" in answer.text
    for code in problems:
        assert f'id="{code}"' in answer.text
    assert "<script" not in answer.text.split("<main")[1] and "://" not in answer.text.split("<main")[1].replace(
        "http://localhost", ""
    )


@pytest.mark.parametrize(
    "header", [None, "Bearer", "Bearer nonsense", "Bearer cs_aaaaaaaaaa_bbbb", "Basic YTpi", "Token x"]
)
def test_without_a_valid_token_nothing_is_answered(application: Flask, header: str | None) -> None:
    client = application.test_client()
    for method, path in OPERATIONS:
        address = re.sub(r"{\w+}", str(ids.new()), path)
        answer = client.open(address, method=method, headers={"Authorization": header} if header else {})
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json"), path
        assert answer.json is not None and answer.json["code"] == "sign_in.needed"


def test_a_browser_session_is_no_token(browser_client: ClientOf) -> None:
    answer = browser_client("ben").get("/api/v1/tasks")
    assert (answer.status_code, answer.json and answer.json["code"]) == (401, "sign_in.needed")


def test_a_revoked_token_ends_at_once(client_of: ClientOf) -> None:
    ben = client_of("ben")
    assert ben.get("/api/v1/tasks").status_code == 200
    with as_practice(MSO):
        revoke_token(ben.environ_base["HTTP_AUTHORIZATION"].split("_")[1], by=None, now=clock.now())
    assert ben.get("/api/v1/tasks").status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/tasks/not-an-id", 404),
        ("PUT", "/api/v1/tasks", 405),
        ("DELETE", "/api/v1/cases", 405),
    ],
)
def test_errors_of_routing_are_problem_details_too(client_of: ClientOf, method: str, path: str, status: int) -> None:
    answer = client_of("ben").open(path, method=method)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json is not None and answer.json["code"] == f"http.{status}"


def test_head_is_answered_like_get(client_of: ClientOf) -> None:
    assert client_of("ben").head("/api/v1/tasks").status_code == 200
