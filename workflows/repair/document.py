"""A BPMN file that is being edited: every change is noted, so that it can be shown and undone.

What is not changed is written as it was read: namespaces and their prefixes, foreign extensions, comments, order.
"""

# mypy: disable-error-code="import-untyped"
import re
from collections.abc import Callable
from typing import Any

from lxml import etree

from workflows.model.names import SPIFF, bpmn
from workflows.model.xml import decode, parse
from workflows.repair.fragments import Fragments
from workflows.repair.indexed import Indexed, local

_ROOT = re.compile(r"<(?![?!])[^\s/>]+")
_DECLARED = '<?xml version="1.0" encoding="UTF-8"?>'


__all__ = ["Document", "local", "make"]


def make(tag: str, text: str | None = None, **attributes: str) -> Any:
    """A new BPMN element."""
    node = etree.Element(bpmn(tag), attributes)
    node.text = text
    return node


class Document(Indexed):
    """Each change is undone by its own opposite. draws: whether the drawing follows; a preview does without."""

    def __init__(self, data: bytes) -> None:
        text = _with_our_namespace(data)
        # Written again as it was: lxml knows no white space outside of the root element.
        self._prolog = text[: _prolog_end(text)]
        self.draws = True
        self._undo: list[Callable[[], None]] = []
        self.changes = Fragments()
        super().__init__(parse(text.encode(), whole=True))

    def assign(self, node: Any, name: str, value: str | None) -> None:
        """Set an attribute; None takes it away."""
        old = node.get(name)
        if old == value:
            return
        self.changes.before(node)
        order = list(node.attrib.items())
        self._set(node, name, value)
        self._undo.append(lambda: self._restore(node, order))

    def rename(self, node: Any, tag: str) -> None:
        """Make it another BPMN element; attributes and children stay."""
        self.changes.before(node)
        old, node.tag = node.tag, bpmn(tag)
        self._undo.append(lambda: setattr(node, "tag", old))

    def write(self, node: Any, text: str) -> None:
        """Set the text of an element."""
        self.changes.before(node)
        old, node.text = node.text, text
        self._undo.append(lambda: setattr(node, "text", old))

    def insert(self, parent: Any, at: int, node: Any) -> Any:
        """Put a new element among the children, indented like its neighbors."""
        depth = sum(1 for _ in parent.iterancestors()) + 1
        etree.indent(node, space="  ", level=depth)
        parent.insert(at, node)
        self._fit_in(node, depth)
        self._undo.append(lambda: parent.remove(node))
        named = [one for one in node.iter() if isinstance(one.tag, str) and one.get("id")]
        fresh = [one.get("id") for one in named if self.ids.setdefault(one.get("id"), one) is one]
        self._undo.append(lambda: self._forget(fresh))
        self.changes.added(node)
        return node

    def append(self, parent: Any, node: Any) -> Any:
        """Put a new element behind the last child."""
        return self.insert(parent, len(parent), node)

    def after(self, sibling: Any, node: Any) -> Any:
        """Put a new element behind another one."""
        parent = sibling.getparent()
        return self.insert(parent, parent.index(sibling) + 1, node)

    def remove(self, node: Any) -> None:
        """Take an element away."""
        parent = node.getparent()
        self.changes.removed(node)
        before, after = node.getprevious(), node.getnext()
        if before is not None and after is None:
            self._tail(before, node.tail)
        parent.remove(node)
        self._undo.append(lambda: self._put_back(node, parent, after))

    def undo(self) -> None:
        """Take everything back that was changed since the last `refresh` or `undo`."""
        while self._undo:
            self._undo.pop()()
        self.changes, self.drawing = Fragments(), None

    def keep(self) -> None:
        """What was changed stays."""
        self._undo.clear()
        self.changes = Fragments()
        self.refresh()

    def to_bytes(self) -> bytes:
        """The file as it stands, in UTF-8."""
        ahead = self._prolog if self._prolog.startswith("<?xml") else f"{_DECLARED}\n{self._prolog}"
        parts = [etree.tostring(one, encoding="unicode", with_tail=False) for one in
                 (self.root, *self.root.itersiblings())]  # fmt: skip
        return (ahead + "\n".join(parts) + "\n").encode()

    def _put_back(self, node: Any, parent: Any, after: Any) -> None:
        tail = node.tail
        if after is None:
            parent.append(node)
        else:
            after.addprevious(node)
        node.tail = tail

    def _forget(self, ids: list[str]) -> None:
        for one in ids:
            self.ids.pop(one, None)

    def _fit_in(self, node: Any, depth: int) -> None:
        """White space as around its neighbors."""
        parent, before, after = node.getparent(), node.getprevious(), node.getnext()
        inside = parent.text if (parent.text or "").isspace() and (before, after) != (None, None) else None
        inside = inside or "\n" + "  " * depth
        if before is None:
            if not (parent.text or "").strip():
                self._text(parent, inside)
            node.tail = inside if after is not None else "\n" + "  " * (depth - 1)
            return
        node.tail = before.tail
        if after is None and not (before.tail or "").strip():
            self._tail(before, inside)

    def _text(self, node: Any, text: str | None) -> None:
        old, node.text = node.text, text
        self._undo.append(lambda: setattr(node, "text", old))

    def _tail(self, node: Any, text: str | None) -> None:
        old, node.tail = node.tail, text
        self._undo.append(lambda: setattr(node, "tail", old))

    def _set(self, node: Any, name: str, value: str | None) -> None:
        if value is None:
            node.attrib.pop(name, None)
        else:
            node.set(name, value)

    def _restore(self, node: Any, attributes: list[tuple[str, str]]) -> None:
        node.attrib.clear()
        for name, value in attributes:
            node.set(name, value)


def _with_our_namespace(data: bytes) -> str:
    """The file with a prefix for our extensions at its root, so that new ones need none of their own."""
    root = parse(data, whole=True)
    if SPIFF in root.nsmap.values():
        return decode(data)
    prefix = next(one for one in ("spiffworkflow", "spiff", "spiffworkflow0") if one not in root.nsmap)
    text, at = decode(data), _prolog_end(decode(data))
    name = _ROOT.match(text, at)
    assert name is not None, "a root element was parsed here"
    return f'{text[: name.end()]} xmlns:{prefix}="{SPIFF}"{text[name.end() :]}'


def _prolog_end(text: str) -> int:
    """Where the root element begins."""
    at = text.find("<")
    while text.startswith(("<?", "<!--"), at):
        close = "?>" if text.startswith("<?", at) else "-->"
        at = text.find("<", text.find(close, at + 2) + len(close))
    return at
