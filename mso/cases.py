"""Cases: what a process instance is about, as people search for it, and the story of what happened to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, or_, select, text
from sqlalchemy import Sequence as NumberSequence
from sqlalchemy.orm import Mapped, Session, mapped_column

from mso.practices import Organization
from store import audit, ids, rows, sending
from store.db import Base
from store.errors import NotFound
from store.transaction import require_transaction
from store.types import TENANT, Protection
from workflows.events import Event, IncidentOpened, InstanceEnded, StepTaken

OPEN, CLOSED = "open", "closed"
PREFIXES = {"denial_appeal": "DN", "era_exception": "EX"}
_TOLD = frozenset({"intermediateCatchEvent", "endEvent", "boundaryEvent", "receiveTask"})
"""Elements whose passing is told; a task is told by whoever completed it."""

case_number = NumberSequence("case_number", start=10001, metadata=Base.metadata)


class Case(Base):
    """One case.

    claim_key: payer claim control number (CLP07); amount: what is in dispute, USD.
    notice_on, received_on: date of the payer's notice and of its receipt, which start the legal clocks.
    deadline_on: last day to file.
    """

    __tablename__ = "case_file"
    __protection__: ClassVar[Protection] = TENANT
    __table_args__ = (
        Index("uq_case_number", "practice_id", "number", unique=True),
        Index(
            "uq_case_claim_open",
            "practice_id",
            "process_key",
            "payer_id",
            "claim_key",
            unique=True,
            postgresql_where=text("status = 'open' and claim_key is not null"),
        ),
        Index("ix_case_list", "process_key", "status", "id"),
    )
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    process_key: Mapped[str]
    title: Mapped[str]
    status: Mapped[str]
    outcome: Mapped[str | None]
    instance_id: Mapped[UUID | None]
    service_state: Mapped[str | None]
    payer_id: Mapped[str | None]
    payer_name: Mapped[str | None]
    claim_key: Mapped[str | None]
    amount: Mapped[Decimal | None]
    route: Mapped[str | None]
    clinical: Mapped[str | None]
    notice_on: Mapped[date | None]
    received_on: Mapped[date | None]
    deadline_on: Mapped[date | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    @property
    def reference(self) -> str:
        """How audit entries name it."""
        return f"case/{self.id}"


class CaseEvent(Base):
    """One line of a case's story. text: a sentence without personal health information; facts: codes and ids."""

    __tablename__ = "case_event"
    __protection__: ClassVar[Protection] = Protection(tenant=True, append_only=True)
    __table_args__ = (Index("ix_case_event_case", "practice_id", "case_id", "id"),)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    at: Mapped[datetime]
    kind: Mapped[str]
    text: Mapped[str]
    person_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]]


class UnknownCase(NotFound):
    """No case with that id in the practices of this person."""

    code = "case.unknown"


@dataclass(frozen=True)
class CaseFilter:
    """Which cases to list. status: open, closed or None for all; after: id of the last case of the page before.

    text: a case number, a payer's claim control number, or the beginning of a payer's name.
    """

    process: str | None = None
    status: str | None = None
    practice_id: int | None = None
    text: str | None = None
    after: UUID | None = None
    limit: int = 50


def take_numbers(session: Session, process_key: str, count: int) -> list[str]:
    """The next case numbers of a kind of case, e.g. DN-10001."""
    prefix = PREFIXES.get(process_key, "CS")
    rows = session.execute(
        select(func.nextval(text("'case_number'::regclass"))).select_from(func.generate_series(1, count).alias("n"))
    )
    return [f"{prefix}-{number}" for (number,) in rows]


def tell(case: Case, kind: str, sentence: str, *, at: datetime, by: UUID | None = None, **facts: Any) -> None:
    """Add a line to the case's story, in the caller's transaction."""
    event = rows.record_of(
        CaseEvent,
        practice_id=case.practice_id,
        id=ids.new(),
        case_id=case.id,
        at=at,
        kind=kind,
        text=sentence,
        person_id=by,
        facts=facts,
    )
    rows.insert(require_transaction(), event)


def close(case: Case, outcome: str, *, at: datetime) -> None:
    """Close a case with its outcome. Closing twice changes nothing."""
    if case.status == CLOSED:
        return
    rows.update(require_transaction(), case, status=CLOSED, outcome=outcome, closed_at=at)
    tell(case, "closed", f"Closed as {outcome.replace('_', ' ')}.", at=at, outcome=outcome)
    audit.record("case:closed", by="system", on=case.reference, facts={"outcome": outcome})


def get(session: Session, case_id: UUID, *, lock: bool = False) -> Case:
    """A case in view; lock: until the transaction ends. Raises UnknownCase."""
    query = select(Case).where(Case.id == case_id)
    found = session.scalars(query.with_for_update() if lock else query).first()
    if found is None:
        raise UnknownCase()
    return found


def find_by_claim(session: Session, payer_id: str | None, claim_key: str, *, only_open: bool = True) -> list[Case]:
    """The denial cases of a payer's claim, newest first. Without a payer id, of any payer."""
    query = select(Case).where(Case.claim_key == claim_key, Case.process_key == "denial_appeal")
    if payer_id is not None:
        query = query.where(Case.payer_id == payer_id)
    if only_open:
        query = query.where(Case.status == OPEN)
    return list(session.scalars(query.order_by(Case.id.desc())))


def listing(session: Session, wanted: CaseFilter) -> Sequence[Case]:
    """A page of cases, newest first, by keyset."""
    query = select(Case).order_by(Case.id.desc()).limit(wanted.limit)
    if wanted.process is not None:
        query = query.where(Case.process_key == wanted.process)
    if wanted.status is not None:
        query = query.where(Case.status == wanted.status)
    if wanted.practice_id is not None:
        query = query.where(Case.practice_id == wanted.practice_id)
    if wanted.text is not None:
        payer = Case.payer_name.istartswith(wanted.text, autoescape=True)
        query = query.where(or_(Case.number == wanted.text.upper(), Case.claim_key == wanted.text, payer))
    if wanted.after is not None:
        query = query.where(Case.id < wanted.after)
    return session.scalars(query).all()


def story(session: Session, case: Case, *, limit: int = 200) -> Sequence[CaseEvent]:
    """The newest lines of a case's story, newest first."""
    return session.scalars(
        select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id.desc()).limit(limit)
    ).all()


def on_event(event: Event, variables: Mapping[str, Any]) -> None:
    """Listener of the runtime: writes the story and closes the case of an instance that ended."""
    if event.instance.subject_id is None:
        return
    match event:
        case StepTaken() if event.kind not in _TOLD or not event.name:
            return
        case StepTaken() | IncidentOpened() | InstanceEnded():
            case = of_event(require_transaction(), event)
            if case is not None:
                _write(case, event)


def _write(case: Case, event: StepTaken | IncidentOpened | InstanceEnded) -> None:
    match event:
        case StepTaken():
            tell(case, "step", f"{event.name}.", at=event.at, element_id=event.element_id)
        case IncidentOpened():
            tell(case, "incident", event.message, at=event.at, element_id=event.element_id)
        case InstanceEnded():
            close(case, event.end_events[-1] if event.end_events else "ended", at=event.at)


def company_question(practice: str, subject: str, parameters: Mapping[str, Any]) -> sending.Statement:
    """The statement that reads an instance's practice and case with the instance; its answer goes to `take_company`.

    practice, subject: SQL that gives their ids, with parameters of the driver's style.
    """
    return (
        f"select {rows.columns(Organization, 'o')}, {rows.columns(Case, 'c')} from organization o "
        f"left join case_file c on c.practice_id = o.id and c.id = {subject} where o.id = {practice}",
        parameters,
    )


def take_company(session: Session, found: sending.Rows) -> None:
    """Remember practice and case for whoever asks for them in this transaction."""
    width = len(Organization.__table__.columns)
    for row in found:
        rows.remember(session, rows.record(Organization, row[:width]))
        if row[width] is not None:
            rows.remember(session, rows.record(Case, row[width:]))


def of_event(session: Session, event: Event) -> Case | None:
    """The case whose instance an event is about, read once in a transaction; None when it is about none."""
    ref = event.instance
    if ref.subject_id is None:
        return None
    return known(session, ref.practice_id, ref.subject_id)


def known(session: Session, practice_id: int, case_id: UUID) -> Case | None:
    """A case by its key, without asking again for what this transaction has read."""
    return rows.remembered(session, Case, practice_id, case_id) or session.get(Case, (practice_id, case_id))
