"""Ratios of what a run measured. Both sides come from the same repetition; the result is their median over repetitions.

A term names a measure: `complete`, `complete.signed.P2` (the product's), `raw`, `raw.P2` (the limit), `viewflow`
(another system's same measure), `viewflow.start`. `@field` takes another number than the median time: `@p99`, `@rate`,
`@bytes`, `@wal_bytes`, `@cpu_ms`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.records import PRODUCT, RAW, Book, Record
from bench.settings import PEERS
from bench.stats import Spread, spread

DEFAULT = "p50"
WITHOUT_UNIT = frozenset({"statements", "round_trips", "commits", "begins", "of_goal", "growth"})
"""Fields that may be asked for alone: they are the same on every machine."""


@dataclass(frozen=True)
class Term:
    """One side of a ratio. measure: None is the measure of the other side."""

    system: str
    measure: str | None
    field: str = DEFAULT

    def __str__(self) -> str:
        named = self.measure or self.system
        shown = named if self.system in (PRODUCT, RAW) or self.measure is None else f"{self.system}.{named}"
        return shown if self.field == DEFAULT else f"{shown}@{self.field}"


def read_term(text: str) -> Term:
    """A term as it is written."""
    name, _, field = text.strip().partition("@")
    system, _, measure = name.partition(".")
    if system == RAW:
        return Term(RAW, name, field or DEFAULT)
    if system in PEERS:
        return Term(system, measure or None, field or DEFAULT)
    return Term(PRODUCT, name, field or DEFAULT)


@dataclass(frozen=True)
class Ratio:
    """Two terms; below: None for a number of the product that has no unit."""

    above: Term
    below: Term | None

    def __str__(self) -> str:
        return str(self.above) if self.below is None else f"{self.above}/{self.below}"


class NotARatio(ValueError):
    """The text names no ratio; it says what would be one."""


def read_ratio(text: str) -> Ratio:
    """A ratio as it is written, e.g. `complete/raw` or `complete@round_trips`. Raises NotARatio."""
    above, slash, below = text.partition("/")
    if not above or (slash and not below):
        raise NotARatio(f"{text!r} is no ratio. Write it as complete/raw or viewflow/complete.")
    first = read_term(above)
    if not slash:
        if first.field not in WITHOUT_UNIT:
            raise NotARatio(
                f"{text!r} would compare milliseconds or bytes of one machine. Write a ratio, e.g. {above}/raw."
            )
        return Ratio(first, None)
    second = read_term(below)
    if first.measure is None and second.measure is None:
        raise NotARatio(f"{text!r} names two systems and no measure. Write {above}.complete/{below}.complete.")
    return Ratio(
        first if first.measure is not None else Term(first.system, second.measure, first.field),
        second if second.measure is not None else Term(second.system, first.measure, second.field),
    )


def value(book: Book, ratio: Ratio) -> Spread | None:
    """The ratio over all repetitions that hold both sides; None when there is none."""
    if ratio.below is None:
        both = (*_numbers(book, ratio.above, "counts"), *_numbers(book, ratio.above, "result"))
        return spread([number for _, number in both])
    below = dict(_numbers(book, ratio.below, "result"))
    return spread([top / below[key] for key, top in _numbers(book, ratio.above, "result") if below.get(key)])


def _numbers(book: Book, term: Term, kind: str) -> Iterator[tuple[tuple[str, str, int], float]]:
    for record in book.of(kind):
        if record["system"] == term.system and record["measure"] == term.measure and term.field in record["numbers"]:
            yield place(record), float(record["numbers"][term.field])


def place(record: Record) -> tuple[str, str, int]:
    """In which repetition of what a record was made."""
    return str(record["workload"]), str(record.get("group", "")), int(record.get("repetition", 0))
