"""The linter against trying everything: it finds what brute force finds, and each finding is shown by its example."""

from dataclasses import dataclass
from itertools import combinations, product

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.workflows.decisions.build import Column, model
from tests.workflows.decisions.say import NOW
from workflows.decisions import DecisionConflict, DecisionInputInvalid, DecisionModel, decide, lint
from workflows.decisions.findings import TableFinding
from workflows.feel import Value, parse

Row = tuple[Value, ...]


@dataclass(frozen=True)
class Domain:
    """A type with constants for cells, and FEEL values of which one lies in every piece that the constants cut."""

    type: str
    constants: tuple[str, ...]
    values: tuple[str, ...]
    limits: tuple[str, ...] = ("",)
    strangers: tuple[str, ...] = ()
    ordered: bool = True


DOMAINS = (
    Domain("number", ("1", "2", "3"), ("0", "0.5", "1", "1.5", "2", "2.5", "3", "4", "3.5"),
           ("", "[1..3]", "1, 2, 3", "? = floor(?)", "> 1", "modulo(?, 1) = 0 and ? > 2")),
    Domain("string", ('"a"', '"b"'), ('""', '"a"', '"aa"', '"b"', '"c"'), ("", '"a", "b"', '"a", "c"', '>= "b"')),
    Domain("boolean", ("true", "false"), ("true", "false"), ordered=False),
    Domain("date", ('@"2026-03-01"', '@"2026-03-03"', 'date("2026-03-04")'),
           ('@"2026-02-28"', '@"2026-03-01"', '@"2026-03-02"', '@"2026-03-03"', '@"2026-03-04"', '@"2026-03-09"')),
    Domain("dateTime", ('@"2026-03-01T00:00:00Z"', '@"2026-03-01T02:00:00+01:00"'),
           ('@"2026-02-28T00:00:00Z"', '@"2026-03-01T00:00:00Z"', '@"2026-03-01T00:30:00Z"',
            '@"2026-03-01T01:00:00Z"', '@"2026-03-02T00:00:00Z"'), strangers=('@"2026-03-01T00:00:00"',)),
    Domain("time", ('@"00:00:00"', '@"10:00:00"'), ('@"00:00:00"', '@"05:00:00"', '@"10:00:00"', '@"11:00:00"'),
           strangers=('@"05:00:00Z"',)),
    Domain("dayTimeDuration", ('@"P1D"', '@"PT36H"'), ('@"PT1H"', '@"P1D"', '@"PT30H"', '@"PT36H"', '@"P9D"')),
    Domain("yearMonthDuration", ('@"P1Y"', '@"P13M"'), ('@"P1M"', '@"P1Y"', '@"P13M"', '@"P9Y"')),
)  # fmt: skip
POLICIES = ("UNIQUE", "ANY", "FIRST", "PRIORITY", "COLLECT")
OUTPUTS = ('"x"', '"y"', '"z"')


@st.composite
def cells(draw: st.DrawFn, domain: Domain) -> str:
    one, other = draw(st.sampled_from(domain.constants)), draw(st.sampled_from(domain.constants))
    low, high = sorted((one, other), key=domain.constants.index)
    shapes = ["-", one, f"not({one})", f"{one}, {other}", "null", "not(null)", f"not({one}, null)", f"? != {one}",
              f"null, {one}", f"? = {one} or ? = null"]  # fmt: skip
    if domain.ordered:
        shapes += [f"< {one}", f"<= {one}", f"> {one}", f">= {one}", f"[{low}..{high}]", f"({low}..{high}]",
                   f"[{low}..{high})", f"not([{low}..{high}])", f"< {low}, > {high}", f"? > {low} and ? <= {high}",
                   f"? between {low} and {high}", f"not(> {one})", f"if ? > {one} then true else ? = {low}",
                   f"{one} < ?"]  # fmt: skip
    return draw(st.sampled_from(shapes))


@dataclass(frozen=True)
class Table:
    """columns: expression and domain, with the allowed values that were chosen. rows: cells, then the output."""

    policy: str
    columns: tuple[tuple[str, Domain, str], ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def model(self) -> DecisionModel:
        columns = [Column(name, domain.type, limit, label=f"{name} ({number})")
                   for number, (name, domain, limit) in enumerate(self.columns)]  # fmt: skip
        return model(self.policy, columns, [Column("y", values=", ".join(OUTPUTS))], self.rows)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    names = {name: draw(st.sampled_from(DOMAINS)) for name in ("a", "b")}
    read = draw(st.sampled_from((("a",), ("a", "b"), ("a", "a"), ("a", "b", "a"))))
    limits = {name: draw(st.sampled_from(domain.limits)) for name, domain in names.items()}
    columns = tuple((name, names[name], limits[name]) for name in read)
    row = st.tuples(*(cells(domain) for _, domain, _ in columns), st.sampled_from(OUTPUTS))
    return Table(draw(st.sampled_from(POLICIES)), columns, tuple(draw(st.lists(row, min_size=1, max_size=5))))


@dataclass(frozen=True)
class Truth:
    """What brute force says. gaps: inputs without a rule, by how unusual they are: 0 not, 1 a missing value, 2 else."""

    gaps: frozenset[int]
    overlaps: frozenset[tuple[str, str]]
    unused: frozenset[str]


def value(text: str) -> Value:
    return parse(text).evaluate({}, now=NOW).value


def allowed(domain: Domain, limit: str) -> list[tuple[Value, int]]:
    """The values of a column that a table lets through, with how unusual they are."""
    usual = [(value(text), 0) for text in domain.values] + [(value(text), 2) for text in domain.strangers]
    found: list[tuple[Value, int]] = []
    for one, kind in usual:
        if not limit or model("FIRST", [Column("a", domain.type)], ["y"], [[limit, "1"]]).tables[0].rules[0].cells[
            0
        ].matches(one, {}, now=NOW):
            found.append((one, kind))
    return [*found, (None, 1)]


def truth(table: Table) -> Truth:
    """Every input, every row."""
    built = table.model.tables[0]
    domains = {name: allowed(domain, limit) for name, domain, limit in table.columns}
    order = {text: place for place, text in enumerate(OUTPUTS)}
    gaps, overlaps, used = set(), set(), set()
    for chosen in product(*domains.values()):
        context = dict(zip(domains, (one for one, _ in chosen), strict=True))
        hit = [at for at, rule in enumerate(built.rules)
               if all(cell.matches(context[name], {}, now=NOW) is True
                      for cell, (name, _, _) in zip(rule.cells, table.columns, strict=True))]  # fmt: skip
        if not hit:
            gaps.add(max(kind for _, kind in chosen))
        differ = [(a, b) for a, b in combinations(hit, 2)
                  if table.policy == "UNIQUE" or table.rows[a][-1] != table.rows[b][-1]]  # fmt: skip
        overlaps |= {(built.rules[a].id, built.rules[b].id) for a, b in differ}
        if table.policy == "FIRST":
            hit = hit[:1]
        elif table.policy == "PRIORITY":
            hit = sorted(hit, key=lambda at: (order[table.rows[at][-1]], at))[:1]
        used.update(built.rules[at].id for at in hit)
    checked = overlaps if table.policy in ("UNIQUE", "ANY") else set()
    return Truth(frozenset(gaps), frozenset(checked), frozenset(rule.id for rule in built.rules if rule.id not in used))


STRANGE = Table(
    "FIRST", (("a", DOMAINS[5], ""),), (('<= @"10:00:00"', '"x"'), ('> @"10:00:00"', '"x"'), ("null", '"y"'))
)
"""Only times with a zone have no rule."""


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables())
@example(Table("FIRST", (("a", DOMAINS[0], ""),), (("[1..2]", '"x"'), ("> 2", '"x"'), ("< 1", '"x"'), ("2", '"y"'))))
@example(STRANGE)
def test_the_linter_finds_exactly_what_trying_everything_finds(table: Table) -> None:
    found = [one for one in lint(table.model) if isinstance(one, TableFinding)]
    rules = {one.rule for one in found}
    expected = truth(table)
    assert "table-not-decided" not in rules
    assert ("table-gap" in rules) == (0 in expected.gaps)
    assert ("table-null-gap" in rules) == (0 not in expected.gaps and 1 in expected.gaps)
    assert ("table-zone-gap" in rules) == (expected.gaps == {2})
    pairs = {one.rules for one in found if one.rule == "table-overlap"}
    assert pairs == expected.overlaps
    assert {one.rules[0] for one in found if one.rule == "table-unreachable-row"} == expected.unused


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables())
def test_every_finding_is_shown_by_deciding_with_its_example(table: Table) -> None:
    built = table.model
    for finding in lint(built):
        assert isinstance(finding, TableFinding)
        if finding.example is not None:
            confirm(built, finding)
        else:
            assert finding.rule in ("table-unused-column", "table-no-fail-closed-row", "table-unreachable-row")


def confirm(built: DecisionModel, finding: TableFinding) -> None:
    """Decide with the example. Its columns are called "<name> (<number>)" here."""
    assert finding.example is not None
    context: dict[str, Value] = {}
    for name, one in finding.example.items():
        context[name.partition(" ")[0]] = one
    try:
        matched = decide(built, "d", context, now=NOW).matched
    except DecisionConflict as conflict:
        matched = conflict.rules
    except DecisionInputInvalid:
        pytest.fail(f"{finding.message} cannot be tried")
    if finding.rule in ("table-gap", "table-null-gap", "table-zone-gap"):
        assert matched == ()
    if finding.rule == "table-overlap":
        assert set(finding.rules) <= set(matched)
    if finding.rule == "table-unreachable-row":
        assert matched[:1] != finding.rules[:1] or built.tables[0].policy == "PRIORITY"
        assert set(matched) & set(finding.rules[1:])
