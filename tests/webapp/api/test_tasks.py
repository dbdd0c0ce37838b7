"""Tasks through the API: the same verdicts as on the page, and a token alone never signs."""

from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from store import ids
from tests.clients import ClientOf, PostEra, ask
from tests.office import PASSWORD, REVIEW, TRIAGE, Office

TASKS = "/api/v1/tasks"


def test_a_queue_is_listed_page_by_page_without_gap_or_repeat(client_of: ClientOf, post_era: PostEra) -> None:
    post_era()
    ben = client_of("ben")
    everything = ask(ben, f"{TASKS}?view=queues")
    assert everything["next"] is None
    assert {one["queue"] for one in everything["items"]} <= {"denial_specialist", "coder", "finance"}
    seen, after = [], ""
    while after is not None:
        page = ask(ben, f"{TASKS}?view=queues&limit=2{after and f'&after={after}'}")
        assert len(page["items"]) <= 2
        seen += [one["id"] for one in page["items"]]
        after = page["next"]
    assert seen == [one["id"] for one in everything["items"]]
    assert len(seen) > 4


def test_a_list_can_be_narrowed_to_a_queue_and_a_practice(client_of: ClientOf, post_era: PostEra) -> None:
    post_era()
    ben = client_of("ben")
    assert ask(ben, f"{TASKS}?queue=denial_specialist&practice=2")["items"]
    assert ask(ben, f"{TASKS}?queue=finance&practice=2")["items"] == []
    assert ask(ben, f"{TASKS}?practice=4")["items"] == []


def test_a_task_names_its_form_but_never_the_data_behind_it(
    office: Office, client_of: ClientOf, post_era: PostEra
) -> None:
    post_era()
    task = ask(client_of("ben"), f"{TASKS}/{office.task('triage_confirm')}")
    assert (task["status"], task["clinical"], task["queue"]) == ("open", False, "denial_specialist")
    assert {one.get("key") for one in task["form"]["components"]} >= {"route", "root_cause"}
    assert task["practice"] == {"id": 2, "name": "Lakeshore Orthopedics PC", "state": "NY"}
    assert task["gate"] is None and len(task["digest"]) == 64


def test_claiming_and_releasing(office: Office, client_of: ClientOf, post_era: PostEra) -> None:
    post_era()
    task_id, ben = office.task("triage_confirm"), client_of("ben")
    claimed = ben.post(f"{TASKS}/{task_id}/claim")
    assert claimed.status_code == 200
    assert claimed.json is not None and claimed.json["assignee"]["name"] == "Ben Tully"
    assert [one["id"] for one in ask(ben, f"{TASKS}?view=mine")["items"]] == [str(task_id)]
    released = ben.delete(f"{TASKS}/{task_id}/claim")
    assert (released.status_code, released.data) == (204, b"")
    assert ask(ben, f"{TASKS}?view=mine")["items"] == []


def test_what_another_person_holds_is_a_conflict(office: Office, client_of: ClientOf) -> None:
    task_id = office.to_clinical_review()
    assert client_of("ada").post(f"{TASKS}/{task_id}/claim").status_code == 200
    taken = client_of("mia").post(f"{TASKS}/{task_id}/claim")
    assert (taken.status_code, taken.json and taken.json["code"]) == (409, "task.taken")
    foreign = client_of("mia").delete(f"{TASKS}/{task_id}/claim")
    assert (foreign.status_code, foreign.json and foreign.json["code"]) == (403, "task.not_your_claim")


def test_a_refused_claim_of_a_decision_names_every_reason(office: Office, client_of: ClientOf) -> None:
    task_id, ben = office.to_clinical_review(), client_of("ben")
    refused = ben.post(f"{TASKS}/{task_id}/claim")
    assert refused.status_code == 403 and refused.mimetype == "application/problem+json"
    assert refused.json is not None
    assert {one["code"] for one in refused.json["reasons"]} >= {"NO_LICENSE", "MSO_SIDE"}
    gate = ask(ben, f"{TASKS}/{task_id}")["gate"]
    assert gate["eligible"] is False and {one["code"] for one in gate["reasons"]} >= {"NO_LICENSE", "MSO_SIDE"}


def test_the_decider_sees_the_gate_and_no_amount(office: Office, client_of: ClientOf) -> None:
    task_id = office.to_clinical_review()
    answer = client_of("ada").get(f"{TASKS}/{task_id}")
    task = answer.json
    assert task is not None
    assert task["gate"]["eligible"] is True and task["gate"]["state"] == "NY"
    assert "appeal" in task["outcomes"] and task["shown"]["meaning"]
    assert task["shown"]["facts"] and task["shown"]["lines"]
    assert "$" not in answer.text and "amount" not in answer.text
    assert task["digest"] == office.digest(task_id)


def complete(client: FlaskClient, task_id: UUID, **body: Any) -> Any:
    return client.post(f"{TASKS}/{task_id}/completion", json=body)


def test_completing_moves_the_case_and_a_second_time_is_a_conflict(
    office: Office, client_of: ClientOf, post_era: PostEra
) -> None:
    post_era()
    task_id, ben = office.task("triage_confirm"), client_of("ben")
    done = complete(ben, task_id, values=TRIAGE)
    assert done.status_code == 200, done.text
    assert (done.json["status"], done.json["completed_by"]["name"]) == ("completed", "Ben Tully")
    assert "clinical_review" in office.open_tasks()
    again = complete(ben, task_id, values=TRIAGE)
    assert (again.status_code, again.json["code"]) == (409, "task.already_completed")


def test_a_field_the_form_does_not_ask_is_refused(office: Office, client_of: ClientOf, post_era: PostEra) -> None:
    post_era()
    task_id = office.task("triage_confirm")
    refused = complete(client_of("ben"), task_id, values={**TRIAGE, "decisions": {"x": 1}})
    assert refused.status_code == 422
    assert "decisions" in refused.json["errors"]
    assert office.stored(task_id).status == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "values"),
        ({"values": []}, "values"),
        ({"values": {}, "outcom": "appeal"}, "outcom"),
        ({"values": {"rationale": "\0"}}, "values"),
        ({"values": {"rationale": "\ud800"}}, "values"),
        ({"values": {}, "password": "\ud800"}, "password"),
        ({"values": {}, "seen": 5}, "seen"),
    ],
)
def test_a_body_of_another_shape_names_the_field(
    office: Office, client_of: ClientOf, post_era: PostEra, body: dict[str, Any], field: str
) -> None:
    post_era()
    refused = complete(client_of("ben"), office.task("triage_confirm"), **body)
    assert (refused.status_code, refused.json["code"]) == (422, "request.invalid")
    assert list(refused.json["errors"]) == [field]


@pytest.mark.parametrize(
    ("data", "status"), [(b"{", 400), (b"[" * 100_000, 422), (b"\xff", 400), (b"5", 422), (b"", 422)]
)
def test_a_body_that_is_no_json_object_is_a_problem_not_a_fault(
    office: Office, client_of: ClientOf, post_era: PostEra, data: bytes, status: int
) -> None:
    post_era()
    path = f"{TASKS}/{office.task('triage_confirm')}/completion"
    answer = client_of("ben").post(path, data=data, content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text


def signing(office: Office, task_id: UUID) -> dict[str, Any]:
    return {"values": REVIEW, "outcome": "appeal", "seen": office.digest(task_id), "password": PASSWORD}


@pytest.mark.parametrize(
    ("without", "code"),
    [
        ("password", "signature.password_needed"),
        ("outcome", "signature.outcome"),
        ("seen", "signature.seen_needed"),
    ],
)
def test_a_token_alone_signs_nothing(office: Office, client_of: ClientOf, without: str, code: str) -> None:
    task_id = office.to_clinical_review()
    body = signing(office, task_id)
    del body[without]
    refused = complete(client_of("ada"), task_id, **body)
    assert (refused.status_code, refused.json["code"]) == (422, code)
    assert without in refused.json["errors"]
    assert office.stored(task_id).status == 0


def test_a_wrong_password_and_a_stale_digest_sign_nothing(office: Office, client_of: ClientOf) -> None:
    task_id, ada = office.to_clinical_review(), client_of("ada")
    wrong = complete(ada, task_id, **signing(office, task_id) | {"password": "not the password"})
    assert (wrong.status_code, wrong.json["code"]) == (403, "password.wrong")
    stale = complete(ada, task_id, **signing(office, task_id) | {"seen": "0" * 64})
    assert (stale.status_code, stale.json["code"]) == (409, "task.changed_since_shown")
    assert office.stored(task_id).status == 0


def test_a_license_of_the_wrong_state_signs_nothing(office: Office, client_of: ClientOf) -> None:
    task_id = office.to_clinical_review()
    refused = complete(client_of("cleo"), task_id, **signing(office, task_id))
    assert refused.status_code == 403
    assert "WRONG_STATE" in {one["code"] for one in refused.json["reasons"]}
    assert office.stored(task_id).status == 0


def test_the_licensed_signer_decides(office: Office, client_of: ClientOf) -> None:
    task_id, ada = office.to_clinical_review(), client_of("ada")
    done = complete(ada, task_id, **signing(office, task_id))
    assert done.status_code == 200, done.text
    assert (done.json["status"], done.json["outcome"]) == ("completed", "appeal")
    assert done.json["completed_by"] == {"id": str(office.people["ada"]), "name": "Ada Marsh, MD"}
    again = complete(ada, task_id, **signing(office, task_id))
    assert again.status_code == 409
    assert ask(ada, f"{TASKS}/{task_id}")["gate"] is None


def test_staff_of_another_practice_learn_nothing(office: Office, client_of: ClientOf) -> None:
    task_id, eve = office.to_clinical_review(), client_of("eve")
    body = {"values": {}}
    for known in (task_id, ids.new()):
        answers = [
            eve.get(f"{TASKS}/{known}"),
            eve.post(f"{TASKS}/{known}/claim"),
            eve.delete(f"{TASKS}/{known}/claim"),
            eve.post(f"{TASKS}/{known}/completion", json=body),
        ]
        assert {(one.status_code, one.json and one.json["code"]) for one in answers} == {(404, "task.unknown")}
    assert ask(eve, f"{TASKS}?view=queues")["items"] == []


@pytest.mark.parametrize(
    "query", ["view=all", "limit=0", "limit=201", "limit=x", "vew=mine", "queue=%00", "practice=99999999999"]
)
def test_a_query_of_another_shape_is_refused(client_of: ClientOf, query: str) -> None:
    assert ask(client_of("ben"), f"{TASKS}?{query}", 422)["code"] == "request.invalid"


@pytest.mark.parametrize("cursor", ["x", "WzFd", "WyIyMDI2LTAxLTAxIiw1XQ", "é", "%00"])
def test_a_cursor_of_elsewhere_is_refused(client_of: ClientOf, cursor: str) -> None:
    assert ask(client_of("ben"), f"{TASKS}?after={cursor}", 422)["code"] in ("page.cursor", "request.invalid")
