"""An activity that runs several times says how often, and where the results go."""

from collections.abc import Iterator
from typing import Any

from workflows.model.names import bpmn
from workflows.repair.document import Document, local, make
from workflows.repair.edits import called, nth, slug
from workflows.repair.offers import ANY_TEXT, AnswerRefused, Choice, Offer, Question
from workflows.repair.situation import Situation

_ORDER = ("documentation", "extensionElements", "loopCardinality", "loopDataInputRef", "loopDataOutputRef",
          "inputDataItem", "outputDataItem")  # fmt: skip
_HOW_OFTEN = Question("How often, as a number? Or for each item of which list, by its variable?", (), "1")
_WHICH = Question(
    "It names both a number and a list. What counts?",
    (Choice("list", "Each item of the list"), Choice("number", "The number")),
    "list",
)


def find(situation: Situation) -> Iterator[Offer]:
    document = situation.document
    for loop in document.everything:
        node = loop.getparent() if local(loop).endswith("LoopCharacteristics") else None
        if node is None or nth(loop, node) or not document.owns(node):
            continue
        rule = situation.rule(node, "mi-needs-output", "loop-needs-bound")
        if local(loop) == "multiInstanceLoopCharacteristics":
            yield from _several(node, loop, rule)
        elif not loop.get("loopMaximum"):
            yield _bounded(node, loop, rule)


def _several(node: Any, loop: Any, rule: str) -> Iterator[Offer]:
    number, listed = loop.find(bpmn("loopCardinality")), loop.find(bpmn("loopDataInputRef"))
    if number is None and listed is None:
        yield Offer("multi-instance", node.get("id"), f"Say how often {called(node)} runs",
                    "It is to run several times, and nothing says how often.",
                    lambda doc, answer: _often(doc, loop, answer), rule=rule, needs=_HOW_OFTEN)  # fmt: skip
    elif number is not None and listed is not None:
        yield Offer("multi-instance", node.get("id"), f"Say how often {called(node)} runs",
                    "Only one of the two can say how often it runs.",
                    lambda doc, answer: doc.remove(number if answer == "list" else listed), rule=rule,
                    needs=_WHICH)  # fmt: skip
    if loop.find(bpmn("loopDataOutputRef")) is None or loop.find(bpmn("outputDataItem")) is None:
        yield Offer("multi-instance-results", node.get("id"), f"Keep the results of {called(node)} in a list",
                    f"Each run gives one item of the list {slug(node.get('id'))}_results.",
                    lambda doc, _: _results(doc, node, loop), rule=rule)  # fmt: skip


def _often(document: Document, loop: Any, answer: str) -> None:
    if answer.isdigit():
        put(document, loop, make("loopCardinality", answer))
    elif answer.isidentifier() or answer == ANY_TEXT:
        put(document, loop, make("loopDataInputRef", answer))
    else:
        raise AnswerRefused(f"{answer!r} is neither a number nor the name of a variable.")


def _results(document: Document, node: Any, loop: Any) -> None:
    name = slug(node.get("id"))
    if loop.find(bpmn("loopDataOutputRef")) is None:
        put(document, loop, make("loopDataOutputRef", f"{name}_results"))
    if loop.find(bpmn("outputDataItem")) is None:
        put(document, loop, make("outputDataItem", id=document.fresh_id(f"{name}_result")))


def put(document: Document, loop: Any, part: Any) -> None:
    """Where BPMN wants it among the others."""
    ahead = _ORDER[: _ORDER.index(local(part))]
    places = [at for at, one in enumerate(loop) if local(one) in ahead]
    document.insert(loop, places[-1] + 1 if places else 0, part)


def _bounded(node: Any, loop: Any, rule: str) -> Offer:
    return Offer(
        "loop-maximum",
        node.get("id"),
        f"Say how often {called(node)} may be repeated",
        "A loop without a limit could run for ever.",
        lambda doc, answer: _limit(doc, loop, answer),
        rule=rule,
        needs=Question("How often at most?", (), "100"),
    )


def _limit(document: Document, loop: Any, answer: str) -> None:
    if not (answer.isascii() and answer.isdigit() and 0 < int(answer) < 100_000):
        raise AnswerRefused(f"{answer!r} is no number from 1 to 99999.")
    document.assign(loop, "loopMaximum", answer)
