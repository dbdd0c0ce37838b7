"""The claim loops of an 835: CLP (2100) with its SVC lines (2110), while their segments arrive.

A segment in the wrong place is an order fault, which quarantines the transaction; its content is still kept
where it fits best, so that a person who releases the transaction sees all of it.
"""

from collections.abc import Callable
from decimal import Decimal

from mso.integrations.x12_835.balance import check_claim
from mso.integrations.x12_835.diagnostics import Findings
from mso.integrations.x12_835.loops import OpenClaim, OpenLine
from mso.integrations.x12_835.records import Adjustment, Amount, ClaimPayment, Party, Procedure, Reference, RemarkCode
from mso.integrations.x12_835.values import amount_of, date_of

PADDING = ("",) * 25  # appended to every segment, so that an absent trailing element reads as empty
_LAST_CAS_PLACE = 20
_PRODUCT_QUALIFIERS = frozenset(("AD", "ER", "HC", "HP", "IV", "N4", "N6", "NU", "UI", "WK"))
_MIA_REMARKS = (5, 20, 21, 22, 23)
_MOA_REMARKS = (3, 4, 5, 6, 7)

Handler = Callable[[int, str, list[str]], None]


class ClaimLoops:
    """Gives each segment of a claim its place; `claims` are the closed ones."""

    def __init__(self, path: str, component: str, findings: Findings) -> None:
        self.claims: list[ClaimPayment] = []
        self._claim: OpenClaim | None = None
        self._line: OpenLine | None = None
        self._path, self._component, self._findings = path, component, findings
        self.handlers: dict[str, Handler] = {
            "CLP": self._clp, "SVC": self._svc, "CAS": self._cas, "DTM": self._dtm, "REF": self._ref,
            "LQ": self._lq, "AMT": self._amt, "NM1": self._nm1, "MOA": self._moa, "MIA": self._mia,
        }  # fmt: skip

    @property
    def is_open(self) -> bool:
        return self._claim is not None

    def keep(self, segment: str) -> None:
        """Every segment inside a claim is kept as the payer wrote it."""
        if self._claim is not None:
            self._claim.segments.append(segment)

    def path(self) -> str:
        if self._claim is None:
            return self._path
        path = f"{self._path}/CLP[{self._claim.ordinal}]"
        return path if self._line is None else f"{path}/SVC[{self._line.ordinal}]"

    def close(self) -> None:
        """End the open claim, if any, and check its balances."""
        self._close_line()
        if self._claim is not None:
            claim = self._claim.close()
            check_claim(claim, f"{self._path}/CLP[{claim.ordinal}]", self._findings)
            self.claims.append(claim)
        self._claim = None

    def _close_line(self) -> None:
        if self._line is not None and self._claim is not None:
            self._claim.lines.append(self._line.close())
        self._line = None

    def order(self, index: int, identifier: str) -> None:
        self._findings.quarantine("segment_order", f"{self.path()}/{identifier}", index)

    def _amount(self, text: str, index: int, path: str) -> Decimal | None:
        amount = amount_of(text)
        if amount is None:
            self._findings.quarantine("amount_unreadable", path, index, text)
        return amount

    def _clp(self, index: int, segment: str, elements: list[str]) -> None:
        self.close()
        ordinal = len(self.claims) + 1
        path = f"{self._path}/CLP[{ordinal}]"
        owed = elements[5]
        charge, paid = self._amount(elements[3], index, path), self._amount(elements[4], index, path)
        patient = self._amount(owed, index, path) if owed else None
        self._claim = OpenClaim(ordinal, index, elements, charge, paid, patient, [segment])
        if not elements[7]:
            self._findings.warn("claim_number_missing", path, index)

    def _svc(self, index: int, segment: str, elements: list[str]) -> None:
        claim = self._claim
        if claim is None:
            self.order(index, "SVC")
            return
        self._close_line()
        ordinal = len(claim.lines) + 1
        path = f"{self._path}/CLP[{claim.ordinal}]/SVC[{ordinal}]"
        procedure = self._procedure(elements[1])
        if procedure.qualifier not in _PRODUCT_QUALIFIERS or not procedure.code:
            self._findings.quarantine("service_composite", path, index, elements[1])
        self._line = OpenLine(
            ordinal,
            index,
            procedure,
            self._amount(elements[2], index, path),
            self._amount(elements[3], index, path),
            elements[4],
            amount_of(elements[5]),
            self._procedure(elements[6]) if elements[6] else None,
            amount_of(elements[7]),
        )

    def _procedure(self, composite: str) -> Procedure:
        parts = composite.split(self._component)
        code = parts[1] if len(parts) > 1 else ""
        return Procedure(parts[0], code, tuple([one for one in parts[2:6] if one]))

    def _cas(self, index: int, segment: str, elements: list[str]) -> None:
        target = self._line or self._claim
        if target is None:
            self.order(index, "CAS")
            return
        for start in range(2, min(len(elements) - len(PADDING), _LAST_CAS_PLACE), 3):
            reason, text, quantity = elements[start : start + 3]
            if reason or text:
                amount = amount_of(text)
                if amount is None:
                    self._findings.quarantine("amount_unreadable", self.path(), index, text)
                target.adjustments.append(
                    Adjustment(elements[1], reason, amount, amount_of(quantity), start // 3 + 1, index, segment)
                )

    def _dtm(self, index: int, segment: str, elements: list[str]) -> None:
        target, day = self._line or self._claim, date_of(elements[2])
        if day is None:
            self._findings.warn("date_unreadable", self.path(), index, elements[2])
        elif target is not None:
            target.dates.setdefault(elements[1], day)

    def _ref(self, index: int, segment: str, elements: list[str]) -> None:
        target = self._line or self._claim
        if target is not None:
            target.references.append(Reference(elements[1], elements[2]))

    def _amt(self, index: int, segment: str, elements: list[str]) -> None:
        target = self._line or self._claim
        if target is None:
            self.order(index, "AMT")
        else:
            target.amounts.append(Amount(elements[1], amount_of(elements[2])))

    def _lq(self, index: int, segment: str, elements: list[str]) -> None:
        if self._line is None:
            self.order(index, "LQ")
        else:
            self._line.remarks.append(RemarkCode(elements[2], "LQ", elements[1], index, segment))

    def _moa(self, index: int, segment: str, elements: list[str]) -> None:
        self._claim_remarks(_MOA_REMARKS, index, segment, elements)

    def _mia(self, index: int, segment: str, elements: list[str]) -> None:
        self._claim_remarks(_MIA_REMARKS, index, segment, elements)

    def _claim_remarks(self, places: tuple[int, ...], index: int, segment: str, elements: list[str]) -> None:
        origin = elements[0]
        if self._claim is None or self._line is not None:
            self.order(index, origin)
        if self._claim is not None:
            codes = [elements[place] for place in places if elements[place]]
            self._claim.remarks += [RemarkCode(code, origin, "HE", index, segment) for code in codes]

    def _nm1(self, index: int, segment: str, elements: list[str]) -> None:
        if self._claim is None or self._line is not None:
            self.order(index, "NM1")
        if self._claim is not None:
            party = Party(elements[1], elements[3], elements[4], elements[5], elements[8], elements[9])
            self._claim.parties.append(party)
