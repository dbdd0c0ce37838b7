"""What operators declare: FEEL types make a schema, a schema makes FEEL types; and the examples of the page run."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from tests.architecture.tree import ROOT
from tests.workflows.desk import Desk, desk, parameter, service
from tests.workflows.lint.draw import line, user
from workflows import service_tasks
from workflows.lint import LintContext, declared_types, lint_file
from workflows.service_schemas import Parameter
from workflows.service_tasks import ParametersRefused, ResultRefused, require_parameters, require_result, service_task

__all__ = ["desk"]


@pytest.fixture(autouse=True)
def _own_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_tasks, "_operators", {})
    monkeypatch.setattr(service_tasks, "_settings", {})


class Line(Schema):
    amount = fields.Decimal(required=True)
    units = fields.Integer(strict=True)


class Claim(Schema):
    """One of each kind of field."""

    claim = fields.String(required=True, validate=validate.Length(max=5), metadata={"description": "the number"})
    on = fields.Date()
    at = fields.AwareDateTime()
    again = fields.Boolean()
    lines = fields.List(fields.Nested(Line))
    first = fields.Nested(Line)
    span = fields.TimeDelta()
    more = fields.Dict()
    raw = fields.Raw()


def registered(**declared: Any) -> service_tasks.Operator:
    service_task("t.x", **({"parameters": {}} | declared))(lambda call: {})
    return service_tasks.get_operator("t.x")


def test_a_schema_gives_the_types_that_models_are_checked_with() -> None:
    found = {name: one.type for name, one in registered(parameters=Claim).parameters.items()}
    inner = "context<amount: number, units: number>"
    assert found == {
        "claim": "string", "on": "date", "at": "date and time", "again": "boolean", "lines": f"list<{inner}>",
        "first": inner, "span": "days and time duration", "more": "context", "raw": "any",
    }  # fmt: skip
    claim = registered(parameters=Claim).parameters["claim"]
    assert (claim.required, claim.description) == (True, "the number")


def test_the_linter_holds_a_model_against_a_schema() -> None:
    operators = {"t.x": registered(parameters=Claim, result=Line)}
    known = LintContext(operators=frozenset(operators), **declared_types({}, [], operators))
    wrong = line(service("ask", "t.x", inner=parameter("claim", "12")))
    right = line(service("ask", "t.x", inner=parameter("claim", '"C1"')))
    assert any(one.element_id == "ask" and one.severity == "error" for one in lint_file(wrong, known))
    assert not any(one.element_id == "ask" and one.severity == "error" for one in lint_file(right, known))


def test_values_come_as_the_schema_makes_them() -> None:
    given = {"claim": "C1", "on": date(2026, 12, 1), "lines": [{"amount": Decimal("1.5"), "units": Decimal(2)}]}
    found = require_parameters(registered(parameters=Claim), given)
    assert found == given and type(found["lines"][0]["units"]) is int


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"claim": "Zz-secret"}, "claim"),
        ({}, "claim"),
        ({"claim": "C", "lines": [{"units": 1}]}, "lines.0.amount"),
        ({"claim": "C", "other": "Zz-secret"}, "other"),
        ({"claim": "C", "on": "Zz-secret"}, "on"),
        ({"claim": "C", "lines": [{"amount": Decimal(1), "units": Decimal("2.5")}]}, "lines.0.units"),
    ],
)
def test_a_refusal_names_the_field_and_never_the_value(given: dict[str, Any], field: str) -> None:
    with pytest.raises(ParametersRefused) as refused:
        require_parameters(registered(parameters=Claim), given)
    assert list(refused.value.fields) == [field]
    assert "Zz-secret" not in str(refused.value) + repr(refused.value.fields)


def test_an_author_who_quotes_the_value_is_not_followed() -> None:
    class Quoting(Schema):
        claim = fields.String(validate=validate.OneOf(["a"], error="{input} is not one of ours"))

    with pytest.raises(ParametersRefused) as refused:
        require_parameters(registered(parameters=Quoting), {"claim": "Zz-secret"})
    assert refused.value.fields == {"claim": ["This value is not accepted."]}


def test_feel_types_make_a_schema_with_the_conversions_of_the_standard() -> None:
    operator = registered(parameters={"codes": "list<string>", "days": Parameter("number", required=False)})
    assert require_parameters(operator, {"codes": "50", "days": None}) == {"codes": ["50"], "days": None}
    with pytest.raises(ParametersRefused):
        require_parameters(operator, {"codes": None})


def test_a_result_is_held_against_its_schema() -> None:
    operator = registered(result=Line)
    assert require_result(operator, {"amount": Decimal(1), "units": 1}) == {"amount": Decimal(1), "units": 1}
    with pytest.raises(ResultRefused) as refused:
        require_result(operator, {"units": 1})
    assert list(refused.value.fields) == ["amount"]


def test_a_whole_number_that_would_be_cut_in_silence_cannot_be_declared() -> None:
    class Cutting(Schema):
        units = fields.Integer()

    with pytest.raises(ValueError, match="strict=True"):
        registered(parameters=Cutting)


# The page for integrators


@dataclass
class Answer:
    status: int
    body: dict[str, Any]
    retry_after: int = 60


class Clearinghouse:
    """What the examples call."""

    def __init__(self, *answers: Answer) -> None:
        self.answers, self.keys = iter(answers), list[str]()

    def get(self, path: str, *, idempotency_key: str, **more: Any) -> Answer:
        self.keys.append(idempotency_key)
        assert path == "/claims/C-1" and more["since"] == "2026-12-01" and more["timeout"] == 20
        return next(self.answers)

    def post(self, path: str, body: Any, *, idempotency_key: str) -> Answer:
        self.keys.append(idempotency_key)
        assert body == {"claim": "C-1", "amount": Decimal("12.5"), "lines": [1, 2]}
        return next(self.answers)


def page() -> dict[str, Any]:
    """Run the examples of docs/integrators.md that register operators."""
    text = (ROOT / "docs" / "integrators.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python operator\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile("\n".join(blocks), "integrators.md", "exec"), names)
    return names


def test_the_examples_of_the_page_do_what_it_says(desk: Desk) -> None:
    assert page()["claim_status"]
    ours = Clearinghouse(Answer(503, {}), Answer(429, {}, 7200), Answer(200, {"status": "paid", "paid": 12}))
    service_tasks.configure("clearinghouse.claim_status", {"client": ours})
    inner = parameter("claim", '"C-1"') + parameter("since", '@"2026-12-01"')
    instance = desk.start(line(service("ask", "clearinghouse.claim_status", inner=inner), user("after")))
    assert desk.work(instance).last_message == "The clearinghouse is down (HTTP 503)."
    desk.pass_time(minutes=1)
    call = desk.work(instance)
    assert (call.last_message, call.next_at) == ("Too many calls.", desk.clock.at + timedelta(hours=2))
    desk.pass_time(hours=2)
    assert desk.work(instance).status == "answered"
    assert desk.look(instance).variables["result"] == {"status": "paid", "paid": Decimal(12)}
    assert len(set(ours.keys)) == 1


def test_the_example_with_a_schema_does_what_the_page_says(desk: Desk) -> None:
    assert page()["submit"]
    service_tasks.configure("clearinghouse.submit", {"client": Clearinghouse(Answer(201, {"id": "R-1"}))})
    inner = parameter("claim", '"C-1"') + parameter("amount", "12.5") + parameter("lines", "[1, 2]")
    instance = desk.start(line(service("send", "clearinghouse.submit", inner=inner), user("after")))
    assert desk.work(instance).status == "answered"
    assert desk.look(instance).variables["result"] == {"receipt": "R-1"}
