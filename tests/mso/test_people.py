"""Accounts, passwords, tokens and sign-ins."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest

from mso import people
from mso.people import PersonEntry
from mso.people.sign_in import LONGEST_WAIT, wait_after
from store import ids
from store.errors import DomainError, Invalid
from store.transaction import reading
from tests.conftest import Clock, Database

PASSWORD = "correct horse battery"


def _ada(clock: Clock, *, password: bool = True) -> UUID:
    person_id = people.create_person(PersonEntry("Ada Marsh", "Ada@Lakeshore.example", "Ada Marsh, MD"), now=clock()).id
    if password:
        people.set_password(person_id, PASSWORD, now=clock())
    return person_id


def test_the_right_password_signs_in_whatever_the_case_of_the_email(database: Database, clock: Clock) -> None:
    person_id = _ada(clock)
    assert people.authenticate(" ADA@lakeshore.example ", PASSWORD, now=clock()).person_id == person_id


def test_unknown_wrong_and_closed_get_the_same_answer(database: Database, clock: Clock) -> None:
    person_id = _ada(clock)
    answers = []
    for email, password in (("ada@lakeshore.example", "wrong password"), ("nobody@x.example", PASSWORD)):
        with pytest.raises(people.SignInRefused) as error:
            people.authenticate(email, password, now=clock())
        answers.append((type(error.value), error.value.text))
    people.set_active(person_id, False, by=None)
    with pytest.raises(people.SignInRefused) as error:
        people.authenticate("ada@lakeshore.example", PASSWORD, now=clock())
    answers.append((type(error.value), error.value.text))
    assert len(set(answers)) == 1


def test_wrong_passwords_close_the_account_for_longer_and_longer(database: Database, clock: Clock) -> None:
    _ada(clock)
    for _ in range(5):
        with pytest.raises(people.SignInRefused):
            people.authenticate("ada@lakeshore.example", "wrong password", now=clock())
    with pytest.raises(people.SignInThrottled) as error:
        people.authenticate("ada@lakeshore.example", PASSWORD, now=clock())
    assert error.value.facts["seconds"] >= 2
    clock.advance(seconds=3)
    assert people.authenticate("ada@lakeshore.example", PASSWORD, now=clock())
    assert people.authenticate("ada@lakeshore.example", PASSWORD, now=clock()), "success forgets the failures"


def test_the_wait_doubles_up_to_its_limit() -> None:
    waits = [wait_after(failures) for failures in range(40)]
    assert waits[4] == timedelta(0) and waits[5] == timedelta(seconds=2) and waits[6] == timedelta(seconds=4)
    assert waits == sorted(waits) and waits[-1] == LONGEST_WAIT


def test_many_attempts_at_once_count_as_many(clean_database: Database, clock: Clock) -> None:
    _ada(clock)

    def attempt(_: int) -> str:
        with clean_database.app.app_context():
            try:
                people.authenticate("ada@lakeshore.example", "wrong password", now=clock())
            except DomainError as error:
                return error.code
            return "signed in"

    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(attempt, range(12)))
    assert codes.count("sign_in.refused") == 5 and codes.count("sign_in.throttled") == 7


@pytest.mark.parametrize("password", ["short", "ada@lakeshore.example", "Ada@Lakeshore.Example", "x" * 1025])
def test_weak_passwords_are_refused(database: Database, clock: Clock, password: str) -> None:
    person_id = _ada(clock, password=False)
    with pytest.raises(people.PasswordTooWeak):
        people.set_password(person_id, password, now=clock())


def test_a_password_is_kept_as_argon2id(database: Database, clock: Clock) -> None:
    person_id = _ada(clock)
    with reading() as session:
        kept = session.get_one(people.Credential, person_id).password_hash
    assert kept.startswith("$argon2id$") and PASSWORD not in kept


def test_a_wrong_password_at_signing_says_so(database: Database, clock: Clock) -> None:
    person_id = _ada(clock)
    people.reauthenticate(person_id, PASSWORD, now=clock())
    with pytest.raises(people.WrongPassword):
        people.reauthenticate(person_id, "wrong password", now=clock())


def test_a_token_finds_its_holder_until_it_ends(database: Database, clock: Clock) -> None:
    person_id = _ada(clock, password=False)
    token = people.create_token(person_id, clock())
    found = people.find_by_token(token, clock())
    assert found is not None and found.person_id == person_id
    for wrong in ("", "cs_", token[:-1], token + "x", "xx" + token[2:], "cs_abc_def", "ä"):
        assert people.find_by_token(wrong, clock()) is None
    with reading() as session:
        kept = session.get_one(people.ApiToken, found.prefix)
        assert token.encode() not in kept.secret_hash and kept.last_used_at == clock()
    clock.advance(days=90)
    assert people.find_by_token(token, clock()) is None


def test_a_revoked_token_and_one_of_a_closed_account_find_nobody(database: Database, clock: Clock) -> None:
    person_id = _ada(clock, password=False)
    first, second = people.create_token(person_id, clock()), people.create_token(person_id, clock())
    people.revoke_token(first.split("_")[1], by=None, now=clock())
    assert people.find_by_token(first, clock()) is None
    assert people.find_by_token(second, clock()) is not None
    people.set_active(person_id, False, by=None)
    assert people.find_by_token(second, clock()) is None
    with pytest.raises(people.AccountClosed):
        people.create_token(person_id, clock())


def test_a_sign_in_lasts_while_it_is_used_and_twelve_hours_at_most(database: Database, clock: Clock) -> None:
    person_id = _ada(clock, password=False)
    token = people.open_session(person_id, now=clock())
    for _ in range(14):
        clock.advance(minutes=50)
        assert people.find_session(token, now=clock()) is not None
    clock.advance(minutes=50)
    assert people.find_session(token, now=clock()) is None
    idle = people.open_session(person_id, now=clock())
    clock.advance(minutes=60)
    assert people.find_session(idle, now=clock()) is None


def test_a_sign_in_ends_at_once_and_everywhere(database: Database, clock: Clock) -> None:
    person_id = _ada(clock, password=False)
    one, two, three = (people.open_session(person_id, now=clock()) for _ in range(3))
    people.end_session(one, now=clock())
    assert people.find_session(one, now=clock()) is None
    clock.advance(minutes=4)
    assert people.note_reauthentication(two, now=clock()).reauthenticated_at == clock()
    people.end_sessions_of(person_id, now=clock(), by=None)
    assert people.find_session(two, now=clock()) is None and people.find_session(three, now=clock()) is None
    with pytest.raises(people.SessionNotFound):
        people.note_reauthentication(two, now=clock())


def test_a_person_is_created_once_and_works_in_roles_and_queues(database: Database, clock: Clock) -> None:
    person_id = _ada(clock, password=False)
    assert _ada(clock, password=False) == person_id
    people.ensure_group("coder", "Coders")
    for _ in range(2):
        people.grant_role(person_id, "staff", now=clock())
        people.join_group(person_id, "coder", now=clock())
    with reading() as session:
        assert people.roles_of(session, person_id) == {"staff"}
        assert people.groups_of(session, person_id) == {"coder"}
        assert [one.email for one in people.list_people(session)] == ["ada@lakeshore.example"]
    people.revoke_role(person_id, "staff", by=None)
    people.leave_group(person_id, "coder", by=None)
    with reading() as session:
        assert people.roles_of(session, person_id) == people.groups_of(session, person_id) == frozenset()


def test_what_is_not_there_is_refused(database: Database, clock: Clock) -> None:
    with pytest.raises(Invalid):
        people.create_person(PersonEntry("", "x"), now=clock())
    with pytest.raises(Invalid):
        people.grant_role(_ada(clock, password=False), "emperor", now=clock())
    with pytest.raises(people.PersonNotFound):
        people.create_token(ids.new(), clock())
