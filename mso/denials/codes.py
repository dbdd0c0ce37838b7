"""What do the payer's codes mean to us? CARC catalog, benign adjustments, RARC rules: data with effective dates.

The short meanings are our own words; the official texts belong to X12. `is_verified` is False until a named person
confirmed the row against a source; screens show "unverified" beside such a row.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache

from mso.denials.effective import day_or_none, holds, shipped_rows

UNKNOWN = "unknown"
ANY = "*"


class BenignKind(StrEnum):
    """Why an adjustment is no denial."""

    PATIENT = "patient"
    CONTRACTUAL = "contractual"
    PRIOR_PAYER = "prior_payer"
    INFORMATIONAL = "informational"


class RemarkEffect(StrEnum):
    """What a remark code changes.

    field_hint: which fields of the claim to look at; criterion_hint: an LCD or NCD was applied.
    """

    NO_APPEAL_RIGHTS = "no_appeal_rights"
    INFORMATIONAL = "informational"
    FIELD_HINT = "field_hint"
    CRITERION_HINT = "criterion_hint"
    NSA = "nsa"


@dataclass(frozen=True, slots=True)
class Carc:
    """One row of the catalog. needs_clinician: yes, no or conditional; appealable: yes, no or rarely."""

    code: str
    meaning: str
    category: str
    default_path: str
    appealable: str
    needs_clinician: str
    first_evidence: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class BenignAdjustment:
    """group_code may be "*". is_disputed_under_nsa: not benign on a surprise-billing line."""

    group_code: str
    reason_code: str
    kind: BenignKind
    is_disputed_under_nsa: bool
    valid_from: date | None
    valid_to: date | None
    is_verified: bool


@dataclass(frozen=True, slots=True)
class RemarkRule:
    """fields: claim fields a correction form points to."""

    code: str
    effect: RemarkEffect
    fields: tuple[str, ...]
    meaning: str
    valid_from: date | None
    valid_to: date | None
    is_verified: bool


@dataclass(frozen=True, slots=True)
class PayerAnswerRule:
    """A CARC by which a payer answers an appeal: upheld or dismissed."""

    reason_code: str
    result: str
    valid_from: date | None
    valid_to: date | None
    is_verified: bool


@dataclass(frozen=True, slots=True)
class NsaCandidate:
    """A CARC that makes a line a surprise-billing candidate at a place of service (CLP08)."""

    reason_code: str
    place_of_service: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class CodeTables:
    """All code tables; `code_tables()` gives the shipped ones, tests build their own."""

    carcs: Mapping[str, Carc]
    benign: tuple[BenignAdjustment, ...]
    remarks: tuple[RemarkRule, ...]
    payer_answers: tuple[PayerAnswerRule, ...]
    nsa_candidates: tuple[NsaCandidate, ...]
    rework_costs: Mapping[str, Decimal]

    def category(self, carc: str) -> str:
        """The catalog's category, "unknown" for a code that is not in it."""
        known = self.carcs.get(carc)
        return known.category if known else UNKNOWN

    def benign_kind(self, group_code: str, carc: str, on: date, *, nsa_flag: bool = False) -> BenignKind | None:
        """Why this adjustment is no denial, or None when it is one. The group matters: CO 1 is a denial."""
        for row in self.benign:
            if (
                row.reason_code == carc
                and row.group_code in (group_code, ANY)
                and holds(row.valid_from, row.valid_to, on)
            ):
                return None if nsa_flag and row.is_disputed_under_nsa else row.kind
        return None

    def remark_rules(self, codes: Iterable[str], on: date) -> tuple[RemarkRule, ...]:
        wanted = set(codes)
        return tuple(row for row in self.remarks if row.code in wanted and holds(row.valid_from, row.valid_to, on))

    def has_effect(self, codes: Iterable[str], effect: RemarkEffect, on: date) -> bool:
        return any(row.effect is effect for row in self.remark_rules(codes, on))

    def payer_answer(self, carc: str, on: date) -> str | None:
        """ "upheld" or "dismissed" when the code answers an appeal, else None."""
        for row in self.payer_answers:
            if row.reason_code == carc and holds(row.valid_from, row.valid_to, on):
                return row.result
        return None

    def is_nsa_candidate(self, carc: str, place_of_service: str, on: date) -> bool:
        return any(
            (row.reason_code, row.place_of_service) == (carc, place_of_service)
            and holds(row.valid_from, row.valid_to, on)
            for row in self.nsa_candidates
        )

    def rework_cost(self, category: str) -> Decimal:
        """Dollars to work one denial of this category; a design default that a practice replaces."""
        return self.rework_costs.get(category, self.rework_costs[ANY])


@cache
def code_tables() -> CodeTables:
    """The tables as shipped."""
    return CodeTables(
        carcs={row["carc"]: _carc(row) for row in shipped_rows("carc_catalog")},
        benign=tuple(_benign(row) for row in shipped_rows("benign_adjustment")),
        remarks=tuple(_remark(row) for row in shipped_rows("rarc_rule")),
        payer_answers=tuple(
            PayerAnswerRule(row["carc"], row["result"], *_validity(row), row["verified"] == "yes")
            for row in shipped_rows("payer_answer")
        ),
        nsa_candidates=tuple(
            NsaCandidate(row["carc"], row["place_of_service"], *_validity(row)) for row in shipped_rows("nsa_candidate")
        ),
        rework_costs={row["category"]: Decimal(row["cost"]) for row in shipped_rows("rework_cost")},
    )


def _validity(row: Mapping[str, str]) -> tuple[date | None, date | None]:
    return day_or_none(row["valid_from"]), day_or_none(row["valid_to"])


def _carc(row: Mapping[str, str]) -> Carc:
    return Carc(
        row["carc"],
        row["short_meaning"],
        row["category"],
        row["default_path"],
        row["appealable"],
        row["needs_clinician"],
        "" if row["first_evidence"] == "-" else row["first_evidence"],
        row["verified"] == "sourced",
    )


def _benign(row: Mapping[str, str]) -> BenignAdjustment:
    return BenignAdjustment(
        row["group"],
        row["carc"],
        BenignKind(row["kind"]),
        row["nsa_disputed"] == "yes",
        *_validity(row),
        row["verified"] == "yes",
    )


def _remark(row: Mapping[str, str]) -> RemarkRule:
    return RemarkRule(
        row["rarc"],
        RemarkEffect(row["effect"]),
        tuple(row["fields"].split()),
        row["meaning"],
        *_validity(row),
        row["verified"] == "yes",
    )
