"""What a token knows: data, and when each variable was written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Known:
    """data and, for each variable, the number of its write; a later write has a higher number."""

    data: dict[str, Any]
    written: dict[str, int]

    @classmethod
    def of(cls, variables: Mapping[str, Any]) -> "Known":
        """What an instance starts with."""
        return cls(dict(variables), dict.fromkeys(variables, 0))

    def write(self, name: str, value: Any, stamp: int) -> "Known":
        """With one more write."""
        return Known({**self.data, name: value}, {**self.written, name: stamp})

    def only(self, names: Iterable[str]) -> "Known":
        """With these variables and no others."""
        kept = set(names)
        return Known(
            {name: value for name, value in self.data.items() if name in kept},
            {name: stamp for name, stamp in self.written.items() if name in kept},
        )


def joined(parts: list[Known]) -> Known:
    """What tokens that come together know: of each variable the latest write."""
    data: dict[str, Any] = {}
    written: dict[str, int] = {}
    for part in parts:
        for name, stamp in part.written.items():
            if stamp >= written.get(name, -1):
                data[name], written[name] = part.data[name], stamp
    return Known(data, written)
