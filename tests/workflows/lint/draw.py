"""Tiny diagrams for the rules, drawn in a few words."""

import re
from itertools import pairwise

from workflows.lint import LintContext, lint_file

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="file" targetNamespace="urn:tests">'
)
START = '<startEvent id="start"/>'
END = '<endEvent id="end"/>'


def file(body: str) -> bytes:
    """A BPMN file. Tags are written without prefix, our extensions with `s:`."""
    body = re.sub(r"<(/?)s:", r"<\1spiffworkflow:", body)
    body = re.sub(r"<(/?)(?!spiffworkflow:)(\w)", r"<\1bpmn:\2", body)
    return (HEAD + body + "</bpmn:definitions>").encode()


def process(body: str, before: str = "") -> bytes:
    """A file with one executable process."""
    return file(f'{before}<process id="p" isExecutable="true">{body}</process>')


def line(*nodes: str) -> bytes:
    """A process that runs through these nodes, from a start to an end event."""
    names = ["start", *(re.search(r'id="([^"]+)"', node).group(1) for node in nodes), "end"]  # type: ignore[union-attr]
    return process(START + "".join(nodes) + END + flows(*names))


def flows(*names: str) -> str:
    """Sequence flows along the names."""
    return "".join(flow(one, two) for one, two in pairwise(names))


def flow(source: str, target: str, condition: str | None = None, language: str = "") -> str:
    """One sequence flow "source__target"."""
    claim = f' language="{language}"' if language else ""
    inner = f"<conditionExpression{claim}>{condition}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}__{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def task(kind: str, name: str, inner: str = "", extension: str = "", attributes: str = "", **properties: str) -> str:
    """A task of a kind with properties and extension elements."""
    listed = "".join(f'<s:property name="{key}" value="{value}"/>' for key, value in properties.items())
    parts = extension + (f"<s:properties>{listed}</s:properties>" if listed else "")
    extensions = f"<extensionElements>{parts}</extensionElements>" if parts else ""
    return f'<{kind} id="{name}"{attributes}>{extensions}{inner}</{kind}>'


def user(name: str, **properties: str) -> str:
    """A user task with a form."""
    return task("userTask", name, formKey="form", **properties)


def gateway(kind: str, name: str, default: str = "", **properties: str) -> str:
    """A gateway."""
    return task(kind, name, attributes=f' default="{default}"' if default else "", **properties)


def decision(*conditions: str | None, default: bool = True, language: str = "") -> bytes:
    """An exclusive gateway whose flows carry these conditions; the last one is the default."""
    targets = [f"t{number}" for number in range(len(conditions))]
    nodes = "".join(user(target) for target in targets)
    out = "".join(flow("g", one, text, language) for one, text in zip(targets, conditions, strict=True))
    back = "".join(flow(one, "end") for one in targets)
    chosen = f"g__{targets[-1]}" if default else ""
    return process(START + gateway("exclusiveGateway", "g", chosen) + nodes + END + flow("start", "g") + out + back)


def found(xml: bytes, rule: str, context: LintContext | None = None) -> list[str | None]:
    """Element ids of the rule's findings."""
    return [one.element_id for one in lint_file(xml, context or LintContext()) if one.rule == rule]
