"""Is this file XML that is safe to read?

Everything that could reach outside the file or blow up in memory is refused before a parser sees it. The work grows
with the size of the file and no faster.
"""

# mypy: disable-error-code="import-untyped"
import codecs
import re
from typing import Any

from lxml import etree

from workflows.findings import Finding
from workflows.model.errors import ModelRefused

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 60
"""XML nesting. Sub-process nesting has its own, smaller limit in the reader."""
MAX_NODES = 200_000
"""XML elements of all kinds, those of the drawing and of vendors included."""

_DECLARATION = re.compile(r"""<\?xml\s[^>]{0,200}?\?>""")
_ENCODING = re.compile(r"""(\sencoding\s*=\s*)(["'])([^"']*)\2""")
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "windows-1252"})
_MARKS = (
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""What a file may begin with, and how the rest is then written; UTF-32 is told apart to be refused."""


def parse(xml: bytes, *, whole: bool = False) -> Any:
    """The root element of the file. Raises ModelRefused (too-large, xml-unsafe, xml-malformed).

    whole: keep comments, processing instructions and CDATA, for whoever writes the file again.
    """
    if len(xml) > MAX_BYTES:
        raise refusal("too-large", f"The file is larger than {MAX_BYTES // 1024 // 1024} MB. Split the model.")
    text = decode(xml)
    if _has_doctype(text):
        raise refusal("xml-unsafe", "The file declares a DOCTYPE or entities. Remove them; BPMN needs neither.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=not whole,
        remove_pis=not whole,
        strip_cdata=not whole,
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise refusal(
            "xml-malformed", f"The file is not well-formed XML: line {line}, column {column}. Export it again."
        ) from error
    _refuse_large(root)
    return root


def decode(xml: bytes) -> str:
    """The file as text whose XML declaration says UTF-8; line numbers are those of the file.

    Read are UTF-8, UTF-16 with its byte order mark, and the encodings that are one byte per character.
    Raises ModelRefused (xml-unsafe).
    """
    mark, encoding = next((one for one in _MARKS if xml.startswith(one[0])), (b"", None))
    try:
        text = xml[len(mark) :].decode(_declared(xml) if encoding is None else encoding)
        text.encode("utf-8")  # A lone surrogate of UTF-16 is no character.
    except (UnicodeError, LookupError):
        text = "\0"
    if "\0" in text:
        raise refusal("xml-unsafe", "The file is not saved as UTF-8. Save it as UTF-8 and try again.")
    declaration = _DECLARATION.match(text)
    if declaration is None:
        return text
    return _ENCODING.sub(r'\1"UTF-8"', declaration[0], count=1) + text[declaration.end() :]


def refusal(rule: str, message: str, element_id: str | None = None) -> ModelRefused:
    """A refusal with one finding."""
    return ModelRefused([Finding(rule, "error", element_id, message)])


def _declared(xml: bytes) -> str:
    """The encoding the file claims. A readable claim of UTF-16 is wrong: the claim itself is in single bytes."""
    found = _DECLARED.match(xml)
    claimed = found[1].decode("ascii").lower() if found else "utf-8"
    if claimed.startswith("utf-16"):
        return "utf-8"
    return claimed if claimed in _ENCODINGS else ""


def _has_doctype(text: str) -> bool:
    """Whether a document type stands before the root element, the only place where XML allows one."""
    at = 0
    while True:
        at = text.find("<", at)
        if at < 0:
            return False
        if text.startswith("<?", at):
            end = text.find("?>", at + 2)
        elif text.startswith("<!--", at):
            end = text.find("-->", at + 4)
        else:
            return text.startswith("<!", at)
        if end < 0:
            return False  # Unfinished: the parser says where.
        at = end + 2


def _refuse_large(root: Any) -> None:
    nodes, stack = 0, [(root, 1)]
    while stack:
        node, depth = stack.pop()
        nodes += 1
        if depth > MAX_DEPTH:
            raise refusal("too-large", f"The file nests elements deeper than {MAX_DEPTH} levels. Flatten it.")
        if nodes > MAX_NODES:
            raise refusal("too-large", f"The file has more than {MAX_NODES} XML elements. Split the model.")
        stack.extend((child, depth + 1) for child in node)
