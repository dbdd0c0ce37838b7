"""The five tables, tried with every combination of their inputs."""

from collections import Counter, defaultdict
from itertools import product
from xml.etree import ElementTree

import pytest

from mso.denials.codes import code_tables
from tests.mso.denials.tables import result, row_of, source
from workflows.decisions import DecisionInputInvalid
from workflows.feel import Value

BOTH: tuple[Value, ...] = (True, False)
YES_NO: tuple[Value, ...] = ("yes", "no", "unknown")
Columns = dict[str, tuple[Value, ...]]

PLAN: Columns = {
    "filing_indicator": ("MA", "MB", "16", "MC", "12", "13", "14", "15", "HM", "BL", "CI", "WC", "AM", "CH", "VA", "ZZ",
                         ""),
}  # fmt: skip
PATHWAY: Columns = {
    "plan_class": ("medicare_ffs", "medicare_advantage", "medicaid", "commercial", "wc_auto", "unknown"),
    "contracted": YES_NO,
    "managed_care": YES_NO,
    "capacity": ("provider", "member_representative", "unknown"),
    "funding": ("self_funded", "insured", "unknown"),
    "stage": ("internal", "final_internal_abd"),
    "external_scope": BOTH,
}
NEXT: Columns = {
    "result": ("overturned", "partial", "upheld", "dismissed", "withdrawn", "lost in the mail"),
    "clinical": BOTH,
    "next_level": ("exists", "auto_forwarded", "none", "unknown"),
    "aic_met": BOTH,
    "above_floor": BOTH,
    "new_evidence": BOTH,
    "refile_open": BOTH,
}
P2P: Columns = {
    "recommendation": ("appeal", "p2p_first", "correct_coding", "do_not_appeal"),
    "p2p_effect": ("can_overturn", "informational", "none", "unknown"),
    "window_open": BOTH,
    "has_new_evidence": BOTH,
    "new_evidence_allowed": BOTH,
    "consumes_appeal": BOTH,
}

TABLES = ("denial_triage", "plan_class", "appeal_pathway", "decision_next", "p2p_policy")


def contexts(values: Columns) -> list[dict[str, Value]]:
    return [dict(zip(values, combination, strict=True)) for combination in product(*values.values())]


@pytest.mark.parametrize(
    ("decision_id", "values", "count", "rows"),
    [
        ("plan_class", PLAN, 17, 6),
        ("appeal_pathway", PATHWAY, 1_944, 18),
        ("decision_next", NEXT, 768, 14),
        ("p2p_policy", P2P, 256, 8),
    ],
)
def test_every_input_hits_one_row_and_every_row_is_hit(
    decision_id: str, values: Columns, count: int, rows: int
) -> None:
    tried = contexts(values)
    hit = Counter(row_of(result(decision_id, one).matched) for one in tried)
    assert len(tried) == count
    assert sorted(hit) == list(range(1, rows + 1))


@pytest.mark.parametrize("decision_id", ["appeal_pathway", "decision_next", "p2p_policy"])
def test_a_value_outside_the_enumeration_is_refused(decision_id: str) -> None:
    values = {"appeal_pathway": PATHWAY, "decision_next": NEXT, "p2p_policy": P2P}[decision_id]
    column = {"appeal_pathway": "plan_class", "decision_next": "next_level", "p2p_policy": "p2p_effect"}[decision_id]
    with pytest.raises(DecisionInputInvalid):
        result(decision_id, {**contexts(values)[0], column: "something else"})


def test_an_unknown_plan_or_filing_indicator_goes_to_a_person() -> None:
    assert [result("plan_class", {"filing_indicator": text}).value for text in ("CH", "VA", "ZZ", "", "?")] == [
        "unknown"
    ] * 5
    pathways = {value_of("appeal_pathway", one, "pathway") for one in contexts({**PATHWAY, "plan_class": ("unknown",)})}
    assert pathways == {"manual_pathway"}


def test_no_clinical_denial_ends_by_the_value_floor_or_for_lack_of_new_evidence() -> None:
    reasons = {value_of("decision_next", one, "reason") for one in contexts({**NEXT, "clinical": (True,)})}
    assert reasons.isdisjoint({"REMAINDER_BELOW_FLOOR", "NOTHING_NEW"})


def test_an_appeal_is_prepared_unless_the_clinician_does_not_appeal() -> None:
    for one in contexts(P2P):
        is_appealing = one["recommendation"] in ("appeal", "p2p_first")
        assert value_of("p2p_policy", one, "prepare_appeal") is is_appealing


def test_a_payer_that_cannot_be_called_is_never_offered() -> None:
    for one in contexts({**P2P, "window_open": (False,)}):
        assert value_of("p2p_policy", one, "action") == "skip_p2p"


def value_of(decision_id: str, context: dict[str, Value], output: str) -> Value:
    value = result(decision_id, context).value
    assert isinstance(value, dict)
    return value[output]


REMARKS: tuple[Value, ...] = ([], ["N115"], ["M15", "MA130"])


def triage_contexts() -> list[dict[str, Value]]:
    """112 codes and an unknown one, with every flag, group and remark set: 21,696 inputs."""
    codes = [(one.code, one.category) for one in code_tables().carcs.values()] + [("A7", "unknown")]
    names = ("reversal_pair", "benign", "nsa_flag", "auth_on_file", "group", "rarcs")
    flags = list(product(BOTH, BOTH, BOTH, BOTH, ("CO", "PR", "OA", "PI"), REMARKS))
    return [
        {"carc": carc, "category": category, **dict(zip(names, flag, strict=True))}
        for carc, category in codes
        for flag in flags
    ]


def test_triage_of_every_code_with_every_flag() -> None:
    marks = {one.code: one.needs_clinician for one in code_tables().carcs.values()}
    codes_by_row = defaultdict(set)
    for context in triage_contexts():
        found = result("denial_triage", context)
        row = row_of(found.matched)
        assert isinstance(found.value, dict)
        codes_by_row[row].add(context["carc"])
        if marks.get(str(context["carc"])) == "yes" and row > 3:
            assert found.value["clinical"] == "yes", context
        if row > 3:
            assert "MA130" not in str(context["rarcs"])
    assert sorted(codes_by_row) == list(range(1, 23))
    assert codes_by_row[22] == {"1", "2", "3", "45", "253", "246", "A1", "A7"}


@pytest.mark.parametrize(("column", "value"), [("group", "CR"), ("category", "astrology"), ("nsa_flag", "yes")])
def test_triage_refuses_a_foreign_input(column: str, value: str) -> None:
    with pytest.raises(DecisionInputInvalid):
        result("denial_triage", {**triage_contexts()[-1], column: value})


def test_nulls_fail_closed() -> None:
    triage = dict.fromkeys(triage_contexts()[0])
    assert value_of("denial_triage", triage, "reason") == "UNKNOWN"
    assert result("plan_class", {"filing_indicator": None}).value == "unknown"
    assert value_of("decision_next", dict.fromkeys(NEXT), "next") == "manual"
    assert value_of("p2p_policy", dict.fromkeys(P2P), "action") == "clinician_choice"
    assert value_of("appeal_pathway", dict.fromkeys(PATHWAY), "pathway") == "manual_pathway"


@pytest.mark.parametrize("decision_id", TABLES)
def test_every_row_names_its_source(decision_id: str) -> None:
    root = ElementTree.fromstring(source(decision_id))
    rules = root.findall(".//{*}rule")
    notes = [rule.findtext("{*}annotationEntry/{*}text") or "" for rule in rules]
    assert rules
    assert all(note.startswith(("Source: ", "To verify: ", "House rule: ")) for note in notes)
