"""Which variables may be there before anything in the model wrote them?

Who starts a process gives it data that no model declares. A name that can be read before it is written is taken for
such data, even when a script writes it later.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from workflows.lint.context import LintContext
from workflows.lint.graph import is_entry
from workflows.lint.reads import readers
from workflows.lint.writes import written
from workflows.model import Element, Model


def early_names(model: Model, elements: list[Element], names: Set[str], context: LintContext) -> frozenset[str]:
    """Those of the names that some element may read although no element on the way to it has written them."""
    steps = _steps(model, elements)
    writers = {one.id: written(one) for one in elements}
    read = readers(model, elements, context)
    return frozenset(name for name in names if name in read and _reaches(steps, writers, read[name], name))


@dataclass(frozen=True)
class _Steps:
    """after: reached once the element is through; beside: reached as soon as it begins (its edges and its inside)."""

    after: Mapping[str, tuple[str, ...]]
    beside: Mapping[str, list[str]]
    starts: tuple[str, ...]


def _steps(model: Model, elements: list[Element]) -> _Steps:
    beside: dict[str, list[str]] = {}
    for one in elements:
        host = one.attached_to or (one.parent_id if is_entry(one) else None)
        if host is not None:
            beside.setdefault(host, []).append(one.id)
    after = {one.id: model.following(one) for one in elements}
    linked = {target for one in elements for target in after[one.id]}
    starts = tuple(one.id for one in elements if one.id not in linked and one.attached_to is None)
    return _Steps(after, beside, starts)


def _reaches(steps: _Steps, writers: Mapping[str, Set[str]], wanted: Set[str], name: str) -> bool:
    """Can a token come to a reader without passing a writer of the name?"""
    waiting, seen = list(steps.starts), set[str]()
    while waiting:
        one = waiting.pop()
        if one in wanted:
            return True
        if one in seen:
            continue
        seen.add(one)
        waiting += steps.beside.get(one, ())
        if name not in writers.get(one, ()):
            waiting += steps.after.get(one, ())
    return False
