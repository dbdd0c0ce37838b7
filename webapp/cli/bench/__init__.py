"""`countersign bench …`: how fast is it on this machine?"""

from importlib import import_module

import click

VERBS = ("run", "report", "gate", "breakdown", "feel", "intake")
"""One module each; every module has its command in an attribute `command`."""


class Verbs(click.Group):
    """Imports a measurement only when it is run: most need no database."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        command: click.Command = import_module(f"webapp.cli.bench.{name}").command
        return command


@click.group(cls=Verbs)
def command() -> None:
    """Measurements."""
