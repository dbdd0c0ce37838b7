"""Registering practices and finding whom a payer pays."""

import pytest

from mso.practices import (
    PayeeDiffers,
    PracticeEntry,
    PracticeNotFound,
    add_practice,
    ensure_mso,
    find_by_payee,
    get_practice,
    is_npi,
    list_practices,
    state_name,
)
from store.errors import Invalid
from store.transaction import reading
from tests.conftest import Database

LAKESHORE = PracticeEntry("Lakeshore", "NY", "1999999984", "123456789")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1999999984", True),
        ("1234567893", True),
        ("1999999985", False),
        ("3999999980", False),
        ("199999998", False),
        ("１９９９９９９９８４", False),
        ("", False),
    ],
)
def test_an_npi_has_ten_digits_and_a_check_digit(text: str, expected: bool) -> None:
    assert is_npi(text) is expected


def test_the_mso_is_organization_one_and_practices_follow(database: Database) -> None:
    assert ensure_mso("Meridian", "NY").id == ensure_mso("Other", "NJ").id == 1
    assert [add_practice(LAKESHORE).id, add_practice(PracticeEntry("Harbor", "NJ", tin="987654321")).id] == [2, 3]
    with reading() as session:
        assert [one.name for one in list_practices(session)] == ["Lakeshore", "Harbor"]
        assert get_practice(session, 2).discipline == "physician"
        with pytest.raises(PracticeNotFound):
            get_practice(session, 9)


def test_the_same_npi_else_tin_is_the_same_practice(database: Database) -> None:
    ensure_mso("Meridian", "NY")
    first = add_practice(LAKESHORE).id
    assert add_practice(PracticeEntry("Another name", "nj", "1999-999-984", "12-3456789")).id == first
    assert add_practice(PracticeEntry("Without NPI", "NY", tin="123456789")).id == first
    only_tin = add_practice(PracticeEntry("Harbor", "NJ", tin="987654321")).id
    assert add_practice(PracticeEntry("Harbor", "NJ", "1234567893", "987654321")).id == only_tin
    with reading() as session:
        assert get_practice(session, only_tin).npi == "1234567893", "what was missing is filled in"
    with pytest.raises(PayeeDiffers):
        add_practice(PracticeEntry("Lakeshore", "NY", "1999999984", "111111111"))


def test_a_payee_is_found_by_npi_else_by_a_tin_that_fits_one(database: Database) -> None:
    ensure_mso("Meridian", "NY")
    first = add_practice(LAKESHORE).id
    with reading() as session:
        for npi, tin in (("1999999984", None), (None, "123456789"), ("1234567893", "12-3456789")):
            found = find_by_payee(session, npi, tin)
            assert found is not None and found.id == first
        assert find_by_payee(session, None, None) is None
        assert find_by_payee(session, "1234567893", "987654321") is None
    second = add_practice(PracticeEntry("Second office", "NY", "1234567893", "123456789")).id
    with reading() as session:
        assert find_by_payee(session, None, "123456789") is None, "one TIN, two practices: nobody guesses"
        found = find_by_payee(session, "1234567893", "123456789")
        assert found is not None and found.id == second


def test_wrong_numbers_are_named(database: Database) -> None:
    ensure_mso("Meridian", "NY")
    with pytest.raises(Invalid) as error:
        add_practice(PracticeEntry(" ", "Atlantis", "1999999985", "12345"))
    assert set(error.value.fields) == {"name", "npi", "tin", "state"}
    with pytest.raises(Invalid):
        add_practice(PracticeEntry("Nameless payee", "NY"))


def test_a_state_has_a_name() -> None:
    assert state_name("NY") == "New York"
    assert state_name("XX") == "XX"
