"""SQL that is written by hand: functions and triggers, installed by the owner."""

from importlib import resources


def script(name: str) -> str:
    """The text of `sql/<name>.sql`."""
    return resources.files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
