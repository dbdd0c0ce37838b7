"""The shipped code tables are complete, dated, and say what is unverified."""

from datetime import date

from mso.denials.codes import BenignAdjustment, BenignKind, RemarkEffect, code_tables
from mso.denials.effective import holds

TODAY = date(2026, 11, 24)


def test_the_catalog_has_112_codes_of_which_11_are_sourced() -> None:
    carcs = code_tables().carcs.values()
    assert (len(carcs), sum(one.is_verified for one in carcs)) == (112, 11)


def test_every_code_has_a_known_clinician_mark() -> None:
    assert {one.needs_clinician for one in code_tables().carcs.values()} == {"yes", "no", "conditional"}


def test_a_code_outside_the_catalog_is_unknown() -> None:
    assert code_tables().category("A7") == "unknown"


def test_the_group_decides_whether_an_adjustment_is_benign() -> None:
    kinds = [code_tables().benign_kind(group, "45", TODAY) for group in ("CO", "PR", "PI")]
    assert kinds == [BenignKind.CONTRACTUAL, None, None]


def test_sequestration_stays_benign_on_a_surprise_billing_line() -> None:
    tables = code_tables()
    assert tables.benign_kind("CO", "45", TODAY, nsa_flag=True) is None
    assert tables.benign_kind("CO", "253", TODAY, nsa_flag=True) is BenignKind.CONTRACTUAL


def test_ma130_takes_the_appeal_rights() -> None:
    assert code_tables().has_effect(["M15", "MA130"], RemarkEffect.NO_APPEAL_RIGHTS, TODAY)


def test_a_row_holds_from_its_first_day_until_the_day_before_its_end() -> None:
    row = BenignAdjustment("CO", "45", BenignKind.CONTRACTUAL, True, date(2025, 1, 1), date(2026, 1, 1), True)
    days = [date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1)]
    assert [holds(row.valid_from, row.valid_to, day) for day in days] == [False, True, True, False]
