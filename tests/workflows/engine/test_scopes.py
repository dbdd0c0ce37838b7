"""Signals, call activities, transactions, errors, data objects: what passes between scopes and what does not."""

import pytest

from tests.workflows.engine.draw import (
    DECLARED,
    END,
    START,
    boundary,
    call,
    event,
    file,
    flow,
    flows,
    gateway,
    many,
    model,
    on,
    script,
    service,
    sub,
    user,
    when,
)
from tests.workflows.engine.play import Play
from workflows.engine import MessageNotWaiting

# -- signals


def test_a_thrown_signal_is_heard_by_everybody_inside_at_once_and_kept_for_outside() -> None:
    inside = event("start", "i") + event("intermediateCatch", "deep", on("signal", "s")) + user("u") + event("end", "j")
    inside += flows("i", "deep", "u", "j")
    body = START + gateway("parallelGateway", "split") + sub("part", inside) + user("a") + END
    body += event("intermediateCatch", "near", on("signal", "s")) + user("b")
    body += event("intermediateThrow", "cry", on("signal", "s")) + user("c")
    body += flow("start", "split") + flows("split", "part", "end") + flows("split", "near", "b", "end")
    body += flows("split", "a", "cry", "c", "end")
    play = Play(model(body))
    assert sorted(one.element_id for one in play.waiting.signals) == ["deep", "near"]
    play.complete("a")
    assert play.tasks == ["b", "c", "u"]
    assert [(one.element_id, one.name) for one in play.execution.drain_signals()] == [("cry", "s")]
    assert play.execution.drain_signals() == []


def test_a_signal_end_event_throws_too() -> None:
    play = Play(model(START + event("end", "cry", on("signal", "s")) + flow("start", "cry")))
    assert [one.element_id for one in play.execution.drain_signals()] == ["cry"]
    assert play.execution.status == "completed"


def test_a_signal_carries_what_its_declaration_says() -> None:
    declared = (
        '<signal id="sp" name="sp"><extensionElements><s:payloadExpression>a.n + 1</s:payloadExpression>'
        "<s:variableName>got</s:variableName></extensionElements></signal>"
    )
    body = (
        START + gateway("parallelGateway", "split") + user("a") + event("intermediateThrow", "cry", on("signal", "sp"))
    )
    body += event("intermediateCatch", "near", on("signal", "sp")) + user("b") + END + flow("start", "split")
    body += flows("split", "a", "cry", "end") + flows("split", "near", "b", "end")
    play = Play(file(f'{declared}<process id="p" isExecutable="true">{body}</process>')).complete("a", n=1)
    assert play.waiting.user_tasks[0].data["got"] == 2
    assert play.execution.drain_signals()[0].payload == 2


def test_a_signal_from_outside_reaches_who_still_waits_and_nobody_else() -> None:
    play = Play(
        model(
            START
            + event("intermediateCatch", "c", on("signal", "s"))
            + user("a")
            + END
            + flows("start", "c", "a", "end")
        )
    )
    waiting = play.waiting.signals[0]
    with pytest.raises(MessageNotWaiting):
        play.execution.deliver_signal("other", None, waiting.id)
    assert play.hear("s").tasks == ["a"]
    with pytest.raises(MessageNotWaiting):
        play.execution.deliver_signal("s", None, waiting.id)


# -- calls

INPUTS = (
    '<ioSpecification><dataInput id="claim"/><dataInput id="day"/><dataOutput id="answer"/><inputSet>'
    "<dataInputRefs>claim</dataInputRefs><dataInputRefs>day</dataInputRefs></inputSet>"
    "<outputSet><dataOutputRefs>answer</dataOutputRefs></outputSet></ioSpecification>"
)


def mapped(kind: str, **pairs: str) -> str:
    return "".join(
        f"<{kind}><targetRef>{to}</targetRef><assignment><from>{text}</from><to>{to}</to></assignment></{kind}>"
        for to, text in pairs.items()
    )


def calling(inner: str, io: str = INPUTS) -> bytes:
    callee = io + event("start", "i") + script("compute", 'answer = {id: claim.id, day: day}\nsecret = "x"')
    callee += user("look") + event("end", "j") + flows("i", "compute", "look", "j")
    body = START + call("ask", "q", inner) + user("z") + END + flows("start", "ask", "z", "end")
    return file(
        f'<process id="p" isExecutable="true">{body}</process><process id="q" isExecutable="true">{callee}</process>'
    )


def test_inputs_and_outputs_go_by_their_names_when_nothing_else_is_said() -> None:
    play = Play(calling(""), claim={"id": "C"}, day="mon", other=1)
    assert set(play.waiting.user_tasks[0].data) == {"claim", "day", "answer", "secret"}
    play.complete("look")
    assert play.waiting.user_tasks[0].data == {
        "claim": {"id": "C"}, "day": "mon", "other": 1, "answer": {"id": "C", "day": "mon"}
    }  # fmt: skip


def test_assignments_say_where_inputs_come_from_and_outputs_go() -> None:
    inner = mapped("dataInputAssociation", claim="{id: facts.id}", day='"tue"') + mapped(
        "dataOutputAssociation", result="answer.day"
    )
    play = Play(calling(inner), facts={"id": "F"}).complete("look")
    assert play.waiting.user_tasks[0].data == {"facts": {"id": "F"}, "result": "tue"}


def test_a_missing_input_stops_the_call_and_can_be_set() -> None:
    play = Play(calling(""), claim={"id": "C"})
    assert (play.kinds, play.incidents[0].element_id) == (["data"], "ask")
    play.reload().set_variables({"day": "mon"})
    assert play.retry().tasks == ["look"]


def test_a_called_process_that_declares_nothing_shares_nothing() -> None:
    io = "<ioSpecification><inputSet/><outputSet/></ioSpecification>"
    callee = io + event("start", "i") + user("look") + event("end", "j") + flows("i", "look", "j")
    body = START + call("ask", "q") + user("z") + END + flows("start", "ask", "z", "end")
    xml = f'<process id="p" isExecutable="true">{body}</process><process id="q" isExecutable="true">{callee}</process>'
    play = Play(file(xml), claim=1)
    assert play.waiting.user_tasks[0].data == {}
    assert play.complete("look", x=1).waiting.user_tasks[0].data == {"claim": 1}


# -- transactions


def cancelling(edge: bool = True) -> bytes:
    inside = (
        event("start", "i")
        + gateway("parallelGateway", "split")
        + user("u")
        + event("end", "stop", "<cancelEventDefinition/>")
    )
    deep = event("start", "k") + user("w") + boundary("soon", "w", on("message", "m"), variable="v") + event("end", "l")
    inside += sub("deep", deep + flows("k", "w", "l") + flow("soon", "l")) + event("end", "j") + service("asked")
    inside += flows("i", "split", "u", "stop") + flows("split", "deep", "j") + flows("split", "asked", "j")
    catcher = (
        boundary("cancelled", "part", "<cancelEventDefinition/>") + user("undo") + flows("cancelled", "undo", "end")
    )
    body = START + sub("part", inside, kind="transaction") + (catcher if edge else "") + user("z") + END
    return model(body + flows("start", "part", "z", "end"))


def test_cancelling_a_transaction_takes_all_open_work_in_it_away() -> None:
    play = Play(cancelling())
    assert (play.tasks, len(play.waiting.messages), len(play.waiting.service_calls)) == (["u", "w"], 1, 1)
    play.complete("u")
    assert (play.tasks, play.waiting.messages, play.waiting.service_calls) == (["undo"], (), ())
    assert play.complete("undo").execution.status == "completed"
    assert play.kinds == []


def test_a_cancellation_that_nobody_catches_is_an_incident() -> None:
    play = Play(cancelling(edge=False)).complete("u")
    assert (play.kinds, play.incidents[0].element_id, play.execution.status) == (["uncaught-cancel"], "stop", "stopped")


def test_a_transaction_that_is_not_cancelled_ends_like_a_sub_process() -> None:
    inside = event("start", "i") + user("u") + event("end", "j") + flows("i", "u", "j")
    body = START + sub("part", inside, kind="transaction") + boundary("cancelled", "part", "<cancelEventDefinition/>")
    body += user("z") + user("undo") + END + flows("start", "part", "z", "end") + flows("cancelled", "undo", "end")
    play = Play(model(body)).complete("u", n=1)
    assert (play.tasks, play.execution.variables) == (["z"], {"u": {"n": 1}})


# -- errors


def test_an_error_walks_through_calls_to_the_nearest_catcher() -> None:
    io = "<ioSpecification><inputSet/><outputSet/></ioSpecification>"
    callee = io + event("start", "i") + user("u") + event("end", "failed", on("error", "e")) + flows("i", "u", "failed")
    inside = event("start", "k") + call("ask", "q") + event("end", "l") + flows("k", "ask", "l")
    body = START + sub("part", inside) + boundary("edge", "part", on("error", "e")) + user("z") + END
    body += flows("start", "part", "end") + flows("edge", "z", "end")
    xml = f'{DECLARED}<process id="p" isExecutable="true">{body}</process>'
    play = Play(file(f'{xml}<process id="q" isExecutable="true">{callee}</process>')).complete("u")
    assert (play.tasks, play.kinds) == (["z"], [])


def test_an_exact_code_wins_over_a_catch_all_and_an_unrelated_branch_is_left_alone() -> None:
    def part(name: str, code: str) -> str:
        inside = event("start", f"{name}_i") + user(f"{name}_u") + event("end", f"{name}_j", on("error", code))
        inside += flows(f"{name}_i", f"{name}_u", f"{name}_j")
        edges = boundary(f"{name}_any", name, on("error")) + boundary(f"{name}_exact", name, on("error", "e"))
        after = user(f"{name}_any_task") + user(f"{name}_exact_task")
        after += flows(f"{name}_any", f"{name}_any_task", "end") + flows(f"{name}_exact", f"{name}_exact_task", "end")
        return sub(name, inside) + edges + after + flows("split", name, "end")

    body = (
        START
        + gateway("parallelGateway", "split")
        + flow("start", "split")
        + part("one", "e")
        + part("two", "e2")
        + END
    )
    play = Play(model(body)).complete("one_u")
    assert play.tasks == ["one_exact_task", "two_u"]
    assert play.complete("two_u").tasks == ["one_exact_task", "two_any_task"]


@pytest.mark.parametrize(("definition", "kind"), [("error", "uncaught-error"), ("escalation", "uncaught-escalation")])
def test_what_nobody_catches_is_an_incident(definition: str, kind: str) -> None:
    ref = {"error": "e", "escalation": "x"}[definition]
    play = Play(model(START + event("end", "up", on(definition, ref)) + flow("start", "up")))
    assert (play.kinds, play.incidents[0].element_id) == ([kind], "up")
    assert play.execution.status == ("stopped" if definition == "error" else "completed")


# -- data objects


def data_object(name: str) -> str:
    return f'<dataObject id="{name}"/><dataObjectReference id="{name}_ref" dataObjectRef="{name}"/>'


def reads(name: str) -> str:
    return (
        f"<dataInputAssociation><sourceRef>{name}_ref</sourceRef><targetRef>{name}</targetRef></dataInputAssociation>"
    )


def writes(name: str) -> str:
    return f"<dataOutputAssociation><targetRef>{name}_ref</targetRef></dataOutputAssociation>"


def test_a_data_object_is_null_until_it_is_written_and_lent_to_who_reads_it() -> None:
    body = (
        data_object("level")
        + START
        + script("first", "seen = level = null")
        + script("set", "level = 7", writes("level"))
    )
    body += script("second", "twice = level * 2", reads("level")) + user("a") + END
    play = Play(model(body + flows("start", "first", "set", "second", "a", "end")))
    assert play.waiting.user_tasks[0].data == {"seen": True, "twice": 14}
    assert play.reload().data_objects == {"level": 7}


def test_a_data_object_of_a_sub_process_hides_one_outside_and_ends_with_it() -> None:
    inside = (
        data_object("level").replace("level", "inner")
        + event("start", "i")
        + script("set", "inner = 1", writes("inner"))
    )
    inside += script("use", "sum = inner + level") + user("u") + event("end", "j") + flows("i", "set", "use", "u", "j")
    body = data_object("level") + START + script("outer", "level = 10", writes("level")) + sub("part", inside)
    body += script("after", "gone = level") + user("z") + END + flows("start", "outer", "part", "after", "z", "end")
    play = Play(model(body))
    assert play.waiting.user_tasks[0].data == {"sum": 11}
    play.complete("u")
    assert play.waiting.user_tasks[0].data == {"sum": 11, "u": {}, "gone": 10}


def test_a_data_object_that_nobody_filled_stops_its_association() -> None:
    body = data_object("level") + START + script("set", "other = 1", writes("level")) + END
    assert Play(model(body + flows("start", "set", "end"))).kinds == ["data"]


def test_instances_of_a_loop_see_and_write_data_objects() -> None:
    looped = script("each", "answer = item", many("items") + "")
    body = data_object("level") + START + looped + user("z") + END + flows("start", "each", "z", "end")
    assert Play(model(body), items=[1, 2]).execution.variables["results"] == [1, 2]


def test_a_condition_on_a_data_object_waits_until_somebody_else_writes_it() -> None:
    body = data_object("level") + START + gateway("parallelGateway", "split") + user("a")
    body += (
        script("set", "level = a.n", writes("level"))
        + event("intermediateCatch", "high", when("level &gt; 1"))
        + user("b")
        + END
    )
    body += flow("start", "split") + flows("split", "a", "set", "end") + flows("split", "high", "b", "end")
    assert Play(model(body)).complete("a", n=1).tasks == []
    assert Play(model(body)).complete("a", n=2).tasks == ["b"]
