"""A BPMN file with indexes over its elements."""

import re
from collections.abc import Iterator
from typing import Any

from workflows.model.names import BPMN, FLOW_NODES, SUB_PROCESSES, bpmn

_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_.-]+")


def local(node: Any) -> str:
    """The BPMN tag of a node, e.g. "userTask"; "" for what is not of BPMN, and for nothing."""
    tag = getattr(node, "tag", None)
    return tag[len(BPMN) + 2 :] if isinstance(tag, str) and tag.startswith(f"{{{BPMN}}}") else ""


class Indexed:
    """The elements of a file, found by id, by kind and by where flows lead. `refresh` reads it again after edits."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.drawing: Any = None
        """What `edits.drawing` read; None when it must be read again."""
        self.refresh()

    def refresh(self) -> None:
        """Read the indexes again, after edits. Of several elements with one id the first counts."""
        self.drawing = None
        self.ids: dict[str, Any] = {}
        self.leaving: dict[str, list[Any]] = {}
        self.reaching: dict[str, list[Any]] = {}
        self.lane_refs: dict[str, Any] = {}
        self._tagged: dict[str, list[tuple[int, Any]]] = {}
        self.everything: list[Any] = [node for node in self.root.iter() if isinstance(node.tag, str)]
        for place, node in enumerate(self.everything):
            tag, own = local(node), node.get("id")
            if own:
                self.ids.setdefault(own, node)
                self._tagged.setdefault(tag, []).append((place, node))
            if tag == "sequenceFlow" and own and self.ids[own] is node:
                self.leaving.setdefault(node.get("sourceRef", ""), []).append(node)
                self.reaching.setdefault(node.get("targetRef", ""), []).append(node)
            elif tag == "flowNodeRef":
                self.lane_refs.setdefault((node.text or "").strip(), node)

    def of(self, *tags: str) -> Iterator[Any]:
        """The BPMN elements of these kinds that an id leads to, in the order of the file."""
        for _, node in sorted((one for tag in tags for one in self._tagged.get(tag, ())), key=lambda one: one[0]):
            if self.owns(node):
                yield node

    def owns(self, node: Any) -> bool:
        """Whether the node's id leads to it: what has none, or one that came before, can not be named."""
        return self.ids.get(node.get("id", "")) is node

    def nodes(self) -> Iterator[Any]:
        """Flow nodes of all processes."""
        return self.of(*FLOW_NODES)

    def scopes(self) -> Iterator[Any]:
        """What holds flow nodes."""
        return self.of("process", *SUB_PROCESSES)

    def outgoing(self, node: Any) -> list[Any]:
        """The flows that leave a node, in the order that the node lists them."""
        listed = {(one.text or "").strip(): at for at, one in enumerate(node.findall(bpmn("outgoing")))}
        return sorted(self.leaving.get(node.get("id"), []), key=lambda one: listed.get(one.get("id"), len(listed)))

    def incoming(self, node: Any) -> list[Any]:
        """The flows that reach a node."""
        return self.reaching.get(node.get("id"), [])

    def fresh_id(self, wish: str) -> str:
        """An id that nothing has yet."""
        base = _NOT_IN_IDS.sub("_", wish)[:120]
        base = base if base[:1].isalpha() or base[:1] == "_" else f"_{base}"
        found, number = base, 1
        while found in self.ids:
            number += 1
            found = f"{base}_{number}"
        return found
