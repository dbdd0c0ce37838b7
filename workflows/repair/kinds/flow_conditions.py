"""A flow out of a choosing gateway says when it is taken. Only somebody who knows the work can say it."""

from collections.abc import Iterator
from typing import Any

from workflows.feel import FeelError, parse
from workflows.model.names import bpmn
from workflows.model.parts import text_of
from workflows.repair.document import Document, make
from workflows.repair.edits import called
from workflows.repair.offers import ANY_TEXT, AnswerRefused, Offer, Question
from workflows.repair.situation import Situation


def find(situation: Situation) -> Iterator[Offer]:
    document = situation.document
    for node in document.of("exclusiveGateway", "inclusiveGateway"):
        flows = document.outgoing(node)
        free = [
            one
            for one in flows
            if one.get("id") != node.get("default") and text_of(one.find(bpmn("conditionExpression"))) is None
        ]
        for flow in free if len(flows) > 1 else ():
            target = document.ids.get(flow.get("targetRef", ""))
            name = " ".join((flow.get("name") or "").split())
            where = called(target) if target is not None else "nothing"
            yield Offer(
                "flow-condition",
                flow.get("id"),
                f"Say when the flow {f'“{name}” ' if name else ''}to {where} is taken",
                f"It leaves {called(node)}, which chooses by conditions, and has none.",
                lambda doc, answer, flow=flow: _write(doc, flow, answer),  # type: ignore[misc]
                rule=situation.rule(flow, "flow-needs-condition"),
                needs=Question("Condition in FEEL, for example: amount > 1000"),
            )


def _write(document: Document, flow: Any, answer: str) -> None:
    if answer != ANY_TEXT:
        try:
            parse(answer)
        except FeelError as problem:
            raise AnswerRefused(f"The condition {answer!r} is not FEEL: {problem}") from problem
    known = flow.find(bpmn("conditionExpression"))
    if known is not None:
        document.write(known, answer)
    else:
        document.append(flow, make("conditionExpression", answer))
