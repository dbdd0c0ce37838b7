"""Commands as an operator types them, on this test's own database."""

from collections.abc import Callable

import click
import pytest
from click.testing import CliRunner, Result

from config import Config
from tests.clients import office, office_people
from tests.conftest import Database
from tests.office import Office

__all__ = ["office", "office_people"]

Type = Callable[..., Result]


@pytest.fixture
def typed(database: Database, monkeypatch: pytest.MonkeyPatch) -> Type:
    """typed(command, "create", "--email", …): runs it with the settings of the test; output and errors apart."""
    return _typed(database.config, monkeypatch)


@pytest.fixture
def typed_in_office(office: Office, monkeypatch: pytest.MonkeyPatch) -> Type:
    """The same on the database of a whole office."""
    assert office.config is not None
    return _typed(office.config, monkeypatch)


def _typed(config: Config, monkeypatch: pytest.MonkeyPatch) -> Type:
    monkeypatch.setenv("COUNTERSIGN_HOME", str(config.home))
    monkeypatch.setenv("DATABASE_URL", config.urls.app)
    monkeypatch.setenv("DATABASE_OWNER_URL", config.urls.owner)
    monkeypatch.setenv("DATABASE_REGISTER_URL", config.urls.register)

    def run(command: click.Command, *words: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(command, words, input=stdin)

    return run
