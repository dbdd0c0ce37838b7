"""The database refuses on its own: SQL as the application role cannot forge a license, a signature or a completion."""

import hashlib
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from mso.affiliations import affiliations_of, end_affiliation
from mso.licenses import LicenseChange, amend_license, licenses_of
from mso.practices import zone_of
from mso.register import lock_practitioner
from mso.sanctions import Match, record_match, settle_match
from store import ids
from store.clock import now as right_now
from store.practice import as_practice
from store.transaction import reading, register_transaction, transaction
from tasks.models import COMPLETED, OPEN, Task
from tasks.signatures import SignedDecisionRow
from tests.conftest import Database
from tests.people import HARBOR, LAKESHORE, Cast, make_cast

NECESSITY = "medical_necessity"


@pytest.fixture
def cast(database: Database) -> Cast:
    """The cast, on the real clock: a signature is made at present or not at all."""
    return make_cast()


def _license_of(person_id: UUID) -> UUID:
    with reading() as session:
        return licenses_of(session, person_id)[-1].license_id


def _fact_of(person_id: UUID) -> UUID | None:
    with reading() as session:
        facts = licenses_of(session, person_id)
        return facts[-1].id if facts else None


def _task(assignee: UUID | None, **said: Any) -> UUID:
    """An open task of the practice, inserted as the application role."""
    known: dict[str, Any] = {
        "practice_id": LAKESHORE,
        "id": ids.new(),
        "instance_id": ids.new(),
        "definition_id": ids.new(),
        "engine_task_id": ids.new(),
        "process_key": "denial_appeal",
        "element_id": "clinical_review",
        "name": "Review the denial",
        "status": OPEN,
        "assignee_id": assignee,
        "decision_type": NECESSITY,
        "outcomes": ["appeal", "do_not_appeal"],
        "state_code": "NY",
        "exclusions": {},
        "priority": 50,
        "due_at": right_now(),
        "has_due": True,
        "created_at": right_now(),
        **said,
    }
    with as_practice(LAKESHORE), transaction() as session:
        session.add(Task(**known))
    return UUID(str(known["id"]))


def _signature(session: Session, task_id: UUID, person_id: UUID, fact_id: UUID, **said: Any) -> SignedDecisionRow:
    task = session.get_one(Task, (LAKESHORE, task_id))
    at = said.pop("signed_at", right_now())
    known: dict[str, Any] = {
        "practice_id": LAKESHORE,
        "id": ids.new(),
        "task_id": task_id,
        "instance_id": task.instance_id,
        "person_id": person_id,
        "printed_name": "Somebody",
        "decision_type": task.decision_type,
        "outcome": "appeal",
        "meaning": "I decide.",
        "state_code": task.state_code,
        "license_fact_id": fact_id,
        "license_snapshot": {},
        "verdict": {},
        "content": b"sealed",
        "content_hash": hashlib.sha256(b"x").digest(),
        "definition_digest": "d",
        "method": "password",
        "reauthenticated_at": at - timedelta(minutes=1),
        "signed_at": at,
        **said,
    }
    return SignedDecisionRow(**known)


def _sign(person_id: UUID, *, fact: UUID | None = None, task: dict[str, Any] | None = None, **said: Any) -> UUID:
    """Write a signature as the application role would, and complete the task."""
    fact_id = fact or _fact_of(person_id) or ids.new()
    task_id = _task(person_id, **(task or {}))
    with as_practice(LAKESHORE), transaction() as session:
        row = _signature(session, task_id, person_id, fact_id, **said)
        session.add(row)
        session.flush()
        held = session.get_one(Task, (LAKESHORE, task_id))
        held.status, held.outcome = COMPLETED, row.outcome
        held.completed_by, held.completed_at = person_id, row.signed_at
    return task_id


def _is_refused(act: Callable[[], object], words: str) -> None:
    with pytest.raises(DBAPIError, match=words):
        act()


def test_ada_and_mia_may_sign_and_complete(cast: Cast) -> None:
    assert _sign(cast.ada) and _sign(cast.mia)


def test_people_without_a_license_cannot_sign_even_with_adas(cast: Cast, subtests: pytest.Subtests) -> None:
    adas = _fact_of(cast.ada)
    for who in ("ben", "dev", "eve", "gus", "ivo", "lena", "max", "sam"):
        with subtests.test(who):
            _is_refused(partial(_sign, getattr(cast, who), fact=adas), "signer is not known|not the one that holds")


def test_a_license_of_another_state_or_class_does_not_carry_it(cast: Cast, subtests: pytest.Subtests) -> None:
    for who in ("cleo", "fay", "hana"):
        with subtests.test(who):
            _is_refused(partial(_sign, getattr(cast, who)), "does not carry")


def test_a_signature_belongs_to_its_task_and_moment(cast: Cast, subtests: pytest.Subtests) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"signed_at": datetime(2026, 1, 1, tzinfo=UTC)}, "is the present"),
        ({"reauthenticated_at": right_now() - timedelta(minutes=6)}, "older than five minutes"),
        ({"reauthenticated_at": right_now() + timedelta(minutes=1)}, "older than five minutes"),
        ({"decision_type": "peer_to_peer"}, "does not belong"),
        ({"state_code": "NJ"}, "does not belong"),
        ({"instance_id": UUID(int=5)}, "does not belong"),
        ({"outcome": "win"}, "outcome is not declared"),
        ({"outcome": "p2p_first"}, "outcome is not declared"),
    ]
    for said, words in cases:
        with subtests.test(str(said)):
            _is_refused(partial(_sign, cast.ada, **said), words)


def test_only_the_holder_of_the_task_signs_and_nobody_excluded(cast: Cast) -> None:
    _is_refused(lambda: _sign(cast.ada, task={"assignee_id": cast.mia}), "does not belong")
    _is_refused(lambda: _sign(cast.ada, task={"exclusions": {str(cast.ada): "SUBMITTER"}}), "does not belong")


@pytest.mark.parametrize(
    "change",
    [
        LicenseChange(status="suspended"),
        LicenseChange(restriction="no_surgery"),
        LicenseChange(expires_on=date(2026, 1, 1)),
        LicenseChange(verification="mismatch"),
        LicenseChange(verified_at=datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_license_that_lapsed_no_longer_carries_a_signature(cast: Cast, change: LicenseChange) -> None:
    old = _fact_of(cast.ada)
    amend_license(_license_of(cast.ada), change, now=right_now(), by=cast.ivo)
    _is_refused(lambda: _sign(cast.ada), "does not carry")
    _is_refused(lambda: _sign(cast.ada, fact=old), "not the one that holds")


def test_an_excluded_person_cannot_sign(cast: Cast) -> None:
    match = Match("leie", 90, right_now() + timedelta(days=2))
    found = record_match(cast.ada, match, now=right_now(), by=cast.gus)
    _is_refused(lambda: _sign(cast.ada), "excluded")
    settle_match(found.sanction_id, "dismissed", now=right_now(), by=cast.gus)
    assert _sign(cast.ada)
    settle_match(found.sanction_id, "confirmed", now=right_now(), by=cast.gus)
    _is_refused(lambda: _sign(cast.ada), "excluded")


def test_whoever_left_the_practice_cannot_sign(cast: Cast) -> None:
    with reading() as session:
        place = affiliations_of(session, cast.mia)[-1].affiliation_id
    end_affiliation(place, date(2026, 11, 1), now=right_now(), by=None)
    _is_refused(lambda: _sign(cast.mia), "side of this practice")


def test_a_clinical_task_is_not_completed_without_a_signature(cast: Cast) -> None:
    task_id = _task(cast.ada)

    def complete(**said: Any) -> None:
        with as_practice(LAKESHORE), transaction() as session:
            values = {"status": 1, "outcome": "appeal", "completed_by": cast.ada, "completed_at": right_now(), **said}
            session.execute(update(Task).where(Task.id == task_id).values(values))

    _is_refused(complete, "no signed decision")
    _is_refused(lambda: complete(decision_type=None), "what a task is")
    _is_refused(lambda: complete(completed_by=None), "completed by somebody")


def test_a_signature_for_one_outcome_does_not_complete_another(cast: Cast) -> None:
    task_id = _task(cast.ada)

    def act(outcome: str, by: UUID) -> None:
        with as_practice(LAKESHORE), transaction() as session:
            session.add(_signature(session, task_id, cast.ada, _fact_of_in(session, cast.ada)))
            session.flush()
            values = {"status": 1, "outcome": outcome, "completed_by": by, "completed_at": right_now()}
            session.execute(update(Task).where(Task.id == task_id).values(values))

    _is_refused(lambda: act("do_not_appeal", cast.ada), "no signed decision")
    _is_refused(lambda: act("appeal", cast.ben), "no signed decision")


def _fact_of_in(session: Session, person_id: UUID) -> UUID:
    return licenses_of(session, person_id)[-1].id


IDENTITY = (
    "update task set decision_type = null where id = :id",
    "update task set state_code = 'NJ' where id = :id",
    "update task set element_id = 'other' where id = :id",
    "update task set outcomes = '[\"win\"]' where id = :id",
    "update task set required_license = 'RN' where id = :id",
    "update task set exclusions = '{}' where id = :id",
    "delete from task where id = :id",
)


def test_what_a_task_is_never_changes(cast: Cast, subtests: pytest.Subtests) -> None:
    task_id = _task(cast.ada, exclusions={str(cast.ben): "SUBMITTER"})
    for statement in IDENTITY:
        with subtests.test(statement):
            _is_refused(partial(_as_application, statement, id=task_id), "never")


def _as_application(statement: str, **values: Any) -> None:
    with as_practice(LAKESHORE), transaction() as session:
        session.execute(text(statement), values)


def test_a_finished_task_never_changes_and_none_is_born_finished(cast: Cast) -> None:
    task_id = _sign(cast.ada)

    def reopen() -> None:
        with as_practice(LAKESHORE), transaction() as session:
            session.execute(update(Task).where(Task.id == task_id).values(status=0))

    _is_refused(reopen, "finished task")
    finished = {"status": 1, "completed_by": cast.ada, "completed_at": right_now()}
    _is_refused(lambda: _task(cast.ada, **finished), "born open")


FORGERIES = (
    "insert into license_fact select * from license_fact limit 1",
    "update license_fact set status = 'active'",
    "delete from license_fact",
    "insert into affiliation_fact select * from affiliation_fact limit 1",
    "insert into sanction_fact select * from sanction_fact limit 1",
    "update decision_type set accept_classes = '{UNLICENSED}'",
    "insert into policy_limit select * from policy_limit limit 1",
    "insert into practitioner select * from practitioner limit 1",
    "update practitioner set changed_at = now()",
    "update signed_decision set outcome = 'do_not_appeal'",
    "delete from signed_decision",
    "alter table task disable trigger guard",
    "drop trigger guard on signed_decision",
    "create temporary table license_fact (id uuid)",
    "create or replace function state_day(text, timestamptz) returns date language sql as 'select null::date'",
    "set session_replication_role = replica",
    "set role countersign_register",
)


def test_the_application_role_may_not(cast: Cast, subtests: pytest.Subtests) -> None:
    _sign(cast.ada)
    for statement in FORGERIES:
        with subtests.test(statement):
            _is_refused(
                partial(_as_application, statement),
                "permission denied|must be owner|added and never changed|only the register",
            )


def test_the_register_role_may_add_facts_and_change_none(cast: Cast) -> None:
    with register_transaction() as session:
        version = session.scalar(text("select max(register_version) from practitioner"))
    assert version and version > 1

    def change() -> None:
        with register_transaction() as session:
            session.execute(text("update license_fact set status = 'active'"))

    _is_refused(change, "permission denied|never changed")


def test_a_practice_cannot_sign_on_the_task_of_another(cast: Cast) -> None:
    task_id = _task(cast.ada)
    fact = _fact_of(cast.ada)
    assert fact is not None

    def act() -> None:
        with as_practice(LAKESHORE), transaction() as session:
            row = _signature(session, task_id, cast.ada, fact)
        row.practice_id = HARBOR
        with as_practice(HARBOR), transaction() as session:
            session.add(row)

    _is_refused(act, "not open")


def test_a_revocation_waits_for_a_signature_that_holds_the_row(clean_database: Database) -> None:
    cast = make_cast()
    license_id = _license_of(cast.ada)
    revoked = threading.Event()

    def revoke() -> None:
        with clean_database.app.app_context():
            amend_license(license_id, LicenseChange(status="revoked"), now=right_now(), by=None)
            revoked.set()

    task_id = _task(cast.ada)
    with as_practice(LAKESHORE), transaction() as session:
        lock_practitioner(session, cast.ada)
        session.execute(text("select 1"))  # The lock is taken with the next statement.
        other = threading.Thread(target=revoke)
        other.start()
        assert not revoked.wait(0.4), "the revocation must wait"
        session.add(_signature(session, task_id, cast.ada, _fact_of_in(session, cast.ada)))
    other.join(10)
    assert revoked.is_set()
    _is_refused(lambda: _sign(cast.ada), "does not carry")


def test_a_signature_sees_a_revocation_that_won(clean_database: Database) -> None:
    cast = make_cast()
    task_id, license_id, fact = _task(cast.ada), _license_of(cast.ada), _fact_of(cast.ada)
    assert fact is not None
    holds, refused = threading.Event(), []

    def sign() -> None:
        with clean_database.app.app_context():
            holds.wait(10)
            try:
                with as_practice(LAKESHORE), transaction() as session:
                    session.add(_signature(session, task_id, cast.ada, fact))
            except DBAPIError as error:
                refused.append(str(error))

    other = threading.Thread(target=sign)
    other.start()
    with register_transaction() as session:
        session.execute(
            text("select 1 from practitioner where person_id = :person for update"), {"person": cast.ada}
        )
        holds.set()
        other.join(0.4)
        assert other.is_alive(), "the signature must wait"
        session.execute(text(_SUSPEND), {"id": ids.new(), "license": license_id})
    other.join(10)
    assert refused and "not the one that holds now" in refused[0]


_SUSPEND = """
    insert into license_fact (id, license_id, person_id, license_class, state, number, status, restriction, specialties,
        issued_on, expires_on, verified_at, verification, valid_from, recorded_at)
    select :id, license_id, person_id, license_class, state, number, 'suspended', restriction, specialties,
        issued_on, expires_on, verified_at, verification, valid_from, clock_timestamp()
      from license_fact where license_id = :license limit 1
"""


def test_the_database_ends_a_day_where_the_product_does(database: Database) -> None:
    with reading() as session:
        for state in ("NY", "NJ", "CA", "OR", "TX", "KY", "HI", "AK", "AZ", "PR", "GU", "Atlantis"):
            for hour in range(24):
                at = datetime(2026, 11, 24, hour, 30, tzinfo=UTC)
                said = session.scalar(select(text("state_day(:state, :at)")), {"state": state, "at": at})
                assert said == at.astimezone(zone_of(state)).date(), (state, at)


def test_every_function_of_ours_pins_its_search_path(database: Database) -> None:
    with reading() as session:
        loose = session.scalars(
            text(
                "select proname from pg_proc p join pg_namespace n on n.oid = pronamespace where nspname = 'public' "
                "and proname not like 'procrastinate%' and not coalesce("
                "'search_path=pg_catalog, public, pg_temp' = any (proconfig), false)"
            )
        ).all()
    assert loose == []
