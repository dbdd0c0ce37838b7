"""Random models of nested blocks, for comparing stored instances with running ones."""

from dataclasses import dataclass
from itertools import pairwise

from bench.dice import Dice
from bench.models import PREFIX, Drawing, Model

DEEPEST = 3
KINDS = ("task", "task", "script", "either", "both", "many", "each", "inside", "late", "again")
"""What a block may be; the first two are the most frequent."""


@dataclass
class Growth:
    """A model that grows. Each block returns the ids at its two ends."""

    drawing: Drawing
    dice: Dice
    made: int = 0

    def name(self, kind: str) -> str:
        self.made += 1
        return f"{kind}{self.made}"

    def block(self, depth: int) -> tuple[str, str]:
        kind = self.dice.pick(KINDS[:3] if depth >= DEEPEST else KINDS)
        made: tuple[str, str] = getattr(self, f"_{kind}")(depth)
        return made

    def row(self, depth: int) -> tuple[str, str]:
        """One to three blocks after each other."""
        blocks = [self.block(depth) for _ in range(1 + self.dice.below(3))]
        for (_, end), (start, _) in pairwise(blocks):
            self.drawing.flow(end, start)
        return blocks[0][0], blocks[-1][1]

    def _task(self, _: int) -> tuple[str, str]:
        task = self.drawing.user_task(self.name("t"))
        return task, task

    def _script(self, _: int) -> tuple[str, str]:
        name = self.name("s")
        text = f'<bpmn:script>{name}_value = {{n: {self.dice.below(9)}.50, at: @"2026-11-24"}}</bpmn:script>'
        self.drawing.node("scriptTask", name, text, scriptFormat="FEEL")
        return name, name

    def _either(self, depth: int) -> tuple[str, str]:
        gateway, join, other = self.name("x"), self.name("xj"), self.name("f_else")
        self.drawing.node("exclusiveGateway", gateway, default=other)
        self.drawing.node("exclusiveGateway", join)
        (first, first_end), (second, second_end) = self.row(depth + 1), self.row(depth + 1)
        self.drawing.flow(gateway, first, "amount > 500")
        self.drawing.flow(gateway, second, id_=other)
        self.drawing.line(first_end, join)
        self.drawing.line(second_end, join)
        return gateway, join

    def _both(self, depth: int) -> tuple[str, str]:
        split, join = self.name("p"), self.name("pj")
        self.drawing.node("parallelGateway", split)
        self.drawing.node("parallelGateway", join)
        for _ in range(2 + self.dice.below(2)):
            first, last = self.row(depth + 1)
            self.drawing.line(split, first)
            self.drawing.line(last, join)
        return split, join

    def _many(self, _: int) -> tuple[str, str]:
        return self._instances(sequential=False)

    def _each(self, _: int) -> tuple[str, str]:
        return self._instances(sequential=True)

    def _instances(self, *, sequential: bool) -> tuple[str, str]:
        name = self.name("m")
        inner = (
            f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
            "<bpmn:loopDataInputRef>items</bpmn:loopDataInputRef>"
            f"<bpmn:loopDataOutputRef>{name}_results</bpmn:loopDataOutputRef>"
            f'<bpmn:inputDataItem id="{name}_item" name="{name}_item"/>'
            f'<bpmn:outputDataItem id="{name}_out" name="{name}_out"/></bpmn:multiInstanceLoopCharacteristics>'
        )
        self.drawing.user_task(name, inner=inner)
        return name, name

    def _inside(self, depth: int) -> tuple[str, str]:
        name, start, end = self.name("sub"), self.name("ss"), self.name("se")
        self.drawing.open(name)
        self.drawing.node("startEvent", start)
        first, last = self.row(depth + 1)
        self.drawing.node("endEvent", end)
        self.drawing.line(start, first)
        self.drawing.line(last, end)
        self.drawing.close()
        return name, name

    def _late(self, _: int) -> tuple[str, str]:
        """A task with a timer that interrupts it."""
        task, timer, join = self.drawing.user_task(self.name("t")), self.name("late"), self.name("lj")
        duration = '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">@"PT1H"</bpmn:timeDuration>'
        definition = f'<bpmn:timerEventDefinition id="{timer}_def">{duration}</bpmn:timerEventDefinition>'
        self.drawing.node("boundaryEvent", timer, definition, attachedToRef=task)
        self.drawing.node("exclusiveGateway", join)
        self.drawing.line(task, join)
        self.drawing.line(timer, join)
        return task, join

    def _again(self, depth: int) -> tuple[str, str]:
        """A loop through a gateway, gone round while its task asks for more."""
        begin, task, more, out = self.name("lb"), self.name("t"), self.name("l"), self.name("f_out")
        self.drawing.node("exclusiveGateway", begin)
        self.drawing.user_task(task)
        self.drawing.node("exclusiveGateway", more, default=out)
        after = self.drawing.user_task(self.name("t"))
        self.drawing.line(begin, task, more)
        self.drawing.flow(more, begin, f"{task}.more = true")
        self.drawing.flow(more, after, id_=out)
        return begin, after


def grown(seed: str) -> Model:
    """The model of a seed."""
    drawing = Drawing(f"{PREFIX}grown")
    growth = Growth(drawing, Dice(seed))
    start, end = drawing.node("startEvent", "start"), drawing.node("endEvent", "end")
    first, last = growth.row(0)
    drawing.line(start, first)
    drawing.line(last, end)
    return drawing.done()
