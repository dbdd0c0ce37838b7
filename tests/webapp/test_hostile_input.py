"""Whatever is sent, the answer is one of ours: no fault, no trace, nothing that the sender wrote run as code."""

import base64
import json
import re
from itertools import product
from urllib.parse import quote

import pytest

from tests.office import PASSWORD, REVIEW, TRIAGE, Office, csrf, office, office_people

__all__ = ["office", "office_people"]


def cursor(*parts: str) -> str:
    """A list's cursor with parts that the list never wrote."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


ID = "01930000-0000-7000-8000-000000000000"
TEXTS = (
    *("\0", "a\0b", "\ud800", "🩺" * 50, "x" * 5000, "²", "-1", "0", "99999999999999999999", "1e400", "NaN", "null"),
    *("[]", "{}", "0000-00-00", "9999-12-31T23:59:59+14:00", "../../etc/passwd", "%00", "<script>alert(1)</script>"),
    *("' or 1=1 --", "00000000-0000-0000-0000-000000000000", "W10", "bnVsbA", "W1tb" * 2000),
    *(cursor("2026-01-01", "x"), cursor("2026-01-01T00:00:00", ID), cursor("0001-01-01T00:00:00+14:00", ID)),
)

PAGES = {
    "/inbox": ("view", "practice", "due", "queue", "after", "task"),
    "/inbox/changes": ("view", "practice", "since", "after", "queue"),
    "/cases/": ("q", "status", "process", "after"),
    "/deliveries/": ("status", "after"),
    "/sign-in": ("next",),
}
API = {
    "/api/v1/cases": ("process", "status", "practice", "limit", "after", "q"),
    "/api/v1/tasks": ("view", "practice", "queue", "limit", "after"),
}


def sent(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("path", PAGES)
def test_no_query_makes_a_page_fail(office: Office, path: str) -> None:
    office.to_clinical_review()
    browser = office.browser("ben")
    failed = [
        (name, text[:30], answer.status_code)
        for name in PAGES[path]
        for text in TEXTS
        if (answer := browser.get(f"{path}?{name}={sent(text)}&{name}=x")).status_code >= 500
    ]
    assert failed == []


@pytest.mark.parametrize("path", API)
def test_no_query_makes_the_api_fail(office: Office, path: str) -> None:
    client, headers = office.app.test_client(), {"Authorization": f"Bearer {office.token('ben')}"}
    failed = [
        (name, text[:30], answer.status_code)
        for name in API[path]
        for text in TEXTS
        if (answer := client.get(f"{path}?{name}={sent(text)}", headers=headers)).status_code >= 500
    ]
    assert failed == []


def test_no_form_text_makes_a_task_fail(office: Office) -> None:
    office.receive()
    task_id = office.task("triage_confirm")
    browser = office.browser("ben")
    token = csrf(browser, f"/tasks/{task_id}")
    failed = []
    for path in ("form", "draft", "completion"):
        for name in ("route", "root_cause", "note", "decisions", "decisions.medical_necessity", "x" * 3000, "\0"):
            for text in TEXTS:
                data = {**TRIAGE, "changes_clinical_meaning": "nonsense", name: text, "csrf_token": token}
                body = "&".join(f"{sent(key)}={sent(value)}" for key, value in data.items())
                answer = browser.post(
                    f"/tasks/{task_id}/{path}", data=body, content_type="application/x-www-form-urlencoded"
                )
                if answer.status_code >= 500:
                    failed.append((path, name[:20], text[:30], answer.status_code))
    assert failed == []
    assert office.stored(task_id).status == 0


def test_no_text_makes_a_signature_fail(office: Office) -> None:
    task_id = office.to_clinical_review()
    browser = office.browser("ada")
    token = csrf(browser, f"/tasks/{task_id}")
    failed: list[object] = []
    for name in ("criterion_cited", "rationale", "outcome", "digest", "password", "seen_version", "criterion_met"):
        for text in TEXTS:
            data = {**REVIEW, "no_conflict": "nonsense", "outcome": "appeal", name: text, "csrf_token": token}
            body = "&".join(f"{sent(str(key))}={sent(str(value))}" for key, value in data.items())
            answer = browser.post(
                f"/tasks/{task_id}/completion", data=body, content_type="application/x-www-form-urlencoded"
            )
            if answer.status_code >= 500:
                failed.append((name, text[:30], answer.status_code))
    assert failed == []
    assert office.stored(task_id).status == 0


KINDS = ("application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "")
BODIES = (
    *(b"", b"{", b"[" * 1000 + b"]" * 1000, b"null", b"[]", b'"x"', b"1e999", b"\xff\xfe", b'{"values":[]}'),
    *(b'{"values":{"route":1e999}}', b'{"values":{"route":"\\ud800"}}', b'{"values":{},"seen":"\\u0000"}'),
    *(b'{"values":' + b'{"a":' * 900 + b"1" + b"}" * 901, b'{"values":{"n":' + b"9" * 5000 + b"}}"),
)


def test_no_body_makes_the_api_fail(office: Office) -> None:
    task_id = office.to_clinical_review()
    client = office.app.test_client()
    failed = []
    for name in ("ben", "ada"):
        headers = {"Authorization": f"Bearer {office.token(name)}"}
        for kind, body in product(KINDS, BODIES):
            for path in (f"/api/v1/tasks/{task_id}/completion", f"/api/v1/tasks/{task_id}/claim"):
                answer = client.post(path, data=body, content_type=kind, headers=headers)
                if answer.status_code >= 500:
                    failed.append((name, path[-10:], kind, body[:30], answer.status_code))
    assert failed == []


ODD_PATHS = (
    *(
        "/tasks/..%2f..%2fetc",
        "/tasks/not-an-id",
        "/static/../config.py",
        "/static/%2e%2e/errors.py",
        "/static/css/%00",
    ),
    *("//evil.example/", "/cases/%00", "/webhooks/%00", "/webhooks/" + "x" * 5000),
)


def test_odd_methods_paths_and_sign_ins_are_answered(office: Office) -> None:
    task_id = office.to_clinical_review()
    browser = office.browser("ada")
    token = csrf(browser, "/cases/")
    failed = []
    for path in (f"/tasks/{task_id}", "/inbox", "/cases/", "/sign-in", f"/api/v1/tasks/{task_id}", "/webhooks/era835"):
        for method in ("HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "NONSENSE"):
            answer = browser.open(path, method=method)
            if answer.status_code >= 500:
                failed.append((path, method, answer.status_code))
    for path in ODD_PATHS:
        for method in ("GET", "POST"):
            answer = browser.open(path, method=method, data={"csrf_token": token})
            if answer.status_code >= 500:
                failed.append((path[:40], method, answer.status_code))
    visitor = office.app.test_client()
    token = csrf(visitor, "/sign-in")
    for text in TEXTS:
        for data in ({"email": text, "password": PASSWORD}, {"email": "ada@lakeshore.example", "password": text}):
            body = "&".join(f"{key}={sent(value)}" for key, value in {**data, "csrf_token": token}.items())
            answer = visitor.post("/sign-in", data=body, content_type="application/x-www-form-urlencoded")
            if answer.status_code >= 500:
                failed.append(("/sign-in", text[:30], answer.status_code))
    assert failed == []


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example",
                                    "/%09/evil.example", "\\\\evil.example", "javascript:alert(1)", " //evil.example",
                                    "/\n/evil.example", "/\r\nSet-Cookie:x=y"])  # fmt: skip
def test_signing_in_never_leads_elsewhere(office: Office, target: str) -> None:
    visitor = office.app.test_client()
    data = {"email": office.email("ben"), "password": PASSWORD, "next": target, "csrf_token": csrf(visitor, "/sign-in")}
    answer = visitor.post("/sign-in", data=data)
    assert answer.status_code == 302
    location = re.sub(r"[\t\r\n]", "", answer.headers["Location"])
    assert location.startswith("/") and not location.startswith(("//", "/\\"))


@pytest.mark.parametrize("path", ["claim", "claim/release", "draft", "form", "completion"])
def test_a_post_from_elsewhere_changes_nothing(office: Office, path: str) -> None:
    task_id = office.to_clinical_review()
    answer = office.browser("ada").post(f"/tasks/{task_id}/{path}", data=dict(REVIEW, outcome="appeal"))
    assert answer.status_code == 400
    assert office.stored(task_id).assignee_id is None
