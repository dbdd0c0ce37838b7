"""The few things that most repairs are made of: a node beside another one, a flow, an extension."""

import re
from typing import Any

from workflows.feel.names import LITERAL_WORDS, STOP_WORDS
from workflows.model.names import SPIFF, bpmn, spiff
from workflows.repair.document import Document, local, make
from workflows.repair.drawing import Drawing

_FIRST = frozenset({"documentation", "extensionElements"})
_TAKEN = (
    STOP_WORDS
    | LITERAL_WORDS
    | frozenset({"decisions", "now", "today", "if", "for", "some", "every", "not", "function"})
)
"""Names that mean something in FEEL, or that the engine keeps for itself."""


def slug(text: str, otherwise: str = "value") -> str:
    """A name for a variable, form or queue: "Approve the invoice" becomes "approve_the_invoice"."""
    found = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:60].strip("_") or otherwise
    return f"{otherwise}_{found}" if found[0].isdigit() or found in _TAKEN else found


def called(node: Any) -> str:
    """An element in a sentence: its name, else its id."""
    name = " ".join((node.get("name") or "").split())
    return f"“{name[:80]}”" if name else str(node.get("id"))


def nth(node: Any, holder: Any) -> str:
    """Which of its kind a part of an element is, to tell repairs apart: "" for the first one, "-2" for the second."""
    found = ""
    while node is not holder and node is not None:
        number = sum(1 for _ in node.itersiblings(node.tag, preceding=True)) + 1
        found = (f"-{number}" if number > 1 else "") + found
        node = node.getparent()
    return found


def place(node: Any, *before: str) -> int:
    """Where a child belongs that stands behind these kinds of children."""
    ahead = [at for at, child in enumerate(node) if local(child) in before]
    return ahead[-1] + 1 if ahead else 0


def add_ref(document: Document, node: Any, tag: str, flow_id: str) -> None:
    """Note a flow in the node's own list of incoming or outgoing ones."""
    document.insert(node, _place_of_ref(node, tag), make(tag, flow_id))


def _place_of_ref(node: Any, tag: str) -> int:
    ahead = (*_FIRST, "auditing", "monitoring", "categoryValueRef", "incoming")
    return place(node, *ahead) if tag == "incoming" else place(node, *ahead, "outgoing")


def drop_ref(document: Document, node: Any, tag: str, flow_id: str) -> None:
    """Take a flow out of the node's own list."""
    for one in node.findall(bpmn(tag)):
        if (one.text or "").strip().rpartition(":")[2] == flow_id:
            document.remove(one)


def add_flow(document: Document, source: Any, target: Any) -> str:
    """A new flow between two nodes of one scope, in the file; returns its id. It is drawn with `Drawing.connect`."""
    flow_id = document.fresh_id(f"Flow_{source.get('id')}_{target.get('id')}")
    flow = make("sequenceFlow", id=flow_id, sourceRef=source.get("id"), targetRef=target.get("id"))
    document.after(source, flow)
    add_ref(document, source, "outgoing", flow_id)
    add_ref(document, target, "incoming", flow_id)
    return flow_id


def start_from(document: Document, flows: list[Any], old: Any, new: Any) -> None:
    """Let flows leave another node."""
    _move(document, flows, (old, new), ("sourceRef", "outgoing"))


def lead_to(document: Document, flows: list[Any], old: Any, new: Any) -> None:
    """Let flows reach another node."""
    _move(document, flows, (old, new), ("targetRef", "incoming"))


def _move(document: Document, flows: list[Any], nodes: tuple[Any, Any], names: tuple[str, str]) -> None:
    """nodes: the old and the new one. names: the attribute of the flows, and the list of the nodes."""
    (old, new), (end, listed) = nodes, names
    moved = {flow.get("id") for flow in flows}
    for one in old.findall(bpmn(listed)):
        if (one.text or "").strip().rpartition(":")[2] in moved:
            document.remove(one)
    for flow in flows:
        document.assign(flow, end, new.get("id"))
    at = _place_of_ref(new, listed)
    for flow in reversed(flows):
        document.insert(new, at, make(listed, flow.get("id")))


def node_beside(document: Document, neighbor: Any, node: Any) -> Any:
    """Put a new flow node into the file behind another one, and into its lane."""
    document.after(neighbor, node)
    ref = document.lane_refs.get(neighbor.get("id"))
    if ref is not None:
        document.after(ref, make("flowNodeRef", node.get("id")))
    return node


def add_artifact(document: Document, scope: Any, node: Any) -> None:
    """Put an artifact where BPMN wants them: behind the flow nodes of a scope."""
    last = len(scope)
    while last and local(scope[last - 1]) in ("resourceRole", "performer", "humanPerformer", "potentialOwner",
                                              "correlationSubscription", "supports"):  # fmt: skip
        last -= 1
    document.insert(scope, last, node)


def first_root(root: Any) -> int:
    """Where new messages and signals go: behind imports and notes, before everything else."""
    ahead = [at for at, one in enumerate(root) if local(one) in ("import", "extension", "documentation")]
    ahead += [at for at, one in enumerate(root) if local(one) == "extensionElements"]
    return max(ahead) + 1 if ahead else 0


def extensions_of(document: Document, node: Any) -> Any:
    """The node's extensionElements, made when it has none."""
    found = node.find(bpmn("extensionElements"))
    if found is None:
        found = document.insert(node, place(node, "documentation"), make("extensionElements"))
    return found


def our_property(node: Any, name: str) -> Any:
    """One of our extension properties; None without it."""
    path = f"{bpmn('extensionElements')}/{spiff('properties')}/{spiff('property')}"
    return next((one for one in node.findall(path) if one.get("name") == name), None)


def set_property(document: Document, node: Any, name: str, value: str) -> None:
    """Write one of our extension properties."""
    known = our_property(node, name)
    if known is not None:
        document.assign(known, "value", value)
        return
    holder = extensions_of(document, node)
    listed = holder.find(spiff("properties"))
    if listed is None:
        listed = document.append(holder, ours("properties"))
    document.append(listed, ours("property", name=name, value=value))


def set_extension(document: Document, node: Any, name: str, text: str) -> None:
    """Write an extension element of our namespace that holds text."""
    holder = extensions_of(document, node)
    known = holder.find(spiff(name))
    if known is not None:
        document.write(known, text)
        return
    document.append(holder, ours(name, text))


def ours(tag: str, text: str | None = None, **attributes: str) -> Any:
    """A new element of our namespace."""
    node = make("x", text, **attributes)
    node.tag = f"{{{SPIFF}}}{tag}"
    return node


def drawing(document: Document) -> Drawing:
    """The document's drawing, read once for all edits of one kind."""
    if document.drawing is None:
        document.drawing = Drawing(document)
    found: Drawing = document.drawing
    return found
