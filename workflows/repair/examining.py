"""What a file contains, what stands against it, and which repairs are offered."""

from collections.abc import Iterator
from itertools import islice

from workflows.findings import Finding
from workflows.lint import LintContext
from workflows.model import ModelRefused
from workflows.model.names import BPMNDI, bpmn
from workflows.repair.document import Document
from workflows.repair.kinds import KINDS, camunda, qualified_references, zeebe
from workflows.repair.kinds.vendor_mapping import TAKEN_RULES
from workflows.repair.offers import Offer, Outline, Pool, Repair, Report, Reported
from workflows.repair.situation import Situation, look
from workflows.repair.vendors import vendor_findings

MAX_OFFERS = 2000
"""More repairs than this are offered in the next round."""
_NOTHING_KNOWN = LintContext()


def examine(data: bytes, known: LintContext = _NOTHING_KNOWN) -> Report:
    """Everything about a file. One that cannot be read is reported too, with the reasons."""
    try:
        situation = look(data, known)
    except ModelRefused as refused:
        findings = tuple(Reported(one, ()) for one in refused.findings)
        return Report(False, False, "", (), (), findings, ())
    repairs = tuple(_tried(situation))
    root = situation.model.root
    return Report(
        is_readable=True,
        has_drawing=next(root.iter(f"{{{BPMNDI}}}BPMNShape"), None) is not None,
        made_with=" ".join(filter(None, (root.get("exporter"), root.get("exporterVersion"))))[:120],
        processes=tuple(_outlines(situation)),
        pools=tuple(_pools(situation)),
        findings=tuple(_reported(situation, repairs)),
        repairs=repairs,
    )


def propose(data: bytes, known: LintContext = _NOTHING_KNOWN) -> tuple[Repair, ...]:
    """The repairs that are offered for a file, in the order in which they are applied. Raises ModelRefused."""
    return tuple(_tried(look(data, known)))


def offers_of(situation: Situation) -> Iterator[Offer]:
    """Every offer once, without those that another one makes needless."""
    seen: set[str] = set()
    every = (offer for kind in KINDS for offer in kind(situation))
    for offer in islice(every, MAX_OFFERS):
        if offer.id not in seen:
            seen |= {offer.id, *offer.instead_of}
            yield offer


def _tried(situation: Situation) -> Iterator[Repair]:
    """Each offer is made on the file and taken back, to show what it changes."""
    document = situation.document
    document.draws = False
    for offer in offers_of(situation):
        offer.edit(document, offer.needs.sample if offer.needs is not None else "")
        (before, after), removes = document.changes.texts(), document.changes.lost_ids()
        document.undo()
        yield Repair(
            id=offer.id,
            element_id=offer.element_id,
            title=offer.title,
            explanation=offer.explanation,
            rule=offer.rule,
            needs=offer.needs,
            is_mechanical=offer.is_mechanical,
            removes=removes,
            before=before,
            after=after,
        )


def _reported(situation: Situation, repairs: tuple[Repair, ...]) -> Iterator[Reported]:
    answers: dict[tuple[str, str | None], list[str]] = {}
    for repair in repairs:
        answers.setdefault((repair.rule, repair.element_id), []).append(repair.id)
        if repair.id.startswith("take-over-"):
            for rule in TAKEN_RULES:
                answers.setdefault((rule, repair.element_id), []).append(repair.id)
    for_all = {one.rule: one.id for one in repairs if one.element_id is None and one.rule}
    offered = {one.id for one in repairs}
    for finding in (*situation.findings, *_of_vendors(situation)):
        found = answers.get((finding.rule, finding.element_id), [])
        if not found and finding.rule == "flow-needs-condition":
            flow = situation.model.flows.get(finding.element_id or "")
            default = f"default-flow:{flow.source if flow is not None else ''}"
            found = [default] if default in offered else []
        if not found and finding.rule in for_all:
            found = [for_all[finding.rule]]
        yield Reported(finding, tuple(dict.fromkeys(found)))


def _of_vendors(situation: Situation) -> Iterator[Finding]:
    """What only matters in files of other tools."""
    wrong = qualified_references.count(situation.document)
    if wrong:
        message = f"{wrong} references carry the prefix of a namespace, which the engine does not read. Correct them."
        yield Finding(qualified_references.RULE, "warn", None, message)
    nodes = list(situation.document.nodes())
    yield from vendor_findings(
        situation.document, {one: camunda.names_taken(one) | zeebe.names_taken(one) for one in nodes}
    )


def _outlines(situation: Situation) -> Iterator[Outline]:
    counts: dict[str, int] = {}
    for element in situation.model.elements.values():
        counts[element.process_id] = counts.get(element.process_id, 0) + 1
    for process in situation.model.processes.values():
        yield Outline(process.id, process.name or "", process.is_executable, counts.get(process.id, 0))


def _pools(situation: Situation) -> Iterator[Pool]:
    document: Document = situation.document
    for node in document.root.iter(bpmn("participant")):
        process = (node.get("processRef") or "").rpartition(":")[2] or None
        yield Pool(node.get("id", ""), node.get("name") or "", process)
