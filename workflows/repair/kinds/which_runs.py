"""No process is marked as executable: mark the one, or ask which of several pools is to run."""

from collections.abc import Iterator
from typing import Any

from workflows.model.names import FLOW_NODES, bpmn
from workflows.repair.document import Document, local
from workflows.repair.edits import called
from workflows.repair.offers import Choice, Offer, Question
from workflows.repair.situation import Situation

_KEPT = "The other pools stay in the drawing and are not run."


def find(situation: Situation) -> Iterator[Offer]:
    document = situation.document
    processes = list(document.of("process"))
    marked = [one for one in processes if one.get("isExecutable") in ("true", "1")]
    filled = [one for one in processes if any(local(child) in FLOW_NODES for child in one)]
    if len(filled) == 1 and not marked:
        yield _mark(situation, filled[0])
    elif marked and situation.kind_of("not-executable"):
        yield from (_mark(situation, one) for one in filled if situation.rule(one, "not-executable"))
    elif len(filled) > 1 and (not marked or len(_begun(document, marked)) > 1):
        yield _choose(situation, filled, any_marked=bool(marked))


def _begun(document: Document, marked: list[Any]) -> list[Any]:
    """Those that no other process of the file calls."""
    called = {call.get("calledElement") for call in document.of("callActivity")}
    return [one for one in marked if one.get("id") not in called]


def _mark(situation: Situation, process: Any) -> Offer:
    return Offer(
        "not-executable",
        process.get("id"),
        f"Mark {called(process)} as executable",
        "The file describes this process without saying that it is meant to be run.",
        lambda doc, _: doc.assign(process, "isExecutable", "true"),
        rule=situation.rule(process, "not-executable") or "not-executable",
    )


def _choose(situation: Situation, processes: list[Any], *, any_marked: bool) -> Offer:
    pools = {one.get("processRef"): one.get("name") for one in situation.document.of("participant")}
    choices = tuple(
        Choice(one.get("id"), pools.get(one.get("id")) or one.get("name") or one.get("id")) for one in processes
    )
    return Offer(
        "which-process",
        None,
        "Choose the process that is run",
        f"The file describes {len(processes)} processes, one for each pool. {_KEPT}",
        lambda doc, answer: _run_only(doc, answer),
        rule="" if any_marked else "not-executable",
        needs=Question("Which process is run here?", choices),
    )


def _run_only(document: Document, chosen: str) -> None:
    running = _with_called(document, chosen)
    for process in document.root.findall(bpmn("process")):
        runs = process.get("id") in running
        if runs or process.get("isExecutable") in ("true", "1"):
            document.assign(process, "isExecutable", "true" if runs else "false")


def _with_called(document: Document, chosen: str) -> set[str]:
    """The process and those of the file that it calls, and so on."""
    found, waiting = set[str](), [chosen]
    while waiting:
        one = waiting.pop()
        process = document.ids.get(one)
        if one not in found and process is not None and local(process) == "process":
            found.add(one)
            waiting += [call.get("calledElement", "") for call in process.iter(bpmn("callActivity"))]
    return found
