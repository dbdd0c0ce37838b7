"""The parts of a file that an edit changes, as they were and as they are: for people to compare."""

# mypy: disable-error-code="import-untyped"
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from workflows.model.names import BPMNDI, bpmn

LONGEST = 4000
_DRAWN = f"{{{BPMNDI}}}"
_IMPLIED = frozenset({bpmn("incoming"), bpmn("outgoing")})
"""They repeat what the flows say."""


class Fragments:
    """Collects what an edit touches, in the order in which it does."""

    def __init__(self) -> None:
        self._before: dict[Any, str] = {}
        self._added: list[Any] = []
        self._removed: list[str] = []
        self._lost: dict[str, None] = {}

    def before(self, node: Any) -> None:
        """A node that is about to be changed."""
        if node not in self._before and not _is_silent(node) and not self._is_new(node):
            self._before[node] = _head(node)

    def added(self, node: Any) -> None:
        """A new node."""
        if not _is_silent(node) and not self._is_new(node):
            self._added.append(node)

    def removed(self, node: Any) -> None:
        """A node that is about to go."""
        if not _is_silent(node):
            self._removed.append(_whole(node))
        if not _is_drawn(node):
            self._lost |= dict.fromkeys(_ids(node))

    def texts(self) -> tuple[str, str]:
        """Before and after, one element a line."""
        changed = [(old, _head(node)) for node, old in self._before.items() if old != _head(node)]
        old = [one for one, _ in changed] + self._removed
        new = [one for _, one in changed] + [_whole(one) for one in self._added if one.getparent() is not None]
        return _cut("\n".join(old)), _cut("\n".join(new))

    def lost_ids(self) -> tuple[str, ...]:
        """Ids of what was removed and is not there again in another form."""
        there = {one for node in self._added for one in _ids(node)}
        return tuple(one for one in self._lost if one not in there)

    def _is_new(self, node: Any) -> bool:
        return any(node is one or one in set(node.iterancestors()) for one in self._added)


def _ids(node: Any) -> list[str]:
    return [one.get("id") for one in node.iter() if isinstance(one.tag, str) and one.get("id")]


def _is_silent(node: Any) -> bool:
    """What is not shown: the drawing, and what only repeats the flows."""
    return _is_drawn(node) or any(one.tag in _IMPLIED for one in (node, *node.iterancestors()))


def _is_drawn(node: Any) -> bool:
    """Whether it belongs to the drawing."""
    return any(isinstance(one.tag, str) and one.tag.startswith(_DRAWN) for one in (node, *node.iterancestors()))


def _head(node: Any) -> str:
    """The start tag, with the text of an element that has no children."""
    if len(node):
        return f"<{_name(node)}{_attributes(node)}>"
    text = (node.text or "").strip()
    return f"<{_name(node)}{_attributes(node)}>{escape(text)}</{_name(node)}>" if text else _empty(node)


def _whole(node: Any, depth: int = 0) -> str:
    if not isinstance(node.tag, str):
        return ""
    indent = "  " * depth
    inside = [_whole(child, depth + 1) for child in node if child.tag not in _IMPLIED]
    if not any(inside):
        return indent + (_head(node) if not len(node) else _empty(node))
    return "\n".join((f"{indent}<{_name(node)}{_attributes(node)}>", *inside, f"{indent}</{_name(node)}>"))


def _empty(node: Any) -> str:
    return f"<{_name(node)}{_attributes(node)}/>"


def _attributes(node: Any) -> str:
    return "".join(f" {_prefixed(node, name)}={quoteattr(value)}" for name, value in node.attrib.items())


def _name(node: Any) -> str:
    return _prefixed(node, node.tag)


def _prefixed(node: Any, name: str) -> str:
    """A name as the file writes it; the XML namespace has a prefix that is never declared."""
    if not name.startswith("{"):
        return name
    space, _, tag = name[1:].partition("}")
    prefix = "xml" if space == "http://www.w3.org/XML/1998/namespace" else None
    prefix = prefix or next((one for one, uri in node.nsmap.items() if uri == space and one), None)
    return f"{prefix}:{tag}" if prefix else tag


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}\n…"
