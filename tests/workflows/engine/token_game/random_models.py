"""Random models that can be run: blocks inside blocks, and mazes of exclusive gateways that jump back and forth.

Each variable has one writer at a time: a script writes variables that its branch owns, a user task the variable of its
own name. Every loop has a user task in it. Boundary events and event gateways have timers that differ in length.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import strategies as st

from tests.workflows.engine.token_game.drawing import Scope, document, error, many, message, timer

VARIABLES = ("v0", "v1", "v2", "v3", "v4", "v5")
End = tuple[str, str]
"""First and last node of a block."""


@dataclass(frozen=True)
class Made:
    """A model and what it starts with."""

    xml: bytes
    variables: dict[str, object]


@dataclass
class Maker:
    """Draws one model. budget: how many more blocks; depth: scopes around; told: only the variables can be read."""

    draw: Callable[..., object]
    budget: int = 14
    numbers: dict[str, int] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)
    called: list[tuple[str, Scope]] = field(default_factory=list)
    depth: int = 0
    in_many: bool = False
    told: bool = False

    def number(self, low: int, high: int) -> int:
        found = self.draw(st.integers(low, high))
        assert isinstance(found, int)
        return found

    def new(self, kind: str) -> str:
        self.numbers[kind] = self.numbers.get(kind, 0) + 1
        return f"{kind}{self.numbers[kind]}"

    def made(self) -> Made:
        main = Scope()
        self._whole(main, list(VARIABLES), "start", "end")
        variables: dict[str, object] = {name: self.number(0, 3) for name in VARIABLES}
        variables |= {name: {"n": 0} for name in self.tasks}
        variables["items"] = [1, 2, 3][: self.number(0, 3)]
        xml = document(("main", main), *self.called, messages=tuple(self.messages), errors=tuple(self.errors))
        return Made(xml, variables)

    # Sequences

    def _whole(self, scope: Scope, names: list[str], start: str, end: str, gives: list[str] | None = None) -> None:
        """All of a process or sub-process. gives: variables that it hands out."""
        scope.node("startEvent", start)
        first, last = self._sequence(scope, names)
        if gives:
            script = scope.script(self.new("s"), "\n".join(f"given_{name} = {name} + 1" for name in gives))
            scope.flow(script, first)
            first = script
        scope.node("endEvent", end)
        scope.line(start, first)
        scope.line(last, end)

    def _sequence(self, scope: Scope, names: list[str]) -> End:
        blocks = [self._block(scope, names) for _ in range(self.number(1, 3))]
        for (_, last), (first, _) in pairwise(blocks):
            scope.flow(last, first)
        return blocks[0][0], blocks[-1][1]

    def _block(self, scope: Scope, names: list[str]) -> End:
        self.budget -= 1
        simple = [self._user, self._user, self._script, self._catch]
        nested = [
            self._exclusive, self._parallel, self._parallel, self._inclusive, self._loop, self._maze, self._events,
            self._watched_task, self._sub_process, self._sub_process, self._call, self._many, self._rounds,
            self._early_end, self._link,
        ]  # fmt: skip
        kinds = simple if self.budget <= 0 or self.depth > 3 else [*simple, *nested]
        made: End = self.draw(st.sampled_from(kinds))(scope, names)  # type: ignore[operator]
        return made

    def _condition(self) -> str:
        readable = [*VARIABLES, *(f"{task}.n" for task in self.tasks if not self.told)]
        name = self.draw(st.sampled_from(readable))
        return f"{name} {self.draw(st.sampled_from(['<', '>', '=']))} {self.number(0, 3)}"

    # Simple blocks

    def _user(self, scope: Scope, names: list[str]) -> End:
        task = scope.user(self.new("t"))
        self.tasks.append(task)
        return task, task

    def _script(self, scope: Scope, names: list[str]) -> End:
        script = self.new("s")
        lines = [f"{self.draw(st.sampled_from(names))} = {self.draw(st.sampled_from(names))} + 1"] if names else []
        scope.script(script, "\n".join(lines) or "unused = 1") if lines else scope.node("manualTask", script)
        if not lines:
            self.tasks.append(script)
        return script, script

    def _catch(self, scope: Scope, names: list[str]) -> End:
        caught = self.new("c")
        if self.in_many or self.number(0, 1):
            scope.node("intermediateCatchEvent", caught, self._timer())
        else:
            scope.node("intermediateCatchEvent", caught, self._message(), extension=self._stored(caught))
        return caught, caught

    def _timer(self) -> str:
        self.numbers["timer"] = self.numbers.get("timer", 0) + 1
        return timer(f"PT{3600 * self.number(1, 5) + 61 * self.numbers['timer'] ** 2}S")

    def _message(self) -> str:
        self.messages.append(self.new("m"))
        return message(self.messages[-1])

    def _stored(self, variable: str) -> str:
        self.tasks.append(variable)
        return f"<s:messageVariable>{variable}</s:messageVariable>"

    # Gateways

    def _exclusive(self, scope: Scope, names: list[str]) -> End:
        split, join = scope.node("exclusiveGateway", self.new("x")), scope.node("exclusiveGateway", self.new("x"))
        for number in range(self.number(2, 3)):
            condition = None if number == 0 else self._condition()
            first, last = self._sequence(scope, names) if self.number(0, 2) else (join, "")
            flow = scope.flow(split, first, condition)
            if number == 0:
                scope.default(split, flow)
            if last:
                scope.flow(last, join)
        return split, join

    def _parallel(self, scope: Scope, names: list[str]) -> End:
        split, join = scope.node("parallelGateway", self.new("p")), scope.node("parallelGateway", self.new("p"))
        branches = self.number(2, 3)
        for number in range(branches):
            if number == 1 and self.number(0, 4) == 0:
                scope.flow(split, join)
                continue
            first, last = self._sequence(scope, names[number::branches])
            scope.flow(split, first)
            scope.flow(last, join)
        return split, join

    def _inclusive(self, scope: Scope, names: list[str]) -> End:
        split, join = scope.node("inclusiveGateway", self.new("i")), scope.node("inclusiveGateway", self.new("i"))
        branches = self.number(2, 3)
        for number in range(branches):
            first, last = self._sequence(scope, names[number::branches])
            flow = scope.flow(split, first, None if number == 0 else self._condition())
            if number == 0:
                scope.default(split, flow)
            scope.flow(last, join)
        return split, join

    def _loop(self, scope: Scope, names: list[str]) -> End:
        merge, decide = scope.node("exclusiveGateway", self.new("x")), self._deciding(scope)
        first, last = self._sequence(scope, names)
        task, _ = self._user(scope, names)
        scope.line(merge, first)
        scope.line(last, task, decide)
        scope.flow(decide, merge, f"{task}.n > 1")
        after = scope.node("exclusiveGateway", self.new("x"))
        scope.default(decide, scope.flow(decide, after))
        return merge, after

    def _deciding(self, scope: Scope) -> str:
        return scope.node("exclusiveGateway", self.new("x"), properties={"maxIterations": "1000"})

    def _maze(self, scope: Scope, names: list[str]) -> End:
        """Stations with a task each; behind each one may jump to any other, by what was answered."""
        merges = [scope.node("exclusiveGateway", self.new("x")) for _ in range(self.number(2, 4))]
        after = scope.node("exclusiveGateway", self.new("x"))
        for number, merge in enumerate(merges):
            task, _ = self._user(scope, names)
            decide = self._deciding(scope)
            scope.line(merge, task, decide)
            for answer in range(2, 2 + self.number(1, 2)):
                target = merges[self.number(0, len(merges) - 1)]
                scope.flow(decide, target, f"{task}.n = {answer}")
            scope.default(decide, scope.flow(decide, [*merges, after][number + 1]))
        return merges[0], after

    def _events(self, scope: Scope, names: list[str]) -> End:
        gateway, join = scope.node("eventBasedGateway", self.new("e")), scope.node("exclusiveGateway", self.new("x"))
        for _ in range(self.number(2, 3)):
            caught, _ = self._catch(scope, names)
            scope.flow(gateway, caught)
            scope.flow(caught, join)
        return gateway, join

    def _link(self, scope: Scope, names: list[str]) -> End:
        thrown, caught, name = self.new("l"), self.new("l"), self.new("link")
        definition = f'<linkEventDefinition name="{name}"/>'
        scope.node("intermediateThrowEvent", thrown, definition)
        scope.node("intermediateCatchEvent", caught, definition)
        return thrown, caught

    def _early_end(self, scope: Scope, names: list[str]) -> End:
        """One way ends here: in an end event, in none at all, or by taking everything in its scope away."""
        split, after = scope.node("exclusiveGateway", self.new("x")), scope.node("exclusiveGateway", self.new("x"))
        kind = self.number(0, 2)
        if kind == 1:
            end, _ = self._user(scope, names)
        else:
            end = scope.node("endEvent", self.new("end_"), "<terminateEventDefinition/>" if kind == 2 else "")
        scope.flow(split, end, self._condition())
        scope.default(split, scope.flow(split, after))
        return split, after

    # Activities

    def _watched_task(self, scope: Scope, names: list[str]) -> End:
        task, _ = self._user(scope, names)
        after = scope.node("exclusiveGateway", self.new("x"))
        scope.flow(task, after)
        self._watch(scope, task, after, names)
        return task, after

    def _watch(self, scope: Scope, activity: str, after: str, names: list[str]) -> None:
        """Boundary events: interrupting ones go on behind the activity, others have a task of their own and end."""
        for _ in range(self.number(1, 2)):
            boundary, interrupting = self.new("b"), self.number(0, 1)
            definition = self._timer() if self.in_many or self.number(0, 1) else self._message()
            scope.node("boundaryEvent", boundary, definition, attachedToRef=activity,
                       cancelActivity="true" if interrupting else "false")  # fmt: skip
            task, _ = self._user(scope, names)
            scope.flow(boundary, task)
            if interrupting:
                scope.flow(task, after)
            else:
                scope.flow(task, scope.node("endEvent", self.new("end_")))

    def _sub_process(self, scope: Scope, names: list[str]) -> End:
        return self._scoped(scope, names, "")

    def _scoped(self, scope: Scope, names: list[str], loop: str) -> End:
        inner, sub = Scope(), self.new("sub")
        self.depth += 1
        self._whole(inner, names, f"{sub}_start", f"{sub}_end")
        after = scope.node("exclusiveGateway", self.new("x"))
        if self.number(0, 1):
            self._failing(inner, f"{sub}_end", scope, sub, after)
        self.depth -= 1
        scope.inside("subProcess", sub, inner, loop)
        scope.flow(sub, after)
        if self.number(0, 1):
            self._watch(scope, sub, after, names)
        return sub, after

    def _failing(self, inner: Scope, end: str, scope: Scope, sub: str, after: str) -> None:
        """The sub-process may end in an error, which its boundary catches."""
        self.errors.append(self.new("err"))
        last = next(one for one in inner.flows if one[2] == end)
        inner.flows.remove(last)
        decide, failed = inner.node("exclusiveGateway", self.new("x")), self.new("failed")
        inner.node("endEvent", failed, error(self.errors[-1]))
        inner.flow(last[1], decide)
        inner.flow(decide, failed, self._condition())
        inner.default(decide, inner.flow(decide, end))
        boundary = scope.node("boundaryEvent", self.new("b"), error(self.errors[-1]), attachedToRef=sub)
        scope.flow(boundary, after)

    def _call(self, scope: Scope, names: list[str]) -> End:
        called, call = Scope(), self.new("call")
        before = self.told
        if call == "call1" and names and self.number(0, 1):
            self.told = True
            called.parts.append(_declared([*VARIABLES, "items"], names))
        self.depth += 1
        self._whole(called, names, f"{call}_start", f"{call}_end", gives=names if self.told and not before else [])
        self.depth -= 1
        self.told = before
        self.called.append((f"{call}_process", called))
        scope.node("callActivity", call, calledElement=f"{call}_process")
        return call, call

    def _many(self, scope: Scope, names: list[str]) -> End:
        if self.in_many:
            return self._user(scope, names)
        sequential, results = bool(self.number(0, 1)), self.new("results")
        number = results.removeprefix("results")
        until = f"answer{number}.n > 2" if self.number(0, 3) == 0 else ""
        loop = many(sequential=sequential, items="items", output=results, until=until, number=number)
        if self.number(0, 1):
            each = scope.node(
                "userTask", self.new("each"), loop, properties={"formKey": "f", "variable": f"answer{number}"}
            )
            return each, each
        self.in_many = True
        inner, sub = Scope(), self.new("sub")
        inner.node("startEvent", f"{sub}_start")
        answer = inner.user(self.new("each"), variable=f"answer{number}")
        first, last = self._sequence(inner, names)
        inner.node("endEvent", f"{sub}_end")
        inner.line(f"{sub}_start", answer, first)
        inner.line(last, f"{sub}_end")
        scope.inside("subProcess", sub, inner, loop)
        self.in_many = False
        return sub, sub

    def _rounds(self, scope: Scope, names: list[str]) -> End:
        task = self.new("t")
        loop = f'<standardLoopCharacteristics loopMaximum="{self.number(1, 3)}"><loopCondition>{task}.n &gt; 1'
        scope.user(task, f"{loop}</loopCondition></standardLoopCharacteristics>")
        self.tasks.append(task)
        return task, task


def _declared(inputs: list[str], outputs: list[str]) -> str:
    """What a called process takes and gives; each name once, as ids are unique in a file."""
    given = [f"given_{name}" for name in outputs]
    parts = [f'<dataInput id="{name}" name="{name}"/>' for name in inputs]
    parts += [f'<dataOutput id="{name}" name="{name}"/>' for name in given]
    parts.append(f"<inputSet>{''.join(f'<dataInputRefs>{name}</dataInputRefs>' for name in inputs)}</inputSet>")
    parts.append(f"<outputSet>{''.join(f'<dataOutputRefs>{name}</dataOutputRefs>' for name in given)}</outputSet>")
    return f"<ioSpecification>{''.join(parts)}</ioSpecification>"


@st.composite
def models(draw: Callable[..., object], budget: int = 14) -> Made:
    """A random model."""
    return Maker(draw, budget=draw(st.integers(1, budget))).made()  # type: ignore[arg-type]
