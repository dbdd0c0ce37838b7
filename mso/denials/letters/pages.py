"""The pages of an appeal: the letter, the signature under it, the payer's own words, the list of what is enclosed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from PIL import Image, ImageOps

from mso.denials.letters.letter import Letter
from mso.denials.letters.pdf import Paper

KEPT_BELOW = 5.0
"""Millimeters under a picture, so that it never moves to a second page."""


@dataclass(frozen=True)
class Signature:
    """Who signed, with the license as it stood. signed_at: aware UTC; letter: SHA-256 of the letter that was signed."""

    printed_name: str
    license_text: str
    meaning: str
    signed_at: datetime
    signature: str
    letter: str


@dataclass(frozen=True)
class Excerpt:
    """One denied line: service, reasons and remarks as (code, our words), and the payer's segments."""

    service: str
    reasons: tuple[tuple[str, str], ...]
    remarks: tuple[tuple[str, str], ...]
    segments: tuple[str, ...]


def letter_page(letter: Letter) -> bytes:
    """The letter as it is shown to its signer, and as it goes out."""
    paper = Paper("Appeal letter", letter.written_on)
    _letterhead(paper, letter)
    paper.paragraph("To whom it may concern:")
    paper.paragraph(letter.opening)
    for heading, text in letter.clinical:
        paper.heading(heading, 11)
        paper.paragraph(text)
    if letter.argument:
        paper.heading("Grounds", 11)
        paper.paragraph(letter.argument)
    paper.heading("Request", 11)
    paper.paragraph(letter.request)
    paper.ln(2)
    paper.paragraph("Sincerely,")
    if letter.clinical:
        text = "signed electronically: see the attestation, which carries the fingerprint of this letter"
        paper.paragraph(f"{letter.sender.name}\n{text}", size=10)
    else:
        paper.signing_line(f"for {letter.sender.name}")
    return paper.to_bytes()


def _letterhead(paper: Paper, letter: Letter) -> None:
    paper.heading(letter.sender.name, 15)
    for line in letter.sender.lines:
        paper.paragraph(line, size=9)
    paper.rule()
    paper.paragraph(_long(letter.written_on))
    paper.paragraph("\n".join((letter.addressee.name, *letter.addressee.lines)))
    paper.heading("Appeal of a denied claim", 12)
    for label, value in letter.subject.lines:
        paper.pair(label, value)
    paper.ln(4)


def signature_page(letter: Letter, signature: Signature) -> bytes:
    """The page that binds a signature to exactly this letter."""
    paper = Paper("Signature of the appeal letter", letter.written_on)
    paper.heading("Attestation", 14)
    paper.paragraph(signature.meaning)
    paper.rule()
    paper.pair("Signed by", signature.printed_name)
    paper.pair("License", signature.license_text)
    paper.pair("Signed at", f"{signature.signed_at:%Y-%m-%d %H:%M:%S} UTC")
    paper.fingerprint("Letter (SHA-256)", signature.letter)
    paper.fingerprint("Signature (SHA-256)", signature.signature)
    paper.ln(4)
    text = "Signed electronically with a renewed proof of identity. Any change to the letter changes its fingerprint."
    paper.paragraph(text, style="I", size=9)
    return paper.to_bytes()


def excerpt_page(lines: Sequence[Excerpt], subject: Sequence[tuple[str, str]], dated: date) -> bytes:
    """The remittance's own words on each denied line, with what its codes mean."""
    paper = Paper("Excerpt of the remittance", dated)
    paper.heading("What the payer sent", 14)
    for label, value in subject:
        paper.pair(label, value)
    for line in lines:
        paper.rule()
        paper.heading(line.service, 11)
        for code, text in (*line.reasons, *line.remarks):
            paper.pair(code, text or "no meaning on file")
        paper.ln(1)
        for segment in line.segments:
            paper.code(segment)
    return paper.to_bytes()


def list_page(title: str, items: Sequence[tuple[str, str]], dated: date, note: str = "") -> bytes:
    """A page that lists things, e.g. the evidence that was collected."""
    paper = Paper(title, dated)
    paper.heading(title, 14)
    for label, value in items:
        paper.pair(label, value)
    if note:
        paper.ln(3)
        paper.paragraph(note, size=10)
    return paper.to_bytes()


def picture_page(data: bytes, title: str, dated: date) -> bytes:
    """A picture (JPEG or PNG) as a page, upright as the camera meant it. Raises what Pillow raises."""
    paper = Paper(title, dated)
    with Image.open(BytesIO(data)) as picture:
        upright = ImageOps.exif_transpose(picture)
        shown = BytesIO()
        upright.convert("RGB").save(shown, "JPEG" if picture.format == "JPEG" else "PNG", quality=90)
    paper.image(shown, w=paper.epw, h=paper.eph - KEPT_BELOW, keep_aspect_ratio=True)
    return paper.to_bytes()


def contents_page(title: str, entries: Sequence[tuple[str, int, str]], dated: date) -> bytes:
    """The table of contents of a packet. entries: title, first page, SHA-256 of the part."""
    paper = Paper(title, dated)
    paper.heading(title, 14)
    paper.paragraph(f"{_long(dated)}. Below each part stands its fingerprint (SHA-256).", size=10)
    paper.rule()
    for name, page, sha256 in entries:
        paper.entry(name, f"page {page}", sha256)
    return paper.to_bytes()


def _long(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
