"""How it was decided, as people see it: the list on the case, the whole table, and what stopped a case."""

import re
from collections.abc import Iterator
from decimal import Decimal
from html import unescape

import pytest

from store import clock, ids
from store.practice import MSO, as_practice, viewing
from store.transaction import reading, transaction
from tests.clients import browser_client, office, office_people
from tests.office import EVERYWHERE, Office
from webapp import shipped
from webapp.views import decisions, incidents
from workflows import definitions
from workflows.feel import Value

__all__ = ["browser_client", "office", "office_people"]


def text_of(html: str) -> str:
    """What a reader sees."""
    body = re.sub(r"<(script|style).*?</\1>", "", html.partition("<main")[2], flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def links(html: str) -> list[str]:
    """Decisions in the order of the list."""
    return re.findall(r'href="(/cases/[^"/]+/decisions/[^"]+)"', html)


def broken(monkeypatch: pytest.MonkeyPatch, path: str, old: bytes, new: bytes) -> None:
    """Publish the shipped appeal with one file changed, past the checks that would refuse it."""
    files = shipped.files("denial_appeal")
    assert old in files[path]
    monkeypatch.setattr(definitions, "examine", lambda files, known: [])
    with as_practice(MSO), transaction():
        definitions.publish(files | {path: files[path].replace(old, new)}, "denial_appeal", by=None, now=clock.now())


def test_the_case_says_which_row_decided_from_what_with_which_result(office: Office) -> None:
    office.receive()
    page = text_of(office.browser("ben").get(f"/cases/{office.case().id}").text)
    assert "How it was decided" in page
    triage = page.partition("Triage of one adjustment")[2]
    assert "Row 15 decided: Route: clinical review · Clinical: yes · Business days to act: 1" in triage
    assert "House rule: medical necessity is judged by a licensed clinician only" in triage
    assert "CARC 50" in triage and "Asked by “Triage the denial”" in triage


def test_the_whole_table_marks_the_row_and_says_why_the_others_do_not_fit(office: Office) -> None:
    office.receive()
    ben = office.browser("ben")
    html = ben.get(links(ben.get(f"/cases/{office.case().id}").text)[-1]).text
    rows = re.findall(r'<tr class="rules__row rules__row--(\w+)">(.*?)</tr>', html, re.S)
    assert [number for number, (state, _) in enumerate(rows, 1) if state == "decided"] == [15]
    assert [number for number, (state, _) in enumerate(rows, 1) if state == "fits"] == [22]
    assert 'CARC: "50" is not "B9"' in unescape(rows[4][1])
    assert rows[4][1].count('scope="row"') == 1 and "does not fit" in rows[4][1]
    heads = html.partition("<thead>")[2].partition("</thead>")[0]
    assert heads.count('scope="col"') == 2 + 8 + 4
    assert "here: 50" in text_of(html) and "The first row that fits decides." in text_of(html)


def test_an_old_case_shows_the_table_it_was_decided_by(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.receive()
    broken(monkeypatch, "denial_triage.dmn", b"Triage of one adjustment", b"A later table")
    ben = office.browser("ben")
    page = ben.get(f"/cases/{office.case().id}").text
    assert "A later table" not in page and "A later table" not in ben.get(links(page)[-1]).text


def test_all_decisions_stand_on_a_page_of_their_own_when_there_are_many(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.receive()
    ben, case = office.browser("ben"), office.case()
    assert "All decisions" not in ben.get(f"/cases/{case.id}").text
    monkeypatch.setattr(decisions, "SHOWN", 2)
    page = ben.get(f"/cases/{case.id}").text
    assert len(links(page)) == 2 and f"/cases/{case.id}/decisions" in page
    assert len(links(ben.get(f"/cases/{case.id}/decisions").text)) == 3


def test_a_decision_of_another_case_is_not_found_below_this_one(office: Office) -> None:
    office.receive()
    ben = office.browser("ben")
    record = links(ben.get(f"/cases/{office.case().id}").text)[0].rpartition("/")[2]
    other = office.case("PCCN0001").id
    assert other != office.case().id
    assert ben.get(f"/cases/{other}/decisions/{record}").status_code == 404
    assert ben.get(f"/cases/{office.case().id}/decisions/{ids.new()}").status_code == 404


def test_a_formula_is_shown_with_what_it_read(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    table = re.search(rb"<decisionTable.*</decisionTable>", shipped.files("denial_appeal")["plan_class.dmn"], re.S)
    assert table is not None
    formula = b'<literalExpression><text>if filing_indicator = "12" then "commercial" else "unknown"</text>'
    broken(monkeypatch, "plan_class.dmn", table[0], formula + b"</literalExpression>")
    office.receive()
    ben = office.browser("ben")
    page = ben.get(f"/cases/{office.case().id}").text
    assert "Worked out by a formula: commercial" in text_of(page)
    details = text_of(ben.get(links(page)[1]).text)
    assert "Worked out by a formula" in details and "filing_indicator 12" in details


def test_an_incident_says_what_to_do_and_leads_to_the_table(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_closed = re.search(
        rb'<rule id="plan_class_04.*?</rule>', shipped.files("denial_appeal")["plan_class.dmn"], re.S
    )
    assert fail_closed is not None
    broken(monkeypatch, "plan_class.dmn", fail_closed[0], b"")
    office.receive()
    ben = office.browser("ben")
    page = ben.get(f"/cases/{office.case().id}").text
    words = text_of(page)
    assert 'No row of the table of "Plan class of a claim" fits (columns: claim filing indicator (CLP06))' in words
    assert "Table plan_class_table" in words
    href = re.search(r'href="([^"]+)">See the table, row by row', page)
    assert href is not None
    table = ben.get(href[1])
    assert table.status_code == 200 and "rules__row--decided" not in table.text and "No row fits" in table.text


def test_an_expression_is_shown_with_the_part_that_failed_to_those_who_read_models(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, "denial_appeal.bpmn", b"<bpmn:script>level = 1", b"<bpmn:script>level = 1 + case.levle")
    office.receive()
    path = f"/cases/{office.case().id}"
    staff, physician = office.browser("ben").get(path).text, office.browser("ada").get(path).text
    assert "<mark>case.levle</mark>" in staff and "What exactly failed" in staff
    assert "What stopped" in physician and "<mark>" not in physician


@pytest.mark.parametrize(
    ("facts", "part"),
    [
        ({"expression": "a = b", "position": 4, "end": 5}, "b"),
        ({"expression": "a = amount +", "position": 4}, "amount"),
        ({"expression": "a =", "position": 9}, "="),
        ({"expression": "a"}, ""),
    ],
)
def test_the_part_that_failed_is_cut_out_of_its_expression(facts: dict[str, object], part: str) -> None:
    found = incidents.details(facts)
    assert found is not None
    assert found["expression"]["part"] == part
    assert "".join(found["expression"].values()) == facts["expression"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "yes"),
        ("medical_necessity", "medical necessity"),
        ("NO_APPEAL_RIGHTS", "no appeal rights"),
        ("CO", "CO"),
        ([Decimal(1), "NY"], "1, NY"),
        ([], "none"),
        ({"route": "idr", "days": None}, "Route: No Surprises Act negotiation · Days: nothing"),
        ("x" * 500, "x" * 159 + "…"),
    ],
)
def test_values_are_told_in_plain_words(value: Value, words: str) -> None:
    assert decisions.said(value) == words


@pytest.fixture
def asked(office: Office) -> Iterator[decisions.Asked]:
    """A decision as somebody sees it who decides medicine."""
    office.receive()
    case = office.case()
    with viewing(EVERYWHERE), reading() as session:
        yield decisions.asked(session, case, with_money=False)[0]


def test_amounts_are_kept_from_those_who_decide_medicine(asked: decisions.Asked) -> None:
    assert asked.shown("amount in dispute", Decimal(1200)) == "not shown"
    assert asked.shown("", {"paid": Decimal(5), "route": "idr"}) == {"paid": "not shown", "route": "idr"}
    assert asked.shown("level", Decimal(1)) == Decimal(1)
