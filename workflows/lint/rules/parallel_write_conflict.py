"""Two branches that run at the same time and write one variable overwrite each other.

Only lists may be written on both sides: by scripts that append to them, and by multi-instance activities that collect
their results. At the join such a list is what was there, then what each branch appended, in order of arrival.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations

from workflows.findings import Finding
from workflows.lint.branches import branches
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.lint.writes import appended, written
from workflows.model import Element, Model

RULE = "parallel-write-conflict"
MOST = 200
"""So many are told; a model with more has one cause for them."""


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    told: set[tuple[str, str, str]] = set()
    # Most elements write what no other one writes: looking at those alone keeps a gateway with a thousand flows quick.
    shared = {one for ones in _writers(model, context, set(model.elements)).values() if len(ones) > 1 for one in ones}
    for every in branches(model) if shared else ():
        for first, second in combinations(filter(None, (way & shared for way in every)), 2):
            mine, other = (_writers(model, context, way - beyond) for way, beyond in ((first, second), (second, first)))
            for name in sorted(mine.keys() & other.keys()):
                left, right = mine[name], other[name]
                both = [*left, *right]
                if all(_keeps(model.elements[one], name) for one in both) or (left[0], right[0], name) in told:
                    continue
                if len(told) == 2 * MOST:
                    return
                told.update({(left[0], right[0], name), (right[0], left[0], name)})
                message = f"The variable {name} is also written by {right[0]} at the same time. Use two variables, or "
                yield error(RULE, left[0], message + "append to a list in both.")


def _writers(model: Model, context: LintContext, ids: set[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in sorted(ids):
        element = model.elements[one]
        if _is_apart(model, element):
            continue
        for name in (*written(element), *_called(model, context, element)):
            found.setdefault(name, []).append(one)
    return found


def _called(model: Model, context: LintContext, element: Element) -> tuple[str, ...]:
    """What a called process gives back under its own names."""
    called = element.called_element or ""
    other = model if called in model.processes else context.called.get(called)
    if other is None or element.outputs or element.loop is not None:
        return ()
    return other.processes[called].outputs


def _is_apart(model: Model, element: Element) -> bool:
    """Whether what an element writes stays in an instance of a multi-instance sub-process."""
    around = model.elements.get(element.parent_id or "")
    while around is not None:
        if around.loop is not None and around.loop.kind != "standard":
            return True
        around = model.elements.get(around.parent_id or "")
    return False


def _keeps(element: Element, name: str) -> bool:
    """Whether an element only adds to a list."""
    if element.loop is not None and element.loop.output_ref == name:
        return True
    return name in appended(element)
