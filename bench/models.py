"""The models that are measured, as BPMN files: a line, blocks with gateways, a loop, multi-instance, a timer."""

from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from bench.forms import ANSWER_FORM, LOOP_FORM, REVIEW_FORM

QUEUE = "bench_queue"
DECISION, OUTCOMES = "medical_necessity", ("appeal", "p2p_first", "correct_coding", "do_not_appeal")
PREFIX = "bench_"

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="file" targetNamespace="urn:countersign:bench">\n'
)


@dataclass(frozen=True)
class Model:
    """One process. key: its id; files: path -> content, as publication takes them."""

    key: str
    files: dict[str, bytes] = field(repr=False)

    @property
    def bpmn(self) -> bytes:
        return self.files[f"{self.key}.bpmn"]


class Drawing:
    """Elements and flows of one process, written down one after another."""

    def __init__(self, key: str) -> None:
        self.key, self.parts, self.flows = key, [], 0  # type: tuple[str, list[str], int]
        self.parts.append(f'<bpmn:process id="{key}" name={quoteattr(key)} isExecutable="true">')

    def node(self, tag: str, id_: str, inner: str = "", **more: str) -> str:
        given = "".join(f" {name}={quoteattr(value)}" for name, value in more.items())
        self.parts.append(f'<bpmn:{tag} id="{id_}" name="{id_}"{given}>{inner}</bpmn:{tag}>')
        return id_

    def user_task(self, id_: str, form: str = "answer", inner: str = "", **properties: str) -> str:
        return self.node("userTask", id_, _properties(formKey=form, candidateGroup=QUEUE, **properties) + inner)

    def open(self, id_: str) -> None:
        """What follows belongs to a sub-process, until close()."""
        self.parts.append(f'<bpmn:subProcess id="{id_}" name="{id_}">')

    def close(self) -> None:
        self.parts.append("</bpmn:subProcess>")

    def flow(self, source: str, target: str, condition: str | None = None, id_: str | None = None) -> str:
        self.flows += 1
        name = id_ or f"f{self.flows}"
        inner = ""
        if condition is not None:
            text = escape(condition)
            inner = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{text}</bpmn:conditionExpression>'
        ends = f'sourceRef="{source}" targetRef="{target}"'
        self.parts.append(f'<bpmn:sequenceFlow id="{name}" {ends}>{inner}</bpmn:sequenceFlow>')
        return name

    def line(self, *nodes: str) -> None:
        for source, target in pairwise(nodes):
            self.flow(source, target)

    def done(self) -> Model:
        text = "\n".join([_HEAD, *self.parts, "</bpmn:process>", "</bpmn:definitions>"])
        forms = {"answer": ANSWER_FORM, "review": REVIEW_FORM, "again": LOOP_FORM}
        used = {name: data for name, data in forms.items() if f'value="{name}"' in text}
        return Model(
            self.key, {f"{self.key}.bpmn": text.encode(), **{f"forms/{name}.json": one for name, one in used.items()}}
        )


def _properties(**given: str) -> str:
    inner = "".join(f'<spiffworkflow:property name="{name}" value={quoteattr(one)}/>' for name, one in given.items())
    wrapped = f"<spiffworkflow:properties>{inner}</spiffworkflow:properties>"
    return f"<bpmn:extensionElements>{wrapped}</bpmn:extensionElements>"


def straight(count: int, key: str | None = None) -> Model:
    """A line of `count` ordinary user tasks t0, t1, …."""
    return _line(key or f"{PREFIX}straight_{count}", count, {}, "answer")


def signed(count: int) -> Model:
    """A line of `count` clinical tasks, each completed with a signature only."""
    decided = {"clinicalDecision": DECISION, "outcomes": ",".join(OUTCOMES)}
    return _line(f"{PREFIX}signed_{count}", count, decided, "review")


def _line(key: str, count: int, properties: dict[str, str], form: str) -> Model:
    drawing = Drawing(key)
    start = drawing.node("startEvent", "start")
    tasks = [drawing.user_task(f"t{i}", form, dueIn="3 business days", **properties) for i in range(count)]
    end = drawing.node("endEvent", "end")
    drawing.line(start, *tasks, end)
    return drawing.done()


def mixed(count: int) -> Model:
    """Blocks of user task, exclusive gateway, (script | user task) and join, until there are `count` activities."""
    drawing = Drawing(f"{PREFIX}mixed_{count}")
    previous, done, block = drawing.node("startEvent", "start"), 0, 0
    while done < count:
        task = drawing.user_task(f"u{block}")
        gateway = drawing.node("exclusiveGateway", f"g{block}", default=f"other{block}")
        script = drawing.node(
            "scriptTask", f"s{block}", f"<bpmn:script>y{block} = {block}</bpmn:script>", scriptFormat="FEEL"
        )
        other, join = drawing.user_task(f"v{block}"), drawing.node("exclusiveGateway", f"j{block}")
        drawing.line(previous, task, gateway)
        drawing.flow(gateway, script, f'{task}.route = "appeal"')
        drawing.flow(gateway, other, id_=f"other{block}")
        drawing.flow(script, join)
        drawing.flow(other, join)
        previous, done, block = join, done + 3, block + 1
    drawing.line(previous, drawing.node("endEvent", "end"))
    return drawing.done()


def loop(most: int) -> Model:
    """One user task, repeated through a gateway while its answer asks for more, at most `most` times."""
    drawing = Drawing(f"{PREFIX}loop")
    start, task = drawing.node("startEvent", "start"), drawing.user_task("work", "again")
    more = drawing.node("exclusiveGateway", "more", _properties(maxIterations=str(most)), default="enough")
    end = drawing.node("endEvent", "end")
    drawing.line(start, task, more)
    drawing.flow(more, task, "work.more = true")
    drawing.flow(more, end, id_="enough")
    return drawing.done()


def many(count: int, *, sequential: bool) -> Model:
    """A multi-instance user task over the list `items`, then one task. count: the highest number of items."""
    drawing = Drawing(f"{PREFIX}many_{'sequential' if sequential else 'parallel'}_{count}")
    inner = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        "<bpmn:loopDataInputRef>items</bpmn:loopDataInputRef>"
        "<bpmn:loopDataOutputRef>results</bpmn:loopDataOutputRef>"
        '<bpmn:inputDataItem id="item" name="item"/><bpmn:outputDataItem id="given" name="given"/>'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    start, each = drawing.node("startEvent", "start"), drawing.user_task("each", inner=inner, maxItems=str(count))
    after, end = drawing.user_task("after"), drawing.node("endEvent", "end")
    drawing.line(start, each, after, end)
    return drawing.done()


def timer() -> Model:
    """A timer of one hour, then a user task."""
    drawing = Drawing(f"{PREFIX}timer")
    duration = '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">@"PT1H"</bpmn:timeDuration>'
    definition = f'<bpmn:timerEventDefinition id="wait_def">{duration}</bpmn:timerEventDefinition>'
    start, wait = drawing.node("startEvent", "start"), drawing.node("intermediateCatchEvent", "wait", definition)
    task, end = drawing.user_task("t0"), drawing.node("endEvent", "end")
    drawing.line(start, wait, task, end)
    return drawing.done()
