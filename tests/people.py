"""The cast: people with fixed meaning, so that a permission test reads like a story (mso/demo.py has their facts)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mso import demo
from mso.access import Viewer, viewer_of
from mso.demo import HARBOR as HARBOR
from mso.demo import LAKESHORE as LAKESHORE
from mso.demo import MESA as MESA
from store import clock
from store.transaction import reading

PASSWORD = "a long enough password"


@dataclass(frozen=True)
class Cast:
    """Person ids by name: ada owns the NY practice and may decide; ben is billing; cleo is licensed in NJ only; ..."""

    ada: UUID
    ben: UUID
    cleo: UUID
    dev: UUID
    eve: UUID
    fay: UUID
    gus: UUID
    hana: UUID
    ivo: UUID
    mia: UUID
    lena: UUID
    max: UUID
    sam: UUID

    def name_of(self, person_id: UUID) -> str:
        """The key of a person id, for readable assertions."""
        return next(key for key, value in vars(self).items() if value == person_id)


def make_cast(*with_password: str, now: datetime | None = None) -> Cast:
    """Create the cast in the test's database; those named ("ada") get PASSWORD (0.1 s each)."""
    wanted = {member.email: PASSWORD for member in demo.CAST if member.key in with_password}
    return Cast(**demo.create_cast(wanted, now=now or clock.now()))


def as_viewer(person_id: UUID, *, now: datetime | None = None) -> Viewer:
    """The viewer this person is now."""
    with reading() as session:
        return viewer_of(session, person_id, now or clock.now())
