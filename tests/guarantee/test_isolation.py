"""For people of another practice all of Lakeshore is absent: pages, lists, counts, search and the API."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from mso.affiliations import AffiliationEntry, add_affiliation, affiliations_of, end_affiliation
from mso.documents import Document
from store import clock, ids
from store.practice import viewing
from store.transaction import reading
from tests.office import EVERYWHERE, REVIEW, Office, csrf
from workflows.decision_records import DecisionRecord


def things(office: Office) -> dict[str, UUID]:
    """One of everything at Lakeshore."""
    task_id = office.to_clinical_review()
    office.complete("ada", task_id, REVIEW, "appeal")
    case = office.case()
    with viewing(EVERYWHERE), reading() as session:
        document = session.scalars(select(Document.id)).first()
        decided = session.scalars(
            select(DecisionRecord.id).where(DecisionRecord.instance_id == case.instance_id)
        ).first()
    return {
        "case": case.id,
        "task": office.task("collect_evidence"),
        "done": task_id,
        "delivery": office.receive(),
        "document": document or ids.new(),
        "decided": decided or ids.new(),
    }


@pytest.mark.parametrize("name", ["eve", "stranger"])
def test_nothing_of_another_practice_can_be_reached(office: Office, name: str) -> None:
    known = things(office)
    name = "eve" if name == "eve" else _only_at_harbor(office)
    browser, client = office.browser(name), office.app.test_client()
    headers = {"Authorization": f"Bearer {office.token(name)}"}
    token = csrf(browser, "/cases/")
    case, task, done = known["case"], known["task"], known["done"]
    pages = (
        *(f"/cases/{case}", f"/cases/{case}/diagram", f"/cases/{case}/documents/{known['document']}"),
        *(f"/cases/{case}/decisions", f"/cases/{case}/decisions/{known['decided']}"),
        *(f"/tasks/{task}", f"/tasks/{done}"),
    )
    for path in pages:
        assert browser.get(path).status_code == 404, path
        assert browser.head(path).status_code == 404, path
    for path in ("claim", "claim/release", "draft", "form", "completion"):
        assert browser.post(f"/tasks/{task}/{path}", data={"csrf_token": token}).status_code == 404, path
    for path in (f"/api/v1/cases/{case}{more}" for more in ("", "/decisions")):
        assert client.get(path, headers=headers).status_code == 404, path
    for path in (f"/api/v1/tasks/{task}", f"/api/v1/tasks/{done}"):
        assert client.get(path, headers=headers).status_code == 404, path
    for path in (f"/deliveries/{known['delivery']}", "/deliveries/"):
        assert browser.get(path).status_code in (403, 404), path
    delivery = f"/api/v1/deliveries/{known['delivery']}"
    assert client.get(delivery, headers=headers).status_code in (403, 404)


@pytest.mark.parametrize("name", ["eve", "stranger"])
def test_nothing_of_another_practice_is_listed_counted_or_found(office: Office, name: str) -> None:
    known = things(office)
    number, claim, payer = office.case().number, office.case().claim_key, office.case().payer_name
    name = "eve" if name == "eve" else _only_at_harbor(office)
    browser, client = office.browser(name), office.app.test_client()
    headers = {"Authorization": f"Bearer {office.token(name)}"}
    seen = [
        browser.get(f"{path}{query}").text
        for path, queries in {
            "/cases/": ("", f"?q={number}", f"?q={claim}&status=", "?practice=2", f"?after={ids.new()}&status="),
            "/inbox": ("", "?view=mine", "?view=clinical", "?view=overdue", "?practice=2", f"?task={known['task']}"),
            "/inbox/changes": ("", "?practice=2"),
        }.items()
        for query in queries
    ]
    for text in seen:
        assert str(known["case"]) not in text
        assert f"/tasks/{known['task']}" not in text
        assert number not in text.replace(f'value="{number}"', "")
        assert payer is None or payer not in text
        assert "Lakeshore" not in text
    for query in (
        "/api/v1/cases",
        "/api/v1/cases?practice=2",
        f"/api/v1/cases?q={number}",
        "/api/v1/tasks?view=queues",
    ):
        answer = client.get(query, headers=headers)
        assert answer.get_json()["items"] == [], query


def _only_at_harbor(office: Office) -> str:
    """Cleo reviews for Lakeshore too; Hana's account is turned into one of Harbor alone."""
    person = office.people["hana"]
    with reading() as session:
        held = {one.affiliation_id for one in affiliations_of(session, person)}
    # A day that is over everywhere: when it is tomorrow in UTC, it is still yesterday's evening in the practice.
    since = clock.now().date() - timedelta(days=2)
    for one in held:
        end_affiliation(one, since - timedelta(days=1), now=clock.now(), by=None)
    entry = AffiliationEntry(person_id=person, practice_id=3, side="practice", position="clinician", valid_from=since)
    add_affiliation(entry, now=clock.now(), by=None)
    return "hana"
