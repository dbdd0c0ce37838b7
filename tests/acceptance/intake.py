"""The moves around the office: what a sender signs, what a worker runs, and what came of it."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from standardwebhooks import Webhook

from mso.cases import Case
from mso.denials.models import DenialRow, RemittanceTransactionRow
from mso.integrations.x12_835 import fake
from mso.integrations.x12_835.fake import FakeClaim, FakeLine, cas
from store import clock, jobs
from store.practice import MSO, as_practice, viewing
from store.transaction import reading, transaction
from tasks import inbox
from tasks.models import OPEN
from tests.office import EVERYWHERE, Office
from workflows.webhooks import inbound
from workflows.webhooks.inbound import DeliveryNotFound
from workflows.webhooks.log import DeliveryEntry

LAKESHORE = (2,)


def signed(secret: str, body: bytes, message_id: str = "msg_1", at: datetime | None = None) -> dict[str, str]:
    """The headers of Standard Webhooks, made by the library that senders use."""
    at = at or clock.now()
    return {
        "Content-Type": "application/edi-x12",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, body.decode()),
    }


def work() -> list[str]:
    """Run what waits in the queue, as a worker does, until nothing waits; gives the names of the jobs."""
    ran: list[str] = []
    while waiting := _take_jobs():
        for name, arguments in waiting:
            jobs.declared()[name].body(**arguments)
            ran.append(name)
    return ran


def lose_jobs() -> None:
    """What a power cut of the queue would do."""
    _take_jobs()


def _take_jobs() -> list[tuple[str, dict[str, Any]]]:
    query = "select id, task_name, args from procrastinate_jobs where status = 'todo' order by id"
    with transaction() as session:
        rows = session.execute(text(query)).all()
        session.execute(text("delete from procrastinate_jobs where id = any(:ids)"), {"ids": [one.id for one in rows]})
    return [(one.task_name, dict(one.args)) for one in rows]


def delivery(delivery_id: UUID) -> DeliveryEntry:
    with as_practice(MSO), reading():
        return inbound.get_delivery(delivery_id)


def is_known(delivery_id: UUID) -> bool:
    try:
        delivery(delivery_id)
    except DeliveryNotFound:
        return False
    return True


def cases(process: str | None = "denial_appeal", practices: Iterable[int] = EVERYWHERE) -> list[Case]:
    """Cases in the order in which they were opened."""
    query = select(Case).order_by(Case.id)
    if process is not None:
        query = query.where(Case.process_key == process)
    with viewing(practices), reading() as session:
        return list(session.scalars(query))


def exceptions(*, only_open: bool = True) -> list[Case]:
    """The cases of finance."""
    return [one for one in cases("era_exception") if one.status == "open" or not only_open]


def denials(case: Case) -> list[tuple[int, str, str, Decimal]]:
    """Line, group, CARC and amount of each denial of a case."""
    query = select(DenialRow).where(DenialRow.case_id == case.id).order_by(DenialRow.line, DenialRow.carc)
    with viewing((case.practice_id,)), reading() as session:
        return [(one.line, one.group_code, one.carc, one.amount) for one in session.scalars(query)]


def remittances(practices: Iterable[int] = EVERYWHERE) -> list[RemittanceTransactionRow]:
    with viewing(practices), reading() as session:
        return list(session.scalars(select(RemittanceTransactionRow).order_by(RemittanceTransactionRow.id)))


def tasks_of(case: Case) -> dict[str, UUID]:
    """Open tasks of any case: element id -> task id."""
    with viewing(EVERYWHERE), reading() as session:
        return {one.element_id: one.id for one in inbox.of_case(session, case) if one.status == OPEN}


def claim(number: str, carc: str = "29", amount: int = 150, **more: Any) -> FakeClaim:
    """A claim of one line that is denied in full; CO 29 (timely filing) needs no clinician."""
    line = FakeLine("99213", Decimal(amount), (cas("CO", carc, amount),), control_number=f"L{number}")
    return FakeClaim(f"P{number}", number, (line,), **{"status": "4", **more})


def paid_claim(number: str, amount: int = 150, **more: Any) -> FakeClaim:
    """The same claim, paid in full."""
    line = FakeLine("99213", Decimal(amount), control_number=f"L{number}")
    return FakeClaim(f"P{number}", number, (line,), **more)


def reversal(number: str, amount: int = 150) -> FakeClaim:
    """The payer takes a denial of this claim back: status 22, every amount negative."""
    line = FakeLine("99213", Decimal(-amount), (cas("CO", "29", -amount),), control_number=f"L{number}")
    return FakeClaim(f"P{number}", number, (line,), status="22")


def remittance(*claims: FakeClaim, trace: str, **more: Any) -> bytes:
    """A file of one ST for Lakeshore; another trace is another ST."""
    return fake.write_one(claims, trace=trace, **more)


ADMIN = {"route": "admin_appeal", "changes_clinical_meaning": "no", "root_cause": "billing"}
ADMIN_LETTER = {
    "letter_opening": "We appeal your denial of this claim for late filing.",
    "letter_argument": "Your acceptance report shows that the claim reached you within the limit.",
    "letter_request": "We ask you to overturn the denial and to pay the claim.",
}


def file_appeal(office: Office, number: str) -> None:
    """Triage, write and send an administrative appeal of a case that is open; nobody has to sign."""
    office.complete("ben", office.task("triage_confirm", number), ADMIN)
    office.complete("ben", office.task("prepare_admin", number), ADMIN_LETTER)
    sent = {"channel": "portal", "proof_id": f"PRT-{number}", "sent_on": clock.now().date().isoformat()}
    office.complete("ben", office.task("submit_admin", number), sent)
    assert office.open_tasks(number) == {}, "the appeal waits for the payer"
