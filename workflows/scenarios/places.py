"""Reading JSON strictly: every key known, every value of its kind, and every complaint names its place."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

MAX_NAME = 200
"""Characters of an id, a name or an operator key."""
_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}


class NotReadable(Exception):
    """Something in the file is not what its place asks for."""


@dataclass(frozen=True, slots=True)
class Place:
    """A value of the file and where it stands, in words: "denial_appeal, scenario "X", step 3"."""

    name: str
    value: Any

    def refuse(self, sentence: str) -> NotReadable:
        """The complaint, for raising."""
        return NotReadable(f"{self.name}: {sentence}")

    def object(self, known: Collection[str], required: Collection[str] = ()) -> dict[str, "Place"]:
        """The entries of an object that has these keys only."""
        entries = self.entries()
        strange = [key for key in entries if key not in known]
        if strange:
            names = ", ".join(f'"{one[:40]}"' for one in strange[:3])
            raise self.refuse(f"There is no {names} here. Known are: {', '.join(known)}.")
        missing = [key for key in required if key not in entries]
        if missing:
            raise self.refuse(f'"{missing[0]}" is missing.')
        return entries

    def entries(self) -> dict[str, "Place"]:
        """The entries of an object whose keys are names of the model."""
        if not isinstance(self.value, dict):
            raise self.refuse(f"An object is expected, not {_kind(self.value)}.")
        for key in self.value:
            if len(key) > MAX_NAME:
                raise self.refuse(f'The name "{key[:40]}…" is longer than {MAX_NAME} characters.')
        return {key: Place(f"{self.name}, {key}", value) for key, value in self.value.items()}

    def list(self, limit: int) -> list["Place"]:
        """The items of a list, counted from 1."""
        if not isinstance(self.value, list):
            raise self.refuse(f"A list is expected, not {_kind(self.value)}.")
        if len(self.value) > limit:
            raise self.refuse(f"{len(self.value)} are more than the limit of {limit}.")
        return [Place(f"{self.name} {number}", value) for number, value in enumerate(self.value, 1)]

    def text(self) -> str:
        """A text that is not empty."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.refuse(f"A text is expected, not {_kind(self.value) if self.value != '' else 'an empty one'}.")
        return self.value

    def id(self) -> str:
        """A text that may be an id, a name or a key."""
        if len(self.text()) > MAX_NAME:
            raise self.refuse(f"The name is longer than {MAX_NAME} characters.")
        return self.text()

    def flag(self) -> bool:
        """true or false."""
        if not isinstance(self.value, bool):
            raise self.refuse(f"true or false is expected, not {_kind(self.value)}.")
        return self.value

    def ids(self, limit: int = 1000) -> tuple[str, ...]:
        """One id or a list of them."""
        if isinstance(self.value, str):
            return (self.id(),)
        return tuple(one.id() for one in self.list(limit))

    def each(self, read: Callable[["Place"], T]) -> Mapping[str, T]:
        """An object of names, each value read by the same rule."""
        return {key: read(place) for key, place in self.entries().items()}

    def values(self) -> Mapping[str, Any]:
        """An object of names with values of any kind."""
        return {key: place.value for key, place in self.entries().items()}


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), "a number")
