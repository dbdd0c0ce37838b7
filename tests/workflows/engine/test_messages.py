import pytest

from tests.workflows.engine.play import NOON, Play, compiled
from workflows.engine import CorrelationMissing, MessageNotWaiting, message_key

FACTS = {"claim_id": "C1", "payer_id": "P9"}


def test_a_payload_and_a_waiting_event_have_the_same_key_when_their_values_agree() -> None:
    play = Play("message", facts=FACTS)
    (waiting,) = play.waiting.messages
    assert waiting.key == message_key(play.process, "payer_decision", {"claim": FACTS}, now=NOON)
    other = message_key(play.process, "payer_decision", {"claim": {**FACTS, "payer_id": "P8"}}, now=NOON)
    assert waiting.key != other


def test_a_payload_without_a_field_of_the_key_is_refused_by_name() -> None:
    with pytest.raises(CorrelationMissing) as caught:
        message_key(compiled("message"), "payer_decision", {"claim": {"claim_id": "C1"}}, now=NOON)
    assert caught.value.field == "payer_id"


def test_a_message_without_correlation_has_no_key() -> None:
    with pytest.raises(CorrelationMissing):
        message_key(compiled("message"), "unknown", {}, now=NOON)


def test_values_that_contain_separators_do_not_collide() -> None:
    process = compiled("message")
    one = message_key(process, "payer_decision", {"claim": {"claim_id": 'a","payer_id":"b', "payer_id": "c"}}, now=NOON)
    two = message_key(process, "payer_decision", {"claim": {"claim_id": "a", "payer_id": 'b","x":"c'}}, now=NOON)
    assert one != two


def test_a_delivered_message_is_stored_under_its_variable_and_moves_the_token() -> None:
    play = Play("message", facts=FACTS, payer={"old": 1}).receive("payer_decision", result="paid")
    assert play.tasks == ["a"]
    assert play.execution.variables["payer"] == {"result": "paid"}


def test_a_message_is_taken_only_by_who_waits_for_it() -> None:
    play = Play("message", facts=FACTS)
    waiting = play.waiting.messages[0].id
    with pytest.raises(MessageNotWaiting):
        play.execution.deliver_message("other", {}, waiting)
    play.receive("payer_decision")
    with pytest.raises(MessageNotWaiting):
        play.execution.deliver_message("payer_decision", {}, waiting)


def test_missing_data_for_the_key_is_reported_and_the_event_waits_without_one() -> None:
    play = Play("message", facts={"claim_id": "C1"})
    assert (play.kinds, play.execution.status) == (["correlation"], "running")
    assert play.waiting.messages[0].key is None
    assert play.receive("payer_decision").tasks == ["a"]


def test_behind_an_event_gateway_the_first_event_wins() -> None:
    play = Play("message_or_timer", facts=FACTS)
    assert [one.element_id for one in play.waiting.messages] == ["decided"]
    assert [one.element_id for one in play.waiting.timers] == ["overdue"]
    play.receive("payer_decision", result="paid")
    assert (play.tasks, play.execution.variables["payer"]) == (["a"], {"result": "paid"})
    assert Play("message_or_timer", facts=FACTS).later(days=30).tasks == ["chase"]


def test_a_thrown_message_goes_to_the_outbox_with_its_key() -> None:
    play = Play("message_thrown", facts=FACTS)
    (thrown,) = play.execution.drain_messages()
    assert (thrown.element_id, thrown.name, thrown.payload) == ("ask", "request", {"claim": FACTS})
    assert thrown.key == message_key(play.process, "request", {"claim": FACTS}, now=NOON)
    assert play.execution.status == "completed"


def test_a_message_start_event_waits_for_its_message() -> None:
    play = Play("message_start")
    assert play.tasks == []
    play.receive("arrived", x=1)
    assert (play.tasks, play.execution.variables) == (["a"], {"arrival": {"x": 1}})


def test_an_event_sub_process_can_start_again_and_again_beside_the_main_flow() -> None:
    play = Play("handler")
    play.receive("note", text="one").receive("note", text="two")
    assert play.tasks == ["a", "read_note", "read_note"]
    play.complete("read_note").complete("a").complete("read_note")
    assert (play.execution.status, play.kinds) == ("completed", [])


def test_a_started_event_sub_process_leaves_other_instances_alone() -> None:
    Play("handler").receive("note", text="one")
    assert Play("handler").tasks == ["a"]


def test_looking_at_what_an_instance_waits_for_reports_nothing() -> None:
    play = Play("handler")
    for _ in range(3):
        assert [one.name for one in play.waiting.messages] == ["note"]
    assert play.execution.drain_incidents() == []
