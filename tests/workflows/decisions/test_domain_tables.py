"""The denial tables of the domain page run as they are written there."""

from collections.abc import Iterator
from itertools import product

import pytest

from tests.workflows.decisions import domain_tables
from tests.workflows.decisions.say import decided, result
from workflows.decisions import lint, read

pytestmark = pytest.mark.skipif(not domain_tables.PAGE.exists(), reason="the domain page is not beside the repository")

DOMAINS: dict[str, dict[str, list[object]]] = {
    "plan_class": {"filing_indicator": ["MA", "16", "MC", "CI", "WC", "CH", None]},
    "appeal_pathway": {
        "plan_class": ["medicare_ffs", "medicare_advantage", "medicaid", "commercial", "wc_auto", "unknown"],
        "contracted": ["yes", "no", "unknown"],
        "managed_care": ["yes", "no", "unknown"],
        "capacity": ["provider", "member_representative", "unknown"],
        "funding": ["self_funded", "insured", "unknown"],
        "stage": ["internal", "final_internal_abd"],
        "external_scope": [True, False],
    },
    "decision_next": {
        "result": ["overturned", "partial", "upheld", "dismissed", "withdrawn", "other"],
        "clinical": [True, False],
        "next_level": ["exists", "auto_forwarded", "none", "unknown"],
        "aic_met": [True, False],
        "above_floor": [True, False],
        "new_evidence": [True, False],
        "refile_open": [True, False],
    },
    "p2p_policy": {
        "recommendation": ["appeal", "p2p_first", "correct", None],
        "p2p_effect": ["can_overturn", "informational", "none", "unknown"],
        "window_open": [True, False],
        "has_new_evidence": [True, False],
        "new_evidence_allowed": [True, False],
        "consumes_appeal": [True, False],
    },
}


def _inputs(name: str) -> Iterator[dict[str, object]]:
    domain = DOMAINS[name]
    for values in product(*domain.values()):
        yield dict(zip(domain, values, strict=True))


@pytest.mark.parametrize("name", sorted(DOMAINS))
def test_every_input_hits_exactly_one_row_and_every_row_is_reached(name: str) -> None:
    model = read(domain_tables.xml_of(name))
    matched = [result(model, **inputs).matched for inputs in _inputs(name)]
    assert {len(rules) for rules in matched} == {1}
    assert {rules[0] for rules in matched} == {rule.id for rule in model.tables[0].rules}


@pytest.mark.parametrize("name", sorted(domain_tables.POLICIES))
def test_no_row_overlaps_or_is_dead(name: str) -> None:
    rules = {one.rule for one in lint(read(domain_tables.xml_of(name)))}
    assert not rules & {"table-overlap", "table-unreachable-row", "table-type", "table-not-decided"}


@pytest.mark.parametrize(
    ("changes", "route", "reason"),
    [
        ({"reversal_pair": True}, "net_out", "REVERSAL_PAIR"),
        ({"rarcs": ["N1", "MA130"]}, "correct", "NO_APPEAL_RIGHTS"),
        ({"carc": "50", "category": "medical_necessity"}, "clinical_review", "MEDICAL_NECESSITY"),
        ({"carc": "197", "category": "authorization", "auth_on_file": True}, "admin_appeal", "AUTH_ON_FILE"),
        ({"carc": "39", "category": "authorization", "auth_on_file": True}, "clinical_review", "RETRO_AUTH_FIRST"),
        ({"nsa_flag": True, "category": "contract"}, "idr", "NSA"),
        ({"carc": "999"}, "triage_manual", "UNKNOWN"),
    ],
)
def test_denials_are_triaged(changes: dict[str, object], route: str, reason: str) -> None:
    line: dict[str, object] = {
        "reversal_pair": False, "benign": False, "rarcs": [], "carc": "1", "nsa_flag": False, "group": "CO",
        "category": "unknown", "auth_on_file": False,
    }  # fmt: skip
    found = decided(read(domain_tables.xml_of("denial_triage")), **{**line, **changes})
    assert isinstance(found, dict)
    assert (found["route"], found["reason"]) == (route, reason)
