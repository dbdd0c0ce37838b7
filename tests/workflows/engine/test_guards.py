from tests.workflows.engine.play import Play


def test_a_guarded_element_lets_an_accepted_outcome_pass() -> None:
    play = Play("guard").complete("review", "appeal")
    assert [call.element_id for call in play.waiting.service_calls] == ["send"]
    assert play.answer("send", {}).execution.status == "completed"


def test_a_guarded_element_stops_the_token_on_arrival_without_an_accepted_outcome() -> None:
    play = Play("guard").complete("review", "do_not_appeal")
    assert play.waiting.service_calls == ()
    assert (play.kinds, play.incidents[0].element_id, play.execution.status) == (["guard"], "send", "stopped")
    assert play.execution.decisions == {"medical_necessity": "do_not_appeal"}
    assert play.incidents[0].facts["when"] == "arrival"


def test_a_decision_that_went_stale_stops_the_token_at_completion() -> None:
    play = Play("guard_gone_stale").complete("review", "appeal").complete("edit")
    play.answer("send", {"sent": True})
    assert (play.kinds, play.execution.status) == (["guard"], "stopped")
    assert play.incidents[0].facts["when"] == "completion"


def test_retrying_a_guarded_element_checks_it_again() -> None:
    play = Play("guard").complete("review", "do_not_appeal").retry()
    assert (play.kinds, play.execution.status) == (["guard", "guard"], "stopped")


def test_a_guarded_user_task_is_not_offered_without_its_decision() -> None:
    play = Play("clinical").complete("review", "do_not_appeal")
    assert play.tasks == ["stop"]
    assert play.kinds == []
