"""Which flows close a loop? They are drawn against the reading direction."""

from collections import defaultdict
from collections.abc import Iterable

from workflows.layout.graph import Edge, Node, Scope

Arc = tuple[Node, Node, Edge]


def mark_loops(scope: Scope) -> None:
    """Sets `back` on flows until the rest has no cycle.

    In every strongly connected part the header is the node entered from outside that stands first in the document:
    the order in which steps are written is the reading order. Flows of the part to its header go back; then the rest
    of the part is looked at again.
    """
    order = {one: (one.tag != "startEvent", index) for index, one in enumerate(scope.cells)}
    arcs = [(one.src.cell, one.dst.cell, one) for one in scope.edges if one.kind == "flow"]
    for *_, edge in arcs:
        edge.back = False
    work = [frozenset(order)]
    while work:
        part = work.pop()
        inside = [one for one in arcs if not one[2].back and one[0] in part and one[1] in part]
        for component in _components(sorted(part, key=lambda one: order[one]), inside):
            if len(component) > 1 or any(source is target for source, target, _ in inside if source in component):
                _break(component, arcs, order)
                work.append(component)


def _break(component: frozenset[Node], arcs: list[Arc], order: dict[Node, tuple[bool, int]]) -> None:
    open_arcs = [one for one in arcs if not one[2].back and one[1] in component]
    entries = {target for source, target, _ in open_arcs if source not in component} or component
    header = min(entries, key=lambda one: order[one])
    for source, target, edge in open_arcs:
        if source in component and target is header:
            edge.back = True


def _components(nodes: Iterable[Node], arcs: list[Arc]) -> list[frozenset[Node]]:
    """Strongly connected parts (Kosaraju's method, without recursion), in a fixed order."""
    out: dict[Node, list[Node]] = defaultdict(list)
    into: dict[Node, list[Node]] = defaultdict(list)
    for source, target, _ in arcs:
        out[source].append(target)
        into[target].append(source)
    parts, assigned = [], set[Node]()
    for root in reversed(_finished(nodes, out)):
        part, stack = set[Node](), [root]
        while stack:
            node = stack.pop()
            if node not in assigned:
                assigned.add(node)
                part.add(node)
                stack += into[node]
        if part:
            parts.append(frozenset(part))
    return parts


def _finished(nodes: Iterable[Node], out: dict[Node, list[Node]]) -> list[Node]:
    """The nodes in the order in which a depth-first walk leaves them."""
    finished, seen = list[Node](), set[Node]()
    for root in nodes:
        stack = [(root, iter(out[root]))] if root not in seen else []
        seen.add(root)
        while stack:
            node, targets = stack[-1]
            target = next((one for one in targets if one not in seen), None)
            if target is None:
                finished.append(node)
                stack.pop()
            else:
                seen.add(target)
                stack.append((target, iter(out[target])))
    return finished
