"""The specification, and a page that lists it: made by the server, without scripts from elsewhere."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Flask, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue

from store.errors import DomainError
from webapp.blueprints.api.base import INTRODUCTION, PREFIX, problems, status_of_class
from webapp.security import public
from workflows.webhooks.inbound import MessageIdReused, NotVerified, TooLarge, UnknownSource

bp = Blueprint("api_docs", __name__)

KEPT = "countersign-api"
OF_WEBHOOKS: tuple[type[DomainError], ...] = (NotVerified, TooLarge, MessageIdReused, UnknownSource)
METHODS = ("get", "post", "delete")


def init_app(app: Flask, spec: Any) -> None:
    """Serve this specification (apispec.APISpec)."""
    app.extensions[KEPT] = spec.to_dict()
    app.register_blueprint(bp)


@bp.get(f"{PREFIX}/openapi.json")
@public
def specification() -> ResponseReturnValue:
    """OpenAPI 3.1."""
    return jsonify(current_app.extensions[KEPT])


@bp.get("/api/docs")
@public
def show() -> ResponseReturnValue:
    """Every operation with its parameters and answers, and every error code."""
    spec = current_app.extensions[KEPT]
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in _operations(spec):
        groups.setdefault(one["tag"], []).append(one)
    ordered = dict(sorted(groups.items()))
    return render_template("api/docs.html", introduction=INTRODUCTION, groups=ordered, problems=_problems())


def _operations(spec: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, item in spec["paths"].items():
        for method in METHODS:
            if method in item:
                yield _operation(spec, path, method, item)


def _operation(spec: Mapping[str, Any], path: str, method: str, item: Mapping[str, Any]) -> dict[str, Any]:
    one = item[method]
    body = one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    answers = one["responses"]
    given: Mapping[str, Any] = next((answers[status] for status in ("200", "204") if status in answers), {})
    shape = given.get("content", {}).get("application/json", {}).get("schema")
    return {
        "id": one["operationId"],
        "tag": one["tags"][0],
        "method": method.upper(),
        "path": path,
        "summary": one.get("summary", ""),
        "parameters": [_parameter(each) for each in (*item.get("parameters", ()), *one.get("parameters", ()))],
        "body": list(_properties(spec, body)),
        "gives": list(_properties(spec, shape)),
        "problems": [
            (status, re.findall(r"`(.+?)`", each["description"]))
            for status, each in sorted(answers.items())
            if status >= "400"
        ],
    }


def _parameter(each: Mapping[str, Any]) -> dict[str, Any]:
    schema = each.get("schema", {})
    return {
        "name": each["name"],
        "kind": _kind(schema),
        "required": each.get("required", False),
        "text": each.get("description", ""),
        "choices": schema.get("enum", ()),
    }


def _properties(spec: Mapping[str, Any], schema: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
    if schema is None:
        return
    shape = spec["components"]["schemas"][_name(schema)]
    for name, one in shape["properties"].items():
        required = name in shape.get("required", ())
        yield {"name": name, "kind": _kind(one), "required": required, "text": one.get("description", "")}


def _kind(schema: Mapping[str, Any]) -> str:
    """The type in words: "string or null", "list of TaskSummary"."""
    if "$ref" in schema:
        return _name(schema)
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    words = " or ".join(kind) if isinstance(kind, list) else str(kind)
    return f"{words} ({schema['format']})" if "format" in schema else words


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _problems() -> list[dict[str, Any]]:
    known = problems | {one.code: one for one in OF_WEBHOOKS}
    return [
        {"code": code, "status": status_of_class(one), "text": one.message.replace("{", "").replace("}", "")}
        for code, one in sorted(known.items())
    ]
