"""Gates: bounds on ratios that a release must keep. What has no number never passes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.goals import holds
from bench.ratios import NotARatio, Ratio, read_ratio, value
from bench.records import Book, Record


@dataclass(frozen=True)
class Bound:
    """A ratio with its highest or its lowest value."""

    ratio: Ratio
    most: float | None
    least: float | None

    def __str__(self) -> str:
        return f"{self.ratio} {f'<= {self.most:g}' if self.most is not None else f'>= {self.least:g}'}"


@dataclass(frozen=True)
class Outcome:
    """What became of a bound: the text says why, passed whether it holds."""

    passed: bool
    text: str


def read_bound(text: str, *, is_most: bool) -> Bound:
    """A bound as it is written, `complete/raw=1.5`. Raises NotARatio."""
    name, equals, number = text.rpartition("=")
    try:
        limit = float(number)
    except ValueError:
        equals = ""
    if not equals or not name:
        raise NotARatio(f"{text!r} is no bound. Write a ratio and a number, e.g. complete/raw=1.5.")
    return Bound(read_ratio(name), limit if is_most else None, None if is_most else limit)


def outcomes(book: Book, bounds: Sequence[Bound]) -> Iterator[Outcome]:
    """Each bound, each check, and everything that failed."""
    for bound in bounds:
        found = value(book, bound.ratio)
        if found is None:
            yield Outcome(False, f"{bound}: not measured. {_why(book, bound.ratio)}")
            continue
        passed = holds(found.median, bound.most, bound.least)
        yield Outcome(passed, f"{bound}: {found.median:.3g} ({found.least:.3g} to {found.most:.3g}, n={found.count})")
    for check in book.of("check"):
        text = f"{check['workload']} {check['name']}: {check['value']}"
        yield Outcome(bool(check["ok"]), text if check["ok"] else f"{text}, must be {check['must']}")
    for one in book.of("missing"):
        if one["what"] == "failed":
            yield Outcome(False, f"{_named(one)} failed: {one['reason']}")


def not_run(book: Book) -> list[str]:
    """What was not run, so that nobody takes it for passed."""
    return [f"{_named(one)} not run: {one['reason']}" for one in book.of("missing") if one["what"] != "failed"]


def _why(book: Book, ratio: Ratio) -> str:
    systems = {ratio.above.system} | ({ratio.below.system} if ratio.below else set())
    for one in book.of("missing"):
        if one["system"] in systems and one["measure"] in (
            "*",
            ratio.above.measure,
            ratio.below and ratio.below.measure,
        ):
            return f"{_named(one)} {one['what']}: {one['reason']}"
    return "The run holds no repetition with both of its sides; look at its workloads and peers."


def _named(one: Record) -> str:
    return f"{one['workload']} {one['system']} {one['measure']}"
