"""Is this file XML that is safe to read?

Everything that could reach outside the file or blow up in memory is refused before a parser sees it.
"""

# mypy: disable-error-code="import-untyped"
import re
from typing import Any

from lxml import etree

from workflows.findings import Finding
from workflows.model.errors import ModelRefused

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 60
"""XML nesting. Sub-process nesting has its own, smaller limit in the reader."""

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENCODINGS = frozenset({"utf-8", "us-ascii", "ascii", "iso-8859-1", "windows-1252"})


def parse(xml: bytes) -> Any:
    """The root element of the file. Raises ModelRefused (too-large, xml-unsafe, xml-malformed)."""
    if len(xml) > MAX_BYTES:
        raise refusal("too-large", f"The file is larger than {MAX_BYTES // 1024 // 1024} MB. Split the model.")
    _refuse_unsafe(xml)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise refusal(
            "xml-malformed", f"The file is not well-formed XML: line {line}, column {column}. Export it again."
        ) from error
    _refuse_deep(root)
    return root


def refusal(rule: str, message: str, element_id: str | None = None) -> ModelRefused:
    """A refusal with one finding."""
    return ModelRefused([Finding(rule, "error", element_id, message)])


def _refuse_unsafe(xml: bytes) -> None:
    declared = _DECLARED.match(xml.removeprefix(b"\xef\xbb\xbf"))
    encoding = declared.group(1).decode("ascii").lower() if declared else "utf-8"
    if encoding not in _ENCODINGS or b"\0" in xml:
        raise refusal("xml-unsafe", "The file is not saved as UTF-8. Save it as UTF-8 and try again.")
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise refusal("xml-unsafe", "The file declares a DOCTYPE or entities. Remove them; BPMN needs neither.")


def _refuse_deep(root: Any) -> None:
    depth, stack = 0, [(root, 1)]
    while stack:
        node, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise refusal("too-large", f"The file nests elements deeper than {MAX_DEPTH} levels. Flatten it.")
        stack.extend((child, depth + 1) for child in node)
