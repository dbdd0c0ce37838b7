"""The models that are measured: a straight line, a mixture, a loop, many instances, many branches, calls in calls."""

from tests.workflows.engine.token_game.drawing import Scope, document, many


def straight(count: int) -> bytes:
    """User tasks one after the other."""
    scope = Scope()
    scope.node("startEvent", "start")
    tasks = [scope.user(f"t{number}") for number in range(count)]
    scope.node("endEvent", "end")
    scope.line("start", *tasks, "end")
    return document(("main", scope))


def mixed(count: int) -> bytes:
    """Blocks of a user task, a gateway, a script or another user task, and a merge, up to so many activities.

    All answers go to one variable, so that data do not grow with the tasks.
    """
    scope = Scope()
    last = scope.node("startEvent", "start")
    for block in range((count + 2) // 3):
        user, split, script, other, merge = (f"{letter}{block}" for letter in "ugsvj")
        scope.user(user, variable="answer")
        scope.node("exclusiveGateway", split)
        scope.script(script, "y = 1")
        scope.user(other, variable="answer")
        scope.node("exclusiveGateway", merge)
        scope.line(last, user, split)
        scope.flow(split, script, "ok")
        scope.default(split, scope.flow(split, other))
        scope.line(script, merge)
        scope.line(other, merge)
        last = merge
    scope.node("endEvent", "end")
    scope.line(last, "end")
    return document(("main", scope))


def loop() -> bytes:
    """A user task again and again until `done`."""
    scope = Scope()
    scope.node("startEvent", "start")
    scope.user("work")
    scope.node("exclusiveGateway", "again", properties={"maxIterations": "100000"})
    scope.node("endEvent", "end")
    scope.line("start", "work", "again")
    scope.default("again", scope.flow("again", "work"))
    scope.flow("again", "end", "done")
    return document(("main", scope))


def loop_beside_a_task() -> bytes:
    """The loop in one branch of two; each round also ends a token of its own."""
    scope = Scope()
    scope.node("startEvent", "start")
    for gateway in ("split", "fork", "join"):
        scope.node("parallelGateway", gateway)
    scope.user("work")
    scope.user("beside")
    scope.script("note", "noted = work.n")
    scope.node("exclusiveGateway", "merge")
    scope.node("exclusiveGateway", "again", properties={"maxIterations": "100000"})
    scope.node("endEvent", "aside")
    scope.node("endEvent", "end")
    scope.line("start", "split", "merge", "work", "fork", "again")
    scope.line("fork", "note", "aside")
    scope.line("split", "beside", "join", "end")
    scope.default("again", scope.flow("again", "merge"))
    scope.flow("again", "join", "work.n < 0")
    return document(("main", scope))


def many_instances(*, sequential: bool) -> bytes:
    """A user task for each of `items`; the answers come together in `results`."""
    scope = Scope()
    scope.node("startEvent", "start")
    scope.node(
        "userTask",
        "each",
        many(sequential=sequential, items="items", output="results"),
        properties={"formKey": "each", "variable": "answer", "maxItems": "100000"},
    )
    scope.user("after")
    scope.node("endEvent", "end")
    scope.line("start", "each", "after", "end")
    return document(("main", scope))


def many_counted(*, sequential: bool) -> bytes:
    """A user task `count` times, without items and results."""
    scope = Scope()
    scope.node("startEvent", "start")
    properties = {"formKey": "each", "maxItems": "100000"}
    scope.node("userTask", "each", many(sequential=sequential, count="count"), properties=properties)
    scope.user("after")
    scope.node("endEvent", "end")
    scope.line("start", "each", "after", "end")
    return document(("main", scope))


def branches(count: int) -> bytes:
    """So many user tasks side by side, joined."""
    scope = Scope()
    scope.node("startEvent", "start")
    scope.node("parallelGateway", "split")
    scope.node("parallelGateway", "join")
    scope.node("endEvent", "end")
    scope.flow("start", "split")
    for number in range(count):
        scope.line("split", scope.user(f"t{number}"), "join")
    scope.flow("join", "end")
    return document(("main", scope))


def calls(depth: int) -> bytes:
    """A process that calls a process that calls a process."""
    processes = []
    for level in range(depth):
        scope = Scope()
        scope.node("startEvent", f"start{level}")
        if level + 1 < depth:
            inside = scope.node("callActivity", f"call{level}", calledElement=f"process{level + 1}")
        else:
            inside = scope.user("deepest")
        scope.node("endEvent", f"end{level}")
        scope.line(f"start{level}", inside, f"end{level}")
        processes.append(("main" if level == 0 else f"process{level}", scope))
    return document(*processes)
