"""Can a file go into a packet? It is bound once for trial, apart from everything else."""

from collections.abc import Mapping
from datetime import date
from io import BytesIO

from PIL import Image
from pypdf import PdfReader

from mso.denials.letters import Part, bind, picture_page
from store import apart

PDF = "application/pdf"
PICTURES: Mapping[str, str] = {"JPEG": "image/jpeg", "PNG": "image/png"}
MOST_PAGES = 500
MOST_PIXELS = 50_000_000
_ANY_DAY = date(2000, 1, 1)


class Unfit(Exception):
    """The file cannot go into a packet; the text says why and what helps."""


def media_type_of(data: bytes) -> str:
    """The media type of a file, as its bytes show it. Raises Unfit, also when reading takes too long."""
    try:
        found: dict[str, str] = apart.answer_of(__name__, data)
    except apart.TooMuch:
        raise Unfit("The file is too intricate to read in time. Print it to PDF and add that.") from None
    if "unfit" in found:
        raise Unfit(found["unfit"])
    return found["media_type"]


def answer(data: bytes) -> dict[str, str]:
    """What the process apart says: {"media_type": …} or {"unfit": sentence}."""
    try:
        return {"media_type": _tried(data)}
    except Unfit as unfit:
        return {"unfit": str(unfit)}


def _tried(data: bytes) -> str:
    media_type, paper = (PDF, data) if data.startswith(b"%PDF-") else _picture(data)
    try:
        reader = PdfReader(BytesIO(paper))
        if reader.is_encrypted:
            raise Unfit("The PDF is protected by a password. Save it without one.")
        pages = len(reader.pages)
        if not 0 < pages <= MOST_PAGES:
            raise Unfit(f"The PDF has {pages} pages; 1 to {MOST_PAGES} are possible.")
        bind("trial", [Part("Trial", paper)], _ANY_DAY)
    except Unfit:
        raise
    except Exception as error:
        # Whatever a damaged PDF does to the reader now, it would do while the packet is bound.
        raise Unfit("The PDF is damaged. Open it, print it to PDF and add that.") from error
    return media_type


def _picture(data: bytes) -> tuple[str, bytes]:
    try:
        with Image.open(BytesIO(data), formats=tuple(PICTURES)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Unfit("The picture has too many pixels. Scan at 300 dots per inch or less.")
            return PICTURES[str(picture.format)], picture_page(data, "Trial", _ANY_DAY)
    except Unfit:
        raise
    except Exception as error:
        raise Unfit("Only PDF, JPEG and PNG files can go into a packet.") from error
