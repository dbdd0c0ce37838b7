"""From a BPMN file to scopes: which nodes, edges, lanes and pools are to be drawn."""

# mypy: disable-error-code="import-untyped"
from typing import Any

from workflows.layout.artifacts import read_artifacts
from workflows.layout.graph import Edge, Kind, Lane, Node, Pool, Scope
from workflows.layout.old import Old
from workflows.layout.text import TASK_SIZE, clean, even, text_width, wrap
from workflows.model.names import EVENTS, FLOW_NODES, GATEWAYS, SUB_PROCESSES, bpmn

EXPAND_UP_TO = 14
"""A sub-process that was never drawn is drawn with its content when it has at most so many steps."""
BAR = 600, 60
_TASK_WIDTHS = (100, 110, 120, 130, 140)
_TASK_LINES = 3
_BAND = "process"


def read_scopes(root: Any, old: Old) -> list[Scope]:
    """One scope per diagram: the collaboration, or each process of its own."""
    collaboration = root.find(bpmn("collaboration"))
    processes = [one for one in root.findall(bpmn("process")) if one.get("id")]
    if collaboration is not None and collaboration.get("id"):
        scope = _read_collaboration(collaboration, processes, old)
        return [scope] if scope.pools else []
    found = [_read_process(one, old) for one in processes]
    return [one for one in found if one.nodes or one.loose] or found[:1]


def _read_process(process: Any, old: Old) -> Scope:
    scope = Scope(process.get("id"))
    read_into(scope, process, old, Pool(process.get("id"), "", drawn=False))
    finish(scope, [process], old)
    return scope


def _read_collaboration(collaboration: Any, processes: list[Any], old: Old) -> Scope:
    scope = Scope(collaboration.get("id"))
    by_id = {one.get("id"): one for one in processes}
    taken = set()
    bars: dict[bool, list[Node]] = {True: [], False: []}
    for participant in collaboration.findall(bpmn("participant")):
        process = by_id.get(_ref(participant.get("processRef")))
        name = clean(participant.get("name"))
        if process is None or process.get("id") in taken or not _has_steps(process):
            if participant.get("id"):
                bars[not scope.pools].append(Node(participant.get("id"), "bar", "participant", name, *BAR))
            continue
        taken.add(process.get("id"))
        read_into(scope, process, old, Pool(participant.get("id"), name))
    for process in processes:
        if process.get("id") not in taken and _has_steps(process):
            taken.add(process.get("id"))
            read_into(scope, process, old, Pool(process.get("id"), "", drawn=False))
    _add_bars(scope, bars)
    finish(scope, [collaboration, *(by_id[one] for one in by_id if one in taken)], old)
    _read_messages(scope, collaboration)
    return scope


def _has_steps(process: Any) -> bool:
    return any(_tag(one) in FLOW_NODES or _tag(one) == "laneSet" for one in process)


def _add_bars(scope: Scope, bars: dict[bool, list[Node]]) -> None:
    """Closed pools share one band above the open ones, and one below."""
    for above, nodes in bars.items():
        if nodes:
            band = "bars above" if above else "bars below"
            pool = Pool(band, "", drawn=False, bands=[band])
            scope.pools.insert(0 if above else len(scope.pools), pool)
            for node in nodes:
                node.band = band
                scope.nodes[node.id] = node


def read_into(scope: Scope, holder: Any, old: Old, pool: Pool) -> None:
    """Adds the steps, flows and lanes of a process or sub-process as one pool of the scope."""
    scope.pools.append(pool)
    lanes = _read_lanes(holder, pool)
    pool.bands = [leaf.id for lane in pool.lanes for leaf in lane.leaves()] or [f"{_BAND} {pool.id}"]
    own = []
    for element in holder:
        node = _read_node(element, old)
        if node is not None and node.id not in scope.nodes:
            scope.nodes[node.id] = node
            own.append(node)
            node.band = lanes.get(node.id, "")
    _seat(own)
    _read_flows(scope, holder)
    _find_bands(own, scope, pool.bands)


def _tag(element: Any) -> str:
    tag = element.tag
    return str(tag.rpartition("}")[2]) if isinstance(tag, str) and tag.startswith(bpmn("")) else ""


def _ref(text: str | None) -> str:
    """An id without the prefix that some tools write before it."""
    return (text or "").strip().rpartition(":")[2]


def _read_node(element: Any, old: Old) -> Node | None:
    tag, name = _tag(element), clean(element.get("name"))
    if tag not in FLOW_NODES or not element.get("id"):
        return None
    if tag in SUB_PROCESSES:
        return _read_sub(element, tag, name, old)
    kind, w, h = _size(tag)
    return Node(element.get("id"), kind, tag, name, w, h, attached=_ref(element.get("attachedToRef")))


def _size(tag: str) -> tuple[Kind, int, int]:
    if tag in EVENTS:
        return ("boundary" if tag == "boundaryEvent" else "event"), 36, 36
    if tag in GATEWAYS:
        return "gateway", 50, 50
    return "task", 100, 80


def _read_sub(element: Any, tag: str, name: str, old: Old) -> Node:
    node = Node(element.get("id"), "sub", tag, name)
    inner = Scope(node.id)
    read_into(inner, element, old, Pool(node.id, "", drawn=False))
    finish(inner, [element], old)
    node.inner = inner
    small = 0 < len(inner.nodes) <= EXPAND_UP_TO
    node.expanded = node.id in old.expanded or (small and node.id not in old.collapsed)
    node.event_sub = element.get("triggeredByEvent") in ("true", "1")
    return node


def _seat(nodes: list[Node]) -> None:
    """Sit the boundary events on their hosts; one that sits on nothing stands alone."""
    hosts = {one.id: one for one in nodes if one.kind in ("task", "sub")}
    for node in nodes:
        if node.kind == "boundary" and node.attached in hosts:
            node.host = hosts[node.attached]
            node.host.seats.append(node)
        elif node.kind == "boundary":
            node.kind = "event"


def _read_flows(scope: Scope, holder: Any) -> None:
    defaults = {_ref(one.get("default")) for one in holder if one.get("default")}
    for flow in holder.findall(bpmn("sequenceFlow")):
        src, dst = scope.nodes.get(_ref(flow.get("sourceRef"))), scope.nodes.get(_ref(flow.get("targetRef")))
        if src is not None and dst is not None and flow.get("id"):
            name = clean(flow.get("name"))
            scope.edges.append(Edge(flow.get("id"), "flow", src, dst, name, flow.get("id") in defaults))


def _read_messages(scope: Scope, collaboration: Any) -> None:
    """Message flows; one to a step inside a sub-process ends at the sub-process that is drawn here."""
    shown = dict(scope.nodes)
    for node in scope.nodes.values():
        for inside in _inside(node):
            shown.setdefault(inside.id, node)
    for flow in collaboration.findall(bpmn("messageFlow")):
        ends = _ref(flow.get("sourceRef")), _ref(flow.get("targetRef"))
        src, dst = shown.get(ends[0]), shown.get(ends[1])
        if src is not None and dst is not None and src.cell is not dst.cell and flow.get("id"):
            inner = ("" if ends[0] in scope.nodes else ends[0], "" if ends[1] in scope.nodes else ends[1])
            scope.edges.append(Edge(flow.get("id"), "message", src, dst, clean(flow.get("name")), inner=inner))


def _inside(node: Node) -> list[Node]:
    if node.inner is None:
        return []
    return [one for child in node.inner.nodes.values() for one in (child, *_inside(child))]


def _read_lanes(holder: Any, pool: Pool) -> dict[str, str]:
    """Node id to the innermost lane that lists it."""
    of_node: dict[str, str] = {}
    for lane_set in holder.findall(bpmn("laneSet")):
        pool.lanes += _read_lane_set(lane_set, of_node)
    return of_node


def _read_lane_set(lane_set: Any, of_node: dict[str, str]) -> list[Lane]:
    found = []
    for element in lane_set.findall(bpmn("lane")):
        if not element.get("id"):
            continue
        lane = Lane(element.get("id"), clean(element.get("name")))
        listed = [_ref(ref.text) for ref in element.findall(bpmn("flowNodeRef"))]
        for parts in element.findall(bpmn("childLaneSet")):
            lane.parts += _read_lane_set(parts, of_node)
        for name in listed:
            leaf = next(lane.leaves()).id
            if not lane.parts:
                of_node[name] = leaf
            else:
                of_node.setdefault(name, leaf)
        found.append(lane)
    return found


def _find_bands(nodes: list[Node], scope: Scope, bands: list[str]) -> None:
    """A node that no lane lists goes where its neighbor is; a boundary event where its host is."""
    for node in nodes:
        if not node.band:
            near = [one.dst if one.src is node else one.src for one in scope.edges if node in (one.src, one.dst)]
            node.band = next((one.cell.band for one in near if one.cell.band in bands), bands[0])
    for node in nodes:
        node.band = node.cell.band


def finish(scope: Scope, holders: list[Any], old: Old) -> None:
    """Adds what stands beside the flow, and one size for all tasks of the drawing."""
    read_artifacts(scope, holders, old)
    fit_tasks(scope)


def fit_tasks(scope: Scope) -> None:
    """The smallest common width at which every name fits; a name that never fits makes its task higher."""
    tasks = [one for one in scope.nodes.values() if one.kind == "task" or (one.kind == "sub" and not one.expanded)]
    width = next((w for w in _TASK_WIDTHS if all(_fits(one.name, w) for one in tasks)), _TASK_WIDTHS[-1])
    for node in tasks:
        lines = len(wrap(node.name, width - 14, TASK_SIZE))
        node.w, node.h = width, 80 if lines < _TASK_LINES else even(lines * 14.4 + 50)


def _fits(name: str, width: int) -> bool:
    room = width - 14
    words = [text_width(word, TASK_SIZE) for word in name.split()]
    return max(words, default=0) <= room and len(wrap(name, room, TASK_SIZE)) <= _TASK_LINES
