"""Pages of operators, in a browser without JavaScript: what stopped, what may be done, previewed and confirmed."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from tests.clients import office, office_people
from tests.office import Office, csrf
from tests.workflows.desk import Desk, desk, parameter, service
from tests.workflows.lint.draw import line, user
from workflows import service_tasks
from workflows.service_tasks import Permanent

__all__ = ["desk", "office", "office_people"]

CALL = line(service("ask", "t.ask", inner=parameter("claim", "claim"), errorCodes="CLOSED"), user("after"))


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the confirmation."""
    form = page[page.index('action="/instances/') :]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def stopped(desk: Desk) -> UUID:
    desk.operator(
        "t.ask", Permanent("HTTP 404"), parameters={"claim": "string"}, errors=("CLOSED",), result="context<n: number>"
    )
    instance = desk.start(CALL, claim="Zz-claim")
    desk.work(instance)
    return instance


def post(client: FlaskClient, path: str, back: str, **data: Any) -> Any:
    return client.post(path, data={"csrf_token": csrf(client, back), **data})


def confirm(client: FlaskClient, instance: UUID, reason: str, **operation: str) -> Any:
    """Preview an operation and send its confirmation."""
    back = f"/instances/{instance}"
    shown = post(client, f"{back}/preview", back, **operation)
    assert shown.status_code == 200, shown.text
    return client.post(f"{back}/operations", data={**hidden(shown.text), "reason": reason})


def step_of(desk: Desk, instance: UUID, element: str) -> str:
    return next(str(one.id) for one in desk.look(instance).tokens() if one.element_id == element)


def test_the_page_shows_where_an_instance_stands_and_what_stopped(desk: Desk) -> None:
    instance = stopped(desk)
    page = desk.office.browser("dev").get(f"/instances/{instance}").text
    assert "HTTP 404" in page and "What stopped" in page and "Retry" in page and "Answer by hand" in page
    assert "Zz-claim" in page, "who may operate sees the input"
    assert 'value="CLOSED"' in page


def test_who_may_not_operate_sees_neither_values_nor_verbs(desk: Desk) -> None:
    instance = stopped(desk)
    browser = desk.office.browser("gus")
    page = browser.get(f"/instances/{instance}").text
    assert "What stopped" in page and "Zz-claim" not in page and "/preview" not in page
    answer = post(browser, f"/instances/{instance}/preview", "/cases/", kind="cancel")
    assert answer.status_code == 403


def test_people_of_another_practice_do_not_learn_that_it_exists(desk: Desk) -> None:
    instance = stopped(desk)
    assert desk.office.browser("eve").get(f"/instances/{instance}").status_code in (403, 404)


def test_an_operation_is_previewed_and_then_done_with_a_reason(desk: Desk) -> None:
    instance = stopped(desk)
    browser = desk.office.browser("dev")
    back = f"/instances/{instance}"
    given = {"kind": "answer", "step": step_of(desk, instance, "ask"), "result": "{n: 3}"}
    shown = post(browser, f"{back}/preview", back, **given)
    assert "after" in shown.text and "result" in shown.text and desk.row(instance).status == "stopped"
    missing = browser.post(f"{back}/operations", data={**hidden(shown.text), "reason": " "})
    assert missing.status_code == 422 and "Say in a sentence why" in missing.text
    assert desk.row(instance).status == "stopped"
    done = browser.post(f"{back}/operations", data={**hidden(shown.text), "reason": "the payer told us by phone"})
    assert done.status_code == 303
    page = browser.get(back).text
    assert "Answered by hand" in page and "the payer told us by phone" in page
    assert list(desk.open(instance)) == ["after"] and desk.incidents(instance) == []


def test_what_moved_meanwhile_is_shown_anew_instead_of_done(desk: Desk) -> None:
    instance = desk.start(line(user("a"), user("b")))
    browser = desk.office.browser("dev")
    back = f"/instances/{instance}"
    shown = post(browser, f"{back}/preview", back, kind="cancel")
    desk.complete(instance, "a")
    answer = browser.post(f"{back}/operations", data={**hidden(shown.text), "reason": "opened twice"})
    assert answer.status_code == 409 and "changed since the preview" in answer.text and "opened twice" in answer.text
    again = browser.post(f"{back}/operations", data={**hidden(answer.text), "reason": "opened twice"})
    assert again.status_code == 303 and desk.row(instance).status == "cancelled"


@pytest.mark.parametrize(
    ("operation", "sentence"),
    [
        ({"kind": "answer", "result": '{n: "x"}'}, "should be a number"),
        ({"kind": "set", "name": "x", "value": "1 +"}, "FEEL"),
        ({"kind": "nonsense"}, "Choose one of"),
        ({"kind": "resume"}, "not suspended"),
    ],
    ids=lambda given: str(given),
)
def test_a_refusal_is_said_and_what_was_typed_stays(desk: Desk, operation: dict[str, str], sentence: str) -> None:
    instance = stopped(desk)
    browser = desk.office.browser("dev")
    back = f"/instances/{instance}"
    given = {"step": step_of(desk, instance, "ask"), **operation}
    answer = post(browser, f"{back}/preview", back, **given)
    assert answer.status_code in (409, 422) and sentence in answer.text and "Nothing was changed" in answer.text
    for name in ("result", "value"):
        assert operation.get(name, "").replace('"', "&#34;") in answer.text


def test_every_other_operation_has_its_form(desk: Desk) -> None:
    instance = desk.start(line(user("a"), user("b")), x=1)
    desk.publish(line(user("a"), user("b"), user("c")))
    browser = desk.office.browser("dev")
    assert confirm(browser, instance, "wrong amount", kind="set", name="x", value="12.5").status_code == 303
    assert str(desk.look(instance).variables["x"]) == "12.5"
    assert confirm(browser, instance, "not needed", kind="set", name="x").status_code == 303
    assert "x" not in desk.look(instance).variables
    assert confirm(browser, instance, "hold it", kind="suspend").status_code == 303
    page = browser.get(f"/instances/{instance}").text
    assert "Suspended" in page and "Resume" in page and "Move the token" not in page
    assert confirm(browser, instance, "go on", kind="resume").status_code == 303
    moved = confirm(browser, instance, "skip a", kind="move", step=step_of(desk, instance, "a"), element="b")
    assert moved.status_code == 303 and list(desk.open(instance)) == ["b"]


def test_incidents_of_all_cases_are_listed_and_retried_at_once(desk: Desk) -> None:
    first, second = stopped(desk), desk.start(claim="B")
    desk.work(second)
    browser = desk.office.browser("dev")
    page = browser.get("/instances/incidents?kind=service-failed").text
    chosen = re.findall(r'name="incident" value="([^"]+)"', page)
    assert len(chosen) == 2
    path, back = "/instances/incidents/retry", "/instances/incidents?kind=service-failed"
    assert post(browser, path, back, kind="service-failed", incident=chosen).status_code == 422
    assert post(browser, path, back, kind="service-failed", reason="why").status_code == 422
    done = post(browser, path, back, kind="service-failed", incident=chosen, reason="the payer is back")
    assert done.status_code == 200 and "2 tried again" in done.text and "Nothing has stopped" in done.text
    assert {desk.row(one).status for one in (first, second)} == {"running"}
    assert all(desk.call(one).status == "waiting" for one in (first, second))


def test_lists_say_when_they_are_empty(desk: Desk) -> None:
    browser = desk.office.browser("dev")
    assert "Nothing is running" in browser.get("/instances/").text
    assert "Nothing has stopped" in browser.get("/instances/incidents").text
    assert "No instance is in this state" in browser.get("/instances/?status=stopped").text
    instance = stopped(desk)
    assert str(instance)[-12:] in browser.get("/instances/?status=stopped").text


def test_a_case_page_offers_to_mend_what_stopped(desk: Desk, office: Office) -> None:
    def fail(call: Any) -> Any:
        raise KeyError("x")

    triage = service_tasks.get_operator("denials.triage")
    desk.monkeypatch.setitem(service_tasks._operators, "denials.triage", _with(triage, fail))
    office.receive()
    case = office.case()
    assert case.instance_id is not None
    browser = office.browser("dev")
    page = browser.get(f"/cases/{case.id}").text
    assert "What stopped" in page and f"/instances/{case.instance_id}/preview" in page and "Answer by hand" in page
    assert f"/instances/{case.instance_id}/preview" not in office.browser("ben").get(f"/cases/{case.id}").text
    desk.monkeypatch.setitem(service_tasks._operators, "denials.triage", triage)
    retried = confirm(
        browser, case.instance_id, "mended", kind="retry", step=step_of(desk, case.instance_id, "triage_denial")
    )
    assert retried.status_code == 303
    assert "triage_confirm" in office.open_tasks() and "What stopped" not in browser.get(f"/cases/{case.id}").text


def _with(operator: service_tasks.Operator, handler: Any) -> service_tasks.Operator:
    from dataclasses import replace

    return replace(operator, handler=handler)
