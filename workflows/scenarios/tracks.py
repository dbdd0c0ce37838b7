"""Which elements and flows did a run go through?"""

from collections.abc import Iterable

from workflows.engine import CompiledProcess, Element, Step


def touched(process: CompiledProcess, steps: Iterable[Step]) -> frozenset[tuple[str, str]]:
    """(process id, element or flow id) for what the steps of an execution went through.

    A token enters an element right after the element before was completed, so the flow between the two was taken.
    """
    found: set[tuple[str, str]] = set()
    before: Element | None = None
    for step in steps:
        element = process.elements[step.element_id]
        if step.what == "completed":
            found.add((element.process_id, _plain(element.id)))
            before = element
        elif step.what == "entered" and before is not None and before.process_id == element.process_id:
            flows = process.model_of(element.process_id).flows
            taken = (one for one in before.outgoing if one in flows and flows[one].target == _plain(element.id))
            found.update((element.process_id, one) for one in taken)
    return frozenset(found)


def _plain(element_id: str) -> str:
    """As it stands in its file: a called process's clashing id is listed as "process:id"."""
    return element_id.rpartition(":")[2]
