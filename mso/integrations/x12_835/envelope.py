"""First pass over a file: is it X12, is it within the caps, do its envelopes close?

It must run before the first transaction is used, because a wrong count at the very end may mean a cut file and
puts every transaction of that interchange into quarantine. It keeps no content and needs no memory per segment.
"""

from collections.abc import Callable
from dataclasses import dataclass

from mso.integrations.x12_835.diagnostics import Diagnostic, Severity, masked
from mso.integrations.x12_835.tokenizer import CAPS, Caps, Readable, SegmentReader

_REFUSING_FAULTS = {"not_x12", "isa_malformed", "undecodable", "file_over_cap", "segment_over_cap"}
_CAS_SEPARATORS_BEFORE_TRIPLETS = 1
_SVC01_PARTS_BEFORE_MODIFIERS = 2
_SVC01_PARTS_AFTER_MODIFIERS = 2  # description and the end of a code range


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the first pass found.

    transactions: number of ST segments.
    diagnostics:  of the file and its envelopes; faults of single transactions come from the reader.
    faults:       (interchange ordinal, diagnostic) pairs; ordinal 0 means the whole file.
    """

    interchanges: int
    transactions: int
    segments: int
    faults: tuple[tuple[int, Diagnostic], ...]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return tuple(diagnostic for _, diagnostic in self.faults)

    @property
    def is_refused(self) -> bool:
        return any(one.severity is Severity.REFUSE for one in self.diagnostics)

    def of_interchange(self, ordinal: int) -> tuple[Diagnostic, ...]:
        return tuple(diagnostic for number, diagnostic in self.faults if number in (0, ordinal))


def check_envelope(source: bytes | Readable, caps: Caps = CAPS) -> Envelope:
    """Read the whole source once and report refusals and envelope faults. Never raises on content."""
    reader = SegmentReader(source, caps)
    check = _EnvelopeCheck(reader, caps)
    for index, segment in reader:
        check.take(index, segment)
        if check.is_refused:
            break
    check.finish()
    return Envelope(check.interchanges, check.transactions, reader.index, tuple(check.faults))


class _EnvelopeCheck:
    """Counts and control numbers of the open interchange, group and transaction."""

    def __init__(self, reader: SegmentReader, caps: Caps) -> None:
        self.faults: list[tuple[int, Diagnostic]] = []
        self._known: set[tuple[int, str]] = set()
        self.interchanges = 0
        self.transactions = 0
        self.is_refused = False
        self._reader = reader
        self._caps = caps
        self._isa_control = self._gs_control = ""
        self._groups = self._group_transactions = self._segments = self._claims = 0
        self._in_interchange = self._in_group = self._in_transaction = False
        self._handlers: dict[str, Callable[[int, list[str]], None]] = {
            "ISA": self._isa, "GS": self._gs, "ST": self._st, "SE": self._se, "GE": self._ge, "IEA": self._iea,
            "CLP": self._clp, "CAS": self._cas, "SVC": self._svc,
        }  # fmt: skip

    def take(self, index: int, segment: str) -> None:
        element = self._reader.separators.element
        self._segments += 1
        if len(segment) > self._caps.element_characters:
            self._check_lengths(index, segment, element)
        identifier = segment[: segment.find(element)] if element in segment[:4] else segment
        handler = self._handlers.get(identifier)
        if handler is not None:
            handler(index, segment.split(element))
        elif not self._in_transaction and identifier != "TA1":
            self._fault("outside_transaction", index)
        if self._in_transaction and self._segments > self._caps.segments_per_transaction:
            self._refuse("segments_over_cap", index)

    def finish(self) -> None:
        """Report what never closed, and why reading stopped."""
        if self._reader.fault in _REFUSING_FAULTS:
            self._refuse(self._reader.fault, self._reader.index)
        elif self._reader.fault is not None:
            self._fault(self._reader.fault, self._reader.index)
        if self._in_interchange and not self.is_refused:
            self._close_group(self._reader.index)
            self._fault("iea_missing", self._reader.index)

    def _isa(self, index: int, elements: list[str]) -> None:
        if self._in_interchange:
            self._close_group(index)
            self._fault("iea_missing", index)
        was_open, self.interchanges = self._in_interchange, self.interchanges + 1
        if was_open:  # nobody can say to which of the two the following segments belong
            self._fault("iea_missing", index)
        if self.interchanges > self._caps.interchanges:
            self._refuse("interchanges_over_cap", index)
        self._isa_control, self._groups = elements[13] if len(elements) > 13 else "", 0
        self._in_interchange, self._in_group, self._in_transaction = True, False, False

    def _gs(self, index: int, elements: list[str]) -> None:
        self._close_group(index)
        self._groups += 1
        self._group_transactions = 0
        self._gs_control = elements[6] if len(elements) > 6 else ""
        self._in_group = True

    def _st(self, index: int, elements: list[str]) -> None:
        if not self._in_group:
            self._fault("gs_missing", index)
        self.transactions += 1
        self._group_transactions += 1
        self._segments, self._claims, self._in_transaction = 1, 0, True

    def _se(self, index: int, elements: list[str]) -> None:
        if not self._in_transaction:
            self._fault("outside_transaction", index)
        self._in_transaction = False

    def _ge(self, index: int, elements: list[str]) -> None:
        if not self._in_group:
            self._fault("outside_transaction", index)
        elif not is_count(element_at(elements, 1), self._group_transactions):
            self._fault("ge_count", index, element_at(elements, 1))
        elif element_at(elements, 2) != self._gs_control:
            self._fault("ge_control", index, element_at(elements, 2))
        self._in_group = self._in_transaction = False

    def _iea(self, index: int, elements: list[str]) -> None:
        self._close_group(index)
        if not is_count(element_at(elements, 1), self._groups):
            self._fault("iea_count", index, element_at(elements, 1))
        if element_at(elements, 2) != self._isa_control:
            self._fault("iea_control", index, element_at(elements, 2))
        self._in_interchange = False

    def _close_group(self, index: int) -> None:
        if self._in_group:
            self._fault("ge_missing", index)
        self._in_group = self._in_transaction = False

    def _clp(self, index: int, elements: list[str]) -> None:
        self._claims += 1
        if self._claims > self._caps.claims_per_transaction:
            self._refuse("claims_over_cap", index)

    def _cas(self, index: int, elements: list[str]) -> None:
        if len(elements) - 1 - _CAS_SEPARATORS_BEFORE_TRIPLETS > self._caps.triplets * 3:
            self._refuse("triplets_over_cap", index)

    def _svc(self, index: int, elements: list[str]) -> None:
        most = _SVC01_PARTS_BEFORE_MODIFIERS + self._caps.modifiers + _SVC01_PARTS_AFTER_MODIFIERS
        if element_at(elements, 1).count(self._reader.separators.component) >= most:
            self._refuse("modifiers_over_cap", index)

    def _check_lengths(self, index: int, segment: str, element: str) -> None:
        longest = max(map(len, segment.split(element)))
        if longest > self._caps.element_characters or len(segment) > self._caps.segment_characters:
            self._refuse("segment_over_cap", index)

    def _fault(self, code: str, index: int, datum: str = "") -> None:
        self._add(self.interchanges, code, Severity.QUARANTINE, index, datum)

    def _refuse(self, code: str, index: int) -> None:
        self.is_refused = True
        self._add(0, code, Severity.REFUSE, index, "")

    def _add(self, interchange: int, code: str, severity: Severity, index: int, datum: str) -> None:
        if (interchange, code) in self._known:  # one of a kind is enough to quarantine the interchange
            return
        self._known.add((interchange, code))
        path = f"ISA[{interchange}]" if interchange else ""
        self.faults.append((interchange, Diagnostic(code, severity, path, index, masked(datum))))


def element_at(elements: list[str], place: int) -> str:
    return elements[place] if place < len(elements) else ""


def is_count(text: str, expected: int) -> bool:
    """An X12 integer (N0, leading zeros allowed) equal to what was counted."""
    return text.isascii() and text.isdigit() and len(text) <= 10 and int(text) == expected
