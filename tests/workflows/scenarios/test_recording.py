"""A history is told as a scenario that plays, and nothing of a person goes along."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.scenarios.tape import START, Tape
from tests.workflows.scenarios.tell import material
from workflows import service_tasks
from workflows.feel import Range, from_python, parse
from workflows.scenarios import Recorded, record
from workflows.scenarios.masking import Mask, shift
from workflows.scenarios.writing import duration

PERSON = "Zoe Quill, born May 5"


def recorded(tape: Tape) -> Recorded:
    return record(tape.material, tape.lines, name="it", zone=tape.zone, outcomes=tape.outcomes)


def steps(found: Recorded) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(found.text)[0]["scenarios"][0]["steps"]
    return told


def two_tasks() -> Tape:
    tape = Tape(material("two_tasks"), {"patient": PERSON, "n": Decimal(3)})
    tape.complete("a", note=PERSON, again=PERSON, other="Somebody else", day=date(2026, 3, 12))
    tape.complete("b", yes=True)
    return tape


def clinical() -> Tape:
    tape = Tape(material("clinical"), {})
    tape.complete("review", "appeal", words=PERSON)
    tape.complete("send")
    return tape


def late() -> Tape:
    tape = Tape(material("timers"), {"deadline": date(2026, 3, 20)}, ZoneInfo("America/New_York"))
    tape.later(days=3, hours=1)
    tape.later(days=7)
    tape.complete("remind")
    tape.complete("a")
    return tape


def message() -> Tape:
    tape = Tape(material("message_or_timer"), {"facts": {"claim_id": "C-881", "payer_id": "P-7"}})
    tape.message("payer_decision", {"claim": {"claim_id": "C-881", "payer_id": "P-7"}, "result": "won"})
    tape.complete("a")
    return tape


def overdue() -> Tape:
    tape = Tape(material("message_or_timer"), {"facts": {"claim_id": "C-881", "payer_id": "P-7"}})
    tape.later(days=30, hours=2)
    tape.complete("chase")
    return tape


def signal() -> Tape:
    tape = Tape(material("signal"), {})
    tape.signal("sig")
    tape.complete("b")
    tape.complete("a")
    return tape


def service() -> Tape:
    tape = Tape(material("service"), {"claim": {"amount": Decimal(21)}})
    tape.answer({"total": Decimal(42), "who": PERSON})
    tape.complete("a")
    return tape


def service_error() -> Tape:
    tape = Tape(material("service_error"), {})
    tape.error("CLOSED")
    tape.complete("handle")
    return tape


def parallel() -> Tape:
    tape = Tape(material("parallel"), {})
    tape.complete("b")
    tape.complete("a")
    tape.complete("after")
    return tape


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator of the tiny models reaches outside."""
    declare(monkeypatch, local=False)


def declare(monkeypatch: pytest.MonkeyPatch, *, local: bool) -> None:
    monkeypatch.setattr(service_tasks, "_operators", {})
    parameters = dict.fromkeys(("amount", "who"), service_tasks.Parameter("any", required=False))
    service_tasks.service_task("demo.call", parameters=parameters, errors=("CLOSED",), local=local)(lambda call: {})


@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize(
    "play", [two_tasks, clinical, late, message, overdue, signal, service, service_error, parallel],
    ids=lambda one: one.__name__,
)  # fmt: skip
def test_every_kind_of_verb_is_told_as_a_step_that_plays(play: Callable[[], Tape]) -> None:
    found = recorded(play())
    assert found.result.difference is None, (found.result.difference.text, found.text)
    assert found.notes == ()
    assert json.loads(found.text)[0]["scenarios"][0]["end"]


@pytest.mark.parametrize(("model", "answer"), [("service_error", "CLOSED"), ("service", {"total": Decimal(42)})])
def test_what_an_operator_answered_at_once_is_told_with_the_step(
    model: str, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(monkeypatch, local=True)
    tape = Tape(material(model), {"claim": {"amount": Decimal(21)}}, at_once={"demo.call": answer})
    tape.complete("handle" if answer == "CLOSED" else "a")
    found = recorded(tape)
    assert found.result.difference is None and found.notes == ()
    (scenario,) = json.loads(found.text)[0]["scenarios"]
    assert scenario.get("errors") == ({"call": "CLOSED"} if answer == "CLOSED" else None)
    assert scenario.get("services") == ({"call": {"total": 42}} if answer != "CLOSED" else None)


def test_texts_become_placeholders_and_equal_ones_stay_equal() -> None:
    found = recorded(two_tasks())
    for private in ("Zoe", "Quill", "Somebody", "2026-03-12"):
        assert private not in found.text
    (book,) = json.loads(found.text)
    start = book["scenarios"][0]["start"]
    answers = next(one["answers"] for one in steps(found) if one.get("complete") == "a")
    assert start["patient"] == answers["note"] == answers["again"] != answers["other"]
    assert start["n"] == 3
    assert answers["day"] == '=@"2026-01-08"', "nine weeks earlier, a Thursday as before"


def test_what_the_model_can_tell_apart_stays() -> None:
    tape = Tape(material("many_parallel"), {"items": ["x"]})
    tape.complete("each", n=1)
    assert recorded(tape).notes == ("The answers of each are not in the history.",)
    tape = clinical()
    assert any(one.get("outcome") == "appeal" for one in steps(recorded(tape)))
    assert "medical_necessity" not in recorded(two_tasks()).text


def test_an_outcome_that_is_not_known_is_asked_for() -> None:
    tape = clinical()
    found = record(tape.material, tape.lines, name="it")
    assert found.notes == ("The outcome of review is not known. Write it.",)


def test_what_operators_did_is_said_and_not_told() -> None:
    tape = two_tasks()
    tape.note("token moved")
    found = recorded(tape)
    assert found.notes == ("At 2026-03-10 14:50 somebody did what no step tells: token moved.",)


def test_an_instance_that_has_not_ended_is_told_up_to_now() -> None:
    tape = Tape(material("two_tasks"), {})
    tape.complete("a")
    found = recorded(tape)
    assert "end" not in json.loads(found.text)[0]["scenarios"][0]
    assert steps(found)[-1]["expect"] == {"open": ["b"]}
    assert found.result.passed


def test_a_history_without_its_start_is_refused() -> None:
    with pytest.raises(ValueError, match="does not begin with the start"):
        record(material("two_tasks"), two_tasks().lines[3:], name="it")


VALUES = st.recursive(
    st.none() | st.booleans() | st.decimals(-(10**9), 10**9, places=2) | st.text(max_size=30) | st.dates()
    | st.datetimes(timezones=st.just(UTC)) | st.timedeltas(timedelta(0), timedelta(days=99)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(VALUES)
def test_a_masked_value_can_be_written_and_read_again(value: Any) -> None:
    mask = Mask((), shift=timedelta(weeks=-3), shortest=20)
    try:
        told = json.loads(json.dumps(mask.told(from_python(value))))
    except (OverflowError, TypeError):
        return
    for text in _expressions(told):
        assert parse(text[1:]).evaluate({}, now=START).value is not None


@given(st.text(min_size=3, max_size=40).filter(lambda one: bool(one.strip())), VALUES)
def test_no_text_of_a_value_survives(secret: str, value: Any) -> None:
    secret = f"secret {secret}"
    mask = Mask(("kept",), shift=timedelta(0), shortest=20)
    told = json.dumps(mask.told(from_python({"a": secret, secret: [secret], "kept": "kept"})), ensure_ascii=False)
    assert secret not in told and "secret" not in told
    assert '"kept": "kept"' in told


def test_ranges_numbers_and_days_are_masked_as_well() -> None:
    mask = Mask((), shift=timedelta(days=7), shortest=0)
    assert mask.told(Range("Zoe", "Zoz", True, True)) == '=["Text 1".."Text 2"]'
    assert mask.told(Range(date(2026, 1, 1), date(2026, 1, 2), True, True)) == '=[@"2026-01-08"..@"2026-01-09"]'
    assert mask.told(Decimal(123456789)) == 1_000_001 == mask.told(Decimal(123456789))
    assert mask.told(Decimal("12.50")) == 12.5
    assert mask.told("2026-01-01") == "2026-01-08"
    assert mask.told("2026-99-01") == "Text"


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_dates_move_by_whole_weeks_to_the_same_week(start: date) -> None:
    moved = start + shift(start, date(2026, 1, 5))
    assert moved.weekday() == start.weekday()
    assert abs(moved - date(2026, 1, 5)) < timedelta(days=7)


@given(st.integers(0, 10**7))
def test_a_duration_is_written_as_it_was(seconds: int) -> None:
    text = duration(timedelta(seconds=seconds))
    if seconds:
        found = parse(f'datetime + duration("{text}")').evaluate({"datetime": START}, now=START).value
        assert isinstance(found, datetime) and found - START == timedelta(seconds=seconds)
    else:
        assert text == ""


def _expressions(told: Any) -> list[str]:
    if isinstance(told, dict):
        return [one for inner in told.values() for one in _expressions(inner)]
    if isinstance(told, list):
        return [one for inner in told for one in _expressions(inner)]
    return [told] if isinstance(told, str) and told.startswith("=") else []
