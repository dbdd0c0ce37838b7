"""Appeal letters and packets: what they say (letter), how they look (pdf, pages), how they are bound (packet).

Pure: everything comes in as facts, PDF bytes come out, and the same facts give the same bytes.
"""

from mso.denials.letters.letter import ClinicalTextMissing, Letter, Party, Subject, draft
from mso.denials.letters.packet import Part, bind, manifest
from mso.denials.letters.pages import (
    Excerpt,
    Signature,
    excerpt_page,
    letter_page,
    list_page,
    picture_page,
    signature_page,
)

__all__ = [
    "ClinicalTextMissing",
    "Excerpt",
    "Letter",
    "Part",
    "Party",
    "Signature",
    "Subject",
    "bind",
    "draft",
    "excerpt_page",
    "letter_page",
    "list_page",
    "manifest",
    "picture_page",
    "signature_page",
]
