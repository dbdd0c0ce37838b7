"""Who is there, what do they work as, from which queues do they work?"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mso.people.models import ROLES, Group, GroupMember, Person, RoleGrant
from store import audit, ids, rows
from store.errors import Invalid, NotFound
from store.transaction import transaction


class PersonNotFound(NotFound):
    code = "person.not_found"
    message = "There is no such person. See `countersign people list`."


@dataclass(frozen=True)
class PersonEntry:
    """What is asked of a new person; printed_name is the name under a letter, by default the name."""

    name: str
    email: str
    printed_name: str = ""


def create_person(entry: PersonEntry, *, now: datetime, by: UUID | None = None) -> Person:
    """Add a person; the same e-mail again gives the one that is there. Raises Invalid."""
    name, email = entry.name.strip(), email_key(entry.email)
    if not name or "@" not in email:
        raise Invalid("A person needs a name and an e-mail address.", fields={"email": ["Give an e-mail address."]})
    with transaction() as session:
        added = session.scalar(
            insert(Person)
            .values(id=ids.new(), name=name, printed_name=entry.printed_name or name, email=email, active=True)
            .values(created_at=now)
            .on_conflict_do_nothing(index_elements=["email"])
            .returning(Person.id)
        )
        if added is not None:
            audit.record("person:created", by=by, on=f"person/{added}")
        return get_by_email(session, email)


def set_active(person_id: UUID, active: bool, *, by: UUID | None) -> None:
    """Open or close an account. A closed one can neither sign in nor decide, from the next statement on."""
    with transaction() as session:
        get_person(session, person_id).active = active
        audit.record("person:opened" if active else "person:closed", by=by, on=f"person/{person_id}")


def grant_role(
    person_id: UUID, role: str, practice_id: int | None = None, *, now: datetime, by: UUID | None = None
) -> None:
    """Let a person work in a role; again changes nothing. Raises Invalid for a role that does not exist."""
    if role not in ROLES:
        raise Invalid(f"There is no role {role}. Roles: {', '.join(ROLES)}.")
    with transaction() as session:
        session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
        same = select(RoleGrant.id).where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == role,
            RoleGrant.practice_id.is_not_distinct_from(practice_id),
        )
        if session.scalar(same) is not None:
            return
        session.add(
            RoleGrant(
                id=ids.new(), person_id=person_id, role=role, practice_id=practice_id, granted_at=now, granted_by=by
            )
        )
        audit.record("role:granted", by=by, on=f"person/{person_id}", facts={"role": role, "practice": practice_id})


def revoke_role(person_id: UUID, role: str, practice_id: int | None = None, *, by: UUID | None) -> None:
    """Take a role away; quiet when the person does not have it."""
    with transaction() as session:
        for grant in session.scalars(
            select(RoleGrant).where(
                RoleGrant.person_id == person_id,
                RoleGrant.role == role,
                RoleGrant.practice_id.is_not_distinct_from(practice_id),
            )
        ):
            session.delete(grant)
            audit.record("role:revoked", by=by, on=f"person/{person_id}", facts={"role": role})


def ensure_group(key: str, name: str) -> None:
    """A queue, created on first use."""
    with transaction() as session:
        session.execute(insert(Group).values(key=key, name=name).on_conflict_do_nothing())


def join_group(person_id: UUID, group_key: str, *, now: datetime, by: UUID | None = None) -> None:
    """Let a person work from a queue; again changes nothing."""
    with transaction() as session:
        joined = session.scalar(
            insert(GroupMember)
            .values(group_key=group_key, person_id=person_id, since_at=now)
            .on_conflict_do_nothing()
            .returning(GroupMember.person_id)
        )
        if joined is not None:
            audit.record("group:joined", by=by, on=f"person/{person_id}", facts={"group": group_key})


def leave_group(person_id: UUID, group_key: str, *, by: UUID | None) -> None:
    """Take a person out of a queue; quiet when the person is not in it."""
    with transaction() as session:
        member = session.get(GroupMember, (group_key, person_id))
        if member is not None:
            session.delete(member)
            audit.record("group:left", by=by, on=f"person/{person_id}", facts={"group": group_key})


def get_person(session: Session, person_id: UUID) -> Person:
    """Raises PersonNotFound."""
    found = rows.remembered(session, Person, person_id) or session.get(Person, person_id)
    if found is None:
        raise PersonNotFound()
    return found


def find_by_email(session: Session, email: str) -> Person | None:
    """The person with this e-mail in any case of letters, or None."""
    return session.scalar(select(Person).where(Person.email == email_key(email)))


def get_by_email(session: Session, email: str) -> Person:
    """Raises PersonNotFound."""
    found = find_by_email(session, email)
    if found is None:
        raise PersonNotFound()
    return found


def list_people(session: Session) -> list[Person]:
    """Everybody, in the order of their names."""
    return list(session.scalars(select(Person).order_by(Person.name, Person.id)))


def roles_of(session: Session, person_id: UUID) -> frozenset[str]:
    """Every role a person works in, for whichever organization."""
    return frozenset(session.scalars(select(RoleGrant.role).where(RoleGrant.person_id == person_id)))


def groups_of(session: Session, person_id: UUID) -> frozenset[str]:
    """The keys of the queues a person works from."""
    return frozenset(session.scalars(select(GroupMember.group_key).where(GroupMember.person_id == person_id)))


def list_groups(session: Session) -> list[Group]:
    """All queues, in the order of their names."""
    return list(session.scalars(select(Group).order_by(Group.name)))


def email_key(email: str) -> str:
    """How an e-mail is stored and compared: without outer blanks, lower case."""
    return email.strip().lower()
