"""One verb, one commit: nothing half done, nothing nested, refusals remembered, a chain that shows every change."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from store import audit
from store.audit import AuditEntry
from store.errors import NestedTransaction, NoTransaction, Refused
from store.practice import as_practice
from store.transaction import reading, require_transaction, transaction
from tests.conftest import Database


def entries(practice_id: int = 2) -> list[str]:
    with as_practice(practice_id), reading() as session:
        return list(session.scalars(select(AuditEntry.body).order_by(AuditEntry.link_no, AuditEntry.place)))


def act(tag: str) -> None:
    with as_practice(2), transaction():
        audit.record(tag, by="clock", on="case/1")


def test_audit_is_inside_the_transaction(database: Database) -> None:
    act("case:opened")
    with pytest.raises(ZeroDivisionError), as_practice(2), transaction():
        audit.record("case:closed", by="clock", on="case/1")
        raise ZeroDivisionError
    act("case:reopened")
    told = entries()
    assert ["opened" in told[0], "reopened" in told[1], len(told)] == [True, True, 2]


def test_a_refusal_is_remembered_and_nothing_else(database: Database) -> None:
    with pytest.raises(Refused), as_practice(2), transaction():
        audit.record("case:closed", by="clock", on="case/1")
        raise Refused(by="clock", on="case/1")
    (told,) = entries()
    assert '"tag":"refused"' in told and '"on":"case/1"' in told


def test_the_chain_holds_and_belongs_to_one_practice(database: Database) -> None:
    for number in range(3):
        act(f"case:step{number}")
    with as_practice(2), reading() as session:
        assert list(audit.verify(session, 2)) == []
    assert entries(3) == []


def test_the_application_cannot_rewrite_what_happened(database: Database) -> None:
    act("case:opened")
    for change in ("update audit_entry set body = ''", "delete from audit_entry", "truncate audit_entry"):
        with pytest.raises(DBAPIError), as_practice(2), transaction() as session:
            session.execute(text(change))
    assert len(entries()) == 1


def test_transactions_do_not_nest_and_reading_does_not_write(database: Database) -> None:
    with as_practice(2), transaction(), pytest.raises(NestedTransaction), transaction():
        pass
    with as_practice(2), reading(), pytest.raises(NestedTransaction), transaction():
        pass
    with pytest.raises(NoTransaction):
        require_transaction()
    with pytest.raises(DBAPIError), as_practice(2), reading() as session:
        session.execute(text("create temporary table x (y int)"))
        session.execute(text("insert into audit_entry values (2, 1, 1, 'x')"))
