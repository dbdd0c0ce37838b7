"""Moments of models that are drawn for them: nested scopes, transactions, many instances of a called process."""

# mypy: disable-error-code="import-untyped"
from collections.abc import Callable
from datetime import timedelta

from lxml import etree

from tests.workflows.engine.play import NOON, Decisions, Play
from tests.workflows.engine.token_game.drawing import Scope, document, error, many, message, timer
from tests.workflows.engine.token_game.measured import loop_beside_a_task
from workflows.engine import CompiledProcess, Execution


def started(process: CompiledProcess, **variables: object) -> Play:
    """A play of a compiled process."""
    play = Play.__new__(Play)
    play.process, play.host, play.now, play.incidents = process, Decisions(), NOON, []
    play.execution = Execution.start(process, variables, host=play.host, now=play.now)
    return play


def without_diagram(xml: bytes) -> bytes:
    """The file without its drawing, which is no part of the model."""
    root = etree.fromstring(xml)
    for diagram in root.findall("{*}BPMNDiagram"):
        root.remove(diagram)
    found: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return found


def _nested() -> bytes:
    """Three scopes in each other, a boundary timer on each, an event sub-process with a timer at the top."""
    inner = Scope()
    for depth in (3, 2, 1):
        scope = Scope()
        scope.node("startEvent", f"start{depth}")
        if depth == 3:
            scope.user("work")
            scope.line("start3", "work", "end3")
        else:
            scope.inside("subProcess", f"sub{depth + 1}", inner)
            scope.node("boundaryEvent", f"late{depth + 1}", timer(f"P{depth}D"), attachedToRef=f"sub{depth + 1}",
                       cancelActivity="false")  # fmt: skip
            scope.user(f"chase{depth + 1}")
            scope.node("endEvent", f"chased{depth + 1}")
            scope.line(f"start{depth}", f"sub{depth + 1}", f"end{depth}")
            scope.line(f"late{depth + 1}", f"chase{depth + 1}", f"chased{depth + 1}")
        scope.node("endEvent", f"end{depth}")
        inner = scope
    return document(("main", inner))


def _transaction() -> bytes:
    inside, main = Scope(), Scope()
    inside.node("startEvent", "t_start")
    inside.user("pay")
    inside.node("endEvent", "t_end")
    inside.line("t_start", "pay", "t_end")
    main.node("startEvent", "start")
    main.inside("transaction", "t", inside)
    main.node("boundaryEvent", "failed", error("CLOSED"), attachedToRef="t")
    main.node("endEvent", "end")
    main.node("endEvent", "undone")
    main.line("start", "t", "end")
    main.line("failed", "undone")
    return document(("main", main), errors=("CLOSED",))


def _many_calls() -> bytes:
    called, main = Scope(), Scope()
    called.node("startEvent", "c_start")
    called.user("answer_it", variable="answer")
    called.node("intermediateCatchEvent", "pause", timer("PT1H"))
    called.node("endEvent", "c_end")
    called.line("c_start", "answer_it", "pause", "c_end")
    main.node("startEvent", "start")
    main.node("callActivity", "each", many(sequential=False, items="items", output="results"), calledElement="called")
    main.user("after")
    main.node("endEvent", "end")
    main.line("start", "each", "after", "end")
    return document(("main", main), ("called", called))


def _receive() -> bytes:
    main = Scope()
    main.node("startEvent", "start")
    main.node("receiveTask", "wait", messageRef="paid")
    main.node("boundaryEvent", "on_asked", message("asked"), attachedToRef="wait", cancelActivity="false")
    main.user("reply")
    main.node("endEvent", "end")
    main.node("endEvent", "replied")
    main.line("start", "wait", "end")
    main.line("on_asked", "reply", "replied")
    return document(("main", main), messages=("paid", "asked"))


def _nested_play(process: CompiledProcess) -> Play:
    play = started(process)
    play.now += timedelta(days=1)
    play.reload().fire_timers(play.now)
    return play


def _rounds_beside(process: CompiledProcess) -> Play:
    play = started(process, work={"n": 0}, noted=0)
    for number in range(1, 60):
        play.complete("work", n=number)
    return play


MOMENTS: dict[str, tuple[bytes, Callable[[CompiledProcess], Play]]] = {
    "nested_scopes": (_nested(), _nested_play),
    "transaction": (_transaction(), started),
    "many_calls": (_many_calls(), lambda process: started(process, items=["x", "y", "z"]).complete("answer_it", n=1)),
    "rounds_that_left_tokens_behind": (loop_beside_a_task(), _rounds_beside),
    "receive_task": (_receive(), lambda process: started(process).receive("asked", n=1)),
}
