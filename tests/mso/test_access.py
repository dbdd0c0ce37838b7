"""Who sees which practice, and what roles let one use."""

from datetime import date

import pytest

from mso.access import NotPermitted, require
from mso.affiliations import affiliations_of, end_affiliation
from mso.people import PersonNotFound, set_active
from store.transaction import reading
from tests.conftest import Clock, Database
from tests.people import HARBOR, LAKESHORE, MESA, as_viewer, make_cast

EVERYTHING = (1, 2, 3, 4, 5, 6)


def test_mso_people_see_all_practices_and_others_their_own(database: Database, clock: Clock) -> None:
    cast = make_cast()
    seen = {
        "ada": (LAKESHORE,),
        "cleo": (LAKESHORE, HARBOR),
        "eve": (MESA,),
        "fay": (LAKESHORE,),
        "ben": EVERYTHING,
        "dev": EVERYTHING,
        "gus": EVERYTHING,
        "sam": EVERYTHING,
    }
    for key, practices in seen.items():
        viewer = as_viewer(getattr(cast, key))
        assert viewer.practices == practices and viewer.is_mso is (1 in practices), key
    assert as_viewer(cast.ben).groups == {"denial_specialist", "coder", "finance"}


def test_whoever_left_sees_nothing_from_the_next_day_on(database: Database, clock: Clock) -> None:
    cast = make_cast()
    with reading() as session:
        held = affiliations_of(session, cast.eve)[0]
    end_affiliation(held.affiliation_id, date(2026, 11, 24), now=clock(), by=None)
    assert as_viewer(cast.eve).practices == (MESA,)
    clock.advance(days=1)
    assert as_viewer(cast.eve).practices == ()
    set_active(cast.eve, False, by=cast.sam)
    with pytest.raises(PersonNotFound):
        as_viewer(cast.eve)


def test_roles_carry_permissions_and_nothing_else_does(database: Database, clock: Clock) -> None:
    cast = make_cast()
    holders = {
        "process:publish": {"dev"},
        "people:manage": {"sam"},
        "audit:read": {"gus", "max", "sam"},
        "register:write": {"ivo"},
        "delivery:replay": {"ben", "ivo", "lena", "sam"},
        "a_permission_nobody_wrote": set(),
    }
    viewers = {key: as_viewer(person) for key, person in vars(cast).items()}
    for permission, expected in holders.items():
        assert {key for key, viewer in viewers.items() if viewer.may(permission)} == expected, permission
    with pytest.raises(NotPermitted):
        require(viewers["ada"], "process:publish")
    require(viewers["dev"], "process:publish")
