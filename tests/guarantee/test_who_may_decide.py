"""The New York physician's task, tried by everybody else on every road: all refused, all remembered."""

import json
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select

from store import clock, ids
from store.audit import AuditEntry
from store.practice import viewing
from store.transaction import reading
from tasks import assignment, completion
from tasks.completion import Submission
from tasks.eligibility import NotEligible
from tasks.holding import UnknownTask
from tests.office import PASSWORD, REVIEW, Office, csrf

OTHERS = ("ben", "dev", "cleo", "eve")
WHY = {"ben": {"NO_LICENSE", "MSO_SIDE"}, "dev": {"NO_LICENSE", "MSO_SIDE"}, "cleo": {"WRONG_STATE"}}


def refusals(office: Office, task_id: UUID) -> list[dict[str, object]]:
    with viewing((1, 2)), reading() as session:
        bodies = [json.loads(body) for body in session.scalars(select(AuditEntry.body))]
    return [one for one in bodies if one["tag"] == "refused" and one["on"] == f"task/{task_id}"]


@pytest.mark.parametrize("name", ["ben", "dev", "cleo"])
def test_claim_and_completion_are_refused_with_every_reason_and_audited(office: Office, name: str) -> None:
    task_id = office.to_clinical_review()
    submission = Submission(REVIEW, "appeal", office.digest(task_id), PASSWORD)
    with pytest.raises(NotEligible) as claimed:
        assignment.claim(office.viewer(name), task_id, now=clock.now())
    with pytest.raises(NotEligible):
        completion.complete(office.viewer(name), task_id, submission, now=clock.now())
    assert WHY[name] <= set(claimed.value.verdict.codes)
    found = refusals(office, task_id)
    assert len(found) == 2
    assert all(one["by"] == str(office.people[name]) for one in found)
    assert office.stored(task_id).status == 0


def test_staff_of_another_practice_do_not_see_that_it_exists(office: Office) -> None:
    task_id = office.to_clinical_review()
    for act in (
        lambda: assignment.claim(office.viewer("eve"), task_id, now=clock.now()),
        lambda: completion.complete(office.viewer("eve"), task_id, Submission(REVIEW, "appeal"), now=clock.now()),
        lambda: assignment.claim(office.viewer("eve"), ids.new(), now=clock.now()),
    ):
        with pytest.raises(UnknownTask):
            act()


@pytest.mark.parametrize("name", OTHERS)
def test_the_page_offers_no_form_and_a_forged_post_is_refused(office: Office, name: str) -> None:
    task_id = office.to_clinical_review()
    browser = office.browser(name)
    page = browser.get(f"/tasks/{task_id}")
    assert page.status_code in ((404,) if name == "eve" else (200, 403))
    assert "data-task-form" not in page.text
    token = csrf(browser, "/cases/") if page.status_code != 200 else csrf(browser, f"/tasks/{task_id}")
    form = {**REVIEW, "no_conflict": "true", "outcome": "appeal", "password": PASSWORD, "step": "sign"}
    forged = {**form, "digest": office.digest(task_id), "csrf_token": token}
    for path in ("claim", "completion", "draft"):
        answer = browser.post(f"/tasks/{task_id}/{path}", data=forged)
        assert answer.status_code in ((404,) if name == "eve" else (403,)), (path, answer.status_code)
    assert office.stored(task_id).status == 0
    assert office.stored(task_id).assignee_id is None


@pytest.mark.parametrize("name", OTHERS)
def test_the_api_refuses(office: Office, name: str) -> None:
    task_id = office.to_clinical_review()
    client = office.app.test_client()
    headers = {"Authorization": f"Bearer {office.token(name)}"}
    body = {"values": REVIEW, "outcome": "appeal", "seen": office.digest(task_id), "password": PASSWORD}
    claimed = client.post(f"/api/v1/tasks/{task_id}/claim", headers=headers)
    completed = client.post(f"/api/v1/tasks/{task_id}/completion", json=body, headers=headers)
    expected = 404 if name == "eve" else 403
    assert (claimed.status_code, completed.status_code) == (expected, expected)
    assert completed.mimetype == "application/problem+json"
    assert office.stored(task_id).status == 0


FORGERIES = {
    "complete the task": """update task set status = 1, outcome = 'appeal', completed_by = %(person)s
        where id = %(task)s""",
    "unmark the decision": "update task set decision_type = null where id = %(task)s",
    "sign for somebody": """insert into signed_decision (practice_id, id, task_id, instance_id, person_id, printed_name,
        decision_type, outcome, meaning, state_code, license_fact_id, license_snapshot, verdict, content, content_hash,
        definition_digest, method, reauthenticated_at, signed_at)
        select practice_id, gen_random_uuid(), id, instance_id, %(person)s, 'Ada Marsh, MD', decision_type, 'appeal',
        'x', state_code, gen_random_uuid(), '{}', '{}', '', sha256('x'::bytea), '', 'password', now(), now()
        from task where id = %(task)s""",
    "license oneself": """insert into license_fact select * from license_fact limit 0""",
    "erase the log": "delete from audit_entry",
    "rewrite the log": "update audit_entry set body = '{}'",
    "forge the log": "insert into audit_link select * from audit_link limit 0",
    "switch the guard off": "alter table task disable trigger all",
    "shadow the register": "create temporary table license_fact (id uuid)",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_sql_as_the_application_role_cannot_forge_a_decision(office: Office, forgery: str) -> None:
    task_id = office.to_clinical_review()
    assert office.config is not None
    url = str(office.config.database_url).replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("select set_config('app.practice', '2', false), set_config('app.practices', '1,2', false)")
        with pytest.raises(psycopg.Error):
            connection.execute(FORGERIES[forgery], {"task": task_id, "person": office.people["ben"]})
    assert office.stored(task_id).status == 0


def test_only_the_licensed_signer_with_the_password_passes(office: Office) -> None:
    task_id = office.to_clinical_review()
    done = office.complete("ada", task_id, REVIEW, "appeal")
    assert (done.status, done.outcome, done.completed_by) == (1, "appeal", office.people["ada"])
    assert "collect_evidence" in office.open_tasks()


def test_a_wrong_password_signs_nothing(office: Office) -> None:
    task_id = office.to_clinical_review()
    wrong = Submission(REVIEW, "appeal", office.digest(task_id), "not the password")
    with pytest.raises(Exception, match="password"):
        completion.complete(office.viewer("ada"), task_id, wrong, now=clock.now())
    assert office.stored(task_id).status == 0


def test_what_changed_since_it_was_shown_cannot_be_signed(office: Office) -> None:
    task_id = office.to_clinical_review()
    stale = Submission(REVIEW, "appeal", "0" * 64, PASSWORD)
    with pytest.raises(completion.ChangedSinceShown):
        completion.complete(office.viewer("ada"), task_id, stale, now=clock.now())
    assert office.stored(task_id).status == 0
