"""The cast: invented people with fixed meaning, for the demo and for tests.

Ada may decide; Cleo is licensed in the wrong state; Dev has power over models and none over decisions; Eve must not
even see that a case of another practice exists. Creating the cast again adds nothing and keeps its facts verified.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from mso import affiliations, authority, licenses, people, practices, sanctions
from mso.affiliations import AffiliationEntry
from mso.licenses import LicenseEntry
from mso.people import Credential, PersonEntry
from mso.practices import PracticeEntry
from store.practice import MSO
from store.transaction import reading

LAKESHORE, HARBOR, MESA, CASCADE, LONE_STAR = 2, 3, 4, 5, 6
PRACTICES = (
    PracticeEntry("Lakeshore Orthopedics PC", "NY", "1999999984", "123456789"),
    PracticeEntry("Harbor Cardiology PA", "NJ", "1999990009", "987654321"),
    PracticeEntry("Mesa Family Medicine PC", "CA", "1999990017", "987654322"),
    PracticeEntry("Cascade Pediatrics PC", "OR", "1999990025", "987654323"),
    PracticeEntry("Lone Star Imaging PLLC", "TX", "1999990033", "987654324"),
)
GROUPS = {
    "denial_specialist": "Denial specialists",
    "coder": "Coders",
    "physician_reviewer": "Physician reviewers",
    "compliance": "Compliance",
    "finance": "Finance",
    "denial_lead": "Denial leads",
    "credentialing": "Credentialing",
}
SINCE = date(2021, 7, 1)
# Older than this, the stand-in for the primary source is asked again; the policy's limit is thirty days.
REFRESH = timedelta(days=7)
SOURCE = "demonstration board lookup"


@dataclass(frozen=True)
class Member:
    """One of the cast. places: (organization, side, position); license: (class, state, number)."""

    key: str
    name: str
    email: str
    roles: tuple[str, ...]
    places: tuple[tuple[int, str, str], ...]
    groups: tuple[str, ...] = ()
    license: tuple[str, str, str] | None = None
    title: str = ""
    ownership: int | None = None


CAST = (
    Member(
        "ada",
        "Ada Marsh",
        "ada@lakeshore.example",
        ("clinician",),
        ((LAKESHORE, "practice", "owner"),),
        ("physician_reviewer",),
        ("MD", "NY", "NY-214887"),
        "MD",
        100,
    ),
    Member(
        "ben",
        "Ben Tully",
        "ben@meridian.example",
        ("staff",),
        ((MSO, "mso", "staff"),),
        ("denial_specialist", "coder", "finance"),
    ),
    Member(
        "cleo",
        "Cleo Hart",
        "cleo@harbor.example",
        ("clinician",),
        ((HARBOR, "practice", "physician"), (LAKESHORE, "practice", "reviewer")),
        ("physician_reviewer",),
        ("MD", "NJ", "25MA09911"),
        "MD",
    ),
    Member("dev", "Dev Rao", "dev@meridian.example", ("process_admin",), ((MSO, "mso", "staff"),)),
    Member("eve", "Eve Stone", "eve@mesa.example", ("staff",), ((MESA, "practice", "staff"),)),
    Member(
        "fay",
        "Fay Lind",
        "fay@lindlaw.example",
        ("counsel",),
        ((LAKESHORE, "practice", "counsel"),),
        license=("ATTORNEY", "NY", "NY-BAR-5520017"),
        title="JD",
    ),
    Member("gus", "Gus Ortega", "gus@meridian.example", ("compliance",), ((MSO, "mso", "officer"),), ("compliance",)),
    Member(
        "hana",
        "Hana Kim",
        "hana@lakeshore.example",
        ("clinician",),
        ((LAKESHORE, "practice", "clinician"),),
        license=("NP", "NY", "NY-F338812"),
        title="NP",
    ),
    Member("ivo", "Ivo Petrov", "ivo@meridian.example", ("staff",), ((MSO, "mso", "staff"),), ("credentialing",)),
    Member(
        "mia",
        "Mia Chen",
        "mia@lakeshore.example",
        ("clinician",),
        ((LAKESHORE, "practice", "medical_director"),),
        ("physician_reviewer",),
        ("MD", "NY", "NY-198340"),
        "MD",
    ),
    Member(
        "lena",
        "Lena Brandt",
        "lena@meridian.example",
        ("staff",),
        ((MSO, "mso", "staff"),),
        ("denial_lead", "finance"),
    ),
    Member("max", "Max Adler", "max@meridian.example", ("auditor",), ((MSO, "mso", "staff"),)),
    Member("sam", "Sam Root", "sam@meridian.example", ("mso_admin",), ((MSO, "mso", "staff"),)),
)


def create_cast(passwords: Mapping[str, str] | None = None, *, now: datetime) -> dict[str, UUID]:
    """Organizations, queues, authority matrix and the whole cast; gives key ("ada") -> person id.

    passwords: e-mail -> password, for whoever has none yet.
    """
    authority.load_shipped(now=now)
    practices.ensure_mso("Meridian Health Services", "NY")
    for entry in PRACTICES:
        practices.add_practice(entry)
    for key, name in GROUPS.items():
        people.ensure_group(key, name)
    return {member.key: _create(member, passwords or {}, now) for member in CAST}


def _create(member: Member, passwords: Mapping[str, str], now: datetime) -> UUID:
    printed = f"{member.name}, {member.title}" if member.title else member.name
    person_id = people.create_person(PersonEntry(member.name, member.email, printed), now=now).id
    for role in member.roles:
        people.grant_role(person_id, role, now=now)
    for group in member.groups:
        people.join_group(person_id, group, now=now)
    _affiliate(person_id, member, now)
    _license(person_id, member, now)
    _screen(person_id, now)
    if member.email in passwords and not _has_password(person_id):
        people.set_password(person_id, passwords[member.email], now=now)
    return person_id


def _affiliate(person_id: UUID, member: Member, now: datetime) -> None:
    with reading() as session:
        held = {(one.practice_id, one.side, one.position) for one in affiliations.affiliations_of(session, person_id)}
    share = Decimal(member.ownership) if member.ownership is not None else None
    for place in member.places:
        if place not in held:
            practice_id, side, position = place
            entry = AffiliationEntry(person_id, practice_id, side, position, SINCE, ownership_percent=share)
            affiliations.add_affiliation(entry, now=now, by=None)


def _license(person_id: UUID, member: Member, now: datetime) -> None:
    if member.license is None:
        return
    with reading() as session:
        held = [(one.license_id, one.verified_at) for one in licenses.licenses_of(session, person_id)]
    if not held:
        license_class, state, number = member.license
        entry = LicenseEntry(
            person_id,
            license_class,
            state,
            number,
            issued_on=SINCE,
            expires_on=date(now.year + 2, 6, 30),
            practice_authority="independent" if license_class == "NP" else None,
            verified_at=now,
            verification=licenses.CLEAR,
            source=SOURCE,
        )
        licenses.add_license(entry, now=now, by=None)
        return
    license_id, verified_at = held[-1]
    if verified_at is None or verified_at < now - REFRESH:
        licenses.verify_license(license_id, licenses.CLEAR, SOURCE, now=now, by=None)


def _screen(person_id: UUID, now: datetime) -> None:
    with reading() as session:
        done = [one.screened_at for one in sanctions.sanctions_of(session, person_id) if one.screened_at is not None]
    if not done or max(done) < now - REFRESH:
        sanctions.record_screen(person_id, sanctions.LEIE, now=now, by=None)


def _has_password(person_id: UUID) -> bool:
    with reading() as session:
        return session.scalar(select(Credential.person_id).where(Credential.person_id == person_id)) is not None
