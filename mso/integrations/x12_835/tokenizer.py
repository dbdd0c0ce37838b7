"""Cuts X12 bytes into segments, with the separators the ISA itself declares.

The ISA is the only segment of fixed width (106 bytes with its terminator): the element separator stands at
position 3, repetition at 82 (ISA11), component at 104 (ISA16), terminator at 105. A newline may follow the
terminator or be it. Memory is one block, whatever the size of the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Protocol

ISA_LENGTH = 106
BLOCK = 1 << 16
_SEPARATOR_PLACES = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
_PADDING = b"\r\n\t \x1a"  # \x1a ends files written on mainframes and DOS


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Separators:
    element: str
    repetition: str
    component: str
    terminator: str


STANDARD_SEPARATORS = Separators("*", "^", ":", "~")


@dataclass(frozen=True, slots=True)
class Caps:
    """Limits of what a sender may make us read; over one of them the file is refused."""

    file_bytes: int = 64 * 1024 * 1024
    interchanges: int = 1_000
    segment_characters: int = 4_000
    element_characters: int = 1_000
    segments_per_transaction: int = 1_000_000
    claims_per_transaction: int = 20_000
    triplets: int = 6
    modifiers: int = 4


CAPS = Caps()


def as_stream(source: bytes | Readable) -> Readable:
    return BytesIO(source) if isinstance(source, bytes) else source


class SegmentReader:
    """Iterates over (segment_index, text). Never raises on content: look at `fault` when it ends.

    separators: those of the current interchange, valid while its segments are being read.
    fault:      code of diagnostics.SENTENCES, or None when the file was read to its end.
    """

    def __init__(self, source: bytes | Readable, caps: Caps = CAPS) -> None:
        self.separators = STANDARD_SEPARATORS
        self.fault: str | None = None
        self.index = 0
        self._stream = as_stream(source)
        self._caps = caps
        self._buffer = b""
        self._bytes_read = 0

    def __iter__(self) -> Iterator[tuple[int, str]]:
        while self.fault is None and self._begin_interchange():
            yield from self._segments()

    def _more(self) -> bool:
        block = self._stream.read(BLOCK)
        self._bytes_read += len(block)
        if self._bytes_read > self._caps.file_bytes:
            self.fault = "file_over_cap"
            return False
        self._buffer += block
        return bool(block)

    def _begin_interchange(self) -> bool:
        """Take the separators from the next ISA; False at the end of the file or at a fault."""
        is_first = self.index == 0
        if not is_first:
            self._buffer = self._buffer.lstrip(_PADDING)
        while len(self._buffer) < ISA_LENGTH and self._more():
            if not is_first:
                self._buffer = self._buffer.lstrip(_PADDING)
        if self.fault or (not is_first and not self._buffer):
            return False
        if not self._buffer.startswith(b"ISA"):
            self.fault = "not_x12" if is_first else "data_after_interchange"
            return False
        separators = separators_of(self._buffer[:ISA_LENGTH])
        if separators is None:
            self.fault = "isa_malformed"
            return False
        self.separators = separators
        return True

    def _segments(self) -> Iterator[tuple[int, str]]:
        """Segments up to and including the IEA, or the end of the file."""
        terminator, ending = self.separators.terminator, "IEA" + self.separators.element
        while (block := self._next_block(terminator.encode(), ending.encode())) is not None:
            for text in block.split(terminator):
                segment = text.lstrip("\r\n")
                if not segment:
                    continue
                self.index += 1
                yield self.index, segment
                if segment.startswith(ending):
                    return

    def _next_block(self, terminator: bytes, ending: bytes) -> str | None:
        """Complete segments of one interchange; None at the end of the file or at a fault."""
        while (end := self._buffer.rfind(terminator)) < 0:
            if len(self._buffer) > self._caps.segment_characters * 4:
                self.fault = "segment_over_cap"
                return None
            if not self._more():
                if self.fault is None and self._buffer.strip(_PADDING):
                    self.fault = "unterminated"
                return None
        last = self._buffer.find(ending, 0, end)
        if last >= 0:  # the next interchange may use other separators, so the block stops here
            end = self._buffer.index(terminator, last)
        block, self._buffer = self._buffer[:end], self._buffer[end + 1 :]
        if b"\0" in block:  # PostgreSQL text cannot hold it, and no payer means it
            self.fault = "undecodable"
            return None
        try:
            return block.decode("utf-8")
        except UnicodeDecodeError:
            self.fault = "undecodable"
            return None


def separators_of(isa: bytes) -> Separators | None:
    """Read the four separators, or None when the ISA is cut, misaligned or ambiguous."""
    if len(isa) < ISA_LENGTH or any(isa[place] != isa[3] for place in _SEPARATOR_PLACES) or not isa.isascii():
        return None
    element, repetition, component, terminator = (chr(isa[place]) for place in (3, 82, 104, 105))
    marks = (element, component, terminator)
    if len(set(marks)) < 3 or any(mark.isalnum() or mark in " \0" for mark in marks):
        return None
    return Separators(element, repetition, component, terminator)
