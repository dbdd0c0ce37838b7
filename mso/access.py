"""Who may see which practice, and who may use which part of the product? Deny by default.

Nothing here lets anyone decide a clinical task; that is judged by tasks/eligibility from the register alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mso.affiliations import EXTERNAL, MSO_SIDE, PRACTICE, affiliations_of
from mso.people import Person, PersonNotFound, groups_of, roles_of
from mso.practices import Organization, zone_of
from mso.practitioners import in_force
from store.errors import Refused
from store.practice import MSO

PERMISSIONS: Mapping[str, frozenset[str]] = {
    "staff": frozenset({"case:read", "task:work", "delivery:read", "delivery:replay", "process:read"}),
    "clinician": frozenset({"case:read", "task:work"}),
    "process_admin": frozenset(
        {"case:read", "process:read", "process:edit", "process:publish", "instance:operate", "delivery:read"}
    ),
    "compliance": frozenset({"case:read", "task:work", "audit:read", "process:read", "register:read", "delivery:read"}),
    "counsel": frozenset({"case:read", "task:work"}),
    "auditor": frozenset({"case:read", "audit:read", "process:read", "register:read", "delivery:read"}),
    "mso_admin": frozenset(
        {
            *("case:read", "people:manage", "practice:manage", "register:read", "audit:read"),
            *("process:read", "delivery:read", "delivery:replay", "webhook:manage"),
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
    name = session.scalar(select(Person.name).where(Person.id == person_id, Person.active))
    if name is None:
        raise PersonNotFound()
    practices = visible_practices(session, person_id, now)
    return Viewer(
        person_id=person_id,
        name=name,
        roles=roles_of(session, person_id),
        groups=groups_of(session, person_id),
        practices=practices,
        is_mso=MSO in practices,
    )


def visible_practices(session: Session, person_id: UUID, now: datetime) -> tuple[int, ...]:
    """Organization ids whose records a person may see today: MSO people all, others those they are affiliated with."""
    states = {row.id: row.state for row in session.execute(select(Organization.id, Organization.state))}
    facts = in_force(
        affiliations_of(session, person_id),
        lambda one: one.affiliation_id,
        lambda one: now.astimezone(zone_of(states.get(one.practice_id))).date(),
    )
    held = [one for one in facts if one.status == "active"]
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
