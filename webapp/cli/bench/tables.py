"""A decision table of 50 rows and 6 inputs, as a DMN file and as Python by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from workflows.feel import Value, from_python

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
DECISION = "fee"
INPUTS = {"kind": "string", "state": "string", "days": "number", "urgent": "boolean", "amount": "number",
          "payer": "string"}  # fmt: skip
PAYERS, BANDS = 10, ((0, 100), (100, 500), (500, 1000), (1000, 5000), (5000, 20000))
KINDS, STATES = frozenset({"outpatient", "inpatient"}), frozenset({"NY", "NJ", "CT"})


@dataclass(frozen=True, slots=True)
class Row:
    """A row for Python. None: anything goes. days: at most."""

    kinds: frozenset[str] | None
    states: frozenset[str] | None
    days: int | None
    urgent: bool | None
    band: tuple[int, int]
    payer: str | None
    fee: Decimal


@dataclass(frozen=True, slots=True)
class TableCase:
    """One input for one table. policy: "COLLECT SUM" for an aggregated one; payers: does the table ask for them?"""

    name: str
    policy: str
    values: Mapping[str, object]
    payers: bool = True

    def context(self) -> dict[str, Value]:
        """The input as FEEL."""
        return {name: from_python(value) for name, value in self.values.items()}


def _values(payer: int, amount: int | None) -> dict[str, object]:
    return {"kind": "outpatient", "state": "NY", "days": 30, "urgent": False, "amount": amount,
            "payer": f"payer {payer}"}  # fmt: skip


CASES = (
    TableCase("UNIQUE, last row", "UNIQUE", _values(9, 7000)),
    TableCase("UNIQUE, middle row", "UNIQUE", _values(4, 700)),
    TableCase("UNIQUE, no row", "UNIQUE", _values(9, 90000)),
    TableCase("UNIQUE, no amount", "UNIQUE", _values(9, None)),
    TableCase("FIRST, last row", "FIRST", _values(9, 7000)),
    TableCase("FIRST, middle row", "FIRST", _values(4, 700)),
    TableCase("COLLECT SUM, ten rows", "COLLECT SUM", _values(4, 700), payers=False),
)


def rows(payers: bool) -> list[Row]:
    """The 50 rows. The first columns let nearly everything through, so that every row is looked at to its end."""
    return [_row(number, payers) for number in range(PAYERS * len(BANDS))]


def _row(number: int, payers: bool) -> Row:
    payer, band = divmod(number, len(BANDS))
    return Row(
        kinds=KINDS if number % 5 else None,
        states=STATES if number % 4 else None,
        days=(60, 90, 120)[number % 3],
        urgent=False if number % 2 else None,
        band=BANDS[band],
        payer=f"payer {payer}" if payers else None,
        fee=Decimal(number + 10),
    )


def by_hand(policy: str, rules: list[Row], names: Mapping[str, Any]) -> object:
    """What the table answers. Raises ValueError when a UNIQUE table contradicts itself."""
    found = []
    kind, state, days, urgent = names["kind"], names["state"], names["days"], names["urgent"]
    amount, payer = names["amount"], names["payer"]
    for row in rules:
        if (
            (row.kinds is None or kind in row.kinds)
            and (row.states is None or state in row.states)
            and (row.days is None or days <= row.days)
            and (row.urgent is None or urgent is row.urgent)
            and amount is not None
            and row.band[0] <= amount < row.band[1]
            and (row.payer is None or payer == row.payer)
        ):
            found.append(row.fee)
            if policy == "FIRST":
                break
    if policy == "COLLECT SUM":
        return sum(found) if found else None
    if len(found) > 1:
        raise ValueError("Two rows match.")
    return found[0] if found else None


def as_dmn(policy: str, rules: list[Row]) -> bytes:
    """The same table as a file."""
    name, _, aggregation = policy.partition(" ")
    columns = "".join(
        f"<input><inputExpression typeRef={quoteattr(kind)}><text>{one}</text></inputExpression></input>"
        for one, kind in INPUTS.items()
    )
    body = "".join(f"<rule>{''.join(map(_entry, _cells(row)))}{_output(row)}</rule>" for row in rules)
    attributes = f'hitPolicy="{name}"' + (f' aggregation="{aggregation}"' if aggregation else "")
    return (
        f'<definitions xmlns="{NAMESPACE}" id="bench" name="bench" namespace="urn:bench">'
        f'<decision id="{DECISION}" name="{DECISION}"><variable name="{DECISION}"/>'
        f'<decisionTable id="t" {attributes}>{columns}<output name="fee" typeRef="number"/>{body}</decisionTable>'
        "</decision></definitions>"
    ).encode()


def _cells(row: Row) -> list[str]:
    return [
        _listed(row.kinds),
        _listed(row.states),
        "-" if row.days is None else f"<= {row.days}",
        "-" if row.urgent is None else str(row.urgent).lower(),
        f"[{row.band[0]}..{row.band[1]})",
        "-" if row.payer is None else f'"{row.payer}"',
    ]


def _listed(texts: frozenset[str] | None) -> str:
    return "-" if texts is None else ", ".join(f'"{one}"' for one in sorted(texts))


def _entry(cell: str) -> str:
    return f"<inputEntry><text>{escape(cell)}</text></inputEntry>"


def _output(row: Row) -> str:
    return f"<outputEntry><text>{row.fee}</text></outputEntry>"
