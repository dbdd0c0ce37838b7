"""What the page shows of a form."""

from datetime import UTC, datetime
from typing import Any

from tasks.forms import FieldView, fields_for_render, outcome_field, summary
from tests.tasks.test_forms import CLINICAL, form_of

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def draw(form: dict[str, Any], values: Any = None, errors: Any = None, context: Any = None) -> list[FieldView]:
    return fields_for_render(form, values or {}, errors or {}, context or {}, now=NOW)


def named(fields: list[FieldView]) -> dict[str, FieldView]:
    return {one.name: one for one in fields}


def test_nothing_is_chosen_on_an_empty_form() -> None:
    fields = named(draw(CLINICAL))
    assert "records_needed" not in fields
    assert fields["decision"].controls and not any(one.is_chosen for one in fields["decision"].options)
    assert fields["rationale"].value == "" and fields["attest"].value == ""
    assert not any(
        one.is_chosen for one in outcome_field({"appeal": "Appeal", "do_not_appeal": "Do not appeal"}, None).options
    )


def test_what_was_typed_stays_as_typed_beside_its_error() -> None:
    typed = {"decision": "more_info", "severity": "very", "codes": [{"cpt": "12"}]}
    errors = {"severity": ["Severity: enter a number."], "codes.0.cpt": ["CPT: no."], "is_admin": ["No such field."]}
    drawn = draw(CLINICAL, typed, errors)
    fields = named(drawn)
    assert "records_needed" in fields
    assert fields["severity"].value == "very" and fields["severity"].errors == ("Severity: enter a number.",)
    assert fields["codes"].rows[0][0].id == "f-codes-0-cpt"
    assert summary(drawn, errors) == [
        {"href": "#f-severity", "text": "Severity: enter a number."},
        {"href": "#f-codes-0-cpt", "text": "CPT: no."},
        {"href": "#task-form", "text": "No such field."},
    ]


def test_an_error_of_radios_leads_to_the_first_choice() -> None:
    fields = [outcome_field({"appeal": "Appeal"}, None, ["Outcome: choose one."])]
    assert summary(fields, {"outcome": ["Outcome: choose one."]})[0]["href"] == "#f-outcome-0"


def test_radios_up_to_six_choices_a_list_above() -> None:
    few, many = ({"type": "radio", "key": "pick", "values": [{"value": n} for n in range(count)]} for count in (6, 7))
    assert [draw(form_of(one))[0].kind for one in (few, many)] == ["radio", "select"]


def test_read_only_fields_are_words_not_inputs() -> None:
    choice = {"type": "select", "key": "payer", "disabled": True, "values": [{"value": "a", "label": "Aetna"}]}
    field = draw(form_of(choice), context={"payer": "a"})[0]
    assert (field.kind, field.value) == ("shown", "Aetna")


def test_texts_are_data_and_read_the_context_only() -> None:
    text = {"type": "text", "text": "# Letter to {{payer.name}}\n\n**Facts**\n- one\n- <script>two\n\nEnd {{missing}}."}
    blocks = draw(form_of(text), {"payer": {"name": "forged"}}, context={"payer": {"name": "Aetna"}})[0].blocks
    assert [one.kind for one in blocks] == ["heading", "paragraph", "list", "paragraph"]
    assert blocks[0].items[0][0].text == "Letter to Aetna"
    assert blocks[1].items[0][0].style == "strong"
    assert [item[0].text for item in blocks[2].items] == ["one", "<script>two"]
    assert blocks[3].items[0][0].text == "End ."
