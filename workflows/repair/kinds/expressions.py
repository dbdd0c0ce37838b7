"""Conditions of other languages, spelled in FEEL where the meaning is the same."""

from collections.abc import Iterator
from typing import Any

from workflows.model.names import spiff
from workflows.model.parts import text_of
from workflows.repair.document import Document, local
from workflows.repair.edits import called, nth
from workflows.repair.foreign import in_feel, is_foreign
from workflows.repair.offers import Offer
from workflows.repair.situation import Situation

_PLACES = {
    "conditionExpression": ("condition", "the condition"),
    "condition": ("event-condition", "the condition"),
    "loopCondition": ("loop-condition", "the condition of the loop"),
    "loopCardinality": ("cardinality", "the number of instances"),
    "completionCondition": ("completion-condition", "the completion condition"),
}
_RULES = ("python-expression", "feel-parses", "flow-needs-condition")


def find(situation: Situation) -> Iterator[Offer]:
    document = situation.document
    for node in document.everything:
        text = text_of(node) if local(node) in _PLACES else None
        if text is not None and is_foreign(text, node.get("language")):
            kind, where = _PLACES[local(node)]
            feel = in_feel(text, node.get("language"))
            holder = _holder(document, node)
            if feel is not None and holder is not None:
                yield _offer(situation, node, holder, (f"expression-{kind}{nth(node, holder)}", where, text, feel))
        if node.tag == spiff("parameter"):
            yield from _parameter(situation, node)


def _offer(situation: Situation, node: Any, holder: Any, words: tuple[str, str, str, str]) -> Offer:
    """words: the kind of offer, the place in words, the text and the same in FEEL."""
    kind, where, text, feel = words

    def edit(document: Document, _: str) -> None:
        document.write(node, feel)
        if node.get("language") is not None:
            document.assign(node, "language", None)

    return Offer(
        kind,
        holder.get("id"),
        f"Write {where} of {called(holder)} in FEEL",
        f"{text[:200]} means {feel[:200]} in FEEL.",
        edit,
        rule=situation.rule(holder, *_RULES),
    )


def _parameter(situation: Situation, node: Any) -> Iterator[Offer]:
    text = (node.get("value") or "").strip()
    holder = _holder(situation.document, node)
    if not text or holder is None or not is_foreign(text):
        return
    feel = in_feel(text)
    if feel is not None:
        yield Offer(
            f"expression-{node.get('id')}",
            holder.get("id"),
            f"Write the parameter {node.get('id')} of {called(holder)} in FEEL",
            f"{text[:200]} means {feel[:200]} in FEEL.",
            lambda doc, _: doc.assign(node, "value", feel),
            rule=situation.rule(holder, *_RULES),
        )


def _holder(document: Document, node: Any) -> Any:
    """The flow or flow node that findings name."""
    for one in node.iterancestors():
        tag = local(one)
        is_part = tag.endswith(("EventDefinition", "LoopCharacteristics")) or not tag or tag == "extensionElements"
        if not is_part and one.get("id"):
            return one if document.owns(one) else None
    return None
