"""How many statements a page or an act costs, whatever it shows: a loop that asks once per row is found here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from mso.integrations.x12_835 import fake
from mso.integrations.x12_835.fake import FakeClaim, FakeLine, cas
from store import clock
from tasks import assignment, completion
from tasks.completion import Submission
from tests.office import PASSWORD, REVIEW, TRIAGE, Office

LINE = FakeLine("97110", fake.Decimal(150), (cas("CO", "50", 150),), remarks=("N115",))


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that the block sends, transaction control left out."""
    seen: list[str] = []

    def note(*args: Any) -> None:
        seen.append(str(args[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def cost(act: Callable[[], Any]) -> int:
    with counted() as seen:
        act()
    return len(seen)


def receive(office: Office, count: int, control: int = 1) -> None:
    claims = [FakeClaim(f"PT{i}", f"N{control}{i:04d}", (LINE,), patient=("A", "B", "M1")) for i in range(count)]
    office.receive(fake.write_one(claims, control, trace=f"T{control}"))


PAGES = {"/inbox": 26, "/inbox/changes": 26, "/inbox?view=clinical": 26, "/cases/": 14}


def test_statements(office: Office) -> None:
    receive(office, 3)
    ben, ada = office.browser("ben"), office.browser("ada")
    for path in PAGES:
        ben.get(path)
    small = {path: cost(lambda path=path: ben.get(path)) for path in PAGES}
    receive(office, 45, control=2)
    for i in range(20):
        assignment.claim(office.viewer("ben" if i % 2 else "lena"), office.task("triage_confirm", f"N2{i:04d}"), now=clock.now()) if i % 2 else None
    large = {path: cost(lambda path=path: ben.get(path)) for path in PAGES}
    print(small, large)
    claim = "N20001"
    case = office.case(claim).id
    task = office.task("triage_confirm", claim)
    print("task page", cost(lambda: ben.get(f"/tasks/{task}")))
    print("pane", cost(lambda: ben.get(f"/inbox?task={task}", headers={"HX-Request": "true"})))
    print("case", cost(lambda: ben.get(f"/cases/{case}")))
    print("diagram", cost(lambda: ben.get(f"/cases/{case}/diagram")))
    other = office.task("triage_confirm", "N20041")
    viewer = office.viewer("ben")
    print("claim", cost(lambda: assignment.claim(viewer, other, now=clock.now())))
    with counted() as seen:
        completion.complete(viewer, other, Submission(TRIAGE), now=clock.now())
    print("completion", len(seen), *[one[:110].replace("\n"," ") for one in seen], sep="\n  ")
    review = office.task("clinical_review", "N20041")
    ada.get(f"/tasks/{review}")
    with counted() as seen:
        ada.get(f"/tasks/{review}")
    print("clinical page", len(seen), *[one[:110].replace("\n"," ") for one in seen], sep="\n  ")
    digest, viewer = office.digest(review), office.viewer("ada")
    with counted() as seen:
        completion.complete(viewer, review, Submission(REVIEW, "appeal", digest, PASSWORD), now=clock.now())
    print("signature", len(seen), *[one[:110].replace("\n"," ") for one in seen], sep="\n  ")
    with counted() as seen:
        ben.get("/inbox")
    print("inbox", len(seen), *[one[:150].replace("\n"," ") for one in seen], sep="\n  ")
    with counted() as seen:
        ben.get(f"/cases/{case}")
    print("case", len(seen), *[one[:110].replace("\n"," ") for one in seen], sep="\n  ")
    assert False
