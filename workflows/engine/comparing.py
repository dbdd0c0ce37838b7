"""What is different between two versions of a process, as far as running instances are concerned."""

from dataclasses import dataclass
from typing import Any

from workflows.engine.specs import CompiledProcess
from workflows.model import Element

_DUTIES = (
    "requiresDecision",
    "acceptedOutcomes",
    "formKey",
    "clinicalDecision",
    "outcomes",
    "invalidates",
    "candidateGroup",
    "notSameAs",
    "independentOf",
)


@dataclass(frozen=True)
class Comparison:
    """By element id. Names, documentation and drawing do not count.

    added, removed: elements of one version only.
    changed: elements that do another kind of work; a token there needs a place.
    moved:   elements with another lane, form, guard or decision; a token stays, and what changed for it is listed.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    moved: tuple[str, ...]


def compare(old: CompiledProcess, new: CompiledProcess) -> Comparison:
    """The difference between two versions."""
    both = [(one, new.elements[one.id]) for one in old.elements.values() if one.id in new.elements]
    return Comparison(
        added=tuple(one for one in new.elements if one not in old.elements),
        removed=tuple(one for one in old.elements if one not in new.elements),
        changed=tuple(one.id for one, other in both if work(one) != work(other)),
        moved=tuple(one.id for one, other in both if work(one) == work(other) and _duty(one) != _duty(other)),
    )


def work(element: Element) -> Any:
    """What has to be the same for a token to stay at an element."""
    operator = element.operator.id if element.operator is not None else None
    loop = element.loop.kind if element.loop is not None else None
    triggers = tuple((one.kind, one.name or one.ref) for one in element.triggers)
    return element.kind, loop, triggers, operator, element.called_element, element.event_subprocess, element.parent_id


def _duty(element: Element) -> Any:
    return element.lane, element.interrupting, tuple(element.properties.get(one) for one in _DUTIES)
