"""What is kept about a person who may sign in. Authority to decide is not here: it is in the register."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from store.db import Base
from store.types import SHARED, Protection

ROLES = ("staff", "clinician", "process_admin", "compliance", "counsel", "auditor", "mso_admin")
"""What a person works as. No role lets anyone decide a clinical task."""


class Person(Base):
    """Somebody known to the product.

    name:         as colleagues say it, e.g. "Ada Marsh".
    printed_name: as it stands under a letter, e.g. "Ada Marsh, MD".
    email:        lower case; how a person signs in.
    """

    __tablename__ = "person"
    __protection__: ClassVar[Protection] = SHARED
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    printed_name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class Credential(Base):
    """A person's password: argon2id, with its own salt and cost inside the text."""

    __tablename__ = "credential"
    __protection__: ClassVar[Protection] = SHARED
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    password_hash: Mapped[str]
    changed_at: Mapped[datetime]


class RoleGrant(Base):
    """A person works in a role, for one organization or (None) for all."""

    __tablename__ = "role_grant"
    __protection__: ClassVar[Protection] = SHARED
    __table_args__ = (
        CheckConstraint(f"role in {ROLES}", name="role"),
        Index("uq_role_grant_all", "person_id", "role", unique=True, postgresql_where=text("practice_id is null")),
        Index("uq_role_grant", "person_id", "role", "practice_id", unique=True),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str]
    practice_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    granted_at: Mapped[datetime]
    granted_by: Mapped[UUID | None]


class Group(Base):
    """A queue of tasks; `key` is the lane id of the models, e.g. "denial_specialist"."""

    __tablename__ = "work_group"
    __protection__: ClassVar[Protection] = SHARED
    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class GroupMember(Base):
    """A person works from a queue."""

    __tablename__ = "group_member"
    __protection__: ClassVar[Protection] = SHARED
    group_key: Mapped[str] = mapped_column(ForeignKey("work_group.key"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    since_at: Mapped[datetime]


class ApiToken(Base):
    """A bearer token. Only its SHA-256 is kept; `prefix` finds it and may be shown."""

    __tablename__ = "api_token"
    __protection__: ClassVar[Protection] = SHARED
    prefix: Mapped[str] = mapped_column(primary_key=True)
    secret_hash: Mapped[bytes]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class UserSession(Base):
    """A browser's sign-in. The browser holds the token, we hold its SHA-256."""

    __tablename__ = "user_session"
    __protection__: ClassVar[Protection] = SHARED
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    reauthenticated_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class LoginAttempt(Base):
    """How often sign-in failed in a row. `account` is the SHA-256 of the e-mail as typed, known to us or not."""

    __tablename__ = "login_attempt"
    __protection__: ClassVar[Protection] = SHARED
    account: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(SmallInteger)
    last_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]
