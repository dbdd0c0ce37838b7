"""What a run leaves behind: a file with one JSON object in each line.

| kind | says |
|---|---|
| `run` | machine, versions, git hash, settings; the first line |
| `result` | one workload, system and measure in one repetition, with its numbers and its raw commit |
| `repetition` | the drift of one repetition and whether it was kept |
| `counts` | statements, round trips and commits of one operation |
| `check` | a number that must be something, whatever the speed: lost, doubled, mismatches |
| `breakdown` | where the time of one operation goes |
| `missing` | what was not run or failed, with the reason |
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

Record = Mapping[str, Any]
PRODUCT, RAW = "countersign", "raw"


@dataclass
class Book:
    """The records of a run, kept in memory and written line by line as they come."""

    file: IO[str] | None = None
    records: list[Record] = field(default_factory=list)

    def note(self, kind: str, **said: Any) -> None:
        """Add a record."""
        record = {"kind": kind, **said}
        self.records.append(record)
        if self.file is not None:
            self.file.write(json.dumps(record, default=str) + "\n")
            self.file.flush()

    def of(self, kind: str) -> Iterator[Record]:
        """The records of one kind, in order."""
        return (one for one in self.records if one["kind"] == kind)


class NotABook(ValueError):
    """The file is none that `countersign bench run --out` wrote."""


def read(path: Path) -> Book:
    """A book again. Raises NotABook."""
    try:
        records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except ValueError as error:
        raise NotABook(f"{path} holds a line that is no JSON. Name a file of `countersign bench run --out`.") from error
    if not records or not all(isinstance(one, dict) and "kind" in one for one in records):
        raise NotABook(f"{path} is no result of a benchmark. Name a file of `countersign bench run --out`.")
    return Book(None, records)


def names(records: Iterable[Record], key: str) -> list[str]:
    """The different values of a key, in the order of their first appearance."""
    return list(dict.fromkeys(str(one[key]) for one in records))
