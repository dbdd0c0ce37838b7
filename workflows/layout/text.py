"""How much room does a text take? Widths as a viewer draws them, without a font at hand."""

_WIDTHS: dict[str, int] = {
    character: width
    for width, characters in {
        191: "'",
        222: "ijl",
        278: " !,./:;I[]ft|",
        333: "()-r`",
        389: "*",
        500: "cksvxyzJ",
        556: "abdeghnopqu0123456789?_#$L",
        584: "+<=>~",
        611: "FTZ",
        667: "ABEKPSVXY&",
        722: "CDHNRUw",
        778: "GOQ",
        833: "Mm",
        889: "%",
        944: "W",
        1000: "—→",
    }.items()
    for character in characters
}
"""Advance widths of Helvetica and Arial in thousandths of the font size."""
_OTHER = 600
_WIDE = 1000
"""Scripts whose letters fill a square (Chinese, Japanese, Korean) and symbols."""

LABEL_SIZE = 11
"""Font size of the labels of events, gateways and flows, in pixels."""
TASK_SIZE = 12
"""Font size inside activities, and of lanes and annotations."""
LINE_HEIGHT = 1.2


def text_width(text: str, size: int = LABEL_SIZE) -> float:
    """Width of one line in pixels."""
    return sum(_WIDTHS.get(one) or (_WIDE if one > "\u2e7f" else _OTHER) for one in text) * size / 1000


def clean(text: str | None) -> str:
    """The text as it is shown: one blank between words; line breaks stay, empty lines do not."""
    lines = (" ".join(line.split()) for line in (text or "").splitlines())
    return "\n".join(line for line in lines if line)


def wrap(text: str, width: float, size: int = LABEL_SIZE) -> list[str]:
    """Lines of at most `width` pixels where words allow, filled greedily as viewers do; line breaks are kept."""
    return [line for part in text.split("\n") for line in _wrap_part(part, width, size)]


def _wrap_part(text: str, width: float, size: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def text_box(text: str, width: float, size: int = LABEL_SIZE) -> tuple[int, int]:
    """Smallest even (width, height) in pixels that shows the text wrapped at `width`; (0, 0) without text."""
    lines = wrap(text, width, size)
    if not lines:
        return 0, 0
    longest = max(text_width(line, size) for line in lines)
    return even(longest + 6), even(len(lines) * size * LINE_HEIGHT + 1)


def even(number: float) -> int:
    """The next even whole number: halves of sizes stay whole pixels."""
    whole = int(-(-number // 1))
    return whole + whole % 2
