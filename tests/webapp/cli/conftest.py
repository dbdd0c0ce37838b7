"""Commands as an operator types them, on this test's own database."""

from collections.abc import Callable

import click
import pytest
from click.testing import CliRunner, Result

from tests.conftest import Database

Type = Callable[..., Result]


@pytest.fixture
def typed(database: Database, monkeypatch: pytest.MonkeyPatch) -> Type:
    """typed(command, "create", "--email", …): runs it with the settings of the test; output and errors apart."""
    monkeypatch.setenv("COUNTERSIGN_HOME", str(database.config.home))
    monkeypatch.setenv("DATABASE_URL", database.urls.app)
    monkeypatch.setenv("DATABASE_OWNER_URL", database.urls.owner)
    monkeypatch.setenv("DATABASE_REGISTER_URL", database.urls.register)

    def run(command: click.Command, *words: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(command, words, input=stdin)

    return run
