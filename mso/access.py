"""Who may see which practice, and who may use which part of the product? Deny by default.

Nothing here lets anyone decide a clinical task; that is judged by tasks/eligibility from the register alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from mso.affiliations import EXTERNAL, MSO_SIDE, PRACTICE, AffiliationFact
from mso.people import PersonNotFound
from mso.practices import zone_of
from mso.practitioners import in_force
from store import rows, sending
from store.errors import Refused
from store.practice import MSO

PERMISSIONS: Mapping[str, frozenset[str]] = {
    "staff": frozenset(
        {
            *("case:read", "task:work", "delivery:read", "delivery:replay", "process:read"),
            *("message:read", "message:payload", "message:handle"),
        }
    ),
    "clinician": frozenset({"case:read", "task:work"}),
    "process_admin": frozenset(
        {
            *("case:read", "process:read", "process:edit", "process:publish", "instance:operate", "delivery:read"),
            *("message:read", "message:payload", "message:handle", "message:send"),
        }
    ),
    "compliance": frozenset(
        {
            *("case:read", "task:work", "audit:read", "process:read", "register:read", "delivery:read"),
            *("message:read", "message:payload"),
        }
    ),
    "counsel": frozenset({"case:read", "task:work"}),
    "auditor": frozenset({"case:read", "audit:read", "process:read", "register:read", "delivery:read", "message:read"}),
    "mso_admin": frozenset(
        {
            *("case:read", "people:manage", "practice:manage", "register:read", "audit:read"),
            *("process:read", "delivery:read", "delivery:replay", "webhook:manage"),
            *("message:read", "message:handle", "message:send"),
        }
    ),
}
"""Role -> what it may use. Whoever credentials (the group) may write the register."""

GROUP_PERMISSIONS: Mapping[str, frozenset[str]] = {"credentialing": frozenset({"register:read", "register:write"})}

# What needs no side of the MSO; everything else is used by MSO people only, whatever role a practice gave.
_OF_PRACTICES = frozenset({"case:read", "task:work", "audit:read", "process:read", "register:read"})


@dataclass(frozen=True)
class Viewer:
    """Somebody who looks, with what decides what they see.

    practices: organization ids whose records they may see; the MSO itself (1) among them for MSO people.
    is_mso:    whether they work for the MSO today.
    """

    person_id: UUID
    name: str
    roles: frozenset[str]
    groups: frozenset[str]
    practices: tuple[int, ...]
    is_mso: bool

    def may(self, permission: str) -> bool:
        """Whether one of their roles or groups carries this permission."""
        return may(self, permission)


class NotPermitted(Refused):
    """The person's roles do not carry the permission."""

    code = "access.not_permitted"
    message = "Your roles do not let you do this. Ask the MSO's administrator who can."


def viewer_of(session: Session, person_id: UUID, now: datetime) -> Viewer:
    """The viewer a person is today. Raises PersonNotFound, also for a closed account."""
    found = viewer_from(sending.ask(session, *questions("%(person)s", {"person": person_id})), now)
    if found is None:
        raise PersonNotFound()
    return found


def questions(person: str, parameters: Mapping[str, Any]) -> list[sending.Statement]:
    """What has to be asked about a viewer, in one round trip; the answers go to `viewer_from`.

    person: SQL that gives their id, with parameters of the driver's style.
    """
    return [
        (f"select id, name from person where id = {person} and active", parameters),
        ("select id, state from organization", None),
        rows.question(AffiliationFact, f"where person_id = {person} order by recorded_at, id", parameters),
        (f"select distinct role from role_grant where person_id = {person}", parameters),
        (f"select group_key from group_member where person_id = {person}", parameters),
    ]


def viewer_from(answers: Sequence[sending.Rows], now: datetime) -> Viewer | None:
    """The viewer that `questions` asked for; None when there is no such open account."""
    people, states, facts, roles, groups = answers
    if not people:
        return None
    practices = _visible(rows.records(AffiliationFact, facts), dict(states), now)
    return Viewer(
        person_id=people[0][0],
        name=people[0][1],
        roles=frozenset(role for (role,) in roles),
        groups=frozenset(key for (key,) in groups),
        practices=practices,
        is_mso=MSO in practices,
    )


def visible_practices(session: Session, person_id: UUID, now: datetime) -> tuple[int, ...]:
    """Organization ids whose records a person may see today: MSO people all, others those they are affiliated with."""
    _, states, facts, *_ = sending.ask(session, *questions("%(person)s", {"person": person_id}))
    return _visible(rows.records(AffiliationFact, facts), dict(states), now)


def _visible(facts: Sequence[AffiliationFact], states: Mapping[int, str], now: datetime) -> tuple[int, ...]:
    holding = in_force(
        facts,
        lambda one: one.affiliation_id,
        lambda one: now.astimezone(zone_of(states.get(one.practice_id))).date(),
    )
    held = [one for one in holding if one.status == "active"]
    if any(one.side == MSO_SIDE for one in held):
        return tuple(sorted(states))
    return tuple(sorted({one.practice_id for one in held if one.side in (PRACTICE, EXTERNAL)}))


def may(viewer: Viewer, permission: str) -> bool:
    """Whether one of the person's roles or groups carries this permission."""
    if not viewer.is_mso and permission not in _OF_PRACTICES:
        return False
    carried = (PERMISSIONS.get(role, frozenset()) for role in viewer.roles)
    staffed = (GROUP_PERMISSIONS.get(group, frozenset()) for group in viewer.groups)
    return any(permission in held for held in (*carried, *staffed))


def require(viewer: Viewer, permission: str) -> None:
    """Raises NotPermitted."""
    if not may(viewer, permission):
        raise NotPermitted(by=viewer.person_id, on=f"permission/{permission}")
