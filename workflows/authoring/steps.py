"""Elements and our extension properties, in the order the BPMN schema asks for."""

# mypy: disable-error-code="import-untyped"
from collections.abc import Mapping
from typing import Any

from lxml import etree

from workflows.model.names import SPIFF, bpmn, spiff

XSI = "http://www.w3.org/2001/XMLSchema-instance"

PROPERTIES: Mapping[str, str] = {
    "form": "formKey",
    "variable": "variable",
    "clinical": "clinicalDecision",
    "outcomes": "outcomes",
    "requires": "requiresDecision",
    "accepts": "acceptedOutcomes",
    "invalidates": "invalidates",
    "not_same_as": "notSameAs",
    "independent_of": "independentOf",
    "license": "requiredLicense",
    "attestation": "attestation",
    "completion_rule": "completionRule",
    "group": "candidateGroup",
    "priority": "priority",
    "due": "dueIn",
    "follow_up": "followUpIn",
    "escalate_to": "escalateTo",
    "escalate_in": "escalateIn",
    "instructions": "instructions",
    "errors": "errorCodes",
    "retries": "retries",
    "backoff": "backoff",
    "milestone": "milestone",
    "start_for": "startFor",
    "max_iterations": "maxIterations",
    "max_items": "maxItems",
}
"""The author's word to the extension property of the file. Which may stand where, the lint rules say."""

_ORDER = [
    "documentation",
    "extensionElements",
    "incoming",
    "outgoing",
    "ioSpecification",
    "dataInputAssociation",
    "dataOutputAssociation",
    "laneSet",
    "standardLoopCharacteristics",
    "multiInstanceLoopCharacteristics",
]
_LATE = len(_ORDER)

Properties = Mapping[str, object]


class Mistake(ValueError):
    """Something in an authored model cannot be meant. The text names the element."""


def make(tag: str, element_id: str, name: str = "", properties: Properties | None = None) -> Any:
    """An element with our extension properties. Raises Mistake for a property that does not exist."""
    element = etree.Element(bpmn(tag), id=element_id)
    if name:
        element.set("name", name)
    unknown = sorted(set(properties or {}) - set(PROPERTIES))
    if unknown:
        raise Mistake(f"{element_id}: there is no property {', '.join(unknown)}")
    values = {PROPERTIES[key]: _text(value) for key, value in (properties or {}).items() if value is not None}
    if values:
        box = extend(element, "properties")
        for key, text in values.items():
            etree.SubElement(box, spiff("property"), name=key, value=text)
    return element


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def extend(element: Any, tag: str, **attributes: str) -> Any:
    """A new extension element of ours inside the element."""
    box = element.find(bpmn("extensionElements"))
    if box is None:
        box = etree.Element(bpmn("extensionElements"))
        element.insert(0, box)
    return etree.SubElement(box, f"{{{SPIFF}}}{tag}", **attributes)


def expression(parent: Any, tag: str, text: str) -> Any:
    """A formal expression."""
    found = etree.SubElement(parent, bpmn(tag))
    found.set(f"{{{XSI}}}type", "bpmn:tFormalExpression")
    found.text = text
    return found


def in_order(element: Any) -> None:
    """Sort the parts of a step as the schema wants them; what is written in one kind keeps its order."""
    parts = sorted(element, key=lambda one: _rank(etree.QName(one).localname))
    for part in parts:
        element.append(part)


def _rank(tag: str) -> int:
    return _ORDER.index(tag) if tag in _ORDER else _LATE
