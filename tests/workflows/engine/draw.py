"""Models for tests of single elements, drawn in a few words (see also tests/workflows/lint/draw.py)."""

from tests.workflows.lint.draw import END, START, file, flow, flows, gateway, process, task, user

__all__ = [
    "DECLARED",
    "END",
    "START",
    "boundary",
    "call",
    "event",
    "file",
    "flow",
    "flows",
    "gateway",
    "handler",
    "many",
    "model",
    "on",
    "process",
    "rule",
    "script",
    "service",
    "sub",
    "task",
    "timer",
    "user",
]

DECLARED = (
    '<message id="m" name="m"/><message id="m2" name="m2"/><signal id="s" name="s"/><signal id="s2" name="s2"/>'
    '<error id="e" errorCode="E"/><error id="e2" errorCode="E2"/>'
    '<escalation id="x" escalationCode="X"/><escalation id="x2" escalationCode="X2"/>'
)


def model(body: str) -> bytes:
    """A process "p" with messages m, signals s, errors e (code E) and escalations x (code X) declared."""
    return process(body, DECLARED)


def on(kind: str, ref: str = "", inner: str = "") -> str:
    """An event definition: on("message", "m"), on("timer", inner="<timeDuration>P1D</timeDuration>")."""
    attribute = f' {kind}Ref="{ref}"' if ref else ""
    return f"<{kind}EventDefinition{attribute}>{inner}</{kind}EventDefinition>"


def timer(text: str, kind: str = "timeDuration") -> str:
    """A timer definition."""
    return on("timer", inner=f"<{kind}>{text}</{kind}>")


def when(condition: str) -> str:
    """A conditional definition."""
    return on("conditional", inner=f"<condition>{condition}</condition>")


def event(kind: str, name: str, definition: str = "", variable: str = "") -> str:
    """start, end, intermediateCatch or intermediateThrow event."""
    stored = f"<s:messageVariable>{variable}</s:messageVariable>" if variable else ""
    return task(f"{kind}Event", name, inner=definition, extension=stored)


def boundary(name: str, host: str, definition: str, interrupting: bool = True, variable: str = "") -> str:
    """A boundary event."""
    stored = f"<s:messageVariable>{variable}</s:messageVariable>" if variable else ""
    edge = f' attachedToRef="{host}" cancelActivity="{str(interrupting).lower()}"'
    return task("boundaryEvent", name, inner=definition, extension=stored, attributes=edge)


def script(name: str, text: str, inner: str = "") -> str:
    """A FEEL script task."""
    return task("scriptTask", name, inner=f"{inner}<script>{text}</script>", attributes=' scriptFormat="FEEL"')


def service(name: str, variable: str = "r", **properties: str) -> str:
    """A service task that waits for its answer."""
    operator = (
        f'<s:serviceTaskOperator id="demo.call" resultVariable="{variable}"><s:parameters/></s:serviceTaskOperator>'
    )
    return task("serviceTask", name, extension=operator, **properties)


def rule(name: str, decision: str, variable: str) -> str:
    """A business rule task."""
    return task("businessRuleTask", name, calledDecisionId=decision, resultVariable=variable)


def sub(name: str, body: str, inner: str = "", kind: str = "subProcess") -> str:
    """An embedded sub-process."""
    return f'<{kind} id="{name}">{inner}{body}</{kind}>'


def handler(name: str, definition: str, body: str = "", interrupting: bool = True, variable: str = "") -> str:
    """An event sub-process `name` with start `name_start`, a user task `name_task` (or the body) and an end."""
    stored = f"<s:messageVariable>{variable}</s:messageVariable>" if variable else ""
    flag = f' isInterrupting="{str(interrupting).lower()}"'
    start = task("startEvent", f"{name}_start", inner=definition, extension=stored, attributes=flag)
    inside = body or user(f"{name}_task") + f'<endEvent id="{name}_end"/>' + flows(
        f"{name}_start", f"{name}_task", f"{name}_end"
    )
    return f'<subProcess id="{name}" triggeredByEvent="true">{start}{inside}</subProcess>'


def call(name: str, called: str, inner: str = "") -> str:
    """A call activity."""
    return f'<callActivity id="{name}" calledElement="{called}">{inner}</callActivity>'


def many(
    items: str = "", count: str = "", output: str = "results", item: str = "answer", until: str = "",
    sequential: bool = False, each: str = "item",
) -> str:  # fmt: skip
    """Multi-instance characteristics; the item of a collection is `item`."""
    parts = f"<loopCardinality>{count}</loopCardinality>" if count else ""
    parts += f"<loopDataInputRef>{items}</loopDataInputRef>" if items else ""
    parts += f"<loopDataOutputRef>{output}</loopDataOutputRef>" if output else ""
    parts += f'<inputDataItem id="{each}"/>' if items else ""
    parts += f'<outputDataItem id="{item}"/>' if output else ""
    parts += f"<completionCondition>{until}</completionCondition>" if until else ""
    flag = str(sequential).lower()
    return f'<multiInstanceLoopCharacteristics isSequential="{flag}">{parts}</multiInstanceLoopCharacteristics>'
