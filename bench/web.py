"""Driver of the product over HTTP: a browser that completes tasks by the form, with session, CSRF and license check.

Two ways to the same application: through its WSGI interface in this process, and over a socket to the web server that
the product starts, with keep-alive.
"""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any, Protocol
from urllib.parse import urlencode

from bench.forms import REVIEW, answers
from bench.product import OUTCOME, Stage, Worked, make_stage
from bench.site import BILLER, PASSWORD, doctor
from bench.wire import Driver

FORM = "application/x-www-form-urlencoded"
TOKEN = re.compile(r'X-CSRFToken": "([^"]+)"')


class Unexpected(RuntimeError):
    """The answer is another one than a browser would get."""


class Browser(Protocol):
    """What one person's browser does. Both give status and text."""

    def get(self, path: str) -> tuple[int, str]: ...

    def post(self, path: str, fields: Mapping[str, str]) -> tuple[int, str]: ...

    def rest(self) -> None:
        """Nothing will be asked for a while."""


class InProcess:
    """The application called directly."""

    def __init__(self, stage: Stage) -> None:
        self._client = stage.app.test_client()

    def get(self, path: str) -> tuple[int, str]:
        answer = self._client.get(path)
        return answer.status_code, answer.text

    def post(self, path: str, fields: Mapping[str, str]) -> tuple[int, str]:
        answer = self._client.post(path, data=urlencode(fields), content_type=FORM)
        return answer.status_code, answer.text

    def rest(self) -> None:
        return


class OverSocket:
    """A connection that stays open, and the cookies of one person."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> tuple[int, str]:
        return self._ask("GET", path, None, {})

    def post(self, path: str, fields: Mapping[str, str]) -> tuple[int, str]:
        return self._ask("POST", path, urlencode(fields).encode(), {"Content-Type": FORM})

    def rest(self) -> None:
        self._connection.close()  # The server would close it after a minute; the next request opens it again.

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._connection.request(method, path, body, {**headers, "Cookie": cookies})
        answer = self._connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for header in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = header.partition("=")
            self._cookies[name] = rest.partition(";")[0]
        return answer.status, text


@dataclass
class Person:
    """Somebody who is signed in."""

    browser: Browser
    token: str

    @classmethod
    def sign_in(cls, browser: Browser, email: str) -> "Person":
        _, page = browser.get("/sign-in")
        fields = {"email": email, "password": PASSWORD, "csrf_token": _token(page)}
        status, text = browser.post("/sign-in", fields)
        if status != 302:
            raise Unexpected(f"Signing in was answered with {status}: {text[:200]}")
        return cls(browser, _token(browser.get("/cases/")[1]))


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page) or TOKEN.search(page)
    if found is None:
        raise Unexpected("The page has no CSRF token.")
    return found[1]


@dataclass
class ByForm(Worked):
    """Complete a task by its form. Items as for the service level; people sign in when work for them is loaded."""

    connect: Callable[[], Browser] = field(kw_only=True)
    people: dict[str, Person] = field(default_factory=dict)

    def load(self, work: list[Any]) -> None:
        super().load(work)
        for practice, _, _, *digest in work:
            self._person(doctor(practice) if digest else BILLER).browser.rest()

    def do(self, item: Any) -> float:
        practice, task_id, element, *digest = item
        person = self._person(doctor(practice) if digest else BILLER)
        fields = as_fields(REVIEW if digest else answers(element))
        if digest:
            fields |= {"outcome": OUTCOME, "digest": digest[0], "password": PASSWORD}
        begin = time.perf_counter()
        status, text = person.browser.post(f"/tasks/{task_id}/completion", {**fields, "csrf_token": person.token})
        took = (time.perf_counter() - begin) * 1000
        if status not in (302, 303):
            raise Unexpected(f"A completion was answered with {status}: {_words(text)}")
        return took

    def _person(self, email: str) -> Person:
        if email not in self.people:
            self.people[email] = Person.sign_in(self.connect(), email)
        return self.people[email]


def as_fields(values: Mapping[str, Any]) -> dict[str, str]:
    """Answers as a browser posts them."""
    shown = {name: "true" if value is True else str(value) for name, value in values.items() if value is not False}
    return shown


def _words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())[:200]


def open_driver(given: dict[str, Any]) -> Driver:
    """given: the site, and the port of its web server."""
    stage, port = make_stage(given), int(given["port"])
    return Driver(
        {
            "wsgi": ByForm(stage, connect=lambda: InProcess(stage)),
            "http": ByForm(stage, connect=lambda: OverSocket(port)),
        }
    )
