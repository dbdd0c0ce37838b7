"""Which forms may be published."""

from typing import Any

import pytest

from tasks.forms import check_form
from tests.tasks.test_forms import CLINICAL, form_of


def rules(form: dict[str, Any], **options: Any) -> list[str]:
    return [one.rule for one in check_form(form, **options)]


def test_a_sound_form_has_no_findings() -> None:
    assert rules(CLINICAL, clinical=True) == []


TEXT = {"type": "textfield", "key": "note"}


@pytest.mark.parametrize(
    ("component", "rule"),
    [
        ({"type": "filepicker", "key": "file"}, "form-supported"),
        ({"type": "html", "content": "<b>"}, "form-supported"),
        ({**TEXT, "label": " "}, "form-label"),
        ({**TEXT, "key": "decisions"}, "form-key"),
        ({**TEXT, "key": "_x"}, "form-key"),
        ({**TEXT, "key": "a.b"}, "form-key"),
        ({**TEXT, "key": "", "label": "Note"}, "form-key"),
        ({**TEXT, "key": "csrf_token"}, "form-key"),
        ({**TEXT, "validate": {"pattern": "[0-9]+"}}, "form-pattern"),
        ({**TEXT, "validate": {"pattern": "^(a+)+$"}}, "form-pattern"),
        ({**TEXT, "validate": {"pattern": r"^(a)\1$"}}, "form-pattern"),
        ({**TEXT, "validate": {"pattern": "^[$"}}, "form-pattern"),
        ({**TEXT, "validate": {"pattern": "^" + "a" * 250 + "$"}}, "form-pattern"),
        ({**TEXT, "conditional": {"hide": "=((" }}, "form-feel"),
        ({**TEXT, "conditional": {"hide": "=other = 3"}}, "form-feel-type"),
        ({"type": "text", "text": "Dear {{ ( }}"}, "form-feel"),
        ({"type": "select", "key": "pick"}, "form-options"),
        ({"type": "radio", "key": "pick", "values": [{"value": "a"}, {"value": "a"}]}, "form-options"),
        ({"type": "number", "key": "n", "validate": {"min": 5, "max": 1}}, "form-limit"),
        ({"type": "number", "key": "n", "validate": {"min": "=low"}}, "form-limit"),
    ],
)  # fmt: skip
def test_what_cannot_be_published(component: dict[str, Any], rule: str) -> None:
    findings = check_form(form_of(component, {"type": "textfield", "key": "other"}))
    assert [one.rule for one in findings] == [rule]
    assert findings[0].element_id == "c0" and findings[0].severity == "error"


MET = {"type": "radio", "key": "met", "values": [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]}
AMOUNT = {"type": "number", "key": "amount"}


@pytest.mark.parametrize(
    ("hide", "rule", "message"),
    [
        ('=amount > "3"', "form-feel-type", 'In “=amount > "3"”: amount is a number, but "3" is text. Write 3 without '
         "quotes."),
        ("=memo = true", "form-feel-type", "In “=memo = true”: memo is text, but true is a yes-or-no value. Write "
         '"true" in double quotes.'),
        ('=met = "maybe"', "form-feel-name", 'In “=met = "maybe"”: met is never "maybe". It is one of "yes", "no".'),
        ("=amount", "form-feel-type", "In “=amount”: a condition gives true or false, but this gives a number. "
         "Compare it."),
        ('=met = "yes" and amount > 3 and claim.amount = "3"', "", ""),
    ],
)  # fmt: skip
def test_conditions_are_held_against_the_types_of_the_fields(hide: str, rule: str, message: str) -> None:
    found = check_form(form_of({**TEXT, "conditional": {"hide": hide}}, MET, AMOUNT, {**TEXT, "key": "memo"}))
    assert [(one.rule, one.message) for one in found] == ([(rule, message)] if rule else [])


def test_a_row_reads_its_own_answers_first() -> None:
    inner = {**TEXT, "id": "x", "label": "Note", "conditional": {"hide": '=amount = "3"'}}
    text = {"type": "textfield", "key": "amount", "id": "y", "label": "Amount"}
    rows = {"type": "dynamiclist", "path": "rows", "components": [inner, text]}
    assert rules(form_of(rows, AMOUNT)) == []
    assert rules(form_of({**rows, "components": [inner]}, AMOUNT)) == ["form-feel-type"]


def test_two_fields_of_one_level_need_two_keys() -> None:
    inside = {"type": "group", "components": [{**TEXT, "id": "x", "label": "Note"}]}
    assert rules(form_of(TEXT, inside)) == ["form-key"]
    assert rules(form_of(TEXT, {**inside, "path": "deeper"})) == []


def test_conditions_in_a_circle_are_found_once() -> None:
    circle = form_of(
        {**TEXT, "key": "a", "conditional": {"hide": "=b = null"}},
        {**TEXT, "key": "b", "conditional": {"hide": "=a = null"}},
    )
    assert rules(circle) == ["form-circle"]


def test_a_gate_is_never_pre_filled_and_always_attested() -> None:
    assert rules(form_of(TEXT), clinical=True) == ["form-attestation"]
    attest = {"type": "checkbox", "key": "attest", "validate": {"required": True}}
    assert rules(form_of(TEXT, {**attest, "defaultValue": True}), clinical=True) == ["form-prefill"]
    assert rules(form_of({**TEXT, "defaultValue": "x"}, attest), clinical=True) == ["form-prefill"]
    assert rules(form_of({**TEXT, "defaultValue": "x"})) == []


def test_a_newer_schema_version_is_named() -> None:
    assert rules({"schemaVersion": 20, "components": []}) == ["form-version"]
