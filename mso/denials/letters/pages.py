"""The pages of an appeal: the letter, the signature under it, the payer's own words, the list of what is enclosed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mso.denials.letters.letter import Letter
from mso.denials.letters.pdf import Paper


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
    paper.heading(letter.sender.name, 14)
    for line in letter.sender.lines:
        paper.paragraph(line, size=9)
    paper.rule()
    paper.paragraph(_long(letter.written_on))
    paper.paragraph("\n".join((letter.addressee.name, *letter.addressee.lines)))
    for label, value in letter.subject.lines:
        paper.pair(label, value)
    paper.ln(4)
    paper.paragraph(letter.opening)
    for heading, text in letter.clinical:
        paper.heading(heading, 11)
        paper.paragraph(text)
    if letter.argument:
        paper.paragraph(letter.argument)
    paper.paragraph(letter.request)
    signer = (
        "the licensed practitioner whose signature page carries its fingerprint" if letter.clinical else "the practice"
    )
    paper.paragraph(f"This letter is signed by {signer}.", style="I", size=9)
    return paper.to_bytes()


def signature_page(letter: Letter, signature: Signature) -> bytes:
    """The page that binds a signature to exactly this letter."""
    paper = Paper("Signature of the appeal letter", letter.written_on)
    paper.heading("Attestation", 14)
    paper.paragraph(signature.meaning)
    paper.rule()
    paper.pair("Signed by", signature.printed_name)
    paper.pair("License", signature.license_text)
    paper.pair("Signed at", f"{signature.signed_at:%Y-%m-%d %H:%M:%S} UTC")
    paper.pair("Letter (SHA-256)", signature.letter)
    paper.pair("Signature (SHA-256)", signature.signature)
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


def _long(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
