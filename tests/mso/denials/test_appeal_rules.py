"""The shipped rules of appeal and their money thresholds."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from mso.denials.appeal_rules import aic_thresholds, appeal_rules, find_rule, meets_amount, overlapping

TODAY = date(2026, 11, 24)


def test_no_two_rules_of_a_level_hold_on_the_same_day() -> None:
    assert overlapping(appeal_rules()) == ()


def test_an_overlap_is_found() -> None:
    old = next(one for one in appeal_rules() if one.rule_id == "ma-1-old")
    longer = replace(old, valid_to=date(2025, 1, 2))
    rules = [longer, *(one for one in appeal_rules() if one is not old)]
    assert overlapping(rules) == (("ma-1-old", "ma-1"),)


def test_a_variant_is_preferred_to_any_and_never_guessed() -> None:
    found = [find_rule(appeal_rules(), "erisa", 1, TODAY, variant) for variant in ("pre_service", "post_service", "x")]
    assert [one.rule_id if one else None for one in found] == ["erisa-1p", "erisa-1", None]


def test_a_level_that_does_not_exist_has_no_rule() -> None:
    assert find_rule(appeal_rules(), "external_review", 2, TODAY) is None


def test_recalled_periods_are_marked_unverified() -> None:
    unverified = {one.rule_id for one in appeal_rules() if not one.is_verified}
    assert unverified == {
        "mffs-r", "mffs-r-gc", "ma-1-old", "ma-1", "ma-3", "mco-1", "mco-2", "mcd-1", "aca-1", "con-1", "wc-1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rule_id", "year", "amount", "meets"),
    [
        ("mffs-3", 2024, "180", True),
        ("mffs-3", 2024, "179.99", False),
        ("mffs-3", 2025, "189.99", False),
        ("mffs-3", 2026, "200", True),
        ("mffs-5", 2026, "1959.99", False),
        ("mffs-5", 2026, "1960", True),
        ("mffs-3", 2027, "9999", None),
        ("mffs-1", 2027, "1", True),
    ],
)
def test_the_amount_in_controversy_of_the_filing_year(
    rule_id: str, year: int, amount: str, meets: bool | None
) -> None:
    rule = next(one for one in appeal_rules() if one.rule_id == rule_id)
    assert meets_amount(rule, Decimal(amount), date(year, 6, 1), aic_thresholds()) is meets
