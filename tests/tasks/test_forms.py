"""Answers of a form: what is asked is checked, what is not asked is refused, and nothing is guessed."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from tasks import forms
from tasks.forms import AnswersInvalid, FormBroken

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
ATTEST = "I attest this is my independent clinical judgment."
CLINICAL: dict[str, Any] = {
    "schemaVersion": 19,
    "type": "default",
    "components": [
        {"type": "text", "id": "t1", "text": "## Clinical review\nYou decide."},
        {
            "type": "select", "id": "f1", "key": "decision", "label": "Decision", "validate": {"required": True},
            "values": [{"value": "support", "label": "Supported"}, {"value": "more_info", "label": "More records"}],
        },
        {
            "type": "textarea", "id": "f2", "key": "rationale", "label": "Clinical rationale",
            "validate": {"required": True, "minLength": 20},
        },
        {
            "type": "textfield", "id": "f3", "key": "records_needed", "label": "Records needed",
            "validate": {"required": True}, "conditional": {"hide": '=decision != "more_info"'},
        },
        {
            "type": "number", "id": "f4", "key": "severity", "label": "Severity", "decimalDigits": 0,
            "validate": {"min": 1, "max": 5},
        },
        {"type": "datetime", "subtype": "date", "id": "f5", "key": "served_on", "dateLabel": "Date of service"},
        {"type": "checkbox", "id": "f7", "key": "attest", "label": ATTEST, "validate": {"required": True}},
        {
            "type": "dynamiclist", "id": "f8", "path": "codes", "label": "CPT codes",
            "components": [
                {"type": "textfield", "id": "f9", "key": "cpt", "label": "CPT", "validate": {"pattern": "^[0-9]{5}$"}}
            ],
        },
    ],
}  # fmt: skip
GOOD = {"decision": "support", "rationale": "Failed 14 weeks of therapy.", "attest": True}


def form_of(*components: dict[str, Any]) -> dict[str, Any]:
    numbered = [{"id": f"c{place}", "label": one.get("key", "Label"), **one} for place, one in enumerate(components)]
    return {"schemaVersion": 19, "type": "default", "components": numbered}


def check(form: dict[str, Any], posted: dict[str, Any], context: dict[str, Any] | None = None) -> dict[str, Any]:
    return forms.validate(form, posted, context or {}, now=NOW)


Fields = dict[str, list[str]]


def refused(form: dict[str, Any], posted: dict[str, Any], context: dict[str, Any] | None = None) -> Fields:
    with pytest.raises(AnswersInvalid) as error:
        check(form, posted, context)
    return error.value.fields


def test_a_hostile_post_is_refused_naming_all_six() -> None:
    posted = {
        "decision": "support", "rationale": "too short", "records_needed": "smuggled", "severity": 9, "attest": False,
        "codes": [{"cpt": "12"}], "is_admin": True,
    }  # fmt: skip
    assert refused(CLINICAL, posted) == {
        "rationale": ["Clinical rationale: at least 20 characters; this has 9."],
        "severity": ["Severity: between 1 and 5."],
        "attest": [f"{ATTEST.rstrip('.')}: tick the box to confirm."],
        "codes.0.cpt": ["CPT: does not have the right form."],
        "records_needed": ["Records needed: not asked with these answers. Leave it out."],
        "is_admin": ["This form has no field “is_admin”. Leave it out."],
    }


def test_good_answers_come_back_typed() -> None:
    posted = {**GOOD, "severity": "3", "served_on": "2026-10-14", "codes": [{"cpt": " 27447 "}]}
    assert check(CLINICAL, posted) == {
        **GOOD, "severity": 3, "served_on": date(2026, 10, 14), "codes": [{"cpt": "27447"}],
    }  # fmt: skip


def test_a_shown_field_is_required_and_a_hidden_one_is_not() -> None:
    assert "records_needed" not in check(CLINICAL, GOOD)
    assert refused(CLINICAL, {**GOOD, "decision": "more_info"}) == {"records_needed": ["Records needed: required."]}


def test_a_blank_hidden_field_is_no_smuggling() -> None:
    assert check(CLINICAL, {**GOOD, "records_needed": "  "}) == GOOD


def test_blank_optional_answers_are_absent() -> None:
    assert check(CLINICAL, {**GOOD, "severity": "", "served_on": None, "codes": []}) == GOOD


def test_blank_required_answers_are_missing() -> None:
    assert refused(CLINICAL, {**GOOD, "rationale": " \r\n "}) == {"rationale": ["Clinical rationale: required."]}


def test_the_context_cannot_be_shadowed_by_an_answer() -> None:
    asked = form_of(
        {"type": "checkbox", "key": "is_ppo"},
        {"type": "textfield", "key": "plan", "conditional": {"hide": "=is_ppo"}},
    )
    assert "plan" in refused(asked, {"is_ppo": False, "plan": "x"}, {"is_ppo": True})


def test_a_hidden_answer_is_null_for_other_conditions() -> None:
    chain = form_of(
        {"type": "textfield", "key": "a"},
        {"type": "textfield", "key": "b", "conditional": {"hide": '=a != "yes"'}},
        {"type": "textfield", "key": "c", "conditional": {"hide": '=b = null or b != "yes"'}},
    )
    assert check(chain, {"a": "yes", "b": "yes", "c": "x"}) == {"a": "yes", "b": "yes", "c": "x"}
    assert set(refused(chain, {"a": "no", "b": "yes", "c": "x"})) == {"b", "c"}


def test_conditions_that_hide_each_other_end() -> None:
    circle = form_of(
        {"type": "textfield", "key": "a", "conditional": {"hide": "=b = null"}},
        {"type": "textfield", "key": "b", "conditional": {"hide": "=a != null"}},
    )
    refused(circle, {"a": "1", "b": "2"})


def test_conditions_inside_a_row_read_the_row() -> None:
    rows = form_of({
        "type": "dynamiclist", "path": "lines", "components": [
            {"type": "textfield", "id": "k", "key": "kind", "label": "Kind"},
            {"type": "textfield", "id": "o", "key": "other", "label": "Other", "validate": {"required": True},
             "conditional": {"hide": '=kind != "other"'}},
        ],
    })  # fmt: skip
    sent = {"lines": [{"kind": "mri"}, {"kind": "other"}]}
    assert refused(rows, sent) == {"lines.1.other": ["Other: required."]}
    assert refused(rows, {"lines": [{"kind": "mri", "other": "x"}]}).keys() == {"lines.0.other"}


def test_hidden_groups_hide_what_they_hold_at_every_level() -> None:
    nested = form_of(
        {"type": "checkbox", "key": "has_surgery"},
        {"type": "group", "path": "surgery", "conditional": {"hide": "=has_surgery != true"}, "components": [
            {"type": "group", "id": "g", "components": [
                {"type": "textfield", "id": "s", "key": "surgeon", "label": "Surgeon"}]}]},
    )  # fmt: skip
    sent = {"has_surgery": True, "surgery": {"surgeon": "Dr. Lee"}}
    assert check(nested, sent) == sent
    assert refused(nested, {**sent, "has_surgery": False}).keys() == {"surgery"}


def test_groups_without_a_path_stay_on_their_level() -> None:
    flat = form_of({"type": "group", "components": [{"type": "textfield", "id": "x", "key": "note", "label": "Note"}]})
    assert check(flat, {"note": "hello"}) == {"note": "hello"}


FIXED = [{"readonly": True}, {"disabled": True}, {"readonly": "=locked"}, {"readonly": "=unknown"}]


@pytest.mark.parametrize("fixed", FIXED)
def test_read_only_fields_are_never_taken_from_a_post(fixed: dict[str, Any]) -> None:
    form = form_of({"type": "textfield", "key": "npi", **fixed})
    assert refused(form, {"npi": "1999999984"}, {"locked": True}).keys() == {"npi"}


def test_a_read_only_condition_that_is_false_opens_the_field() -> None:
    form = form_of({"type": "textfield", "key": "npi", "readonly": "=locked"})
    assert check(form, {"npi": "1"}, {"locked": False}) == {"npi": "1"}


@pytest.mark.parametrize(
    ("sent", "digits", "value"),
    [
        ("12", 0, 12),
        (12, 0, 12),
        ("1,204.50", 2, Decimal("1204.50")),
        (12.1, 2, Decimal("12.1")),
        ("-0.5", None, Decimal("-0.5")),
        ("1e3", None, None),
        ("12.345", 2, None),
        ("1.5", 0, None),
        ("twelve", 0, None),
        (True, 0, None),
        ("NaN", None, None),
        ("Infinity", None, None),
        ("9" * 50, None, None),
        ("1,2,3", None, None),
        ("٣", None, None),
    ],
)
def test_numbers_are_exact_or_refused(sent: Any, digits: int | None, value: Any) -> None:
    form = form_of({"type": "number", "key": "amount", "decimalDigits": digits})
    if value is None:
        assert refused(form, {"amount": sent}).keys() == {"amount"}
    else:
        answer = check(form, {"amount": sent})["amount"]
        assert answer == value and type(answer) is type(value)


def test_a_malformed_number_stays_text_so_that_the_message_names_it() -> None:
    form = form_of({"type": "number", "key": "severity"})
    assert refused(form, {"severity": "very"}) == {"severity": ["severity: enter a number; “very” is none."]}


@pytest.mark.parametrize(
    ("subtype", "sent", "value"),
    [
        ("date", "2026-10-14", date(2026, 10, 14)),
        ("date", "10/14/2026", None),
        ("date", "2026-02-30", None),
        ("time", "14:30", time(14, 30)),
        ("datetime", "2026-10-14T14:30", datetime(2026, 10, 14, 14, 30, tzinfo=UTC)),
        ("datetime", "2026-10-14T14:30:00+00:00", datetime(2026, 10, 14, 14, 30, tzinfo=UTC)),
        ("datetime", "soon", None),
    ],
)
def test_dates_are_iso_and_times_are_aware(subtype: str, sent: str, value: Any) -> None:
    form = form_of({"type": "datetime", "subtype": subtype, "key": "at"})
    if value is None:
        assert refused(form, {"at": sent}).keys() == {"at"}
    else:
        assert check(form, {"at": sent}) == {"at": value}


def test_a_date_that_must_not_lie_in_the_past() -> None:
    form = form_of({"type": "datetime", "key": "call_on", "disallowPassedDates": True})
    assert check(form, {"call_on": NOW.date().isoformat()})
    assert refused(form, {"call_on": (NOW.date() - timedelta(days=1)).isoformat()})


def test_choices_keep_the_type_of_the_option() -> None:
    values = [{"value": 1, "label": "One"}, {"value": True, "label": "Yes"}]
    form = form_of({"type": "radio", "key": "pick", "values": values})
    assert check(form, {"pick": "1"})["pick"] == 1
    assert check(form, {"pick": "true"})["pick"] is True
    assert check(form, {"pick": True})["pick"] is True
    assert refused(form, {"pick": 1.0}) == {"pick": ["pick: choose one of the list."]}
    assert refused(form, {"pick": ["1"]})


def test_several_choices_come_back_once_each() -> None:
    form = form_of({"type": "checklist", "key": "seen", "values": [{"value": "a"}, {"value": "b"}]})
    assert check(form, {"seen": ["a", "b", "a"]}) == {"seen": ["a", "b"]}
    assert refused(form, {"seen": ["a", "c"]})
    assert refused(form, {"seen": "a"})


def test_choices_of_the_context_are_a_closed_list_and_unresolved_ones_refuse() -> None:
    form = form_of({"type": "select", "key": "payer", "valuesKey": "payers"})
    context = {"payers": [{"label": "Aetna", "value": "aetna"}, "cigna"]}
    assert check(form, {"payer": "cigna"}, context) == {"payer": "cigna"}
    assert refused(form, {"payer": "other"}, context)
    assert "could not be loaded" in refused(form, {"payer": "aetna"})["payer"][0]
    assert refused(form, {"payer": "aetna", "payers": ["aetna"]}).keys() == {"payer", "payers"}


def test_patterns_cover_the_whole_answer() -> None:
    form = form_of({"type": "textfield", "key": "cpt", "validate": {"pattern": "[0-9]{5}"}})
    assert check(form, {"cpt": "27447"})
    assert refused(form, {"cpt": "27447; drop"})
    assert refused(form, {"cpt": "2744\n7"})


def test_long_text_is_cut_off_before_it_costs_anything() -> None:
    form = form_of({"type": "textarea", "key": "note"})
    assert "at most 20000" in refused(form, {"note": "x" * 20_001})["note"][0]


@pytest.mark.parametrize("rows", [[{}] * 51, "rows", [1]])
def test_lists_have_a_limit_and_a_shape(rows: Any) -> None:
    assert refused(CLINICAL, {**GOOD, "codes": rows}).keys() == {"codes"}


def test_a_form_that_cannot_be_shown_says_whom_to_tell() -> None:
    with pytest.raises(FormBroken, match="process admin"):
        check(form_of({"type": "iframe"}), {})


def test_an_html_form_travels_as_text_and_unknown_names_come_along() -> None:
    posted = MultiDict([
        ("csrf_token", "t"), ("seen_version", "3"), ("decision", "support"), ("attest", "true"), ("is_admin", "1"),
        ("rationale", "Line one\r\nline two, longer"), ("codes.count", "2"),
        ("codes.0.cpt", "27447"), ("codes.1.cpt", ""),
    ])  # fmt: skip
    answers = forms.from_urlencoded(CLINICAL, posted)
    assert answers["codes"] == [{"cpt": "27447"}, {"cpt": ""}]
    assert answers["is_admin"] == "1" and "csrf_token" not in answers
    assert refused(CLINICAL, answers).keys() == {"is_admin"}
    del answers["is_admin"]
    assert check(CLINICAL, answers)["rationale"] == "Line one\nline two, longer"


def test_an_unticked_box_that_is_hidden_is_no_smuggling() -> None:
    form = form_of(
        {"type": "textfield", "key": "kind"},
        {"type": "checkbox", "key": "urgent", "conditional": {"hide": '=kind != "call"'}},
    )
    assert check(form, forms.from_urlencoded(form, MultiDict([("kind", "letter")]))) == {"kind": "letter"}


def test_row_buttons_change_the_rows_they_name() -> None:
    base = [("codes.count", "2"), ("codes.0.cpt", "1"), ("codes.1.cpt", "2")]
    added = forms.from_urlencoded(CLINICAL, MultiDict([*base, ("add_row", "codes")]))
    removed = forms.from_urlencoded(CLINICAL, MultiDict([*base, ("remove_row", "codes.0")]))
    nonsense = forms.from_urlencoded(CLINICAL, MultiDict([*base, ("remove_row", "codes.9"), ("add_row", "attest")]))
    assert [len(one["codes"]) for one in (added, removed, nonsense)] == [3, 1, 2]
    assert removed["codes"] == [{"cpt": "2"}]


@pytest.mark.parametrize("count", ["-1", "99999", "x", "", "²"])
def test_a_forged_row_count_is_harmless(count: str) -> None:
    answers = forms.from_urlencoded(CLINICAL, MultiDict([("codes.count", count)]))
    assert len(answers["codes"]) <= 51
