"""A gateway that chooses needs a flow for the case that no condition holds, and only there no condition."""

from collections.abc import Iterator
from typing import Any

from workflows.model.names import bpmn
from workflows.model.parts import text_of
from workflows.repair.document import Document, local
from workflows.repair.edits import called
from workflows.repair.offers import Choice, Offer, Question
from workflows.repair.situation import Situation


def find(situation: Situation) -> Iterator[Offer]:
    document = situation.document
    for node in document.of("exclusiveGateway", "inclusiveGateway"):
        flows = document.outgoing(node)
        if len(flows) < 2:
            continue
        chosen = next((one for one in flows if one.get("id") == node.get("default")), None)
        if chosen is None:
            yield _choose(situation, node, flows)
        elif text_of(chosen.find(bpmn("conditionExpression"))) is not None:
            yield _free(situation, chosen)


def _choose(situation: Situation, node: Any, flows: list[Any]) -> Offer:
    free = [one for one in flows if text_of(one.find(bpmn("conditionExpression"))) is None]
    choices = tuple(Choice(one.get("id"), _to(situation.document, one)) for one in flows)
    question = Question(
        "Which flow is taken when no condition holds?", choices, (free or flows)[-1].get("id") if free else None
    )
    certain = free[0].get("id") if len(free) == 1 and local(node) == "exclusiveGateway" else ""
    return Offer(
        "default-flow",
        node.get("id"),
        f"Mark the default flow of {called(node)}",
        "The flow without a condition is the one to take when no condition holds."
        if certain
        else "When no condition holds the case would stop here. A condition on the default flow is taken off.",
        lambda doc, answer: _mark(doc, node, answer or certain),
        rule=situation.rule(node, "gateway-needs-default"),
        needs=None if certain else question,
        instead_of=(f"flow-condition:{certain}",) if certain else (),
    )


def _free(situation: Situation, flow: Any) -> Offer:
    return Offer(
        "default-condition",
        flow.get("id"),
        f"Take the condition off the default flow {called(flow)}",
        "The default flow is taken when no other condition holds; a condition of its own is never read.",
        lambda doc, _: doc.remove(flow.find(bpmn("conditionExpression"))),
        rule=situation.rule(flow, "flow-needs-condition"),
    )


def _mark(document: Document, node: Any, flow_id: str) -> None:
    document.assign(node, "default", flow_id)
    condition = document.ids[flow_id].find(bpmn("conditionExpression"))
    if condition is not None:
        document.remove(condition)


def _to(document: Document, flow: Any) -> str:
    target = document.ids.get(flow.get("targetRef", ""))
    name = " ".join((flow.get("name") or "").split())
    where = f"to {called(target)}" if target is not None else "to nothing"
    return f"“{name}”, {where}" if name else where
