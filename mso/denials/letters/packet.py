"""The packet: all parts in one PDF with a table of contents and page stamps, and a manifest of their hashes."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from pypdf import PdfReader, PdfWriter

from mso.denials.letters.pages import contents_page
from mso.denials.letters.pdf import MARGIN, Paper


@dataclass(frozen=True)
class Part:
    """One document of the packet, as PDF bytes."""

    title: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def bind(number: str, parts: Sequence[Part], dated: date) -> bytes:
    """One PDF: table of contents, then the parts, each page stamped with the case number and its place."""
    counts = [len(PdfReader(BytesIO(part.data)).pages) for part in parts]
    contents = Part("Contents", _contents(number, parts, counts, dated))
    writer = PdfWriter()
    for part in (contents, *parts):
        place = len(writer.pages)
        for page in PdfReader(BytesIO(part.data)).pages:
            writer.add_page(page)
        writer.add_outline_item(title=part.title, page_number=place)
    stamps = PdfReader(BytesIO(_stamps(number, len(writer.pages), dated))).pages
    for page, stamp in zip(writer.pages, stamps, strict=True):
        page.merge_page(stamp)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _contents(number: str, parts: Sequence[Part], counts: Sequence[int], dated: date) -> bytes:
    """The parts' first pages depend on how long the table of contents itself is; past one page it is drawn again."""
    length = 1
    while True:
        first, entries = length + 1, []
        for part, count in zip(parts, counts, strict=True):
            entries.append((part.title, first, part.sha256))
            first += count
        drawn = contents_page(f"Appeal packet {number}", entries, dated)
        needed = len(PdfReader(BytesIO(drawn)).pages)
        if needed == length:
            return drawn
        length = needed


def manifest(number: str, parts: Sequence[Part], packet: bytes) -> bytes:
    """What is in the packet, by hash, as JSON."""
    listed = [{"title": part.title, "sha256": part.sha256} for part in parts]
    body = {"case": number, "packet": hashlib.sha256(packet).hexdigest(), "parts": listed}
    return json.dumps(body, indent=1, sort_keys=True).encode()


def _stamps(number: str, total: int, dated: date) -> bytes:
    """One otherwise empty page per page of the packet, with its stamp at the foot."""
    paper = Paper("", dated)
    paper.set_auto_page_break(False)
    for page in range(1, total + 1):
        if page > 1:
            paper.add_page()
        paper.set_y(-MARGIN / 2)
        paper.face("", 8)
        paper.set_text_color(110)
        paper.cell(0, 4, f"{number} · page {page} of {total}", align="R")
    return paper.to_bytes()
