"""Scripts that SpiffArena hides in a task's properties become visible script tasks before and after it."""

from collections.abc import Iterator
from typing import Any

from workflows.model.names import bpmn, spiff
from workflows.model.parts import text_of
from workflows.repair.document import Document, local, make
from workflows.repair.edits import add_flow, called, drawing, lead_to, node_beside, start_from
from workflows.repair.foreign import script_in_feel
from workflows.repair.offers import Offer
from workflows.repair.situation import Situation

_TASK = (100, 80)


def find(situation: Situation) -> Iterator[Offer]:
    document = situation.document
    for node in document.nodes():
        rule = situation.rule(node, "no-hidden-scripts")
        if not rule or any(local(child).endswith("LoopCharacteristics") for child in node):
            continue  # Inside of a loop the script runs each time, which a task outside would not.
        for name in ("preScript", "postScript"):
            hidden = node.find(f"{bpmn('extensionElements')}/{spiff(name)}")
            text = text_of(hidden)
            feel = script_in_feel(text, "python") if text else None
            flows = document.incoming(node) if name == "preScript" else document.outgoing(node)
            if feel is not None and len(flows) == 1:
                yield _offer(node, hidden, feel, rule)
            elif hidden is not None and text is None:
                yield _drop(node, hidden, rule)


def _offer(node: Any, hidden: Any, feel: str, rule: str) -> Offer:
    first = hidden.tag == spiff("preScript")
    return Offer(
        f"hidden-script-{'before' if first else 'after'}",
        node.get("id"),
        f"Draw the hidden script of {called(node)} as a task {'before' if first else 'after'} it",
        "What changes data is visible in the drawing. The script only assigns variables.",
        lambda doc, _: _draw(doc, node, hidden, feel),
        rule=rule,
    )


def _drop(node: Any, hidden: Any, rule: str) -> Offer:
    return Offer(
        f"hidden-script-{'before' if hidden.tag == spiff('preScript') else 'after'}",
        node.get("id"),
        f"Remove the empty hidden script of {called(node)}",
        "It does nothing.",
        lambda doc, _: doc.remove(hidden),
        rule=rule,
    )


def _draw(document: Document, node: Any, hidden: Any, feel: str) -> None:
    first = hidden.tag == spiff("preScript")
    where = "before" if first else "after"
    task = make("scriptTask", id=document.fresh_id(f"Script_{where}_{node.get('id')}"), scriptFormat="FEEL")
    task.set("name", f"Prepare {node.get('name') or node.get('id')}" if first else "Note the result")
    task.append(make("script", feel))
    document.remove(hidden)
    node_beside(document, node, task)
    flow = (document.incoming(node) if first else document.outgoing(node))[0]
    if first:
        lead_to(document, [flow], node, task)
        added = add_flow(document, task, node)
    else:
        start_from(document, [flow], node, task)
        added = add_flow(document, node, task)
    picture = drawing(document)
    place = picture.beside(node.get("id"), _TASK, left=first)
    if place is not None:
        picture.put(task.get("id"), place, node.get("id"))
        for one in (flow, document.ids[added]):
            picture.connect(one.get("id"), one.get("sourceRef"), one.get("targetRef"))
