"""Writes synthetic 835 files for tests, the demo and the benchmark. Every name in them is invented.

A `FakeClaim` balances by itself: what is not adjusted is paid. `write` gives bytes, `many_claims` streams a file
of any size. Nothing is random: the same arguments give the same bytes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from importlib.resources import files

from mso.integrations.x12_835.tokenizer import STANDARD_SEPARATORS, Separators

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the file is written down. newline follows every terminator ("" or "\\n" or "\\r\\n")."""

    separators: Separators = STANDARD_SEPARATORS
    newline: str = ""


@dataclass(frozen=True, slots=True)
class FakeCas:
    """One CAS segment: a group and one to six (reason, amount, quantity or None) triplets."""

    group_code: str
    triplets: tuple[tuple[str, Decimal, Decimal | None], ...]


@dataclass(frozen=True, slots=True)
class FakeLine:
    code: str
    charge: Decimal
    cas: tuple[FakeCas, ...] = ()
    modifiers: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    control_number: str = ""
    policy_ids: tuple[str, ...] = ()
    service_on: date = date(2026, 10, 1)

    @property
    def paid(self) -> Decimal:
        return self.charge - adjusted(self.cas)


@dataclass(frozen=True, slots=True)
class FakeClaim:
    """charge is needed only when there are no lines; `moa` are claim-level remark codes."""

    patient_control_number: str
    payer_claim_control_number: str
    lines: tuple[FakeLine, ...] = ()
    cas: tuple[FakeCas, ...] = ()
    status: str = "1"
    filing_indicator: str = "12"
    charge: Decimal | None = None
    frequency: str = "1"
    moa: tuple[str, ...] = ()
    patient: tuple[str, str, str] = ("SAMPLE", "PAT", "MEM0001")
    statement_on: date = date(2026, 10, 1)
    received_on: date = date(2026, 10, 10)

    @property
    def charged(self) -> Decimal:
        return sum((line.charge for line in self.lines), ZERO) if self.charge is None else self.charge

    @property
    def paid(self) -> Decimal:
        return self.charged - adjusted(self.cas) - sum((adjusted(line.cas) for line in self.lines), ZERO)


@dataclass(frozen=True, slots=True)
class FakePayer:
    name: str = "SYNTHETIC HEALTH PLAN"
    id: str = "SYN01"


@dataclass(frozen=True, slots=True)
class FakePayee:
    """An empty npi identifies the payee by its taxpayer number instead."""

    name: str = "SYNTHETIC MEDICAL GROUP PC"
    npi: str = "1999999984"
    tin: str = "123456789"


@dataclass(frozen=True, slots=True)
class FakeTransaction:
    """plb: (reason, reference, amount); a positive amount reduces the payment. total overrides BPR02."""

    claims: tuple[FakeClaim, ...]
    trace: str = "EFT0001"
    payer: FakePayer = FakePayer()
    payee: FakePayee = FakePayee()
    plb: tuple[tuple[str, str, Decimal], ...] = ()
    paid_on: date = date(2026, 11, 20)
    produced_on: date = date(2026, 11, 19)
    total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class FakeInterchange:
    """groups: the transactions of each GS. control: ISA13, at most nine digits."""

    groups: tuple[tuple[FakeTransaction, ...], ...]
    control: int = 1


def adjusted(cas: Iterable[FakeCas]) -> Decimal:
    return sum((amount for one in cas for _, amount, _ in one.triplets), ZERO)


def cas(group_code: str, reason: str, amount: Decimal | int | str) -> FakeCas:
    """A CAS segment with a single triplet."""
    return FakeCas(group_code, ((reason, Decimal(amount), None),))


def hard_denials() -> bytes:
    """The shipped sample: two transactions, ten claims, seven denials, one reversal with its correction."""
    return (files(__package__) / "samples" / "synthetic_hard_denials.835").read_bytes()


def write(interchanges: Sequence[FakeInterchange], layout: Layout = Layout()) -> bytes:
    """The file as bytes (UTF-8)."""
    return b"".join(_interchange(one, layout) for one in interchanges)


def write_one(claims: Sequence[FakeClaim], control: int = 1, **transaction: object) -> bytes:
    """A file of one transaction; `transaction` sets other fields of FakeTransaction, such as payee or trace."""
    one = replace(FakeTransaction(tuple(claims)), **transaction)  # type: ignore[arg-type]
    return write([FakeInterchange(((one,),), control)])


def many_claims(
    count: int, *, per_transaction: int = 1_000, denied_every: int = 1, payee: FakePayee | None = None
) -> Iterator[bytes]:
    """A file of `count` two-line claims, streamed one transaction at a time.

    Every `denied_every`-th claim has its second line denied (CO 97 with M15, or CO 50, CO 197, CO 29 in turn);
    0 means none. Write the chunks to a file: the whole never needs to be in memory.
    """
    layout, starts = Layout(), range(0, count, per_transaction)
    yield _text([_isa(9, layout), _gs(9)], layout)
    for number, start in enumerate(starts, 1):
        claims = [_plain_claim(i, denied_every) for i in range(start, min(start + per_transaction, count))]
        transaction = FakeTransaction(tuple(claims), trace=f"EFT{number:06d}", payee=payee or FakePayee())
        yield _text(_transaction(transaction, number, layout), layout)
    yield _text([["GE", str(len(starts)), "9"], ["IEA", "1", f"{9:09d}"]], layout)


def _plain_claim(i: int, denied_every: int) -> FakeClaim:
    is_denied = denied_every > 0 and i % denied_every == 0
    reason, remark = (("97", "M15"), ("50", "N115"), ("197", "M62"), ("29", "N30"))[i // max(denied_every, 1) % 4]
    visit = FakeLine("99213", Decimal(120), (cas("PR", "1", 20),), ("25",), (), f"A{i}")
    draw = FakeLine("36415", Decimal(80), control_number=f"B{i}")
    if is_denied:
        draw = replace(draw, cas=(cas("CO", reason, 80),), remarks=(remark,))
    return FakeClaim(f"P{i:07d}", f"C{i:07d}", (visit, draw), patient=(f"SAMPLE{i}", "PAT", f"M{i:07d}"))


def _interchange(interchange: FakeInterchange, layout: Layout) -> bytes:
    segments = [_isa(interchange.control, layout)]
    number = 0
    for group_number, transactions in enumerate(interchange.groups, 1):
        segments.append(_gs(group_number))
        for transaction in transactions:
            number += 1
            segments += _transaction(transaction, number, layout)
        segments.append(["GE", str(len(transactions)), str(group_number)])
    segments.append(["IEA", str(len(interchange.groups)), f"{interchange.control:09d}"])
    return _text(segments, layout)


def _text(segments: Iterable[Sequence[str]], layout: Layout) -> bytes:
    marks = layout.separators
    ending = marks.terminator + layout.newline
    return "".join(marks.element.join(one) + ending for one in segments).encode()


def _isa(control: int, layout: Layout) -> list[str]:
    marks = layout.separators
    blank, sender, receiver = " " * 10, "SYNTHPAYER".ljust(15), "SYNTHPC".ljust(15)
    return ["ISA", "00", blank, "00", blank, "ZZ", sender, "ZZ", receiver, "261123", "0900", marks.repetition,
            "00501", f"{control:09d}", "0", "T", marks.component]  # fmt: skip


def _gs(number: int) -> list[str]:
    return ["GS", "HP", "SYNTHPAYER", "SYNTHPC", "20261123", "0900", str(number), "X", "005010X221A1"]


def _transaction(one: FakeTransaction, number: int, layout: Layout) -> list[list[str]]:
    withheld = sum((amount for _, _, amount in one.plb), ZERO)
    total = sum((claim.paid for claim in one.claims), ZERO) - withheld if one.total is None else one.total
    payee, by_npi = one.payee, bool(one.payee.npi)
    segments = [
        ["ST", "835", f"{number:04d}"],
        ["BPR", "I", _money(total), "C", "ACH", "CCP", "01", "111000025", "DA", "123456", "1512345678", "", "01",
         "111000025", "DA", "654321", _day(one.paid_on)],
        ["TRN", "1", one.trace, "1512345678"],
        ["DTM", "405", _day(one.produced_on)],
        ["N1", "PR", one.payer.name, "XV", one.payer.id],
        ["N1", "PE", payee.name, "XX" if by_npi else "FI", payee.npi if by_npi else payee.tin],
        *([["REF", "TJ", payee.tin]] if by_npi else []),
        ["LX", "1"],
    ]  # fmt: skip
    for claim in one.claims:
        segments += _claim(claim, layout.separators.component)
    if one.plb:
        pairs = [part for reason, reference, amount in one.plb
                 for part in (f"{reason}{layout.separators.component}{reference}", _money(amount))]  # fmt: skip
        segments.append(["PLB", payee.npi or payee.tin, "20261231", *pairs])
    segments.append(["SE", str(len(segments) + 1), f"{number:04d}"])
    return segments


def _claim(claim: FakeClaim, component: str) -> Iterator[list[str]]:
    last, first, member = claim.patient
    owed = sum((adjusted([one]) for one in _all_cas(claim) if one.group_code == "PR"), ZERO)
    yield ["CLP", claim.patient_control_number, claim.status, _money(claim.charged), _money(claim.paid),
           _money(owed) if owed else "", claim.filing_indicator, claim.payer_claim_control_number, "11",
           claim.frequency]  # fmt: skip
    yield from (_cas_segment(one) for one in claim.cas)
    yield ["NM1", "QC", "1", last, first, "", "", "", "MI", member]
    if claim.moa:
        yield ["MOA", "", "", *claim.moa]
    yield ["DTM", "232", _day(claim.statement_on)]
    yield ["DTM", "050", _day(claim.received_on)]
    for line in claim.lines:
        yield ["SVC", component.join(["HC", line.code, *line.modifiers]), _money(line.charge), _money(line.paid),
               "", "1"]  # fmt: skip
        yield ["DTM", "472", _day(line.service_on)]
        yield from (_cas_segment(one) for one in line.cas)
        if line.control_number:
            yield ["REF", "6R", line.control_number]
        yield from (["REF", "0K", policy] for policy in line.policy_ids)
        yield from (["LQ", "HE", remark] for remark in line.remarks)


def _all_cas(claim: FakeClaim) -> Iterator[FakeCas]:
    yield from claim.cas
    for line in claim.lines:
        yield from line.cas


def _cas_segment(one: FakeCas) -> list[str]:
    parts: list[str] = []
    for reason, amount, quantity in one.triplets:
        parts += [reason, _money(amount), "" if quantity is None else _money(quantity)]
    while parts and not parts[-1]:
        parts.pop()
    return ["CAS", one.group_code, *parts]


def _money(amount: Decimal) -> str:
    return format(amount, "f")


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")
