"""Ways round the guarantee that people and programs try: each ends in a refusal, or in exactly one signature."""

import json
import threading
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from mso.licenses import LicenseChange, LicenseFact, amend_license
from mso.people import set_password
from store import clock
from store.audit import AuditEntry, record
from store.errors import Conflict, DomainError
from store.practice import as_practice, viewing
from store.transaction import reading, transaction
from tasks import assignment, completion, page, separation
from tasks.completion import ChangedSinceShown, Submission
from tasks.eligibility import NotEligible
from tasks.models import Task
from tasks.signatures import OutcomeMissing, SignedDecisionRow
from tests.acceptance.test_main_job import EVIDENCE, LETTER
from tests.office import EVERYWHERE, PASSWORD, REVIEW, Office, csrf
from tests.together import at_once
from workflows import definitions

SIGNED = {**REVIEW, "no_conflict": "true", "outcome": "appeal"}


def signatures_of(task_id: UUID) -> int:
    with viewing(EVERYWHERE), reading() as session:
        query = select(func.count()).select_from(SignedDecisionRow).where(SignedDecisionRow.task_id == task_id)
        return session.scalar(query) or 0


def post(browser: FlaskClient, task_id: UUID, path: str, data: Mapping[str, Any]) -> Any:
    token = csrf(browser, "/cases/")
    return browser.post(f"/tasks/{task_id}/{path}", data={**data, "csrf_token": token})


def test_a_signature_without_what_was_shown_is_refused(office: Office) -> None:
    task_id = office.to_clinical_review()
    browser = office.browser("ada")
    answer = post(browser, task_id, "completion", {**SIGNED, "password": PASSWORD, "step": "sign"})
    assert answer.status_code == 409
    assert signatures_of(task_id) == 0


def test_a_wrong_password_does_not_refresh_what_was_shown(office: Office) -> None:
    task_id = office.to_clinical_review()
    browser = office.browser("ada")
    stale = {**SIGNED, "digest": "0" * 64, "step": "sign"}
    again = post(browser, task_id, "completion", {**stale, "password": "not the password"})
    assert again.status_code == 422
    assert office.digest(task_id) not in again.text
    assert post(browser, task_id, "completion", {**stale, "password": PASSWORD}).status_code == 409
    assert signatures_of(task_id) == 0


def test_a_form_that_is_drawn_again_still_answers_the_page_that_was_read(office: Office) -> None:
    task_id = office.to_clinical_review()
    browser = office.browser("ada")
    post(browser, task_id, "claim", {})
    drawn = post(browser, task_id, "form", {**SIGNED, "digest": "0" * 64})
    assert f'name="digest" value="{"0" * 64}"' in drawn.text
    assert office.digest(task_id) in browser.get(f"/tasks/{task_id}").text


def test_the_letter_that_is_attested_is_part_of_what_is_signed(office: Office) -> None:
    task_id = office.to_clinical_review()
    office.complete("ada", task_id, REVIEW, "appeal")
    office.complete("ben", office.task("collect_evidence"), EVIDENCE)
    office.complete("ben", office.task("finalize_letter"), LETTER)
    task_id = office.task("attest_letter")
    with viewing(EVERYWHERE), reading() as session:
        task = session.scalars(select(Task).where(Task.id == task_id)).one()
        view = page.build(session, task, now=clock.now())
    assert any(str(REVIEW["rationale"])[:40] in str(one) for one in view.shown["texts"].values())


@pytest.mark.parametrize("outcome", ["", "approve", "APPEAL", "appeal ", "override", None])
def test_an_outcome_that_was_not_declared_signs_nothing(office: Office, outcome: str | None) -> None:
    task_id = office.to_clinical_review()
    submission = Submission(REVIEW, outcome, office.digest(task_id), PASSWORD)
    with pytest.raises(OutcomeMissing):
        completion.complete(office.viewer("ada"), task_id, submission, now=clock.now())
    assert signatures_of(task_id) == 0


@pytest.mark.parametrize("name", ["decisions", "decisions.medical_necessity", "medical_necessity", "status", "task_id"])
def test_foreign_fields_are_refused_whatever_their_name(office: Office, name: str) -> None:
    task_id = office.to_clinical_review()
    browser = office.browser("ada")
    sent = {**SIGNED, name: "appeal", "digest": office.digest(task_id), "password": PASSWORD}
    assert post(browser, task_id, "completion", sent).status_code == 422
    assert signatures_of(task_id) == 0


def test_a_password_of_another_person_signs_nothing(office: Office) -> None:
    task_id = office.to_clinical_review()
    with as_practice(1):
        set_password(office.people["mia"], "the password of Mia only", now=clock.now())
    submission = Submission(REVIEW, "appeal", office.digest(task_id), "the password of Mia only")
    with pytest.raises(DomainError):
        completion.complete(office.viewer("ada"), task_id, submission, now=clock.now())
    assert signatures_of(task_id) == 0


def test_a_signature_post_that_is_sent_again_signs_once(office: Office) -> None:
    task_id = office.to_clinical_review()
    browser = office.browser("ada")
    sent = {**SIGNED, "digest": office.digest(task_id), "password": PASSWORD}
    assert post(browser, task_id, "completion", sent).status_code == 303
    again = post(browser, task_id, "completion", sent)
    assert (again.status_code, signatures_of(task_id)) == (409, 1)


def test_somebody_elses_claim_cannot_be_completed_nor_its_draft_read(office: Office) -> None:
    task_id = office.to_clinical_review()
    assignment.claim(office.viewer("ada"), task_id, now=clock.now())
    own = {"pairs": [["rationale", "only Ada reads this"]]}
    completion.save_draft(office.viewer("ada"), task_id, own, now=clock.now())
    browser = office.browser("mia")
    answer = post(browser, task_id, "completion", {**SIGNED, "digest": office.digest(task_id), "password": PASSWORD})
    assert answer.status_code == 409
    assert str(REVIEW["rationale"]) in answer.text
    assert "only Ada reads this" not in answer.text + browser.get(f"/tasks/{task_id}").text
    assert signatures_of(task_id) == 0


def test_two_signers_at_once_make_one_signature(office: Office) -> None:
    task_id = office.to_clinical_review()
    digest, now = office.digest(task_id), clock.now()

    def sign(name: str) -> Callable[[], Task]:
        viewer = office.viewer(name)
        return lambda: completion.complete(viewer, task_id, Submission(REVIEW, "appeal", digest, PASSWORD), now=now)

    found = at_once(office.app, sign("ada"), sign("mia"), sign("ada"), sign("mia"))
    assert sum(isinstance(one, Task) for one in found) == 1, found
    assert all(isinstance(one, Task | Conflict) for one in found), found
    assert signatures_of(task_id) == 1


def test_what_is_undone_leaves_no_entry_in_the_audit_chain(office: Office) -> None:
    task_id = office.to_clinical_review()
    viewer = office.viewer("ada")
    with pytest.raises(ChangedSinceShown):
        completion.complete(viewer, task_id, Submission(REVIEW, "appeal", "0" * 64, PASSWORD), now=clock.now())
    with as_practice(2), transaction():
        record("test:after", by=None, on="thing/1")
    with viewing((2,)), reading() as session:
        tags = [json.loads(body)["tag"] for body in session.scalars(select(AuditEntry.body))]
        assert session.scalar(select(Task.assignee_id).where(Task.id == task_id)) is None
    assert tags.count("task:claimed") == 1  # Ben's triage only.


def test_text_that_could_not_be_handed_in_is_shown_and_kept(office: Office) -> None:
    task_id = office.to_clinical_review()
    browser = office.browser("ada")
    answer = post(browser, task_id, "completion", {**SIGNED, "digest": "0" * 64, "password": PASSWORD})
    assert answer.status_code == 409
    assert str(REVIEW["rationale"]) in answer.text
    post(browser, task_id, "claim", {})
    assert str(REVIEW["rationale"]) in browser.get(f"/tasks/{task_id}").text


def test_text_of_a_session_that_ended_is_shown(office: Office) -> None:
    task_id = office.to_clinical_review()
    browser = office.browser("ada")
    token = csrf(browser, "/cases/")
    with as_practice(1), transaction() as session:
        session.execute(text("update user_session set ended_at = now()"))
    answer = browser.post(f"/tasks/{task_id}/completion", data={**SIGNED, "csrf_token": token, "password": PASSWORD})
    assert answer.status_code == 401
    assert str(REVIEW["rationale"]) in answer.text
    assert PASSWORD not in answer.text


def test_a_record_that_is_locked_for_long_is_a_conflict_in_words(office: Office) -> None:
    task_id = office.to_clinical_review()
    browser = office.browser("ada")
    digest = office.digest(task_id)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with office.app.app_context(), as_practice(2), transaction() as session:
            session.execute(text("select 1 from process_instance for update"))
            held.set()
            done.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(5)
    try:
        answer = post(browser, task_id, "completion", {**SIGNED, "digest": digest, "password": PASSWORD})
        token = {"Authorization": f"Bearer {office.token('ada')}"}
        by_api = office.app.test_client().post(f"/api/v1/tasks/{task_id}/claim", headers=token)
    finally:
        done.set()
        holder.join()
    assert (answer.status_code, by_api.status_code) == (409, 409)
    assert str(REVIEW["rationale"]) in answer.text
    assert by_api.get_json()["code"] == "database.busy"


def revoke(office: Office, name: str) -> Callable[[], Any]:
    """The register verb that ends a person's license today, at once."""
    with reading() as session:
        query = select(LicenseFact.license_id).where(LicenseFact.person_id == office.people[name])
        license_id = session.scalars(query).first()
    assert license_id is not None
    change = LicenseChange(status="revoked")
    return lambda: amend_license(license_id, change, now=clock.now(), by=office.people["ivo"])


def test_a_license_revoked_between_opening_and_signing_signs_nothing(office: Office) -> None:
    task_id = office.to_clinical_review()
    browser = office.browser("ada")
    digest = office.digest(task_id)
    assert post(browser, task_id, "claim", {}).status_code == 303
    revoke(office, "ada")()
    answer = post(browser, task_id, "completion", {**SIGNED, "digest": digest, "password": PASSWORD})
    assert (answer.status_code, signatures_of(task_id)) == (403, 0)
    assert str(REVIEW["rationale"]) in answer.text


@pytest.mark.parametrize("turn", range(4))
def test_of_a_revocation_and_a_signature_at_once_the_first_wins(office: Office, turn: int) -> None:
    task_id = office.to_clinical_review()
    viewer, submission = office.viewer("ada"), Submission(REVIEW, "appeal", office.digest(task_id), PASSWORD)
    signed, revoked = at_once(
        office.app,
        lambda: completion.complete(viewer, task_id, submission, now=clock.now()),
        revoke(office, "ada"),
    )
    assert isinstance(revoked, LicenseFact), revoked
    if isinstance(signed, Task):
        with viewing(EVERYWHERE), reading() as session:
            rests_on = session.scalars(select(SignedDecisionRow.license_fact_id)).one()
        assert rests_on != revoked.id
    else:
        assert isinstance(signed, NotEligible), signed
        assert signatures_of(task_id) == 0


def test_of_two_tasks_that_stand_open_at_once_one_person_gets_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = office.to_clinical_review()
    element = SimpleNamespace(properties={"notSameAs": "another_review"})
    version = SimpleNamespace(process=SimpleNamespace(elements={"clinical_review": element}))
    monkeypatch.setattr(definitions, "get", lambda *_: version)
    with as_practice(2), transaction() as session:
        open_task = session.scalars(select(Task).where(Task.id == task_id)).one()
        done = SimpleNamespace(
            instance_id=open_task.instance_id,
            completed_by=office.people["ada"],
            element_id="another_review",
            decision_type=None,
        )
        separation.exclude_from_open_tasks(session, done, [open_task])  # type: ignore[arg-type]
    monkeypatch.undo()
    with pytest.raises(NotEligible) as refused:
        office.complete("ada", task_id, REVIEW, "appeal")
    assert "CONFLICT_PRIOR_STEP" in refused.value.verdict.codes
    assert office.complete("mia", task_id, REVIEW, "appeal").status == 1
