"""What does an expression read? For lint, for data dictionaries and for the proof that a condition is not free."""

from dataclasses import dataclass, field

from workflows.feel import nodes as n
from workflows.feel.builtins.registry import find_function


@dataclass(slots=True)
class _Found:
    paths: set[tuple[str, ...]] = field(default_factory=set)
    item_paths: set[tuple[str, ...]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Reading:
    """paths: certainly read. item_paths: read inside a filter, where a name may be a field of the item."""

    paths: frozenset[tuple[str, ...]]
    item_paths: frozenset[tuple[str, ...]]


def readings(tree: n.Node) -> Reading:
    """Every free name and dotted path. Errs on the side of naming too much."""
    found = _Found()
    _visit(tree, frozenset(), False, found)
    return Reading(frozenset(found.paths), frozenset(found.item_paths))


def _visit(node: n.Node, bound: frozenset[str], filtering: bool, found: _Found) -> None:
    path = _path(node)
    if path is not None:
        _note(path, bound, filtering, found)
        return
    match node:
        case n.Call(function=n.Name(name=called), arguments=arguments) if find_function(called) is not None:
            for argument in arguments:
                _visit(argument, bound, filtering, found)
        case n.Filter(target=target, condition=condition):
            _visit(target, bound, filtering, found)
            _visit(condition, bound | {"item"}, True, found)
        case n.For(iterators=iterators, body=body):
            _visit(body, _iterate(iterators, bound, filtering, found) | {"partial"}, filtering, found)
        case n.Quantified(iterators=iterators, condition=condition):
            _visit(condition, _iterate(iterators, bound, filtering, found), filtering, found)
        case n.FunctionNode(parameters=parameters, body=body):
            _visit(body, bound | set(parameters), filtering, found)
        case n.ContextNode(entries=entries):
            for key, value in entries:
                _visit(value, bound, filtering, found)
                bound = bound | {key}
        case _:
            for child in n.children(node):
                _visit(child, bound, filtering, found)


def _path(node: n.Node) -> tuple[str, ...] | None:
    """`a.b.c` as a tuple, None when the node is not a plain path."""
    names: list[str] = []
    while isinstance(node, n.Path):
        names.append(node.name)
        node = node.target
    return (node.name, *reversed(names)) if isinstance(node, n.Name) else None


def _note(path: tuple[str, ...], bound: frozenset[str], filtering: bool, found: _Found) -> None:
    name = path[0]
    if name in bound or name == "?":
        return
    (found.item_paths if filtering else found.paths).add(path)


def _iterate(iterators: tuple[n.Loop, ...], bound: frozenset[str], filtering: bool, found: _Found) -> frozenset[str]:
    for one in iterators:
        _visit(one.source, bound, filtering, found)
        if one.end is not None:
            _visit(one.end, bound, filtering, found)
        bound = bound | {one.name}
    return bound
