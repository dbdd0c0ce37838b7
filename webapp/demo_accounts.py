"""The demo's accounts as ./run prints them. Without the file there is no demo and nothing is shown."""

import json
from pathlib import Path
from typing import Any

FILE = "demo-accounts.json"
PRINTED = "demo-accounts.txt"


def cast(home: Path) -> list[dict[str, Any]] | None:
    """What the sign-in page shows of the demo's people; never a password."""
    found = read(home)
    if not found:
        return None
    return [{**person, "password": None} for person in found]


def read(home: Path) -> list[dict[str, Any]]:
    """The accounts with their passwords, as they were generated at first start; empty when there is no demo."""
    path = home / FILE
    if not path.exists():
        return []
    people: list[dict[str, Any]] = json.loads(path.read_text())
    return people


def write(home: Path, people: list[dict[str, Any]]) -> None:
    """Keep the generated passwords where only their owner can read them."""
    width = max(len(str(person["email"])) for person in people)
    lines = [f"  {person['email']:<{width}}  {person['password']}  {person['role']}" for person in people]
    for name, text in ((FILE, json.dumps(people, indent=1)), (PRINTED, "Demo accounts:\n" + "\n".join(lines) + "\n")):
        path = home / name
        path.touch(mode=0o600)
        path.write_text(text)
