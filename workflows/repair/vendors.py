"""What other tools write into a file for themselves: whose it is, what is taken over, what is only kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workflows.findings import Finding
from workflows.model.names import BPMN, BPMNDI, SPIFF
from workflows.repair.document import Document, local

CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
FLOWABLE = "http://flowable.org/bpmn"
ACTIVITI = "http://activiti.org/bpmn"
RULE = "vendor-extension"

RUNNING = {CAMUNDA: "Camunda 7", ZEEBE: "Camunda 8", FLOWABLE: "Flowable", ACTIVITI: "Activiti"}
"""Vendors whose extensions change how a model runs there."""
DRAWING = {
    "http://www.signavio.com": "Signavio",
    "http://www.bizagi.com/bpmn20": "Bizagi",
    "http://www.trisotech.com/2014/triso/bpmn": "Trisotech",
    "http://www.trisotech.com/2015/triso/modeling": "Trisotech",
    "http://www.gbtec.de/bpmn/MODEL": "BIC",
    "http://www.igrafx.com/2011/bpmn": "iGrafx",
    "http://bpmn.io/schema/bpmn": "bpmn.io",
    "http://camunda.org/schema/modeler/1.0": "Camunda Modeler",
    "http://www.w4.eu/spec/BPMN/20110701/MODEL": "W4",
    "http://www.w4.eu/spec/BPMN/20110930/GRAPH": "W4",
    "http://www.bpsim.org/schemas/1.0": "BPSim",
}
"""Vendors whose extensions only say how something is drawn, documented or simulated."""
MOST_NAMES = 8

_STANDARD = frozenset(
    {BPMN, BPMNDI, SPIFF, "http://www.omg.org/spec/DD/20100524/DC", "http://www.omg.org/spec/DD/20100524/DI"}
    | {"http://www.w3.org/2001/XMLSchema-instance", "http://www.w3.org/XML/1998/namespace"}
    | {"http://www.omg.org/spec/BPMN/non-normative/color/1.0", "http://www.omg.org/spec/BPMN/non-normative/extensions"}
)


@dataclass(frozen=True)
class Note:
    """One thing a vendor wrote. holder: the BPMN element it belongs to; name: as the file writes it."""

    space: str
    name: str
    holder: Any


def vendor_findings(document: Document, taken: dict[Any, set[str]]) -> Iterator[Finding]:
    """What is kept in the file and not read here. taken: names that were taken over already, by element."""
    quiet: dict[str, set[str]] = {}
    loud: dict[tuple[Any, str], list[str]] = {}
    for note in _notes(document):
        if note.space not in RUNNING:
            quiet.setdefault(DRAWING.get(note.space, note.space), set()).add(note.name)
        elif note.name not in taken.get(note.holder, ()):
            loud.setdefault((note.holder, RUNNING[note.space]), []).append(note.name)
    for (holder, vendor), names in loud.items():
        message = f"{vendor} reads {_listed(names)} here. It is kept in the file and does nothing. Model what it did."
        about = holder.get("id") if local(holder) not in ("", "definitions") else None
        yield Finding(RULE, "warn", about, message)
    for vendor, names_of in quiet.items():
        yield Finding(RULE, "info", None, f"Notes of {vendor} ({_listed(sorted(names_of))}) are kept and not read.")


def _notes(document: Document) -> Iterator[Note]:
    """The outermost foreign element or attribute each, with the element of BPMN around it."""
    for node in document.everything:
        inside = local(node) or node.tag == "extensionElements"
        if inside:
            holder = _holder(document, node)
            for name in node.attrib:
                if (space := _space(name)) and space not in _STANDARD:
                    yield Note(space, _plain(name), holder)
            continue
        parent = node.getparent()
        if parent is not None and local(parent) and _space(node.tag) not in _STANDARD and _space(node.tag):
            yield Note(_space(node.tag), _plain(node.tag), _holder(document, parent))


def _holder(document: Document, node: Any) -> Any:
    while node.getparent() is not None and (not node.get("id") or local(node).endswith(("Definition", "Instance"))):
        node = node.getparent()
    return node


def _space(name: str) -> str:
    return name[1:].partition("}")[0] if name.startswith("{") else ""


def _plain(name: str) -> str:
    return name.rpartition("}")[2]


def _listed(names: list[str]) -> str:
    some = list(dict.fromkeys(names))
    more = f" and {len(some) - MOST_NAMES} more" if len(some) > MOST_NAMES else ""
    return ", ".join(some[:MOST_NAMES]) + more
