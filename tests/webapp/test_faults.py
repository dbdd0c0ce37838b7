"""What a person reads when the database does not answer: words, a status that says try again, no trace."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from store.embedded import EmbeddedServer
from tests.conftest import plain
from tests.office import REVIEW, Office, csrf, office, office_people

__all__ = ["office", "office_people"]


@pytest.fixture
def closed(office: Office, server: EmbeddedServer) -> Iterator[list[object]]:
    """Call the first element to close the database for everybody; it is open again after the test."""
    assert office.config is not None
    name = str(office.config.database_url).rpartition("/")[2].partition("?")[0]
    with psycopg.connect(plain(server.urls.admin), autocommit=True) as admin:

        def allow(yes: bool) -> None:
            admin.execute(
                sql.SQL("alter database {} allow_connections {}").format(sql.Identifier(name), sql.SQL(str(yes)))
            )
            admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name,))

        yield [lambda: allow(False)]
        allow(True)


def test_a_database_that_does_not_answer_is_said_in_words(office: Office, closed: list[object]) -> None:
    task_id = office.to_clinical_review()
    browser, client = office.browser("ada"), office.app.test_client()
    headers = {"Authorization": f"Bearer {office.token('ada')}"}
    token = csrf(browser, "/cases/")
    closed[0]()  # type: ignore[operator]
    page = browser.get("/inbox")
    sent = browser.post(f"/tasks/{task_id}/completion", data={**REVIEW, "outcome": "appeal", "csrf_token": token})
    by_api = client.get("/api/v1/tasks", headers=headers)
    health = client.get("/readyz")
    assert (page.status_code, sent.status_code, by_api.status_code, health.status_code) == (503, 503, 503, 503)
    assert "cannot be reached" in page.text
    assert str(REVIEW["rationale"]) in sent.text
    assert by_api.get_json()["code"] == "database.silent"
    assert "psycopg" not in page.text + sent.text + by_api.text
