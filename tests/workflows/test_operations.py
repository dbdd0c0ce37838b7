"""What operators do to one instance: previewed on a copy, done in one transaction, with a reason, or not at all."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from mso.demo import HARBOR, LAKESHORE
from store import audit, clock
from store.audit import AuditEntry
from store.practice import MSO, viewing
from store.transaction import reading
from tasks.models import OPEN, WITHDRAWN, Task
from tests.workflows.desk import Desk, desk, parameter, service
from tests.workflows.lint.draw import END, START, flow, flows, gateway, line, process, user
from workflows import history, operations, passage, runtime
from workflows.engine import CompiledProcess, DecisionsReadOnly, NothingStopped, TokenNotMoved, UserTaskNotReady
from workflows.instances import InstanceEndedAlready, InstanceSuspended, MessageSubscription, UnknownInstance
from workflows.operations import (
    Answer,
    AnswerRefused,
    Cancel,
    InstanceMoved,
    Migrate,
    Move,
    NotAService,
    NotSuspended,
    Operation,
    OperationRefused,
    Order,
    Preview,
    ReasonMissing,
    Refusal,
    ResultUnreadable,
    Resume,
    Retry,
    Rewind,
    SetVariables,
    Skip,
    Suspend,
    SuspendedAlready,
    Throw,
    UnknownVersion,
    applying,
    records,
    rules,
)
from workflows.service_tasks import Permanent

__all__ = ["desk"]

TWO = line(user("a"), user("b"))
CLINICAL = {"clinicalDecision": "medical_necessity", "outcomes": "appeal, do_not_appeal"}
GUARDED = {"requiresDecision": "medical_necessity", "acceptedOutcomes": "appeal"}


def timed(span: str = "PT1H") -> bytes:
    """A task beside which two timers run."""

    def boundary(name: str, text: str) -> str:
        return (
            f'<boundaryEvent id="{name}" attachedToRef="a" cancelActivity="false"><timerEventDefinition id="t{name}">'
            f'<timeDuration>duration("{text}")</timeDuration></timerEventDefinition></boundaryEvent>'
        )

    body = START + user("a") + boundary("late", "PT2H") + boundary("soon", span) + user("b") + user("c") + END
    return process(
        body + flows("start", "a", "end") + flow("late", "b") + flow("soon", "c") + flow("b", "end") + flow("c", "end")
    )


def decided() -> bytes:
    """A clinical decision, what it guards, and a task behind that carries no guard of its own."""
    body = START + user("prepare") + user("review", **CLINICAL) + user("send", **GUARDED) + user("filed") + END
    return process(body + flows("start", "prepare", "review", "send", "filed", "end"))


def plan(desk: Desk, instance: UUID, operation: Operation) -> Preview:
    with desk.reading() as session:
        return operations.plan(session, instance, operation, now=clock.now())


def do(desk: Desk, instance: UUID, operation: Operation, reason: str = "asked for by billing") -> Preview:
    """Preview and apply, as Dev."""
    preview = plan(desk, instance, operation)
    order = Order(instance, operation, preview.digest, reason, desk.office.people["dev"])
    with viewing((LAKESHORE,)):
        operations.apply(order, now=clock.now())
    return preview


def token(desk: Desk, instance: UUID, element: str) -> UUID:
    return next(one.id for one in desk.look(instance).tokens() if one.element_id == element)


def sign(desk: Desk, instance: UUID, element: str, outcome: str) -> None:
    task_id = desk.open(instance)[element]
    signed = passage.issue(uuid4(), task_id, "medical_necessity", outcome)
    with desk.writing():
        runtime.complete(runtime.open_run(instance, by=None, now=clock.now()), task_id, {}, signed)


def audited(desk: Desk, tag: str) -> list[str]:
    with viewing((LAKESHORE, MSO)), reading() as session:
        bodies = session.scalars(select(AuditEntry.body)).all()
    return [one for one in bodies if f'"tag":"{tag}"' in one]


# Suspend and resume


def test_a_suspended_instance_refuses_completions_and_says_what_to_do(desk: Desk) -> None:
    instance = desk.start(TWO)
    do(desk, instance, Suspend())
    with pytest.raises(InstanceSuspended, match="administrator"):
        desk.complete(instance, "a")
    with pytest.raises(SuspendedAlready):
        plan(desk, instance, Suspend())
    do(desk, instance, Resume())
    desk.complete(instance, "a")
    assert list(desk.open(instance)) == ["b"]
    with pytest.raises(NotSuspended):
        plan(desk, instance, Resume())


def test_timers_stay_due_while_suspended_and_fire_at_resume(desk: Desk) -> None:
    instance = desk.start(timed())
    do(desk, instance, Suspend())
    desk.pass_time(hours=3)
    with desk.writing():
        runtime.fire_timers(instance, now=clock.now())
    assert list(desk.open(instance)) == ["a"]
    preview = do(desk, instance, Resume())
    assert {element for what, element in preview.difference.begun if what == "task"} == {"b", "c"}
    assert set(desk.open(instance)) == {"a", "b", "c"}
    passed = [one.element_id for one in _events(desk, instance) if one.what == "completed"]
    assert passed.index("soon") < passed.index("late"), "in the order in which they were due"


def test_messages_are_kept_while_suspended_and_delivered_at_resume(desk: Desk) -> None:
    catch = '<intermediateCatchEvent id="wait"><messageEventDefinition id="d" messageRef="m"/></intermediateCatchEvent>'
    message = '<message id="m" name="news"/>'
    body = START + catch + user("b") + END
    instance = desk.start(process(body + flows("start", "wait", "b", "end"), message))
    do(desk, instance, Suspend())
    with desk.writing():
        assert runtime.deliver_to(instance, "news", {"n": 1}, now=clock.now()) is False
    do(desk, instance, SetVariables({"x": "1"}))
    assert desk.open(instance) == {}, "a message stays kept whatever else is done meanwhile"
    do(desk, instance, Resume())
    assert list(desk.open(instance)) == ["b"]


def test_an_answer_that_comes_while_suspended_is_held_until_the_resume(desk: Desk) -> None:
    def answer(call: Any) -> dict[str, object]:
        with desk.office.app.app_context():
            do(desk, instance, Suspend())
        return {"n": 1}

    desk.operator("t.ask", answer)
    instance = desk.start(line(service("ask", "t.ask"), user("after")))
    assert desk.work(instance).status == "held"
    assert desk.work(instance).status == "held", "nothing moves while it is suspended"
    do(desk, instance, Resume())
    assert desk.queued()[-1][0] == "workflows:service_call.run"
    assert desk.work(instance).status == "answered"
    assert len(desk.asked) == 1 and list(desk.open(instance)) == ["after"]


def test_no_call_is_made_while_suspended(desk: Desk) -> None:
    desk.operator("t.ask", {})
    instance = desk.start(line(service("ask", "t.ask"), user("after")))
    do(desk, instance, Suspend())
    assert desk.work(instance).status == "waiting" and desk.asked == []
    do(desk, instance, Resume())
    assert desk.work(instance).status == "answered"


# Cancel, variables


def test_a_cancelled_instance_has_nothing_open_and_cannot_be_operated_on(desk: Desk) -> None:
    instance = desk.start(timed())
    preview = do(desk, instance, Cancel(), "opened twice")
    assert ("task", "a") in preview.difference.gone and len(preview.difference.timers_dropped) == 2
    row = desk.row(instance)
    assert (row.status, row.ended_at) == ("cancelled", clock.now())
    with pytest.raises(InstanceEndedAlready):
        plan(desk, instance, Cancel())


def test_variables_are_set_as_typed_values_and_shown_before_and_after(desk: Desk) -> None:
    instance = desk.start(TWO, amount=1, note="x", gone=True)
    texts = {"amount": "12.50", "day": '@"2026-12-01"', "list": '["a", {b: 1}]'}
    preview = do(desk, instance, SetVariables(texts, ("gone",)))
    changes = {one.name: (one.before, one.after, one.has) for one in preview.difference.variables}
    assert changes["amount"] == (1, Decimal("12.50"), True) and changes["gone"] == (True, None, False)
    found = desk.look(instance).variables
    assert found == {"amount": Decimal("12.50"), "day": found["day"], "list": ["a", {"b": 1}], "note": "x"}
    assert found["day"].isoformat() == "2026-12-01"


@pytest.mark.parametrize("text", ["amount + 1", "now(", "", "patient name"])
def test_what_is_no_literal_is_refused(desk: Desk, text: str) -> None:
    instance = desk.start(TWO, amount=1)
    with pytest.raises(operations.OperationInvalid) as refused:
        plan(desk, instance, SetVariables({"x": text}))
    assert list(refused.value.fields) == ["changes.x"]


@pytest.mark.parametrize("name", ["decisions", "now"])
def test_a_reserved_name_is_never_written(desk: Desk, name: str) -> None:
    instance = desk.start(decided())
    with pytest.raises(DecisionsReadOnly):
        plan(desk, instance, SetVariables({name: '{medical_necessity: "appeal"}'}))


# Mending a stopped step


def stopped(desk: Desk, **options: Any) -> UUID:
    """An instance whose call failed for good."""
    desk.operator("t.ask", Permanent("HTTP 404"), errors=("CLOSED",), result="context<n: number>", **options)
    instance = desk.start(line(service("ask", "t.ask", errorCodes="CLOSED"), user("after")))
    desk.work(instance)
    assert desk.row(instance).status == "stopped"
    return instance


def mend(desk: Desk, answer: Any) -> None:
    desk.monkeypatch.setattr(operations.performing.service_tasks, "_operators", dict(
        (key, one) for key, one in operations.performing.service_tasks._operators.items() if key != "t.ask"
    ))  # fmt: skip
    desk.operator("t.ask", answer, errors=("CLOSED",), result="context<n: number>")


def test_a_stopped_call_is_made_again_under_the_same_key_and_its_incident_ends(desk: Desk) -> None:
    instance = stopped(desk)
    mend(desk, {"n": 1})
    do(desk, instance, Retry(token(desk, instance, "ask")))
    assert desk.incidents(instance) == [] and desk.row(instance).status == "running"
    (incident,) = desk.incidents(instance, resolved=True)
    assert (incident.resolution, incident.resolved_by) == ("retry", desk.office.people["dev"])
    assert desk.work(instance).status == "answered"
    assert len({one.key for one in desk.asked}) == 1
    assert list(desk.open(instance)) == ["after"]


def test_a_call_that_is_made_again_with_other_parameters_has_another_key(desk: Desk) -> None:
    desk.operator("t.ask", Permanent("HTTP 422"), parameters={"claim": "string"})
    instance = desk.start(line(service("ask", "t.ask", inner=parameter("claim", "claim"))), claim="A")
    desk.work(instance)
    do(desk, instance, SetVariables({"claim": '"B"'}))
    do(desk, instance, Retry(token(desk, instance, "ask")))
    desk.work(instance)
    assert [(one.parameters["claim"], one.key.endswith(".2")) for one in desk.asked] == [("A", False), ("B", True)]


def test_a_retry_that_fails_again_leaves_one_open_incident(desk: Desk) -> None:
    instance = stopped(desk)
    do(desk, instance, Retry(token(desk, instance, "ask")))
    desk.work(instance)
    assert len(desk.incidents(instance)) == 1 and len(desk.incidents(instance, resolved=True)) == 2


def test_an_answer_by_hand_goes_on_and_is_held_against_the_operators_schema(desk: Desk) -> None:
    instance = stopped(desk)
    step = token(desk, instance, "ask")
    with pytest.raises(AnswerRefused) as refused:
        plan(desk, instance, Answer(step, '{n: "many"}'))
    assert list(refused.value.fields) == ["result.n"]
    preview = do(desk, instance, Answer(step, "{n: 3}"))
    assert ("task", "after") in preview.difference.begun
    assert desk.look(instance).variables["result"] == {"n": 3}
    assert list(desk.open(instance)) == ["after"] and desk.incidents(instance) == []


def test_a_call_that_still_waits_can_be_answered_by_hand_and_is_not_made(desk: Desk) -> None:
    desk.operator("t.ask", {})
    instance = desk.start(line(service("ask", "t.ask"), user("after")))
    do(desk, instance, Answer(token(desk, instance, "ask"), "{n: 3}"))
    assert desk.work(instance).status == "withdrawn" and desk.asked == []
    assert list(desk.open(instance)) == ["after"]


def test_a_stopped_step_can_be_skipped(desk: Desk) -> None:
    instance = stopped(desk)
    do(desk, instance, Skip(token(desk, instance, "ask")))
    assert list(desk.open(instance)) == ["after"] and desk.look(instance).variables["result"] is None


def test_a_stopped_call_can_end_in_an_error_that_its_operator_declares(desk: Desk) -> None:
    desk.operator("t.ask", Permanent("HTTP 404"), errors=("CLOSED",))
    boundary = (
        '<boundaryEvent id="closed" attachedToRef="ask"><errorEventDefinition id="e" errorRef="err"/></boundaryEvent>'
    )
    body = START + service("ask", "t.ask", errorCodes="CLOSED") + boundary + user("after") + user("handle") + END
    ways = flows("start", "ask", "after", "end") + flow("closed", "handle") + flow("handle", "end")
    instance = desk.start(process(body + ways, '<error id="err" errorCode="CLOSED"/>'))
    desk.work(instance)
    step = token(desk, instance, "ask")
    with pytest.raises(AnswerRefused):
        plan(desk, instance, Throw(step, "OTHER"))
    do(desk, instance, Throw(step, "CLOSED"))
    assert list(desk.open(instance)) == ["handle"] and desk.incidents(instance) == []


def test_only_a_service_task_has_an_answer_and_only_a_stopped_step_is_tried_again(desk: Desk) -> None:
    instance = desk.start(TWO)
    step = token(desk, instance, "a")
    with pytest.raises(NotAService):
        plan(desk, instance, Answer(step, "{}"))
    with pytest.raises(NothingStopped):
        plan(desk, instance, Retry(step))
    with pytest.raises(operations.UnknownStep):
        plan(desk, instance, Retry(uuid4()))


def test_an_incident_that_ended_by_itself_is_not_shown_as_open(desk: Desk) -> None:
    desk.operator("t.ask", Permanent("HTTP 404"))
    timer = (
        '<boundaryEvent id="late" attachedToRef="ask"><timerEventDefinition id="t">'
        '<timeDuration>duration("PT1H")</timeDuration></timerEventDefinition></boundaryEvent>'
    )
    body = START + service("ask", "t.ask") + timer + user("slow") + END
    instance = desk.start(process(body + flows("start", "ask", "end") + flow("late", "slow") + flow("slow", "end")))
    desk.work(instance)
    desk.pass_time(hours=2)
    with desk.writing():
        runtime.fire_timers(instance, now=clock.now())
    assert desk.incidents(instance) == []
    assert desk.incidents(instance, resolved=True)[0].resolution == "passed"


# Moving, going back


def test_a_token_is_moved_and_everything_beside_it_stays(desk: Desk) -> None:
    instance = desk.start(line(user("a"), user("b"), user("c")))
    preview = do(desk, instance, Move(token(desk, instance, "a"), "c"))
    assert (("task", "a") in preview.difference.gone, ("task", "c") in preview.difference.begun) == (True, True)
    assert list(desk.open(instance)) == ["c"]
    desk.complete(instance, "c")
    assert desk.row(instance).status == "completed"


def test_an_instance_goes_back_to_a_step_it_passed(desk: Desk) -> None:
    instance = desk.start(TWO)
    passed = desk.open(instance)["a"]
    desk.complete(instance, "a", note="first")
    do(desk, instance, Rewind(passed))
    assert list(desk.open(instance)) == ["a"]
    desk.complete(instance, "a", note="second")
    assert desk.look(instance).variables["a"] == {"note": "second"}


def test_going_back_before_a_decision_makes_it_void(desk: Desk) -> None:
    instance = desk.start(decided())
    passed = desk.open(instance)["prepare"]
    desk.complete(instance, "prepare")
    sign(desk, instance, "review", "appeal")
    assert list(desk.open(instance)) == ["send"]
    preview = do(desk, instance, Rewind(passed))
    assert preview.difference.decisions_void == ("medical_necessity",)
    assert desk.look(instance).decisions == {} and list(desk.open(instance)) == ["prepare"]


# What is never done


@pytest.mark.parametrize("target", ["send", "filed"])
def test_no_token_comes_to_stand_behind_a_missing_decision(desk: Desk, target: str) -> None:
    instance = desk.start(decided())
    with pytest.raises((OperationRefused, TokenNotMoved)):
        do(desk, instance, Move(token(desk, instance, "prepare"), target))
    desk.complete(instance, "prepare")
    with pytest.raises((OperationRefused, TokenNotMoved)):
        do(desk, instance, Move(token(desk, instance, "review"), target))
    assert list(desk.open(instance)) == ["review"]


def test_a_token_may_come_to_stand_before_the_decision_and_behind_one_that_stands(desk: Desk) -> None:
    instance = desk.start(decided())
    do(desk, instance, Move(token(desk, instance, "prepare"), "review"))
    assert list(desk.open(instance)) == ["review"]
    sign(desk, instance, "review", "appeal")
    do(desk, instance, Move(token(desk, instance, "send"), "filed"))
    assert list(desk.open(instance)) == ["filed"]


@pytest.mark.parametrize("operation", [Skip, lambda step: Answer(step, "{}"), lambda step: Throw(step, "X")])
def test_a_clinical_task_is_decided_by_signing_and_by_nothing_else(
    desk: Desk, operation: Callable[[UUID], Operation]
) -> None:
    instance = desk.start(decided())
    desk.complete(instance, "prepare")
    with pytest.raises((OperationRefused, NotAService, NothingStopped, UserTaskNotReady)):
        do(desk, instance, operation(token(desk, instance, "review")))
    assert list(desk.open(instance)) == ["review"] and desk.look(instance).decisions == {}


def test_a_guarded_call_is_not_answered_without_its_decision(desk: Desk) -> None:
    desk.operator("t.ask", {})
    nodes = (user("review", **CLINICAL), user("edit", invalidates="medical_necessity"))
    body = START + "".join(nodes) + service("send", "t.ask", **GUARDED) + END
    instance = desk.start(process(body + flows("start", "review", "edit", "send", "end")))
    sign(desk, instance, "review", "appeal")
    desk.complete(instance, "edit")
    assert [one.kind for one in desk.incidents(instance)] == ["guard"]
    for operation in (Answer(token(desk, instance, "send"), "{}"), Skip(token(desk, instance, "send"))):
        with pytest.raises(Exception) as refused:
            do(desk, instance, operation)
        assert getattr(refused.value, "code", "") in ("operation.refused", "engine.step_not_skipped")


def test_a_refusal_leaves_its_entry_and_nothing_else(desk: Desk) -> None:
    instance = desk.start(decided())
    version = desk.row(instance).version
    with viewing((LAKESHORE,)), pytest.raises(OperationRefused):
        operations.preview(
            instance, Move(token(desk, instance, "prepare"), "filed"), by=desk.office.people["dev"], now=clock.now()
        )
    (entry,) = audited(desk, "refused")
    assert '"rule":"behind-decision"' in entry and str(desk.office.people["dev"]) in entry
    assert desk.row(instance).version == version


def test_the_proof_of_another_room_is_asked_with_both_states(desk: Desk) -> None:
    instance = desk.start(TWO)
    seen: list[Any] = []

    def never(before: operations.Before, after: operations.After) -> Refusal | None:
        seen.append((sorted(before.picture.tasks.values()), sorted(after.picture.tasks.values())))
        return Refusal("never", "the proof says no.")

    desk.monkeypatch.setattr(rules, "proofs", [*rules.proofs, never])
    with pytest.raises(OperationRefused, match="the proof says no"):
        do(desk, instance, Move(token(desk, instance, "a"), "b"))
    assert seen == [(["a"], ["b"])] and list(desk.open(instance)) == ["a"]


@pytest.mark.parametrize("target", ["split", "b", "c", "end"])
def test_a_token_of_a_branch_stays_where_it_comes_together_with_the_others(desk: Desk, target: str) -> None:
    instance = desk.start(branching())
    with pytest.raises(OperationRefused, match="branches"):
        do(desk, instance, Move(token(desk, instance, "a"), target))
    desk.complete(instance, "b")
    with pytest.raises(OperationRefused, match="branches"):
        do(desk, instance, Move(token(desk, instance, "a"), target))
    desk.complete(instance, "a")
    assert list(desk.open(instance)) == ["c"]
    with pytest.raises((OperationRefused, TokenNotMoved), match=r"branches|join"):
        do(desk, instance, Move(token(desk, instance, "c"), "a"))
    do(desk, instance, Move(token(desk, instance, "c"), "split"))
    assert sorted(desk.open(instance)) == ["a", "b"]


# Staged: preview, reason, one transaction


def test_a_preview_changes_nothing(desk: Desk) -> None:
    instance = desk.start(timed())
    before = desk.row(instance)
    plan(desk, instance, Cancel())
    after = desk.row(instance)
    assert (before.state, before.version) == (after.state, after.version) and list(desk.open(instance)) == ["a"]


def test_what_moved_since_the_preview_is_not_done(desk: Desk) -> None:
    instance = desk.start(TWO)
    preview = plan(desk, instance, Cancel())
    desk.complete(instance, "a")
    order = Order(instance, Cancel(), preview.digest, "reason", desk.office.people["dev"])
    with viewing((LAKESHORE,)), pytest.raises(InstanceMoved):
        operations.apply(order, now=clock.now())
    assert desk.row(instance).status == "running"


def test_another_operation_than_the_previewed_one_is_not_done(desk: Desk) -> None:
    instance = desk.start(TWO, x=1)
    preview = plan(desk, instance, SetVariables({"x": "2"}))
    order = Order(instance, SetVariables({"x": "3"}), preview.digest, "reason", desk.office.people["dev"])
    with viewing((LAKESHORE,)), pytest.raises(InstanceMoved):
        operations.apply(order, now=clock.now())


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001])
def test_nothing_is_done_without_a_reason(desk: Desk, reason: str) -> None:
    instance = desk.start(TWO)
    with pytest.raises(ReasonMissing):
        do(desk, instance, Cancel(), reason)


def test_an_instance_of_a_practice_out_of_view_does_not_exist(desk: Desk) -> None:
    instance = desk.start(TWO)
    preview = plan(desk, instance, Cancel())
    order = Order(instance, Cancel(), preview.digest, "reason", desk.office.people["dev"])
    with viewing((HARBOR,)), pytest.raises(UnknownInstance):
        operations.apply(order, now=clock.now())


def test_a_result_that_does_not_load_again_is_refused_and_nothing_is_changed(desk: Desk) -> None:
    instance = desk.start(TWO, x=1)
    version = desk.row(instance).version

    def broken(*given: Any, **more: Any) -> Any:
        raise ValueError("damaged")

    preview = plan(desk, instance, SetVariables({"x": "2"}))
    order = Order(instance, SetVariables({"x": "2"}), preview.digest, "reason", desk.office.people["dev"])
    desk.monkeypatch.setattr(applying.Execution, "load", _second_time(applying.Execution.load, broken))
    with viewing((LAKESHORE,)), pytest.raises(ResultUnreadable):
        operations.apply(order, now=clock.now())
    desk.monkeypatch.undo()
    assert desk.row(instance).version == version and desk.look(instance).variables == {"x": 1}


def test_who_did_what_and_why_is_kept_and_the_reason_is_unreadable_at_rest(desk: Desk) -> None:
    instance = desk.start(TWO, x="Zz-old")
    do(desk, instance, SetVariables({"x": '"Zz-new"'}), "Mrs. Doe called")
    with desk.reading() as session:
        (row,) = records.of_instance(session, instance)
        kept = records.content(row)
        stored = session.connection().exec_driver_sql("select to_jsonb(o)::text from instance_operation o").scalar()
    assert (row.kind, row.by, row.facts["variables"]) == ("set", desk.office.people["dev"], ["x"])
    assert (kept.reason, kept.before, kept.after) == ("Mrs. Doe called", {"x": "Zz-old"}, {"x": "Zz-new"})
    (entry,) = audited(desk, "instance:operated")
    for text in (str(stored), entry):
        assert not any(word in text for word in ("Doe", "Zz-"))
    assert any(one.what == "set" and one.by == str(desk.office.people["dev"]) for one in _events(desk, instance))


# Another version


def test_an_instance_goes_on_in_another_version(desk: Desk) -> None:
    instance = desk.start(TWO)
    desk.publish(line(user("a"), user("b"), user("c")))
    task_id = desk.open(instance)["a"]
    preview = do(desk, instance, Migrate(2))
    assert preview.after.version == 2
    assert desk.open(instance) == {"a": task_id}
    for element in ("a", "b", "c"):
        desk.complete(instance, element)
    assert desk.row(instance).status == "completed"


def tasks(desk: Desk, instance: UUID) -> list[Task]:
    with desk.reading() as session:
        return list(session.scalars(select(Task).where(Task.instance_id == instance).order_by(Task.id)))


def test_an_open_task_of_which_the_new_version_says_the_same_stays_with_its_holder(desk: Desk) -> None:
    instance = desk.start(line(user("a", candidateGroup="denial_specialist"), user("b")))
    with desk.writing() as session:
        session.scalars(select(Task)).one().assignee_id = desk.office.people["ben"]
    (before,) = tasks(desk, instance)
    desk.publish(line(user("a", candidateGroup="denial_specialist"), user("b"), user("c")))
    do(desk, instance, Migrate(2))
    (after,) = tasks(desk, instance)
    assert (after.id, after.assignee_id, after.status) == (before.id, desk.office.people["ben"], OPEN)


def test_an_open_task_that_the_new_version_changes_opens_anew(desk: Desk) -> None:
    instance = desk.start(line(user("a", candidateGroup="denial_specialist"), user("b")))
    second = desk.publish(line(user("a", candidateGroup="coder"), user("b")))
    do(desk, instance, Migrate(2))
    old, new = tasks(desk, instance)
    assert (old.status, new.status) == (WITHDRAWN, OPEN)
    assert (new.definition_id, new.group_key, new.engine_task_id) == (second, "coder", old.engine_task_id)


def test_a_call_that_waits_goes_on_in_the_new_version(desk: Desk) -> None:
    desk.operator("t.ask", {})
    instance = desk.start(line(service("ask", "t.ask"), user("b")))
    second = desk.publish(line(service("ask", "t.ask"), user("b"), user("c")))
    do(desk, instance, Migrate(2))
    call = desk.call(instance)
    assert (call.definition_id, call.status) == (second, "waiting")
    assert desk.work(instance).status == "answered" and list(desk.open(instance)) == ["b"]


def test_a_call_that_is_mapped_is_asked_for_anew(desk: Desk) -> None:
    desk.operator("t.ask", {})
    instance = desk.start(line(service("ask", "t.ask"), user("b")))
    desk.publish(line(service("query", "t.ask"), user("b")))
    do(desk, instance, Migrate(2, {"ask": "query"}))
    assert sorted(one.status for one in desk.calls(instance)) == ["waiting", "withdrawn"]
    assert desk.work(instance).status == "answered" and list(desk.open(instance)) == ["b"]


def test_a_renamed_step_is_mapped_and_an_open_one_that_is_gone_is_refused(desk: Desk) -> None:
    instance = desk.start(TWO)
    desk.publish(line(user("z"), user("b")))
    with pytest.raises(Exception) as refused:
        plan(desk, instance, Migrate(2))
    assert getattr(refused.value, "code", "").startswith("engine.")
    do(desk, instance, Migrate(2, {"a": "z"}))
    assert list(desk.open(instance)) == ["z"]
    with pytest.raises(UnknownVersion):
        plan(desk, instance, Migrate(7))


def test_a_migration_behind_a_decision_that_the_new_version_asks_for_is_refused(desk: Desk) -> None:
    instance = desk.start(line(user("prepare"), user("filed")))
    desk.complete(instance, "prepare")
    desk.publish(decided())
    with pytest.raises(OperationRefused):
        do(desk, instance, Migrate(2))
    assert list(desk.open(instance)) == ["filed"]


def test_what_a_migrated_instance_waits_for_belongs_to_its_new_version(desk: Desk) -> None:
    instance = desk.start(timed())
    second = desk.publish(timed("PT90M"))
    do(desk, instance, Migrate(2))
    assert desk.row(instance).definition_id == second
    assert set(desk.open(instance)) == {"a"}
    desk.pass_time(hours=5)
    with desk.writing():
        runtime.fire_timers(instance, now=clock.now())
    assert set(desk.open(instance)) == {"a", "b", "c"}
    with desk.reading() as session:
        assert not session.scalars(select(MessageSubscription)).all()


# Every operation on every state: refused with nothing changed, or the result can still reach its end


def branching() -> bytes:
    body = START + gateway("parallelGateway", "split") + user("a") + user("b") + gateway("parallelGateway", "join")
    body += user("c") + END
    ways = flow("start", "split") + flow("split", "a") + flow("split", "b") + flow("a", "join") + flow("b", "join")
    return process(body + ways + flows("join", "c", "end"))


def choosing() -> bytes:
    body = START + user("a") + gateway("exclusiveGateway", "which", "which__b") + user("b") + user("c") + END
    ways = flow("start", "a") + flow("a", "which") + flow("which", "b") + flow("which", "c", "x &gt; 3")
    return process(body + ways + flow("b", "end") + flow("c", "end"))


def calling() -> bytes:
    return line(user("a"), service("ask", "t.ask"), user("b"))


MODELS: dict[str, Callable[[], bytes]] = {
    "two": lambda: TWO,
    "timed": timed,
    "branching": branching,
    "choosing": choosing,
    "calling": calling,
    "decided": decided,
}


def every_operation(desk: Desk, instance: UUID, process: CompiledProcess) -> Sequence[Operation]:
    execution = desk.look(instance)
    found: list[Operation] = [Suspend(), Resume(), SetVariables({"x": "5"}), SetVariables({}, ("x",)), Migrate(1)]
    for one in execution.tokens():
        found += [Retry(one.id), Skip(one.id), Answer(one.id, "{n: 1}"), Throw(one.id, "E")]
        found += [Move(one.id, element) for element in process.elements]
    return [*found, *(Rewind(one.task_id) for one in execution.rewind_points())]


@pytest.mark.long
@pytest.mark.parametrize("model", MODELS)
def test_every_operation_refuses_or_leaves_an_instance_that_reaches_its_end(desk: Desk, model: str) -> None:
    desk.operator("t.ask", Permanent("HTTP 404"))
    desk.publish(MODELS[model]())
    carried_out = 0
    for depth in range(3):
        first = _advance(desk, desk.start(x=1), depth)
        for number in range(len(every_operation(desk, first, desk.look(first).process))):
            instance = _advance(desk, desk.start(x=1), depth)
            listed = every_operation(desk, instance, desk.look(instance).process)
            if number >= len(listed):
                break
            before = desk.row(instance)
            try:
                do(desk, instance, listed[number])
            except Exception as refused:
                assert hasattr(refused, "code"), (model, listed[number], refused)
                after = desk.row(instance)
                assert (after.state, after.version) == (before.state, before.version)
                continue
            carried_out += 1
            _reach_the_end(desk, instance, listed[number])
    assert carried_out > 5


def _advance(desk: Desk, instance: UUID, depth: int) -> UUID:
    for _ in range(depth):
        _one_step(desk, instance)
    return instance


def _one_step(desk: Desk, instance: UUID) -> bool:
    execution = desk.look(instance)
    for task in execution.waiting().user_tasks:
        if "clinicalDecision" in task.properties:
            sign(desk, instance, task.element_id, "appeal")
        else:
            desk.complete(instance, task.element_id)
        return True
    if execution.waiting().service_calls:
        desk.work(instance)
        return True
    stopped_steps = [one for one in execution.tokens() if one.state == "stopped"]
    if stopped_steps:
        if stopped_steps[0].kind == "serviceTask":
            do(desk, instance, Answer(stopped_steps[0].id, "{n: 1}"))
        else:
            do(desk, instance, SetVariables({"x": "5"}))
            do(desk, instance, Retry(stopped_steps[0].id))
        return True
    return False


def _reach_the_end(desk: Desk, instance: UUID, operation: Operation) -> None:
    if desk.row(instance).suspended_at is not None:
        do(desk, instance, Resume())
    for _ in range(12):
        if desk.row(instance).ended_at is not None:
            return
        if not _one_step(desk, instance):
            desk.pass_time(hours=5)
            with desk.writing():
                runtime.fire_timers(instance, now=clock.now())
    raise AssertionError(f"{operation} left an instance that does not end: {desk.look(instance).tokens()}")


def _events(desk: Desk, instance: UUID) -> Sequence[history.InstanceEvent]:
    with desk.reading() as session:
        return history.of_instance(session, instance, limit=200)


def _second_time(first: Any, then: Any) -> Any:
    calls = iter((first, *([then] * 10)))
    return lambda *given, **more: next(calls)(*given, **more)


assert audit and timedelta
