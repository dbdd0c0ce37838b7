"""How is it run and operated? `countersign <noun> <verb>`: one line for each result.

Exit codes: 0 fine, 1 findings or a refusal, 2 wrong usage.
"""

import sys
from importlib import import_module

import click

from store.errors import DomainError

NOUNS = (
    "up", "serve", "worker", "db", "people", "practice", "token", "webhook", "remittance", "process", "audit", "bench",
    "feel", "conformance", "decision", "message", "instance",
)  # fmt: skip
"""One module each; every module has its command in an attribute `command`."""


class Nouns(click.Group):
    """Imports a noun only when it is used, so that help is quick."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(NOUNS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in NOUNS:
            return None
        command: click.Command = import_module(f"webapp.cli.{name}").command
        return command


@click.group(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"]})
def countersign() -> None:
    """Countersign: workflow and case management with a proven clinical guarantee."""


def main() -> None:
    """The console script. A refusal is one line on standard error."""
    try:
        countersign(prog_name="countersign")
    except DomainError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
