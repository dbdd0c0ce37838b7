"""`countersign practice`: registering is idempotent."""

from mso import practices
from store.errors import Invalid
from tests.webapp.cli.conftest import Type
from webapp.cli import practice

WORDS = ("add", "--name", "Lakeshore Orthopedics PC", "--npi", "1999999984", "--tin", "123456789", "--state", "NY")


def test_a_practice_registered_twice_is_one_practice(typed: Type) -> None:
    practices.ensure_mso("Meridian Health Services", "NY")
    first, second = typed(practice.command, *WORDS), typed(practice.command, *WORDS)
    assert first.exit_code == 0, first.output
    assert first.stdout == second.stdout == "2\tLakeshore Orthopedics PC\tNY\tNPI 1999999984\tTIN 123456789\n"
    assert typed(practice.command, "list").stdout == first.stdout


def test_a_wrong_number_is_refused_in_words(typed: Type) -> None:
    practices.ensure_mso("Meridian Health Services", "NY")
    result = typed(practice.command, "add", "--name", "X", "--npi", "1999999985", "--state", "NY")
    assert isinstance(result.exception, Invalid)
    assert typed(practice.command, "list").stdout == ""


def test_a_missing_option_is_wrong_usage(typed: Type) -> None:
    assert typed(practice.command, "add", "--name", "X").exit_code == 2
