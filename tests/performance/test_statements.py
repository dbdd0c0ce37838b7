"""How many statements a page or an act costs: a loop that asks once per row is found here.

Each transaction begins with one statement that sets its scope, each reading one with a second; both are counted.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, event

from mso.integrations.x12_835 import fake
from mso.integrations.x12_835.fake import FakeClaim, FakeLine, cas
from store import clock, sending
from tasks import assignment, completion
from tasks.completion import Submission
from tests.office import PASSWORD, REVIEW, TRIAGE, Office

LINE = FakeLine("97110", Decimal(150), (cas("CO", "50", 150),), remarks=("N115",))
FEW, MANY = 3, 40


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that the block sends, BEGIN, COMMIT and ROLLBACK left out."""
    seen: list[str] = []

    def note(*arguments: Any) -> None:
        seen.append(str(arguments[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with sending.witnessed(lambda statements: seen.extend(one for one in statements if one != "commit")):
            yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def trips(act: Callable[[], Any]) -> int:
    """Round trips to the database of something that was done before: batches, and single statements between them."""
    made = 0

    def note(*_: Any) -> None:
        nonlocal made
        made += 1

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with sending.witnessed(note):
            act()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return made


def cost(act: Callable[[], Any]) -> int:
    """Statements of something that was done before, so that caches are warm."""
    with counted() as seen:
        act()
    return len(seen)


def receive(office: Office, control: int, count: int) -> None:
    """A remittance with so many denied claims, numbered N<control>0000 on."""
    claims = [FakeClaim(f"PT{i}", f"N{control}{i:04d}", (LINE,), patient=("A", "B", "M1")) for i in range(count)]
    office.receive(fake.write_one(claims, control, trace=f"T{control}"))


@pytest.mark.parametrize(
    ("path", "ceiling"), [("/inbox", 27), ("/inbox/changes", 27), ("/inbox?view=clinical", 27), ("/cases/", 24)]
)
def test_a_list_costs_the_same_with_few_rows_and_with_many(office: Office, path: str, ceiling: int) -> None:
    receive(office, 1, FEW)
    browser = office.browser("ben")
    browser.get(path)
    few = cost(lambda: browser.get(path))
    receive(office, 2, MANY)
    many = cost(lambda: browser.get(path))
    assert few == many <= ceiling


def test_pages_of_one_thing_stay_below_their_ceilings(office: Office) -> None:
    receive(office, 1, FEW)
    task_id = office.task("triage_confirm", "N10000")
    case_id = office.case("N10000").id
    office.complete("ben", office.task("triage_confirm", "N10001"), TRIAGE)
    gate_id = office.task("clinical_review", "N10001")
    ben, ada = office.browser("ben"), office.browser("ada")
    pages: dict[str, tuple[Callable[[], Any], int]] = {
        "task": (lambda: ben.get(f"/tasks/{task_id}"), 30),
        "task beside the list": (lambda: ben.get(f"/inbox?task={task_id}", headers={"HX-Request": "true"}), 34),
        "clinical task": (lambda: ada.get(f"/tasks/{gate_id}"), 45),
        "case": (lambda: ben.get(f"/cases/{case_id}"), 40),
        "diagram": (lambda: ben.get(f"/cases/{case_id}/diagram"), 27),
    }
    found = {}
    for name, (get, _) in pages.items():
        assert get().status_code == 200, name
        found[name] = cost(get)
    assert {name: count for name, count in found.items() if count > pages[name][1]} == {}


def test_acts_stay_below_their_ceilings(office: Office) -> None:
    receive(office, 1, FEW)
    ben, ada, now = office.viewer("ben"), office.viewer("ada"), clock.now()
    first, second = (office.task("triage_confirm", claim) for claim in ("N10000", "N10001"))
    completion.complete(ben, first, Submission(TRIAGE), now=now)
    gate_id = office.task("clinical_review", "N10000")
    signature = Submission(REVIEW, "appeal", office.digest(gate_id), PASSWORD)
    acts: dict[str, tuple[Callable[[], Any], int]] = {
        "claim": (lambda: assignment.claim(ben, second, now=now), 12),
        "completion": (lambda: completion.complete(ben, second, Submission(TRIAGE), now=now), 32),
        "signature": (lambda: completion.complete(ada, gate_id, signature, now=now), 70),
    }
    found = {name: cost(act) for name, (act, _) in acts.items()}
    assert {name: count for name, count in found.items() if count > acts[name][1]} == {}


def test_a_completion_is_two_round_trips_and_one_over_http_more(office: Office) -> None:
    receive(office, 1, 5)
    ben, ada = office.viewer("ben"), office.viewer("ada")
    tasks = [office.task("triage_confirm", f"N1000{number}") for number in range(5)]
    completion.complete(ben, tasks[0], Submission(TRIAGE), now=clock.now())
    assert trips(lambda: completion.complete(ben, tasks[1], Submission(TRIAGE), now=clock.now())) == 2
    assert trips(lambda: assignment.claim(ben, tasks[2], now=clock.now())) == 2
    browser = office.browser("ben")
    page = browser.get(f"/tasks/{tasks[2]}").text
    form = {**TRIAGE, "csrf_token": re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)[0]}
    assert browser.post(f"/tasks/{tasks[2]}/completion", data=form).status_code == 303
    assert trips(lambda: browser.post(f"/tasks/{tasks[3]}/completion", data=form)) == 3
    gate_id = office.task("clinical_review", "N10000")
    proof = completion.prove(ada, PASSWORD, now=clock.now())
    signed = Submission(REVIEW, "appeal", office.digest(gate_id))
    # Three: what a denial shows to its signer is read when it is known that they may sign.
    assert trips(lambda: completion.complete(ada, gate_id, signed, now=clock.now(), proof=proof)) == 3
