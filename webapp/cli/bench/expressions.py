"""Typical expressions of the product, each beside the same written in Python by hand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from workflows.feel import Value, from_python

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
Names = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One expression. python: the same by hand, from the same names. cell: text is a unary test of `amount`."""

    name: str
    text: str
    python: Callable[[Names], object]
    cell: bool = False


def context() -> dict[str, Value]:
    """The names the expressions read: one denied claim, and a list of 50."""
    return {name: from_python(value) for name, value in _claim().items()}


def _claim() -> dict[str, object]:
    claims = [{"amount": Decimal(37 * i % 900) + Decimal("0.50"), "paid": i % 3 == 0} for i in range(50)]
    return {
        "triage": {"clinical": "yes", "route": "payer_dispute"},
        "amount": Decimal("742.10"),
        "days_open": 41,
        "urgent": False,
        "payer": "Northern Mutual",
        "code": "co-197-m",
        "received": date(2026, 10, 14),
        "claims": claims,
    }


def _route(names: Names) -> str:
    if names["amount"] > 10000:
        return "director"
    if names["days_open"] > 90:
        return "overdue"
    return "dispute" if names["amount"] > 500 else "batch"


def _shares(names: Names) -> dict[str, Decimal]:
    gross = names["amount"]
    share = gross * Decimal("0.2")
    return {"gross": gross, "share": share, "net": gross - share}


CASES = (
    Case(
        "gateway condition",
        'triage.clinical = "yes" and amount >= 500',
        lambda names: names["triage"]["clinical"] == "yes" and names["amount"] >= 500,
    ),
    Case(
        "and, or of variables",
        "urgent or (amount > 500 and days_open > 30)",
        lambda names: names["urgent"] or (names["amount"] > 500 and names["days_open"] > 30),
    ),
    Case("text compare", 'payer = "Northern Mutual"', lambda names: names["payer"] == "Northern Mutual"),
    Case(
        "one of several",
        'triage.route in ("admin_appeal", "payer_dispute")',
        lambda names: names["triage"]["route"] in ("admin_appeal", "payer_dispute"),
    ),
    Case("due date", 'received + duration("P30D")', lambda names: names["received"] + timedelta(days=30)),
    Case(
        "filter and sum of 50",
        "sum(claims[amount > 300].amount)",
        lambda names: sum(one["amount"] for one in names["claims"] if one["amount"] > 300),
    ),
    Case(
        "some of 50",
        "some one in claims satisfies one.amount > 5000",
        lambda names: any(one["amount"] > 5000 for one in names["claims"]),
    ),
    Case(
        "every of 50",
        "every one in claims satisfies one.amount < 5000",
        lambda names: all(one["amount"] < 5000 for one in names["claims"]),
    ),
    Case(
        "for over 50",
        "for one in claims return one.amount * 0.8",
        lambda names: [one["amount"] * Decimal("0.8") for one in names["claims"]],
    ),
    Case("context", "{gross: amount, share: gross * 0.2, net: gross - share}", _shares),
    Case(
        "chain of if",
        'if amount > 10000 then "director" else if days_open > 90 then "overdue" '
        'else if amount > 500 then "dispute" else "batch"',
        _route,
    ),
    Case("cell", "[500..1000)", lambda names: 500 <= names["amount"] < 1000, cell=True),
    Case(
        "text functions",
        'upper case(substring(code, 1, 2)) + "/" + substring after(code, "-")',
        lambda names: names["code"][:2].upper() + "/" + names["code"].partition("-")[2],
    ),
)
