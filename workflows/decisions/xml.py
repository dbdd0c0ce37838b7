"""DMN files as trees, safely: no DOCTYPE, no entities, no network, bounded size."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from lxml import etree  # type: ignore[import-untyped]

from workflows.decisions.errors import DecisionModelRefused
from workflows.decisions.findings import Finding

MAX_BYTES = 2_000_000
# DMN 1.2 to 1.5. Model elements keep their names in all four.
NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
Element: TypeAlias = Any  # lxml has no type information


def parse(xml: bytes) -> Element:
    """The `definitions` element. Raises DecisionModelRefused."""
    if len(xml) > MAX_BYTES:
        raise _refused("dmn-size", f"The file is larger than {MAX_BYTES} bytes. Split it.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise _refused("dmn-unreadable", "The file is not well-formed XML. Export it again.") from None
    if root.getroottree().docinfo.doctype:
        raise _refused("dmn-doctype", "The file has a DOCTYPE. Remove it; it is never needed.")
    if local_name(root) != "definitions" or etree.QName(root).namespace not in NAMESPACES:
        raise _refused("dmn-namespace", "The file is not a DMN 1.2 to 1.5 model.")
    return root


def _refused(rule: str, message: str) -> DecisionModelRefused:
    return DecisionModelRefused([Finding(rule, "error", None, message)])


def local_name(element: Element) -> str:
    """The name without its namespace."""
    return str(etree.QName(element).localname)


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """Direct children of these names, in document order. Elements of other namespaces are extensions and left out."""
    if element is None:
        return
    namespace = etree.QName(element).namespace
    for child in element:
        if isinstance(child.tag, str) and etree.QName(child).namespace == namespace and local_name(child) in names:
            yield child


def child(element: Element | None, *names: str) -> Element | None:
    """The first direct child of these names."""
    return next(children(element, *names), None)


def text_of(element: Element | None) -> str:
    """What its `text` child says, "" when there is none."""
    found = child(element, "text")
    return "" if found is None or found.text is None else str(found.text)


def attribute(element: Element, name: str) -> str:
    """The attribute, "" when absent."""
    return str(element.get(name) or "")


def reference(element: Element) -> str:
    """The id in its `href`, which may carry the model's own namespace before the #."""
    return attribute(element, "href").rpartition("#")[2]
