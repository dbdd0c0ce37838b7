"""New diagrams in an old file: every other byte stays as it is."""

# mypy: disable-error-code="import-untyped"
import re
from copy import deepcopy
from typing import Any

from lxml import etree

from workflows.layout.old import di
from workflows.model import ModelRefused
from workflows.model.digest import content_digest
from workflows.model.xml import parse

_DIAGRAM = re.compile(rb"[ \t]*<((?:[\w.-]+:)?)BPMNDiagram\b(?:[^>]*/>|.*?</\1BPMNDiagram\s*>)[ \t]*\r?\n?", re.DOTALL)


def splice(xml: bytes, root: Any) -> bytes:
    """The file `xml` with the diagrams of `root`, its parsed and newly drawn content.

    Comments, indentation and the order of attributes are kept. A file in which the diagrams cannot be told from the
    rest (they stand in a comment, say) is written anew.
    """
    drawn = b"".join(_written(one) for one in root.findall(di("BPMNDiagram")))
    bare = _DIAGRAM.sub(b"", xml)
    if not drawn and bare == xml:
        return xml
    end = bare.rfind(b"</")
    found = bare[:end].rstrip() + b"\n" + drawn + bare[end:]
    return found if _same(found, root) else _anew(root)


def _written(diagram: Any) -> bytes:
    copy = deepcopy(diagram)
    etree.cleanup_namespaces(copy)
    etree.indent(copy, level=1)
    copy.tail = "\n"
    text: bytes = etree.tostring(copy, encoding="us-ascii")
    return b"  " + text


def _same(xml: bytes, root: Any) -> bool:
    """Whether the file holds what it should: the same model, and as many diagrams."""
    try:
        read = parse(xml)
    except ModelRefused:
        return False
    diagrams = di("BPMNDiagram")
    return content_digest(read) == content_digest(root) and len(read.findall(diagrams)) == len(root.findall(diagrams))


def _anew(root: Any) -> bytes:
    found: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return found
