"""DMN files as trees, safely: no DOCTYPE, no entities, no network, bounded size."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from lxml import etree  # type: ignore[import-untyped]

from workflows.decisions.errors import DecisionModelRefused
from workflows.decisions.findings import Finding

MAX_BYTES = 2_000_000
MAX_ELEMENTS = 60_000
MAX_EXPRESSIONS = 20_000  # cells included; reading as many different ones takes one to two seconds
MAX_CHARACTERS = 300_000  # of all expressions together
# Model elements keep their names in all of these.
VERSIONS = {
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}
NAMESPACES = frozenset(VERSIONS)
Element: TypeAlias = Any  # lxml has no type information


def parse(xml: bytes) -> Element:
    """The `definitions` element. Raises DecisionModelRefused."""
    if len(xml) > MAX_BYTES:
        raise _refused("dmn-size", f"The file is larger than {MAX_BYTES} bytes. Split it.")
    root = parse_tree(xml)
    if local_name(root) != "definitions" or etree.QName(root).namespace not in NAMESPACES:
        raise _refused("dmn-namespace", "The file is not a DMN 1.2 to 1.5 model.")
    _check_size(root)
    return root


def _check_size(root: Element) -> None:
    """Raises DecisionModelRefused when there is more in the file than is compiled."""
    elements = sum(1 for _ in root.iter())
    texts = [one.text or "" for one in root.iter("{*}text")]
    for found, limit, what in (
        (elements, MAX_ELEMENTS, "elements"),
        (len(texts), MAX_EXPRESSIONS, "cells and expressions"),
        (sum(map(len, texts)), MAX_CHARACTERS, "characters in its expressions"),
    ):
        if found > limit:
            raise _refused("dmn-size", f"The file has more than {limit:,} {what}. Split it.")


def parse_tree(xml: bytes) -> Element:
    """The root of any XML file. Raises DecisionModelRefused."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise _refused("dmn-unreadable", "The file is not well-formed XML. Export it again.") from None
    if root.getroottree().docinfo.doctype:
        raise _refused("dmn-doctype", "The file has a DOCTYPE. Remove it; it is never needed.")
    return root


def version_of(root: Element) -> str:
    """The version of DMN that a model is written in."""
    return VERSIONS[etree.QName(root).namespace]


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
