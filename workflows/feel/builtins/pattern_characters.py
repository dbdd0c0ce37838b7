"""Sets of characters by their Unicode category, block or role in XML, as ranges of code points."""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import groupby

Ranges = tuple[tuple[int, int], ...]
LAST = 0x10FFFF

# XML 1.0 (fifth edition), productions 4 and 4a: what \i and \c stand for.
NAME_START: Ranges = (
    (0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF),
    (0x370, 0x37D), (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF), (0x3001, 0xD7FF),
    (0xF900, 0xFDCF), (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF),
)  # fmt: skip
NAME: Ranges = tuple(sorted((*NAME_START, (0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040))))
SPACE: Ranges = ((0x9, 0xA), (0xD, 0xD), (0x20, 0x20))
# The Unicode blocks people write \p{Is...} for; names without spaces, hyphens kept.
_BLOCKS: Mapping[str, tuple[int, int]] = {
    "BasicLatin": (0x0, 0x7F),
    "Latin-1Supplement": (0x80, 0xFF),
    "LatinExtended-A": (0x100, 0x17F),
    "LatinExtended-B": (0x180, 0x24F),
    "IPAExtensions": (0x250, 0x2AF),
    "CombiningDiacriticalMarks": (0x300, 0x36F),
    "Greek": (0x370, 0x3FF),
    "GreekandCoptic": (0x370, 0x3FF),
    "Cyrillic": (0x400, 0x4FF),
    "Armenian": (0x530, 0x58F),
    "Hebrew": (0x590, 0x5FF),
    "Arabic": (0x600, 0x6FF),
    "Devanagari": (0x900, 0x97F),
    "Thai": (0xE00, 0xE7F),
    "LatinExtendedAdditional": (0x1E00, 0x1EFF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "CurrencySymbols": (0x20A0, 0x20CF),
    "LetterlikeSymbols": (0x2100, 0x214F),
    "Arrows": (0x2190, 0x21FF),
    "MathematicalOperators": (0x2200, 0x22FF),
    "BoxDrawing": (0x2500, 0x257F),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HangulSyllables": (0xAC00, 0xD7A3),
    "PrivateUse": (0xE000, 0xF8FF),
}
# Where characters differ from each other. The rest of the code space is the few long runs below.
_VARIED = ((0x0, 0x3400), (0x4DC0, 0x4E00), (0xA000, 0xAC00), (0xD7A4, 0xD800), (0xF900, 0x20000), (0xE0000, 0xE01F0))
_LONG_RUNS = (
    ("Lo", 0x3400, 0x4DBF), ("Lo", 0x4E00, 0x9FFF), ("Lo", 0xAC00, 0xD7A3), ("Cs", 0xD800, 0xDFFF),
    ("Co", 0xE000, 0xF8FF), ("Lo", 0x20000, 0x2A6DF), ("Lo", 0x2A700, 0x2EBE0), ("Lo", 0x2F800, 0x2FA1D),
    ("Lo", 0x30000, 0x323AF), ("Co", 0xF0000, 0xFFFFD), ("Co", 0x100000, 0x10FFFD),
)  # fmt: skip


def named(name: str) -> Ranges | None:
    """The characters of a category such as "L" or "Lu", or of a block such as "IsGreek"; None when not known."""
    if name.startswith("Is"):
        block = _BLOCKS.get(name[2:])
        return None if block is None else (block,)
    return _categories().get(name)


def outside(ranges: Ranges) -> Ranges:
    """All other characters."""
    found: list[tuple[int, int]] = []
    start = 0
    for low, high in ranges:
        if low > start:
            found.append((start, low - 1))
        start = max(start, high + 1)
    if start <= LAST:
        found.append((start, LAST))
    return tuple(found)


@cache
def _categories() -> Mapping[str, Ranges]:
    """Every two-letter category and the one-letter ones they belong to. Unassigned is what nothing else is."""
    found: dict[str, list[tuple[int, int]]] = {}
    for category, low, high in sorted((*_runs(), *_LONG_RUNS), key=lambda run: run[1]):
        for name in (category, category[0]):
            found.setdefault(name, []).append((low, high))
    joined = {name: _joined(ranges) for name, ranges in found.items()}
    assigned = [one for name, ranges in joined.items() if len(name) == 1 for one in ranges]
    return {**joined, "Cn": outside(tuple(sorted(assigned)))}


def _runs() -> Iterator[tuple[str, int, int]]:
    for low, high in _VARIED:
        for category, run in groupby(map(unicodedata.category, map(chr, range(low, high)))):
            size = sum(1 for _ in run)
            if category != "Cn":
                yield category, low, low + size - 1
            low += size


def _joined(ranges: list[tuple[int, int]]) -> Ranges:
    """Neighbors as one."""
    found: list[tuple[int, int]] = []
    for low, high in ranges:
        if found and found[-1][1] + 1 >= low:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return tuple(found)
