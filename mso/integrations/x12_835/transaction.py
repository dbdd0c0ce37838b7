"""One ST while it is being read: header and trailer here, the claim loops in `claims.py`."""

from dataclasses import dataclass, replace
from decimal import Decimal

from mso.integrations.x12_835.balance import check_transaction
from mso.integrations.x12_835.claims import PADDING, ClaimLoops, Handler
from mso.integrations.x12_835.diagnostics import Findings, masked
from mso.integrations.x12_835.envelope import is_count
from mso.integrations.x12_835.loops import OpenOrganization
from mso.integrations.x12_835.records import ProviderAdjustment, Reference, RemittanceTransaction
from mso.integrations.x12_835.tokenizer import Separators
from mso.integrations.x12_835.values import amount_of, date_of

_SKIPPED = frozenset(("CUR", "N3", "N4", "RDM", "LX", "TS3", "TS2", "QTY"))
_CONTACTS = frozenset(("CX", "BL", "IC"))
_VERSION = "005010X221A1"


@dataclass(frozen=True, slots=True)
class TransactionHeader:
    """What the envelope says about the transactions inside it."""

    interchange: int = 0
    transaction: int = 0
    interchange_control_number: str = ""
    group_control_number: str = ""
    control_number: str = ""
    kind: str = ""
    version: str = ""
    sender_id: str = ""
    receiver_id: str = ""
    is_test: bool = False

    def after(self, identifier: str, elements: list[str]) -> "TransactionHeader":
        elements = [*elements, *PADDING]
        if identifier == "ISA":
            return TransactionHeader(
                interchange=self.interchange + 1,
                transaction=self.transaction,
                interchange_control_number=elements[13],
                sender_id=elements[6].strip(),
                receiver_id=elements[8].strip(),
                is_test=elements[15] == "T",
            )
        if identifier == "GS":
            return replace(self, group_control_number=elements[6], version=elements[8])
        if identifier == "ST":
            return replace(self, transaction=self.transaction + 1, kind=elements[1], control_number=elements[2])
        return self


class OpenTransaction:
    """Collects the segments of one ST; `close` gives the record."""

    def __init__(self, header: TransactionHeader, separators: Separators, index: int) -> None:
        self._header, self._start = header, index
        self._element, self._component = separators.element, separators.component
        self._path = f"ST[{masked(header.control_number) or header.transaction}]"
        self._findings = Findings()
        self._segments = 1
        self._claims = ClaimLoops(self._path, self._component, self._findings)
        self._once: dict[str, list[str]] = {}
        self._produced_on = ""
        self._payer, self._payee = OpenOrganization(), OpenOrganization()
        self._organization: OpenOrganization | None = None
        self._provider_adjustments: list[ProviderAdjustment] = []
        self._handlers: dict[str, Handler] = {
            **self._claims.handlers,
            "CLP": self._clp, "DTM": self._dtm, "REF": self._ref, "BPR": self._only_once, "TRN": self._only_once,
            "N1": self._n1, "PER": self._per, "PLB": self._plb,
        }  # fmt: skip
        if header.kind != "835":
            self._findings.quarantine("not_an_835", self._path, index, header.kind)
        if header.version not in (_VERSION, ""):
            self._findings.warn("version_unexpected", self._path, index, header.version)

    def take(self, index: int, identifier: str, segment: str) -> None:
        self._segments += 1
        self._claims.keep(segment)
        handler = self._handlers.get(identifier)
        if handler is not None:
            elements = segment.split(self._element)
            elements += PADDING
            handler(index, segment, elements)
        elif identifier not in _SKIPPED:
            self._findings.quarantine("segment_unknown", self._claims.path(), index, identifier)

    def end(self, index: int, count: str, control_number: str) -> None:
        """The SE segment: SE01 counts ST to SE inclusive, SE02 repeats ST02."""
        self._segments += 1
        if not is_count(count, self._segments):
            self._findings.quarantine("se_count", self._path, index, count)
        if control_number != self._header.control_number:
            self._findings.quarantine("se_control", self._path, index, control_number)

    def close(self, *, is_complete: bool) -> RemittanceTransaction:
        self._claims.close()
        self._handlers.clear()  # bound methods: without the cycle the memory goes back at once, not at a collection
        self._claims.handlers.clear()
        if not is_complete:
            self._findings.quarantine("se_missing", self._path, self._start)
        payment, trace, total = self._check_header()
        claims = self._claims.claims
        check_transaction(total, claims, self._provider_adjustments, self._path, self._findings)
        header = self._header
        return RemittanceTransaction(
            ordinal=header.transaction,
            interchange=header.interchange,
            interchange_control_number=header.interchange_control_number,
            group_control_number=header.group_control_number,
            control_number=header.control_number,
            sender_id=header.sender_id,
            receiver_id=header.receiver_id,
            is_test=header.is_test,
            handling=payment[1],
            total_paid=total,
            credit_or_debit=payment[3],
            method=payment[4],
            paid_on=date_of(payment[16]),
            trace_number=trace[2],
            trace_payer_id=trace[3],
            produced_on=date_of(self._produced_on),
            payer=self._payer.close(),
            payee=self._payee.close(),
            claims=tuple(claims),
            provider_adjustments=tuple(self._provider_adjustments),
            diagnostics=tuple(self._findings.kept),
        )

    def _check_header(self) -> tuple[list[str], list[str], Decimal | None]:
        """BPR, TRN and the total of BPR02. Without TRN02 a second delivery cannot be recognized."""
        payment, trace = (self._once.get(identifier, list(PADDING)) for identifier in ("BPR", "TRN"))
        if not trace[2]:
            self._findings.quarantine("trace_missing", self._path, self._start)
        if "BPR" not in self._once:
            self._findings.quarantine("payment_missing", self._path, self._start)
            return payment, trace, None
        total = amount_of(payment[2])
        if total is None:
            self._findings.quarantine("amount_unreadable", f"{self._path}/BPR", self._start, payment[2])
        if date_of(payment[16]) is None:
            self._findings.warn("payment_date_missing", f"{self._path}/BPR", self._start, payment[16])
        return payment, trace, total

    def _is_past_header(self) -> bool:
        return self._claims.is_open or bool(self._claims.claims)

    def _only_once(self, index: int, segment: str, elements: list[str]) -> None:
        """BPR and TRN stand once, before the first claim."""
        if elements[0] in self._once or self._is_past_header():
            self._claims.order(index, elements[0])
        else:
            self._once[elements[0]] = elements

    def _n1(self, index: int, segment: str, elements: list[str]) -> None:
        role = elements[1]
        organization = {"PR": self._payer, "PE": self._payee}.get(role)
        if organization is None or self._is_past_header():
            self._claims.order(index, "N1")
        if organization is None:
            return
        if not organization.name and not organization.id:
            organization.name, organization.id_qualifier, organization.id = elements[2:5]
        self._organization = organization

    def _per(self, index: int, segment: str, elements: list[str]) -> None:
        if elements[1] not in _CONTACTS:
            self._findings.warn("contact_unknown", self._claims.path(), index, elements[1])

    def _dtm(self, index: int, segment: str, elements: list[str]) -> None:
        self._claims.handlers["DTM"](index, segment, elements)
        if elements[1] == "405" and not self._is_past_header():
            self._produced_on = elements[2]

    def _ref(self, index: int, segment: str, elements: list[str]) -> None:
        if self._claims.is_open:
            self._claims.handlers["REF"](index, segment, elements)
        elif self._organization is not None:
            self._organization.references.append(Reference(elements[1], elements[2]))

    def _clp(self, index: int, segment: str, elements: list[str]) -> None:
        if self._provider_adjustments:
            self._claims.order(index, "CLP")
        self._organization = None
        self._claims.handlers["CLP"](index, segment, elements)

    def _plb(self, index: int, segment: str, elements: list[str]) -> None:
        self._claims.close()
        self._organization = None
        for place in range(3, 15, 2):
            identifier, text = elements[place], elements[place + 1]
            if identifier or text:
                amount = amount_of(text)
                if amount is None:
                    self._findings.quarantine("amount_unreadable", f"{self._path}/PLB", index, text)
                reason, _, reference = identifier.partition(self._component)
                ends_on = date_of(elements[2])
                self._provider_adjustments.append(
                    ProviderAdjustment(elements[1], ends_on, reason, reference, amount, index, segment)
                )
