"""Clients of the whole application, signed in. A folder's conftest imports these fixtures to have them."""

from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.office import Office, office, office_people

__all__ = ["application", "ask", "browser_client", "client_of", "office", "office_people", "post_era"]

ClientOf = Callable[[str], FlaskClient]


class PostEra(Protocol):
    """Receives and processes a file; gives the delivery's id."""

    def __call__(self, body: bytes | None = None, source: str = "era835") -> UUID: ...


def ask(client: FlaskClient, path: str, status: int = 200) -> Any:
    """The JSON of a GET, whose status has to be this one."""
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    return answer.json


@pytest.fixture
def application(office: Office) -> Flask:
    """The application on a database of its own: cast, shipped processes, Lakeshore's payer profile."""
    return office.app


@pytest.fixture
def client_of(office: Office) -> ClientOf:
    """client_of("ben"): a client of the API that sends Ben's bearer token."""

    def make(name: str) -> FlaskClient:
        client = office.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {office.token(name)}"
        return client

    return make


@pytest.fixture
def browser_client(office: Office) -> ClientOf:
    """browser_client("ada"): a browser without JavaScript in which Ada is signed in."""
    return office.browser


@pytest.fixture
def post_era(office: Office) -> PostEra:
    """post_era(): the synthetic remittance, or the given bytes, received and processed."""
    return office.receive
