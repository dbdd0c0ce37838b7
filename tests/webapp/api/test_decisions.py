"""What decision tables answered, for programs."""

from store import ids
from tests.clients import ClientOf, PostEra, ask
from tests.office import Office


def test_decisions_of_a_case_are_listed_with_rows_inputs_and_result(
    office: Office, client_of: ClientOf, post_era: PostEra
) -> None:
    post_era()
    found = ask(client_of("ben"), f"/api/v1/cases/{office.case().id}/decisions")
    assert [one["decision"]["id"] for one in found["items"]] == ["appeal_pathway", "plan_class", "denial_triage"]
    triage = found["items"][-1]
    assert triage["element"] == {"id": "triage_denial", "name": "Triage the denial"}
    assert triage["inputs"]["CARC"] == "50" and triage["inputs"]["benign"] is False
    assert triage["inputs"]["remark codes of line and claim"][0] == "N115"
    assert triage["result"] == {
        "route": "clinical_review",
        "clinical": "yes",
        "sla_bd": "1",
        "reason": "MEDICAL_NECESSITY",
    }
    (table,) = triage["tables"]
    assert (table["table"], table["policy"], table["output"]) == ("denial_triage_table", "FIRST", triage["result"])
    (row,) = table["rows"]
    assert (row["number"], row["rule"]) == (15, "denial_triage_15_medical_necessity") and row["note"]
    assert len(triage["version"]) == 64 and triage["problems"] == []


def test_decisions_are_listed_page_by_page(office: Office, client_of: ClientOf, post_era: PostEra) -> None:
    post_era()
    ben, path = client_of("ben"), f"/api/v1/cases/{office.case().id}/decisions"
    first = ask(ben, f"{path}?limit=2")
    second = ask(ben, f"{path}?limit=2&after={first['next']}")
    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
    assert ask(ben, f"/api/v1/cases/{ids.new()}/decisions", 404)["code"] == "case.unknown"
