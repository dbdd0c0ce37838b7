"""The stored state against the library's own picture of an instance, at every step of random runs of random models."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workflows.engine.play import NOON, Decisions, Play
from tests.workflows.engine.states.capture import TYPED
from tests.workflows.engine.states.drawn import started
from tests.workflows.engine.test_codec import picture
from tests.workflows.engine.token_game.drawing import Scope, document, many, message, signal, timer
from tests.workflows.engine.token_game.random_models import Made, models
from workflows.engine import compact, compile_process
from workflows.engine.values import same


def step(play: Play, data: st.DataObject) -> bool:
    """One random step; False when nothing can be done any more."""
    waiting = play.waiting
    choices: list[Any] = [("user", one) for one in waiting.user_tasks]
    choices += [("message", one) for one in waiting.messages]
    choices += [("time", min(waiting.timers, key=lambda one: one.due_at))] if waiting.timers else []
    choices += [("signal", one) for one in waiting.signals]
    if not choices:
        return False
    kind, one = data.draw(st.sampled_from(choices))
    if kind == "user":
        answers = {"n": Decimal(data.draw(st.integers(0, 3))), **({"typed": TYPED} if data.draw(st.booleans()) else {})}
        play.execution.complete_user_task(one.id, answers)
    elif kind == "message":
        play.execution.deliver_message(one.name, {"n": Decimal(1), "typed": TYPED}, one.id)
    elif kind == "signal":
        play.execution.deliver_signal(one.name, {"n": Decimal(1)}, one.id)
    else:
        play.now = max(play.now, one.due_at)
        play.execution.fire_timers(play.now)
    return True


def agree(play: Play, data: st.DataObject, steps: int) -> None:
    """Storing and loading changes nothing of what the library would store, nor of what is waited for."""
    for _ in range(steps):
        before, waiting, variables = picture(play.execution), play.waiting, play.execution.variables
        play.reload()
        assert picture(play.execution) == before
        assert play.waiting == waiting
        assert same(play.execution.variables, variables)
        if not step(play, data):
            break


@pytest.mark.parametrize("limit", [0, compact.LIMIT, 10**9])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=models(), data=st.data())
def test_a_random_model_is_stored_as_it_is(limit: int, made: Made, data: st.DataObject) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compact, "LIMIT", limit)
        play = started(compile_process({"drawn.bpmn": made.xml}, "main"), **made.variables, typed=TYPED)
        agree(play, data, steps=20)


def everything() -> bytes:
    """What the random models have not: event sub-processes, signals, a cycle, a data object, a stopped task."""
    main, noted, lapsed = Scope(), Scope(), Scope()
    for scope, name, definition in ((noted, "noted", message("note")), (lapsed, "lapsed", timer("P2D"))):
        scope.node("startEvent", f"{name}_start", definition, isInterrupting="false")
        scope.user(f"{name}_task")
        scope.node("endEvent", f"{name}_end")
        scope.line(f"{name}_start", f"{name}_task", f"{name}_end")
        main.inside("subProcess", name, scope, triggeredByEvent="true")
    main.parts.append('<dataObject id="kept"/><dataObjectReference id="kept_ref" dataObjectRef="kept"/>')
    main.node("startEvent", "start")
    main.node("parallelGateway", "split")
    keeps = '<dataOutputAssociation id="doa"><targetRef>kept_ref</targetRef></dataOutputAssociation>'
    main.node("userTask", "a", keeps, properties={"formKey": "a", "variable": "kept"})
    main.node("boundaryEvent", "again", timer("R3/PT5H", "timeCycle"), attachedToRef="a", cancelActivity="false")
    main.user("chase")
    main.node("intermediateThrowEvent", "tell", signal("news"))
    main.node("intermediateCatchEvent", "hear", signal("news"))
    main.node("intermediateCatchEvent", "outside", signal("rumor"))
    main.script("broken", "x = typed + 1")
    main.node("userTask", "each", many(sequential=True, count="3"), properties={"formKey": "each"})
    for end in ("end", "chased", "heard", "broke"):
        main.node("endEvent", end)
    main.line("start", "split", "a", "tell", "end")
    main.line("again", "chase", "chased")
    main.line("split", "hear", "outside", "each", "heard")
    main.line("split", "broken", "broke")
    return document(("main", main), messages=("note",), signals=("news", "rumor"))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_events_handlers_data_objects_and_stopped_tasks_are_stored_as_they_are(data: st.DataObject) -> None:
    play = started(compile_process({"everything.bpmn": everything()}, "main"), typed=TYPED)
    assert [one.kind for one in play.execution.drain_incidents()] == ["expression"]
    agree(play, data, steps=15)


def test_a_typed_value_is_stored_in_every_place_it_can_be() -> None:
    play = Play("two_tasks", Decisions(), **TYPED).complete("a", **TYPED)
    variables = play.execution.variables
    assert same(play.reload().variables, variables)
    assert same({name: variables[name] for name in TYPED}, {name: variables["a"][name] for name in TYPED})
    assert play.now == NOON
