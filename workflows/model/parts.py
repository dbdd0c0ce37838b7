"""The details of a flow node: event definitions, loops, extensions, operators."""

from collections.abc import Mapping
from typing import Any

from workflows.model.elements import Assignment, Loop, Operator, Parameter, Timer, Trigger
from workflows.model.names import SPIFF, bpmn, spiff

_TIMERS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
_NAMED = {"message": "messageRef", "signal": "signalRef", "error": "errorRef", "escalation": "escalationRef"}


def text_of(node: Any) -> str | None:
    """The node's text without surrounding blanks; None for a missing node or an empty one."""
    text = (node.text or "").strip() if node is not None else ""
    return text or None


def read_properties(node: Any) -> dict[str, str]:
    """Our extension properties."""
    path = f"{bpmn('extensionElements')}/{spiff('properties')}/{spiff('property')}"
    return {one.get("name", ""): one.get("value", "") for one in node.findall(path)}


def read_extensions(node: Any) -> dict[str, str]:
    """Text of the extension elements of our namespace, also those inside event definitions."""
    found = {}
    for holder in [node, *node.findall(bpmn("messageEventDefinition"))]:
        for one in holder.findall(f"{bpmn('extensionElements')}/*"):
            if isinstance(one.tag, str) and one.tag.startswith(f"{{{SPIFF}}}"):
                found[one.tag.rpartition("}")[2]] = (one.text or "").strip()
    return found


def read_operator(node: Any) -> Operator | None:
    """The operator of a service task."""
    operator = node.find(f"{bpmn('extensionElements')}/{spiff('serviceTaskOperator')}")
    if operator is None:
        return None
    parameters = tuple(
        Parameter(one.get("id", ""), one.get("value", ""), one.get("type")) for one in operator.iter(spiff("parameter"))
    )
    return Operator(operator.get("id", ""), operator.get("resultVariable") or None, parameters)


def read_loop(node: Any) -> Loop | None:
    """Loop or multi-instance characteristics."""
    standard = node.find(bpmn("standardLoopCharacteristics"))
    if standard is not None:
        condition = text_of(standard.find(bpmn("loopCondition")))
        return Loop("standard", condition=condition, maximum=standard.get("loopMaximum"))
    multi = node.find(bpmn("multiInstanceLoopCharacteristics"))
    if multi is None:
        return None
    return Loop(
        "sequential" if multi.get("isSequential") == "true" else "parallel",
        cardinality=text_of(multi.find(bpmn("loopCardinality"))),
        condition=text_of(multi.find(bpmn("completionCondition"))),
        input_ref=text_of(multi.find(bpmn("loopDataInputRef"))),
        input_item=_id_of(multi.find(bpmn("inputDataItem"))),
        output_ref=text_of(multi.find(bpmn("loopDataOutputRef"))),
        output_item=_id_of(multi.find(bpmn("outputDataItem"))),
    )


def read_named(root: Any) -> dict[tuple[str, str], Any]:
    """Messages, signals, errors and escalations of a file by kind and id, for `read_triggers`."""
    return {(kind, one.get("id")): one for kind in _NAMED for one in root.findall(bpmn(kind)) if one.get("id")}


def read_triggers(node: Any, named: Mapping[tuple[str, str], Any]) -> tuple[Trigger, ...]:
    """The event definitions of an event; for a send or receive task its message."""
    found = [
        _read_trigger(one, named)
        for one in node
        if isinstance(one.tag, str) and one.tag.endswith("EventDefinition") and one.tag.startswith(bpmn(""))
    ]
    if node.get("messageRef") and node.tag in (bpmn("sendTask"), bpmn("receiveTask")):
        found.append(_named_trigger(node, "message", named))
    return tuple(found)


def read_assignments(node: Any, tag: str) -> tuple[Assignment, ...]:
    """The assignments in a node's dataInputAssociation or dataOutputAssociation elements."""
    found = [
        (text_of(one.find(bpmn("to"))), text_of(one.find(bpmn("from"))))
        for one in node.findall(f"{bpmn(tag)}/{bpmn('assignment')}")
    ]
    return tuple(Assignment(target, source) for target, source in found if target and source)


def read_data_objects(node: Any, tag: str, ref: str) -> tuple[str, ...]:
    """Ids of the data objects that a node's associations refer to."""
    root = node.getroottree().getroot()
    wanted = [text_of(one) for one in node.findall(f"{bpmn(tag)}/{bpmn(ref)}")]
    objects = (
        {one.get("id"): one.get("dataObjectRef") for one in root.iter(bpmn("dataObjectReference"))} if wanted else {}
    )
    return tuple(objects[one] for one in wanted if objects.get(one))


def interrupts(node: Any, tag: str) -> bool:
    """Whether a boundary or start event interrupts what it belongs to."""
    if tag == "boundaryEvent":
        return bool(node.get("cancelActivity", "true") == "true")
    return bool(node.get("isInterrupting", "true") == "true")


def _read_trigger(node: Any, named: Mapping[tuple[str, str], Any]) -> Trigger:
    kind = node.tag.rpartition("}")[2].removesuffix("EventDefinition")
    if kind in _NAMED:
        return _named_trigger(node, kind, named)
    if kind == "timer":
        return Trigger("timer", timer=read_timer(node))
    if kind == "conditional":
        return Trigger("conditional", condition=text_of(node.find(bpmn("condition"))))
    return Trigger(kind, name=node.get("name"))


def _named_trigger(node: Any, kind: str, named: Mapping[tuple[str, str], Any]) -> Trigger:
    ref = node.get(_NAMED[kind])
    target = named.get((kind, ref or ""))
    extensions = {**(read_extensions(target) if target is not None else {}), **read_extensions(node)}
    return Trigger(
        kind,
        ref=ref,
        name=target.get("name") if target is not None else None,
        code=(target.get("errorCode") or target.get("escalationCode")) if target is not None else None,
        payload=extensions.get("messagePayload") or extensions.get("payloadExpression"),
        variable=extensions.get("messageVariable") or extensions.get("variableName"),
    )


def read_timer(node: Any) -> Timer | None:
    """The date, duration or cycle of a timer event definition."""
    for tag, kind in _TIMERS.items():
        text = text_of(node.find(bpmn(tag)))
        if text is not None:
            return Timer(kind, text)  # type: ignore[arg-type]
    return None


def _id_of(node: Any) -> str | None:
    return node.get("id") if node is not None else None
