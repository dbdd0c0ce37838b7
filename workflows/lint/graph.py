"""Walks over the flows of a model. Each is linear in the size of the model."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from workflows.model import Element, Model


def reachable(model: Model, starts: Iterable[str], barred: Collection[str] = frozenset()) -> set[str]:
    """Everything that can be reached from these ids, themselves included; sub-processes are entered.

    barred: ids that may be reached and are not gone through.
    """
    following = model.steps
    seen: set[str] = set()
    stack = [one for one in starts if one in model.elements]
    while stack:
        one = stack.pop()
        if one not in seen:
            seen.add(one)
            stack.extend(following[one] if one not in barred else ())
    return seen


def is_entry(element: Element) -> bool:
    """Where a scope begins by itself: a start event, or an event sub-process."""
    return element.kind == "startEvent" or element.event_subprocess


def after(model: Model, element: Element) -> set[str]:
    """Everything reachable from an element by what follows it, itself not included unless a loop leads back."""
    return reachable(model, model.following(element))


def in_circles(model: Model, passes: Callable[[Element], bool] = lambda _: True) -> set[str]:
    """Ids of the elements from which a way leads back to themselves. passes: what such a way may go through."""
    open_ = {key for key, element in model.elements.items() if passes(element)}
    following = {key: [one for one in found if one in open_] for key, found in model.steps.items() if key in open_}
    circles = (group for group in _groups(following) if len(group) > 1 or group[0] in following[group[0]])
    return {one for group in circles for one in group}


def _groups(following: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """Nodes that lead to each other, each group once (Tarjan, SIAM Journal on Computing 1, 1972; without recursion)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    closed: set[str] = set()
    for root in following:
        work = [] if root in number else [(root, iter(following[root]))]
        while work:
            node, rest = work[-1]
            if node not in number:
                number[node] = low[node] = len(number)
                path.append(node)
            target = next(rest, None)
            if target is not None and target not in number:
                work.append((target, iter(following[target])))
            elif target is not None and target not in closed:
                low[node] = min(low[node], number[target])
            elif target is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    group = _popped(path, node)
                    closed.update(group)
                    yield group


def _popped(path: list[str], node: str) -> list[str]:
    """The end of the path from a node on, taken off."""
    group: list[str] = []
    while not group or group[-1] != node:
        group.append(path.pop())
    return group
