"""What does the authority matrix say? Decision types, their explanation, and the limits of policy.

The rows ship with the product (mso/data) and are loaded by the register role. They are effective-dated and append-only;
the row recorded last among those that hold on a day is the one in force. A key without a row is unknown, which is no.
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import audit, ids, rows, sending
from store.db import Base
from store.once import once, tell
from store.transaction import register_transaction
from store.types import REGISTER_FACT, Protection

CLINICAL, GOVERNANCE, LEGAL = "clinical", "governance", "legal"
BEGINNING = date(2000, 1, 1)
"""First day of rows that name none."""


class PolicyRow:
    """What every row of policy carries; `digest` tells whether a shipped row is the one that is stored."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    recorded_at: Mapped[datetime]
    digest: Mapped[bytes]


class DecisionType(PolicyRow, Base):
    """One decision type: who may take it, for whom, with which outcomes. Columns as in decision_types.csv.

    position:    what the signer acts as; several are alternatives.
    org_side:    `practice`, `practice` or `external`, or as the task says (legal).
    state_basis: whose state the license must cover: patient, service, practice, practice_all, supervisee, any.
    signers:     "1", "2", "3" or "quorum".
    """

    __tablename__ = "decision_type"
    __protection__: ClassVar[Protection] = REGISTER_FACT
    __table_args__ = (
        CheckConstraint("kind in ('clinical', 'governance', 'legal')", name="kind"),
        Index("ix_decision_type_force", "key", "recorded_at"),
    )
    key: Mapped[str]
    kind: Mapped[str]
    outcomes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    accept_classes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    never_classes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    position: Mapped[list[str]] = mapped_column(ARRAY(Text))
    org_side: Mapped[list[str]] = mapped_column(ARRAY(Text))
    state_basis: Mapped[str]
    specialty_rule: Mapped[str]
    controlled_check: Mapped[str]
    independence: Mapped[list[str]] = mapped_column(ARRAY(Text))
    signers: Mapped[str]
    escalate_to: Mapped[str]
    unsourced_part: Mapped[str]


class AuthorityRow(PolicyRow, Base):
    """The matrix in prose, for people: who may decide, who must not, and on what that rests."""

    __tablename__ = "authority_row"
    __protection__: ClassVar[Protection] = REGISTER_FACT
    decision_type: Mapped[str] = mapped_column(index=True)
    who_may_decide: Mapped[str]
    who_must_not: Mapped[str]
    state_rule: Mapped[str]
    independence_rule: Mapped[str]
    basis: Mapped[str]


class PolicyLimit(PolicyRow, Base):
    """A number with a unit; several rows of one key hold in different periods. `provenance` says where it is from."""

    __tablename__ = "policy_limit"
    __protection__: ClassVar[Protection] = REGISTER_FACT
    __table_args__ = (Index("ix_policy_limit_force", "limit_key", "program", "recorded_at"),)
    limit_key: Mapped[str]
    program: Mapped[str]
    value: Mapped[str]
    unit: Mapped[str]
    counted_from: Mapped[str]
    counted_to: Mapped[str]
    selected_by: Mapped[str]
    provenance: Mapped[str]


@dataclass(frozen=True)
class Limit:
    """One limit as it holds on a day, with the row it comes from."""

    row_id: UUID
    value: int
    unit: str


def load_shipped(*, now: datetime, by: UUID | None = None) -> int:
    """Bring the shipped rows that the register does not have yet into it; gives how many. Again adds nothing."""
    with register_transaction() as session:
        added = 0
        for model, said in _shipped_rows():
            digest = _digest(said)
            if session.scalar(select(model.id).where(model.digest == digest)) is None:
                dates = {"valid_from": said.pop("valid_from", BEGINNING), "valid_to": said.pop("valid_to", None)}
                session.add(model(**said, **dates, id=ids.new(), recorded_at=now, digest=digest))
                added += 1
        if added:
            audit.record("authority:loaded", by=by, on="register/authority", facts={"rows": added})
        return added


def find_decision_type(session: Session, key: str, on: date) -> DecisionType | None:
    """The row of a decision type that holds on a day; None when there is none."""
    chosen = select(DecisionType).where(DecisionType.key == key, *_holding(DecisionType, on))
    newest = chosen.order_by(DecisionType.recorded_at.desc(), DecisionType.id.desc())
    return once(session, ("decision type", key, on), lambda: session.scalars(newest).first())


def decision_types(session: Session, on: date) -> Mapping[str, DecisionType]:
    """Every decision type that holds on a day, by key."""
    chosen = select(DecisionType).where(*_holding(DecisionType, on))
    return {row.key: row for row in session.scalars(chosen.order_by(DecisionType.recorded_at, DecisionType.id))}


def find_limit(session: Session, key: str, program: str, on: date) -> Limit | None:
    """A limit in whole numbers as it holds on a day; None when there is none."""
    chosen = select(PolicyLimit).where(PolicyLimit.program == program, *_holding(PolicyLimit, on))
    ordered = chosen.order_by(PolicyLimit.recorded_at, PolicyLimit.id)
    return once(session, ("limits", program, on), lambda: _limits(session.scalars(ordered))).get(key)


def policy_questions(
    decision_type: str, program: str, on: date, parameters: Mapping[str, Any]
) -> list[sending.Statement]:
    """What has to be asked for a decision type and a program's limits that hold on a day; the answers go to
    `take_policy`.

    decision_type: SQL that gives the key, with `parameters` of the driver's style.
    """
    given = {**parameters, "on": on, "program": program}
    holding = "valid_from <= %(on)s and (valid_to is null or valid_to >= %(on)s)"
    return [
        rows.question(
            DecisionType, f"where key = {decision_type} and {holding} order by recorded_at desc, id desc limit 1", given
        ),
        rows.question(PolicyLimit, f"where program = %(program)s and {holding} order by recorded_at, id", given),
    ]


def take_policy(session: Session, key: str, program: str, on: date, answers: Sequence[sending.Rows]) -> None:
    """Remember what `policy_questions` answered for the rest of this transaction."""
    types, limits = answers
    tell(session, ("decision type", key, on), rows.record(DecisionType, types[0]) if types else None)
    tell(session, ("limits", program, on), _limits(rows.records(PolicyLimit, limits)))


def _limits(found: Iterable[PolicyLimit]) -> dict[str, Limit]:
    """By key; of two rows that hold the one recorded last."""
    newest = {one.limit_key: one for one in found}
    return {key: Limit(one.id, int(one.value), one.unit) for key, one in newest.items() if one.value.isdigit()}


def shipped_keys() -> frozenset[str]:
    """The closed set of decision types, for lint: a model that names another one is refused."""
    return frozenset(row["decision_type"] for row in _csv("decision_types"))


def shipped_outcomes() -> Mapping[str, tuple[str, ...]]:
    """Decision type -> its outcomes, for lint."""
    return {row["decision_type"]: tuple(row["outcomes"].split("|")) for row in _csv("decision_types")}


def _holding(model: type[Any], on: date) -> tuple[Any, ...]:
    return (model.valid_from <= on, or_(model.valid_to.is_(None), model.valid_to >= on))


def _shipped_rows() -> Iterator[tuple[type[Any], dict[str, Any]]]:
    for row in _csv("decision_types"):
        said: dict[str, Any] = {name: row[name] for name in _TEXTS}
        lists = {name: [one for one in row[name].split("|") if one] for name in _LISTS}
        yield DecisionType, {**said, **lists, "key": row["decision_type"]}
    for row in _csv("approval_authority_matrix"):
        yield AuthorityRow, dict(row)
    for row in _csv("policy_limits"):
        begins, ends = row.pop("valid_from"), row.pop("valid_to")
        dates = {"valid_from": _day(begins) or BEGINNING, "valid_to": _day(ends)}
        yield PolicyLimit, {**row, **dates}


_TEXTS = ("kind", "state_basis", "specialty_rule", "controlled_check", "signers", "escalate_to", "unsourced_part")
_LISTS = ("outcomes", "accept_classes", "never_classes", "position", "org_side", "independence")


def _csv(name: str) -> Iterator[dict[str, str]]:
    text = resources.files("mso").joinpath(f"data/{name}.csv").read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _digest(said: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(repr(sorted(said.items(), key=lambda one: one[0])).encode()).digest()
