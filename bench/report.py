"""The printed report: the machine, a table of ratios for each workload, the goals, and where the time goes."""

from collections.abc import Iterator, Sequence
from typing import Any

from bench.goals import GOALS, Verdict, judge
from bench.ratios import Ratio, Term, place, read_ratio, value
from bench.records import PRODUCT, RAW, Book, Record, names
from bench.stats import Spread, spread

COLUMNS = ("system", "measure", "n", "p50 ms", "p99 ms", "per s", "x raw", "spread", "CPU ms", "PG CPU", "stmts",
           "trips", "commits", "WAL B", "state B", "RSS MB")  # fmt: skip
MOST_PHASES = 14


def lines(book: Book, against: Book | None = None) -> Iterator[str]:
    """The report, line by line."""
    yield from _head(book)
    for workload in names(book.of("result"), "workload"):
        yield ""
        yield f"== {workload}"
        yield from table([COLUMNS, *_rows(book, workload)])
        yield from _repetitions(book, workload)
    yield from _checks(book)
    yield from _goals(book)
    yield from _breakdowns(book)
    yield from _missing(book)
    if against is not None:
        yield from _compared(book, against)


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as they have to be; the first two to the left, numbers to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [
            one.ljust(width) if i < 2 else one.rjust(width)
            for i, (one, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _head(book: Book) -> Iterator[str]:
    run = next(book.of("run"), None)
    if run is None:
        yield "This file does not say on what machine it was made."
        return
    settings, packages, server = run["settings"], run["packages"], run["postgresql"]
    yield f"{run['processor']}, {run['cores']} cores, {run['memory_mb']} MB, load {run['load'][0]} · {run['system']}"
    shown = ", ".join(f"{name} {number}" for name, number in packages.items() if number)
    yield f"source {run['git']} · Python {run['python']} · {shown}"
    yield "PostgreSQL " + ", ".join(f"{name} {text}" for name, text in server.items())
    yield f"fdatasync of 4 KB: p50 {run['fdatasync_ms']['p50']} ms, p99 {run['fdatasync_ms']['p99']} ms"
    yield f"{settings['reps']} repetition(s), windows of {settings['secs']} s{', small' if settings['small'] else ''}"
    yield "Trust the ratios; milliseconds are those of this machine at that moment."


def _rows(book: Book, workload: str) -> Iterator[list[str]]:
    records = [one for one in book.of("result") if one["workload"] == workload]
    counted = {
        (one["system"], one["measure"]): one["numbers"] for one in book.of("counts") if one["workload"] == workload
    }
    for system, measure in dict.fromkeys((one["system"], one["measure"]) for one in records):
        mine = [one for one in records if (one["system"], one["measure"]) == (system, measure)]
        yield [system, measure, str(len(mine)), *_cells(mine, records, counted.get((system, measure), {}))]


def _cells(mine: Sequence[Record], all_: Sequence[Record], counts: dict[str, float]) -> Iterator[str]:
    limit = {place(one): one["numbers"]["p50"] for one in all_ if one["system"] == RAW and one["measure"] == "raw"}
    ratios = [
        one["numbers"]["p50"] / limit[place(one)] for one in mine if "p50" in one["numbers"] and limit.get(place(one))
    ]
    found = spread(ratios)
    for name, shape in (("p50", ".2f"), ("p99", ".2f"), ("rate", ",.0f")):
        yield _middle(mine, name, shape)
    yield "" if found is None else f"{found.median:.2f}"
    yield "" if found is None else f"{found.least:.2f}-{found.most:.2f}"
    yield _middle(mine, "cpu_ms", ".2f")
    yield _middle(mine, "server_cpu_ms", ".2f")
    for name in ("statements", "round_trips", "commits"):
        yield f"{counts[name]:.0f}" if name in counts else ""
    yield _middle(mine, "wal_bytes", ",.0f")
    yield _middle(mine, "bytes", ",.0f")
    yield _middle(mine, "rss_mb", ".0f")


def _middle(mine: Sequence[Record], name: str, shape: str) -> str:
    found = spread([one["numbers"][name] for one in mine if name in one["numbers"]])
    return "" if found is None else format(found.median, shape)


def _repetitions(book: Book, workload: str) -> Iterator[str]:
    made = [one for one in book.of("repetition") if one["workload"] == workload]
    if made:
        drifts = [one["drift"] for one in made if one["kept"]]
        shown = f", drift {min(drifts):.2f} to {max(drifts):.2f}" if drifts else ""
        yield f"{len(drifts)} repetition(s) kept, {len(made) - len(drifts)} thrown away for drift{shown}"
    yield from _extras([one for one in book.of("result") if one["workload"] == workload])


def _extras(records: Sequence[Record]) -> Iterator[str]:
    """Numbers that have no column: the median over the repetitions."""
    for system, measure in dict.fromkeys((one["system"], one["measure"]) for one in records):
        mine = [one for one in records if (one["system"], one["measure"]) == (system, measure)]
        extra = dict.fromkeys(name for one in mine for name in one["numbers"] if name not in _SHOWN)
        if extra:
            yield f"{system} {measure}: " + ", ".join(f"{name} {_middle(mine, name, ',.6g')}" for name in extra)


_SHOWN = frozenset(
    {"p50", "p99", "rate", "cpu_ms", "server_cpu_ms", "wal_bytes", "rss_mb", "bytes", "count", "seconds", "ran_dry"}
)


def _checks(book: Book) -> Iterator[str]:
    found = list(book.of("check"))
    if found:
        yield ""
        yield "== Checks"
    for one in found:
        verdict = "ok" if one["ok"] else f"WRONG, must be {one['must']}"
        yield f"{one['workload']} {one['name']}: {one['value']} {verdict}"


def _goals(book: Book) -> Iterator[str]:
    yield ""
    yield "== Goals"
    rows: list[tuple[str, ...]] = [("goal", "ratio", "bound", "stretch", "found", "spread", "verdict")]
    for one in judge(book):
        rows.append(_goal(one))
    yield from table(rows)


def _goal(one: Verdict) -> tuple[str, ...]:
    goal, found = one.goal, one.found
    stretch = f"{goal.stretch:g}" if goal.stretch is not None else ""
    if found is None:
        return goal.what, goal.ratio, goal.bound, stretch, "", "", "not measured"
    verdict = "met" if one.met else f"MISSED by {one.factor:.1f}x" if one.factor else "MISSED"
    return goal.what, goal.ratio, goal.bound, stretch, f"{found.median:.2f}", _range(found), verdict


def _range(found: Spread) -> str:
    return f"{found.least:.2f}-{found.most:.2f}"


def _breakdowns(book: Book) -> Iterator[str]:
    for one in book.of("breakdown"):
        yield ""
        yield f"== Where the time of {one['measure']} goes"
        yield from breakdown(one)


def breakdown(one: Record, *, functions: int = 0) -> Iterator[str]:
    """One breakdown. functions: how many of the functions that took most time themselves are listed."""
    timed = one["timed_ms"]
    yield f"untouched {one['untouched_ms']:.2f} ms; with every phase timed {timed:.2f} ms, n={one['count']}"
    rows: list[Sequence[str]] = [("phase", "", "ms", "share", "calls")]
    phases: list[dict[str, Any]] = sorted(one["phases"], key=lambda phase: -phase["ms"])
    for phase in phases[:MOST_PHASES]:
        share = f"{100 * phase['ms'] / timed:.0f}%"
        rows.append((phase["phase"], "", f"{phase['ms']:.3f}", share, f"{phase['calls']:.1f}"))
    rest = phases[MOST_PHASES:]
    if rest:
        took = sum(phase["ms"] for phase in rest)
        rows.append((f"{len(rest)} smaller phases", "", f"{took:.3f}", f"{100 * took / timed:.0f}%", ""))
    yield from table(rows)
    yield "statements, by what was waited for them:"
    for statement in one["statements"][: 12 if not functions else 99]:
        yield f"  {statement['ms']:7.3f} ms  {statement['calls']:4.1f} x  {statement['statement']}"
    for found in one["functions"][:functions]:
        took = f"{found['own_ms']:7.3f} ms own  {found['whole_ms']:7.3f} ms"
        yield f"  {took}  {found['calls']:7.1f} x  {found['function']}"


def _missing(book: Book) -> Iterator[str]:
    gone = list(book.of("missing"))
    if gone:
        yield ""
        yield "== Without numbers"
    for one in gone:
        yield f"{one['workload']} {one['system']} {one['measure']}: {one['what']}. {one['reason']}"


def _compared(book: Book, old: Book) -> Iterator[str]:
    yield ""
    yield "== Against the other run (ratios to raw and goals; below 1.00 is less than before)"
    rows: list[tuple[str, ...]] = [("ratio", "", "before", "now", "now/before")]
    for ratio in _comparable(book):
        before, now = value(old, ratio), value(book, ratio)
        if before is not None and now is not None and before.median:
            rows.append(
                (str(ratio), "", f"{before.median:.2f}", f"{now.median:.2f}", f"{now.median / before.median:.2f}")
            )
    yield from table(rows)


def _comparable(book: Book) -> list[Ratio]:
    measured = dict.fromkeys(
        one["measure"] for one in book.of("result") if one["system"] == PRODUCT and "p50" in one["numbers"]
    )
    plain = [Ratio(Term(PRODUCT, str(one)), Term(RAW, "raw")) for one in measured]
    known = {str(one) for one in plain}
    others = [one for one in (judged.ratio for judged in GOALS) if one not in known]
    return plain + [read_ratio(one) for one in others]
