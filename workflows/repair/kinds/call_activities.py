"""A call of a process that is not there calls another one, or a person does the work."""

from collections.abc import Iterator
from typing import Any

from workflows.model.names import bpmn
from workflows.repair.document import Document, make
from workflows.repair.edits import called, place, set_property
from workflows.repair.offers import Choice, Offer, Question
from workflows.repair.situation import Situation

BY_HAND = "by-hand"


def find(situation: Situation) -> Iterator[Offer]:
    known = {**situation.known.called, **dict.fromkeys(situation.model.processes, situation.model)}
    able = [key for key, model in sorted(known.items()) if model.processes[key].has_io]
    for node in situation.document.of("callActivity"):
        rule = situation.rule(node, "call-activity-io")
        if rule and node.get("calledElement") not in known:
            choices = (Choice(BY_HAND, "A person does it, as a manual task"), *(Choice(one, one) for one in able))
            yield Offer(
                "call-activity",
                node.get("id"),
                f"Say what {called(node)} calls",
                f"The process {node.get('calledElement') or 'it calls'} is not known here. Bring it too, or choose.",
                lambda doc, answer, node=node: _become(doc, node, answer),  # type: ignore[misc]
                rule=rule,
                needs=Question("What is done instead?", choices, BY_HAND),
            )
        elif rule and node.get("calledElement") in situation.model.processes:
            yield _closed(situation, node, rule)


def _closed(situation: Situation, node: Any, rule: str) -> Offer:
    process = next(one for one in situation.document.of("process") if one.get("id") == node.get("calledElement"))
    return Offer(
        "call-data",
        node.get("id"),
        f"Let {called(node)} share no data with {called(process)}",
        "The called process does not say which data it takes and gives. With this it takes and gives none; "
        "name inputs and outputs in its ioSpecification when it needs some.",
        lambda doc, _: _declare(doc, process),
        rule=rule,
        is_certain=False,
    )


def _declare(document: Document, process: Any) -> None:
    if process.find(bpmn("ioSpecification")) is None:
        io = make("ioSpecification")
        io.extend((make("inputSet"), make("outputSet")))
        ahead = ("documentation", "extensionElements", "auditing", "monitoring", "supportedInterfaceRef")
        document.insert(process, place(process, *ahead), io)


def _become(document: Document, node: Any, answer: str) -> None:
    if answer != BY_HAND:
        document.assign(node, "calledElement", answer)
        return
    document.assign(node, "calledElement", None)
    document.rename(node, "manualTask")
    set_property(document, node, "instructions", f"Do what {called(node)} stands for, then confirm.")
