"""`countersign token`: prints the token and nothing else."""

import pytest

from mso import people
from mso.people import PersonNotFound
from store import clock
from tests import people as cast
from tests.webapp.cli.conftest import Type
from webapp.cli import token


def test_it_prints_only_the_token_which_then_works_until_it_is_revoked(typed: Type) -> None:
    ben = cast.make_cast().ben
    result = typed(token.command, "create", "--email", "BEN@meridian.example")
    assert result.exit_code == 0, result.output
    text = result.stdout.removesuffix("\n")
    holder = people.find_by_token(text, clock.now())
    assert holder is not None and holder.person_id == ben
    assert typed(token.command, "revoke", text.split("_")[1]).exit_code == 0
    assert people.find_by_token(text, clock.now()) is None


def test_an_unknown_person_gets_no_token(typed: Type) -> None:
    result = typed(token.command, "create", "--email", "nobody@nowhere.example")
    assert isinstance(result.exception, PersonNotFound)
    assert result.stdout == ""


@pytest.mark.parametrize("words", [(), ("--email", "a@b.example", "--days", "0")])
def test_wrong_usage_is_2(typed: Type, words: tuple[str, ...]) -> None:
    assert typed(token.command, "create", *words).exit_code == 2
