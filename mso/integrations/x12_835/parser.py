"""Reads an 835 (X12 005010X221A1), one ST at a time, without ever raising on content.

`open_remittance(data)` is the door for intake: first pass over the envelopes, then the transactions, each with
every diagnostic that concerns it. `read(source)` yields the transactions alone.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mso.integrations.x12_835.envelope import Envelope, check_envelope, element_at
from mso.integrations.x12_835.records import RemittanceTransaction
from mso.integrations.x12_835.tokenizer import CAPS, Caps, Readable, SegmentReader
from mso.integrations.x12_835.transaction import OpenTransaction, TransactionHeader

_ENVELOPE_SEGMENTS = ("ISA", "GS", "ST", "GE", "IEA")


@dataclass(frozen=True, slots=True)
class Remittance:
    """One file: its hash, what the first pass found, and its transactions on demand.

    sha256: of the bytes, lower-case hexadecimal: the file's identity.
    """

    sha256: str
    envelope: Envelope
    data: bytes

    @property
    def is_refused(self) -> bool:
        return self.envelope.is_refused

    def transactions(self) -> Iterator[RemittanceTransaction]:
        """Every ST in file order, with the faults of its interchange; nothing when the file is refused.

        Memory is that of one transaction. Calling it again reads again.
        """
        if self.is_refused:
            return
        for transaction in read(self.data):
            faults = self.envelope.of_interchange(transaction.interchange)
            yield replace(transaction, diagnostics=faults + transaction.diagnostics) if faults else transaction


def open_remittance(data: bytes, caps: Caps = CAPS) -> Remittance:
    """Hash the bytes and check caps and envelopes. Never raises on content."""
    return Remittance(hashlib.sha256(data).hexdigest(), check_envelope(data, caps), data)


def read(source: bytes | Readable, caps: Caps = CAPS) -> Iterator[RemittanceTransaction]:
    """Yield every ST of the source, complete or cut, with its own diagnostics.

    Envelope faults and caps are not its business: see `check_envelope`. Stops quietly where the bytes stop
    being X12.
    """
    reader = SegmentReader(source, caps)
    header = TransactionHeader()
    current: OpenTransaction | None = None
    for index, segment in reader:
        element = reader.separators.element
        identifier = segment[: segment.find(element)] if element in segment[:4] else segment
        if identifier in _ENVELOPE_SEGMENTS:
            if current is not None:
                yield current.close(is_complete=False)
            header = header.after(identifier, segment.split(element))
            current = OpenTransaction(header, reader.separators, index) if identifier == "ST" else None
        elif identifier == "SE":
            if current is not None:
                elements = segment.split(element)
                current.end(index, element_at(elements, 1), element_at(elements, 2))
                yield current.close(is_complete=True)
            current = None
        elif current is not None:
            current.take(index, identifier, segment)
    if current is not None:
        yield current.close(is_complete=False)
