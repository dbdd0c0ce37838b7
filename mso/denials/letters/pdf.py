"""Paper: one sheet size, one type face, quiet headings. Byte-reproducible: the date comes in."""

from datetime import UTC, date, datetime
from importlib import resources

from fpdf import FPDF
from fpdf.enums import XPos, YPos

FAMILY = "SourceSerif"
MARGIN = 25.0
KEPT_TOGETHER = 22.0
"""Room a heading needs below itself, in millimeters: it never stands alone at the foot of a page."""

_FILES = {"": "SourceSerifPro-Regular.ttf", "B": "SourceSerifPro-Bold.ttf", "I": "SourceSerifPro-It.ttf"}


class Paper(FPDF):
    """A document under construction. Sizes in millimeters and points."""

    def __init__(self, title: str, dated: date) -> None:
        super().__init__(format="letter")
        self._read: set[str] = set()
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(True, MARGIN)
        self.set_title(title)
        self.set_creator("Countersign")
        self.set_creation_date(datetime(dated.year, dated.month, dated.day, tzinfo=UTC))
        self.add_page()

    def face(self, style: str, size: float) -> None:
        """Write on in our type face. Reading a face takes about a tenth of a second, so only what is used is read."""
        if style not in self._read:
            files = resources.files("font_source_serif_pro").joinpath("files")
            self.add_font(FAMILY, style, str(files.joinpath(_FILES[style])))
            self._read.add(style)
        self.set_font(FAMILY, style, size)

    def heading(self, text: str, size: float = 12) -> None:
        """A heading that keeps a little room above and never stands alone at the foot of a page."""
        if self.will_page_break(KEPT_TOGETHER):
            self.add_page()
        self.ln(2)
        self._write(text, "B", size)
        self.ln(1)

    def paragraph(self, text: str, *, style: str = "", size: float = 11) -> None:
        """Running text; blank lines part paragraphs."""
        for part in text.split("\n\n"):
            self._write(part.strip(), style, size)
            self.ln(2.5)

    def pair(self, label: str, value: str) -> None:
        """A label and its value on one line."""
        self.face("", 10)
        self.set_text_color(90)
        self.cell(45, 5.5, label)
        self.set_text_color(0)
        self.face("B", 10)
        self.multi_cell(0, 5.5, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")

    def fingerprint(self, label: str, value: str) -> None:
        """A label and a hash, on one line: people compare these by eye."""
        self.face("", 10)
        self.set_text_color(90)
        self.cell(45, 5.5, label)
        self.set_text_color(0)
        self.set_font("Courier", "", 8.5)
        self.cell(0, 5.5, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def entry(self, title: str, place: str, sha256: str) -> None:
        """A line of a table of contents: title, page, and the document's hash below."""
        self.face("B", 11)
        self.cell(self.epw - 25, 6, title)
        self.face("", 11)
        self.cell(25, 6, place, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_text_color(90)
        self.set_font("Courier", "", 8.5)
        self.cell(0, 4.5, sha256, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_text_color(0)
        self.ln(3)

    def signing_line(self, below: str) -> None:
        """A line to sign on, with who signs below it."""
        if self.will_page_break(KEPT_TOGETHER):
            self.add_page()
        self.ln(12)
        self.set_draw_color(90)
        self.line(MARGIN, self.get_y(), MARGIN + 80, self.get_y())
        self.ln(1.5)
        self._write(below, "", 10)

    def rule(self) -> None:
        """A thin line across the page."""
        y = self.get_y() + 1.5
        self.set_draw_color(160)
        self.line(MARGIN, y, self.w - MARGIN, y)
        self.ln(4)

    def code(self, text: str) -> None:
        """The payer's own segment."""
        self.set_font("Courier", "", 9)
        plain = text.encode("latin-1", "replace").decode("latin-1")
        self.multi_cell(0, 4.5, plain, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")

    def to_bytes(self) -> bytes:
        """The finished document."""
        return bytes(self.output())

    def _write(self, text: str, style: str, size: float) -> None:
        self.face(style, size)
        self.multi_cell(0, size * 0.5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
