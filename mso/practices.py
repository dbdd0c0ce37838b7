"""Which organizations are there? One MSO and the practices it serves.

An organization's id is its tenant: rows of class `tenant` carry it as `practice_id`. The MSO itself is organization 1;
what belongs to no practice (an unreadable file, a sign-in) belongs to it.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import audit, rows
from store.db import Base
from store.errors import Conflict, Invalid, NotFound
from store.practice import MSO
from store.transaction import transaction
from store.types import SHARED, Protection

# ISO prefix of health applications in the United States (45 CFR 162.406): the check digit of an NPI covers it.
NPI_PREFIX = "80840"


class Organization(Base):
    """The MSO or a practice.

    state:      two-letter USPS code of the practice entity.
    npi, tin:   ten and nine digits; how a payer names the payee.
    discipline: which practitioners' practice it is, as in mso.licenses.DISCIPLINES; the discipline of a case whose
                treating practitioner is not known.
    """

    __tablename__ = "organization"
    __protection__: ClassVar[Protection] = SHARED
    __table_args__ = (CheckConstraint("kind in ('mso', 'practice')", name="kind"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    name: Mapped[str]
    state: Mapped[str]
    npi: Mapped[str | None] = mapped_column(unique=True)
    tin: Mapped[str | None] = mapped_column(index=True)
    discipline: Mapped[str] = mapped_column(default="physician")


class PracticeNotFound(NotFound):
    code = "practice.not_found"
    message = "There is no such practice. See `countersign practice list`."


class PayeeDiffers(Conflict):
    """The NPI is registered already, with another TIN."""

    code = "practice.payee_differs"
    message = "The NPI {npi} is registered for {name} with another TIN. Correct the number or the register."


@dataclass(frozen=True)
class PracticeEntry:
    """What is asked of a new practice. npi and tin may be written with spaces or hyphens; one of them must be given."""

    name: str
    state: str
    npi: str | None = None
    tin: str | None = None


def ensure_mso(name: str, state: str) -> Organization:
    """The MSO, created on first use; its name and state stay as first given."""
    with transaction() as session:
        found = session.get(Organization, MSO)
        if found is None:
            found = Organization(id=MSO, kind="mso", name=name, state=_state(state))
            session.add(found)
            audit.record("mso:created", by=None, on=f"organization/{MSO}")
        return found


def add_practice(entry: PracticeEntry, by: UUID | None = None) -> Organization:
    """Register a practice; the same NPI (else TIN) again gives the one that is there.

    Raises Invalid for a wrong NPI, TIN or state, PayeeDiffers when the NPI belongs to a practice with another TIN.
    """
    wanted = _checked(entry)
    with transaction() as session:
        # The MSO's row is the lock under which the next id is taken. Without an MSO there is nothing to lock yet.
        session.scalar(select(Organization.id).where(Organization.id == MSO).with_for_update())
        known = _known(session, wanted)
        if known is not None:
            return _same_practice(known, wanted)
        newest = session.scalar(select(func.max(Organization.id))) or MSO
        practice = Organization(
            id=newest + 1, kind="practice", name=wanted.name, state=wanted.state, npi=wanted.npi, tin=wanted.tin
        )
        session.add(practice)
        audit.record("practice:added", by=by, on=f"organization/{practice.id}", facts={"state": practice.state})
        return practice


def find_by_payee(session: Session, npi: str | None, tin: str | None) -> Organization | None:
    """The practice that a payer pays: by NPI, else by TIN. None when nobody is, or when a TIN fits more than one."""
    practices = select(Organization).where(Organization.kind == "practice")
    if npi:
        named = session.scalar(practices.where(Organization.npi == _digits(npi)))
        if named is not None:
            return named
    if not tin:
        return None
    fitting = session.scalars(practices.where(Organization.tin == _digits(tin)).limit(2)).all()
    return fitting[0] if len(fitting) == 1 else None


def get_practice(session: Session, practice_id: int) -> Organization:
    """Raises PracticeNotFound."""
    found = find_practice(session, practice_id)
    if found is None:
        raise PracticeNotFound()
    return found


def find_practice(session: Session, practice_id: int) -> Organization | None:
    """An organization by its id, without asking again for what this transaction has read."""
    return rows.remembered(session, Organization, practice_id) or session.get(Organization, practice_id)


def list_practices(session: Session) -> list[Organization]:
    """The practices, without the MSO, in the order of their ids."""
    chosen = select(Organization).where(Organization.kind == "practice").order_by(Organization.id)
    return list(session.scalars(chosen))


def who_starts(session: Session, each_practice: bool) -> list[int]:
    """For whom the clock starts a process: for each practice, or for the MSO itself."""
    return [one.id for one in list_practices(session)] if each_practice else [MSO]


def is_npi(text: str) -> bool:
    """Ten digits, the first 1 or 2, the last the Luhn check digit over 80840 and the other nine (45 CFR 162.406)."""
    return len(text) == 10 and text.isascii() and text.isdigit() and text[0] in "12" and _luhn(NPI_PREFIX + text) == 0


def zone_of(state: str | None) -> ZoneInfo:
    """The time zone in which a day of a state ends; of two zones the one whose midnight comes first.

    An unknown state gets the zone of Guam, whose midnight comes before that of every state: nothing lasts longer for
    not being known.
    """
    row = _states().get(state or "")
    return ZoneInfo(row["zone"] if row else "Pacific/Guam")


def zone_of_practice(session: Session, practice_id: int) -> ZoneInfo:
    """The time zone in which a practice's days begin and end. Raises PracticeNotFound."""
    return zone_of(get_practice(session, practice_id).state)


def is_state(text: str) -> bool:
    """A two-letter USPS code of a state, the District of Columbia or a territory."""
    return text in _states()


def state_name(state: str) -> str:
    """New York for NY; a code that is none stays as it is."""
    row = _states().get(state)
    return row["name"] if row else state


@cache
def _states() -> Mapping[str, Mapping[str, str]]:
    text = resources.files("mso").joinpath("data/states.csv").read_text(encoding="utf-8")
    return {row["state"]: row for row in csv.DictReader(text.splitlines())}


def _known(session: Session, wanted: PracticeEntry) -> Organization | None:
    practices = select(Organization).where(Organization.kind == "practice").order_by(Organization.id)
    if wanted.npi is not None:
        named = session.scalar(practices.where(Organization.npi == wanted.npi))
        if named is not None:
            return named
        practices = practices.where(Organization.npi.is_(None))
    if wanted.tin is None:
        return None
    return session.scalars(practices.where(Organization.tin == wanted.tin)).first()


def _same_practice(known: Organization, wanted: PracticeEntry) -> Organization:
    """What was missing is filled in; what is there is never overwritten."""
    if wanted.tin is not None and known.tin not in (None, wanted.tin):
        raise PayeeDiffers(npi=wanted.npi, name=known.name)
    known.npi, known.tin = known.npi or wanted.npi, known.tin or wanted.tin
    return known


def _checked(entry: PracticeEntry) -> PracticeEntry:
    npi, tin, name = _digits(entry.npi), _digits(entry.tin), entry.name.strip()
    wrong: dict[str, list[str]] = {}
    if not name:
        wrong["name"] = ["A practice needs a name."]
    if npi is None and tin is None:
        wrong["npi"] = ["Give the NPI or the TIN; without one of them no payment can be assigned."]
    if npi is not None and not is_npi(npi):
        wrong["npi"] = ["This is no NPI: ten digits, of which the last is a check digit. Look for a typing error."]
    if tin is not None and not (len(tin) == 9 and tin.isascii() and tin.isdigit()):
        wrong["tin"] = ["A TIN has nine digits."]
    if not is_state(entry.state.strip().upper()):
        wrong["state"] = ["Give the state as its two-letter postal code, e.g. NY."]
    if wrong:
        raise Invalid(" ".join(sentence for sentences in wrong.values() for sentence in sentences), fields=wrong)
    return PracticeEntry(name, _state(entry.state), npi, tin)


def _state(text: str) -> str:
    state = text.strip().upper()
    if not is_state(state):
        raise Invalid(fields={"state": ["Give the state as its two-letter postal code, e.g. NY."]})
    return state


def _digits(text: str | None) -> str | None:
    """Without the separators people write; an empty text is None."""
    return (text or "").replace("-", "").replace(" ", "") or None


def _luhn(digits: str) -> int:
    """ISO/IEC 7812-1 annex B: 0 when the last digit is right."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10
