"""What each shared sample gave when it came in, as the table of docs/remittance-samples.md."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from mso import practices
from mso.cases import Case
from mso.denials.models import RemittanceTransactionRow
from mso.practices import Organization, PracticeEntry
from store import clock
from store.practice import MSO, as_practice, viewing
from store.transaction import reading
from tests.acceptance import intake
from tests.office import Office
from workflows.webhooks import inbound
from workflows.webhooks.log import DeliveryEntry

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT.parent / "shared" / "data" / "835"
PAGE = ROOT / "docs" / "remittance-samples.md"

# Their TIN is all that these samples say about their payees; two of the three names are the same.
PAYEES = (
    PracticeEntry("Acme Medical Center, Managed Care", "MN", tin="777667755"),
    PracticeEntry("Acme Medical Center", "MN", tin="599944521"),
    PracticeEntry("Unknown", "NY", tin="444313000"),
)

HEAD = """# What each sample remittance gave

Each file of the shared samples came in through the real intake: verified bytes, reader, balances, cases. This page is
written by `tests/acceptance/test_samples.py`, which fails when it is no longer true and then says how to renew it.

*First* is what came of the file when only the practices of the demonstration were registered; *after registration*
what a replay of the same delivery gave once its payee was a practice of ours. `ATONEWITHHEALTH` cannot be registered:
`3UR334563` is no taxpayer number, so its file keeps waiting.
"""
COLUMNS = ("File", "First", "After registration", "Held for finance", "Denials", "Remarks of the reader")


@dataclass(frozen=True)
class Arrival:
    """One sample that came in."""

    path: Path
    delivery_id: UUID
    first: str


def bring_in(office: Office) -> list[Arrival]:
    """Receive every sample, register the payees, and replay what waited."""
    arrivals = [_arrive(office, path) for path in sorted(SAMPLES.glob("*.835"))]
    with as_practice(MSO):
        for entry in PAYEES:
            practices.add_practice(entry)
    for one in arrivals:
        if one.first.startswith("quarantined"):
            with as_practice(MSO):
                inbound.replay(one.delivery_id, "Its payee is registered now.", office.people["dev"], now=clock.now())
    intake.work()
    return arrivals


def everywhere() -> tuple[int, ...]:
    with as_practice(MSO), reading() as session:
        return tuple(session.scalars(select(Organization.id)))


def page(arrivals: Iterable[Arrival]) -> str:
    """The whole page."""
    rows = [COLUMNS, ("---",) * len(COLUMNS), *(_row(one) for one in arrivals)]
    return HEAD + "\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def cases_of(delivery: DeliveryEntry) -> list[Case]:
    """What a delivery led to, in its order."""
    wanted = [UUID(one) for one in delivery.cases]
    known = {case.id: case for case in intake.cases(None, everywhere())}
    return [known[one] for one in wanted]


def held(delivery_id: UUID) -> list[tuple[str, str, str]]:
    """The exceptions of a delivery, oldest first: control number or place, title, status."""
    with viewing(everywhere()), reading() as session:
        rows = session.scalars(
            select(RemittanceTransactionRow)
            .where(RemittanceTransactionRow.delivery_id == delivery_id)
            .order_by(RemittanceTransactionRow.id)
        ).all()
        found = [(row, session.get(Case, (row.practice_id, row.exception_case_id))) for row in rows]
    return [(str(row.place), case.title, case.status) for row, case in found if case is not None]


def _arrive(office: Office, path: Path) -> Arrival:
    delivery_id = office.receive(path.read_bytes())
    return Arrival(path, delivery_id, _outcome(intake.delivery(delivery_id)))


def _outcome(delivery: DeliveryEntry) -> str:
    count = sum(case.process_key == "denial_appeal" for case in cases_of(delivery))
    return f"{delivery.status}, {count} case{'' if count == 1 else 's'}"


def _row(one: Arrival) -> tuple[str, ...]:
    delivery = intake.delivery(one.delivery_id)
    denied = [case for case in cases_of(delivery) if case.process_key == "denial_appeal"]
    return (
        f"`{one.path.name}`",
        one.first,
        _outcome(delivery),
        "<br>".join(f"{title} ({status})" for _, title, status in held(one.delivery_id)) or "–",
        "<br>".join(map(_denial, denied)) or "–",
        "<br>".join(f"{code['path']} {code['code']}" for code in delivery.diagnostics) or "–",
    )


def _denial(case: Case) -> str:
    lines = "; ".join(f"{line}/{group} {carc} {amount}" for line, group, carc, amount in intake.denials(case))
    return f"{case.claim_key}: {lines} → {case.route}"
