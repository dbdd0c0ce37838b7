"""Whatever is written is read back, and nothing that a sender can do makes the reader raise."""

import io
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mso.integrations.x12_835 import ClaimPayment, check_envelope, open_remittance, read
from mso.integrations.x12_835.fake import (
    FakeCas,
    FakeClaim,
    FakeInterchange,
    FakeLine,
    FakeTransaction,
    Layout,
    hard_denials,
    write,
)
from mso.integrations.x12_835.tokenizer import Separators

MARKS = "*|^~:>!+;#@%\x1c\x1d\x1e\n"
CODES = st.text("ABCDEFGHJKLMNPRSTUVW0123456789", min_size=1, max_size=6)
MONEY = st.decimals(min_value=0, max_value=99_999, places=2)
TRIPLETS = st.lists(st.tuples(CODES, MONEY, st.one_of(st.none(), st.just(Decimal(1)))), min_size=1, max_size=6)


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    element, repetition, component, terminator = draw(
        st.lists(st.sampled_from(MARKS), min_size=4, max_size=4, unique=True)
    )
    newline = "" if "\n" in element + component + terminator else draw(st.sampled_from(["", "\n", "\r\n"]))
    return Layout(Separators(element, repetition, component, terminator), newline)


FAKE_CAS = st.builds(FakeCas, st.sampled_from(["CO", "PR", "OA", "PI"]), TRIPLETS.map(tuple))
FAKE_LINES = st.builds(
    FakeLine,
    code=CODES,
    charge=MONEY,
    cas=st.lists(FAKE_CAS, max_size=3).map(tuple),
    modifiers=st.lists(CODES.map(lambda text: text[:2]), max_size=4).map(tuple),
    remarks=st.lists(CODES, max_size=3).map(tuple),
    control_number=st.one_of(st.just(""), CODES),
    policy_ids=st.lists(CODES, max_size=2).map(tuple),
)
FAKE_CLAIMS = st.builds(
    FakeClaim,
    patient_control_number=CODES,
    payer_claim_control_number=CODES,
    lines=st.lists(FAKE_LINES, max_size=3).map(tuple),
    cas=st.lists(FAKE_CAS, max_size=2).map(tuple),
    moa=st.lists(CODES, max_size=5).map(tuple),
)
FAKE_TRANSACTIONS = st.builds(
    FakeTransaction,
    claims=st.lists(FAKE_CLAIMS, max_size=3).map(tuple),
    plb=st.lists(st.tuples(st.sampled_from(["WO", "L6"]), CODES, MONEY), max_size=2).map(tuple),
)
GROUPS = st.lists(st.lists(FAKE_TRANSACTIONS, max_size=2).map(tuple), min_size=1, max_size=2).map(tuple)
INTERCHANGES = st.lists(st.builds(FakeInterchange, GROUPS, st.integers(1, 999_999_999)), min_size=1, max_size=2)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(INTERCHANGES, layouts())
def test_what_is_written_is_read_back(interchanges: list[FakeInterchange], layout: Layout) -> None:
    remittance = open_remittance(write(interchanges, layout))
    written = [one for interchange in interchanges for group in interchange.groups for one in group]
    found = list(remittance.transactions())
    assert remittance.envelope.diagnostics == ()
    assert [one.diagnostics for one in found] == [()] * len(written)
    assert [[as_fake(claim) for claim in one.claims] for one in found] == [
        [as_read(claim) for claim in one.claims] for one in written
    ]
    assert [[(p.reason, p.reference, p.amount) for p in one.provider_adjustments] for one in found] == [
        list(one.plb) for one in written
    ]


def as_fake(claim: ClaimPayment) -> object:
    return (
        claim.patient_control_number,
        claim.payer_claim_control_number,
        claim.charge,
        claim.paid,
        [(a.group_code, a.reason_code, a.amount, a.quantity) for a in claim.adjustments],
        [one.code for one in claim.remarks],
        [
            (line.procedure.code, line.procedure.modifiers, line.charge, line.paid, line.line_item_control_number,
             line.healthcare_policy_ids, tuple(one.code for one in line.remarks), line.service_from,
             [(a.group_code, a.reason_code, a.amount, a.quantity) for a in line.adjustments])
            for line in claim.lines
        ],
    )  # fmt: skip


def as_read(claim: FakeClaim) -> object:
    return (
        claim.patient_control_number,
        claim.payer_claim_control_number,
        claim.charged,
        claim.paid,
        [(one.group_code, *triplet) for one in claim.cas for triplet in one.triplets],
        list(claim.moa),
        [
            (line.code, line.modifiers, line.charge, line.paid, line.control_number, line.policy_ids, line.remarks,
             line.service_on, [(one.group_code, *triplet) for one in line.cas for triplet in one.triplets])
            for line in claim.lines
        ],
    )  # fmt: skip


def test_a_file_cut_at_any_byte_is_refused_or_quarantined_whole() -> None:
    data = hard_denials().rstrip()
    for end in range(len(data)):
        remittance = open_remittance(data[:end])
        assert remittance.is_refused or all(one.is_quarantined for one in remittance.transactions())
        assert remittance.envelope.diagnostics


def test_a_doubled_segment_never_goes_unnoticed() -> None:
    segments = hard_denials().decode().replace("\n", "").split("~")[:-1]
    for place, segment in enumerate(segments):
        data = "~".join([*segments[: place + 1], segment, *segments[place + 1 :], ""]).encode()
        remittance = open_remittance(data)
        assert remittance.is_refused or any(one.is_quarantined for one in remittance.transactions()), segment


def test_a_missing_segment_never_goes_unnoticed() -> None:
    segments = hard_denials().decode().replace("\n", "").split("~")[:-1]
    for place, segment in enumerate(segments):
        data = "~".join([*segments[:place], *segments[place + 1 :], ""]).encode()
        remittance = open_remittance(data)
        assert remittance.is_refused or any(one.is_quarantined for one in remittance.transactions()), segment


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 3_200), st.binary(min_size=1, max_size=12), st.booleans())
def test_no_bytes_in_any_place_make_the_reader_raise(place: int, noise: bytes, is_inserted: bool) -> None:
    data = hard_denials()
    broken = data[:place] + noise + data[place if is_inserted else place + len(noise) :]
    check_envelope(broken)
    list(read(broken))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(hard_denials().decode().replace("\n", "").split("~")[1:-1]), max_size=60))
def test_segments_in_any_order_never_raise(segments: list[str]) -> None:
    data = (hard_denials()[:106].decode() + "~".join([*segments, ""])).encode()
    for transaction in open_remittance(data).transactions():
        assert transaction.diagnostics is not None


def test_a_huge_adjustment_segment_is_refused() -> None:
    data = hard_denials().replace(b"CAS*CO*197*500", b"CAS*CO" + b"*197*500*1" * 300)
    assert open_remittance(data).is_refused


def test_a_file_without_any_terminator_is_read_in_bounded_memory() -> None:
    class Endless(io.RawIOBase):
        served = 0

        def read(self, size: int = -1) -> bytes:
            self.served += size
            return hard_denials()[:106] if self.served == size else b"X" * size

    endless = Endless()
    assert check_envelope(endless).is_refused
    assert endless.served < 1_000_000
