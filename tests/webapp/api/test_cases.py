"""Cases through the API: listed by keyset, shown whole, without amounts for who decides medicine."""

import pytest

from store import ids
from tests.clients import ClientOf, PostEra, ask
from tests.office import REVIEW, Office

CASES = "/api/v1/cases"


def test_open_cases_are_listed_page_by_page_newest_first(client_of: ClientOf, post_era: PostEra) -> None:
    post_era()
    ben, query = client_of("ben"), "process=denial_appeal&status=open"
    everything = ask(ben, f"{CASES}?{query}&limit=50")
    numbers = [one["number"] for one in everything["items"]]
    assert everything["next"] is None and len(numbers) > 3
    assert numbers == sorted(numbers, reverse=True)
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = ask(ben, f"{CASES}?{query}&limit=2{after and f'&after={after}'}")
        seen += [one["number"] for one in page["items"]]
        after = page["next"]
    assert seen == numbers


def test_a_case_in_the_list_has_money_as_text_and_its_places(client_of: ClientOf, post_era: PostEra) -> None:
    post_era()
    one = ask(client_of("ben"), f"{CASES}?q=PCCN0002")["items"][0]
    assert (one["process"], one["status"], one["outcome"], one["claim"]) == ("denial_appeal", "open", None, "PCCN0002")
    assert one["practice"] == {"id": 2, "name": "Lakeshore Orthopedics PC", "state": "NY"}
    assert one["payer"]["id"] == "SYN01"
    assert isinstance(one["amount"], str) and one["amount"].rpartition(".")[2].isdigit()


def test_closed_cases_and_other_processes_are_another_list(client_of: ClientOf, post_era: PostEra) -> None:
    post_era(b"not a remittance")
    ben = client_of("ben")
    assert ask(ben, f"{CASES}?process=denial_appeal")["items"] == []
    assert ask(ben, f"{CASES}?status=closed")["items"] == []
    (exception,) = ask(ben, f"{CASES}?process=era_exception&status=open")["items"]
    assert exception["practice"] == {"id": 1, "name": "MSO", "state": None}
    whole = ask(ben, f"{CASES}/{exception['id']}")
    assert whole["timeline"] and whole["lines"] == [] and whole["deadline"] is None


def test_a_case_is_shown_with_facts_lines_tasks_story_and_clock(
    office: Office, client_of: ClientOf, post_era: PostEra
) -> None:
    post_era()
    case = ask(client_of("ben"), f"{CASES}/{office.case().id}")
    assert {one["label"] for one in case["facts"]} >= {"Payer", "Patient", "In dispute"}
    line = case["lines"][0]
    assert line["reasons"][0]["code"].startswith(("CO-", "PR-", "OA-", "PI-"))
    assert isinstance(line["charge"], str) and isinstance(line["reasons"][0]["amount"], str)
    assert [one["element_id"] for one in case["tasks"]] == ["triage_confirm"]
    assert case["timeline"][-1]["kind"] == "opened"
    assert case["deadline"]["file_by"] == case["deadline_on"] and case["deadline"]["explanation"]


def test_who_decides_medicine_sees_no_amount(office: Office, client_of: ClientOf) -> None:
    office.to_clinical_review()
    ada = client_of("ada")
    for path in (CASES, f"{CASES}/{office.case().id}"):
        text = ada.get(path).text
        assert "PCCN0002" in text
        for money in ("$", '"amount"', '"charge"', '"paid"', "In dispute"):
            assert money not in text, (path, money)


def test_a_signed_decision_is_in_the_story_with_its_signer(office: Office, client_of: ClientOf) -> None:
    office.complete("ada", office.to_clinical_review(), REVIEW, "appeal")
    case = ask(client_of("ben"), f"{CASES}/{office.case().id}")
    (signed,) = [one for one in case["timeline"] if one["kind"] == "signed"]
    assert signed["by"]["name"] == "Ada Marsh, MD"
    assert {one["status"] for one in case["tasks"]} == {"open", "completed"}


def test_staff_of_another_practice_learn_nothing(office: Office, client_of: ClientOf, post_era: PostEra) -> None:
    post_era()
    eve, case = client_of("eve"), office.case()
    known, unknown = (ask(eve, f"{CASES}/{one}", 404) for one in (case.id, ids.new()))
    assert known == unknown and known["code"] == "case.unknown"
    for query in ("", "?practice=2", f"?q={case.number}", "?q=PCCN0002"):
        assert ask(eve, f"{CASES}{query}") == {"items": [], "next": None}


@pytest.mark.parametrize("query", ["status=x", "after=1", "limit=500", "practice=0", "process=%00", "sort=name"])
def test_a_query_of_another_shape_is_refused(client_of: ClientOf, query: str) -> None:
    assert ask(client_of("ben"), f"{CASES}?{query}", 422)["code"] == "request.invalid"
