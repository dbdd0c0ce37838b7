"""Writes BPMN for tests: one line per node, one per flow, scopes inside scopes."""

from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"


def timer(text: str, kind: str = "timeDuration") -> str:
    """An event definition."""
    return f"<timerEventDefinition><{kind}>{escape(text)}</{kind}></timerEventDefinition>"


def message(name: str) -> str:
    """An event definition; the message must be declared in the drawing."""
    return f'<messageEventDefinition messageRef="{name}"/>'


def signal(name: str) -> str:
    """An event definition; the signal must be declared in the drawing."""
    return f'<signalEventDefinition signalRef="{name}"/>'


def error(code: str) -> str:
    """An event definition; the error must be declared in the drawing."""
    return f'<errorEventDefinition errorRef="{code}"/>'


def escalation(code: str) -> str:
    """An event definition; the escalation must be declared in the drawing."""
    return f'<escalationEventDefinition escalationRef="{code}"/>'


def many(
    *, sequential: bool, items: str = "", output: str = "", count: str = "", until: str = "", number: str = ""
) -> str:
    """Multi-instance over a collection or over a number. Its item is `item`, its result `answer`, with the number."""
    parts = [f"<loopCardinality>{escape(count)}</loopCardinality>" if count else ""]
    if items:
        parts.append(f"<loopDataInputRef>{items}</loopDataInputRef>")
    if output:
        parts.append(f"<loopDataOutputRef>{output}</loopDataOutputRef>")
    if items:
        parts.append(f'<inputDataItem id="item{number}" name="item{number}"/>')
    if output:
        parts.append(f'<outputDataItem id="answer{number}" name="answer{number}"/>')
    if until:
        parts.append(f"<completionCondition>{escape(until)}</completionCondition>")
    kind = "true" if sequential else "false"
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{kind}">{"".join(parts)}</multiInstanceLoopCharacteristics>'
    )


@dataclass
class Scope:
    """The inside of a process or of a sub-process."""

    parts: list[str] = field(default_factory=list)
    flows: list[tuple[str, str, str, str | None]] = field(default_factory=list)
    extras: dict[str, tuple[str, str]] = field(default_factory=dict)
    nodes: list[tuple[str, str, dict[str, str], str, dict[str, str], str]] = field(default_factory=list)

    def node(
        self, tag: str, node_id: str, inner: str = "", *, properties: dict[str, str] | None = None, extension: str = "",
        **attributes: str,
    ) -> str:  # fmt: skip
        """A flow node. inner: XML behind its flows, such as event definitions; extension: XML of extension elements."""
        self.nodes.append((tag, node_id, attributes, inner, properties or {}, extension))
        return node_id

    def user(self, node_id: str, inner: str = "", **properties: str) -> str:
        """A user task."""
        return self.node("userTask", node_id, inner, properties={"formKey": node_id, **properties})

    def script(self, node_id: str, text: str) -> str:
        """A FEEL script task."""
        return self.node("scriptTask", node_id, f"<script>{escape(text)}</script>", scriptFormat="FEEL")

    def inside(self, tag: str, node_id: str, scope: "Scope", inner: str = "", **attributes: str) -> str:
        """A sub-process with what is in it."""
        return self.node(tag, node_id, inner + scope.body(), **attributes)

    def flow(self, source: str, target: str, condition: str | None = None) -> str:
        """A sequence flow; its id is `source__target`, with a number behind it when it is not the first."""
        same = sum(1 for one in self.flows if one[1:3] == (source, target))
        flow_id = f"{source}__{target}" + (f"_{same}" if same else "")
        self.flows.append((flow_id, source, target, condition))
        return flow_id

    def default(self, node_id: str, flow_id: str) -> None:
        """Name the default flow of a gateway."""
        next(one for one in self.nodes if one[1] == node_id)[2]["default"] = flow_id

    def line(self, *node_ids: str) -> None:
        """Flows from each node to the next."""
        for source, target in pairwise(node_ids):
            self.flow(source, target)

    def body(self) -> str:
        """All of it as XML."""
        return "".join([*self.parts, *map(self._node, self.nodes), *map(self._flow, self.flows)])

    def _node(self, node: tuple[str, str, dict[str, str], str, dict[str, str], str]) -> str:
        tag, node_id, attributes, inner, properties, extension = node
        more = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
        held = "".join(f"<s:property name={quoteattr(one)} value={quoteattr(properties[one])}/>" for one in properties)
        held = f"<s:properties>{held}</s:properties>" if held else ""
        held = f"<extensionElements>{held}{extension}</extensionElements>" if held or extension else ""
        incoming = "".join(f"<incoming>{one[0]}</incoming>" for one in self.flows if one[2] == node_id)
        outgoing = "".join(f"<outgoing>{one[0]}</outgoing>" for one in self.flows if one[1] == node_id)
        return f'<{tag} id="{node_id}" name="{node_id}"{more}>{held}{incoming}{outgoing}{inner}</{tag}>'

    def _flow(self, flow: tuple[str, str, str, str | None]) -> str:
        flow_id, source, target, condition = flow
        held = f"<conditionExpression>{escape(condition)}</conditionExpression>" if condition is not None else ""
        return f'<sequenceFlow id="{flow_id}" sourceRef="{source}" targetRef="{target}">{held}</sequenceFlow>'


def document(
    *processes: tuple[str, Scope], messages: tuple[str, ...] = (), errors: tuple[str, ...] = (),
    signals: tuple[str, ...] = (), escalations: tuple[str, ...] = (),
) -> bytes:  # fmt: skip
    """A file with these processes."""
    declared = [
        *(f'<message id="{one}" name="{one}"/>' for one in messages),
        *(f'<error id="{one}" name="{one}" errorCode="{one}"/>' for one in errors),
        *(f'<signal id="{one}" name="{one}"/>' for one in signals),
        *(f'<escalation id="{one}" name="{one}" escalationCode="{one}"/>' for one in escalations),
    ]
    shown = [f'<process id="{one}" isExecutable="true">{scope.body()}</process>' for one, scope in processes]
    head = f'<definitions xmlns="{BPMN}" xmlns:s="{SPIFF}" id="drawn" targetNamespace="urn:tests">'
    return f"{head}{''.join(declared)}{''.join(shown)}</definitions>".encode()
