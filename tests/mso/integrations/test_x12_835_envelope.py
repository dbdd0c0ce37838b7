"""A file that may have been cut opens nothing; a fault of one transaction stops only that one."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from mso.integrations.x12_835 import CAPS, Caps, check_envelope, open_remittance
from mso.integrations.x12_835.fake import FakeClaim, FakeInterchange, FakeTransaction, cas, hard_denials, write


def codes(data: bytes, caps: Caps = CAPS) -> list[str]:
    return [one.code for one in check_envelope(data, caps).diagnostics]


def quarantined(data: bytes) -> list[bool]:
    return [one.is_quarantined for one in open_remittance(data).transactions()]


def two_interchanges() -> bytes:
    claim = FakeClaim("P1", "C1", charge=Decimal(90), cas=(cas("CO", "29", 90),))
    one = FakeTransaction((claim,))
    return write([FakeInterchange(((one, one),), 1), FakeInterchange(((one,), (one,)), 2)])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: d.replace(b"GE*2*1", b"GE*3*1"), "ge_count"),
        (lambda d: d.replace(b"GE*2*1", b"GE*2*9"), "ge_control"),
        (lambda d: d.replace(b"IEA*1*", b"IEA*2*"), "iea_count"),
        (lambda d: d.replace(b"IEA*1*000000001", b"IEA*1*000000002"), "iea_control"),
        (lambda d: d[: d.index(b"GE*2")], "iea_missing"),
        (lambda d: d[: d.index(b"IEA")], "iea_missing"),
        (lambda d: d[: d.index(b"CLP*PCN0003") + 9], "unterminated"),
        (lambda d: d + b"hello", "data_after_interchange"),
        (lambda d: d.replace(b"GE*2*1~\n", b""), "ge_missing"),
        (lambda d: d.replace(b"GE*2*1~", b"GE*2*1~NM1*QC*1*DOE~"), "outside_transaction"),
    ],
)
def test_an_envelope_fault_quarantines_every_transaction(change: Callable[[bytes], bytes], code: str) -> None:
    data = change(hard_denials())
    assert code in codes(data)
    assert all(quarantined(data))
    assert quarantined(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_x12"),
        (b"hello", "not_x12"),
        (b"ISA*00*", "isa_malformed"),
        (b"\n" + hard_denials(), "not_x12"),
        (hard_denials().replace(b"DOE*JANE", b"DO\xff*JANE"), "undecodable"),
        (hard_denials().replace(b"DOE*JANE", b"DO\0*JANE"), "undecodable"),
        (hard_denials().replace(b"SYNTHPAYER     *ZZ", b"SYNTHPAYER *ZZ", 1), "isa_malformed"),
        (hard_denials().replace(b"DOE*JANE", b"D" * 1_001), "segment_over_cap"),
        (hard_denials().replace(b"CAS*CO*197*500", b"CAS*CO" + b"*45*1*" * 7), "triplets_over_cap"),
        (hard_denials().replace(b"26:TC:59:GA", b"26:TC:59:GA:A:B:C:D"), "modifiers_over_cap"),
    ],
)
def test_such_a_file_is_refused_and_gives_nothing(data: bytes, code: str) -> None:
    remittance = open_remittance(data)
    assert [one.code for one in remittance.envelope.diagnostics] == [code]
    assert remittance.is_refused
    assert list(remittance.transactions()) == []


@pytest.mark.parametrize(
    ("caps", "code"),
    [
        (Caps(file_bytes=1_000), "file_over_cap"),
        (Caps(claims_per_transaction=8), "claims_over_cap"),
        (Caps(segments_per_transaction=50), "segments_over_cap"),
    ],
)
def test_over_a_cap_the_file_is_refused(caps: Caps, code: str) -> None:
    assert codes(hard_denials(), caps) == [code]


def test_more_interchanges_than_the_cap_are_refused() -> None:
    assert codes(two_interchanges(), Caps(interchanges=1)) == ["interchanges_over_cap"]


def test_a_fault_in_one_interchange_leaves_the_other() -> None:
    data = two_interchanges().replace(b"GE*2*1", b"GE*1*1")
    assert codes(data) == ["ge_count"]
    assert quarantined(data) == [True, True, False, False]


def test_interchanges_may_use_different_separators() -> None:
    first = two_interchanges()
    second = first.replace(b"*", b"|").replace(b"~", b"\n").replace(b":", b">")
    envelope = check_envelope(first + second)
    assert (envelope.interchanges, envelope.transactions, envelope.diagnostics) == (4, 8, ())
    assert quarantined(first + b"\r\n" + second + b"\r\n\x1a") == [False] * 8


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: d.replace(b"SE*102*0001", b"SE*101*0001"), "se_count"),
        (lambda d: d.replace(b"SE*102*0001", b"SE*102*0009"), "se_control"),
        (lambda d: d.replace(b"SE*102*0001~\n", b""), "se_missing"),
        (lambda d: d.replace(b"TRN*1*EFT0001*1512345678", b"TRN*1**1512345678"), "trace_missing"),
        (lambda d: d.replace(b"BPR*I*109.00", b"BPR*I*109.01"), "transaction_balance"),
        (lambda d: d.replace(b"BPR*I*109.00", b"BPR*I*NaN"), "amount_unreadable"),
        (lambda d: d.replace(b"CLP*PCN0004*4*150*0", b"CLP*PCN0004*4*151*0"), "claim_balance"),
        (lambda d: d.replace(b"SVC*HC:36415*300*0", b"SVC*HC:36415*300*1"), "line_balance"),
        (lambda d: d.replace(b"SVC*HC:36415*300*0", b"SVC*HC:36415*300*1E99999"), "amount_unreadable"),
        (lambda d: d.replace(b"SVC*HC:36415", b"SVC*HC>36415"), "service_composite"),
        (lambda d: d.replace(b"LQ*HE*M15", b"ZZ9*HE*M15"), "segment_unknown"),
        (lambda d: d.replace(b"LX*1~\n", b"LX*1~CAS*CO*45*1~", 1), "segment_order"),
        (lambda d: d.replace(b"CAS*CO*29*150~", b"CAS*CO*29*150~N1*PE*X*XX*1~"), "segment_order"),
        (lambda d: d.replace(b"ST*835*0001", b"ST*837*0001"), "not_an_835"),
    ],
)
def test_a_fault_of_one_transaction_does_not_stop_its_neighbor(change: Callable[[bytes], bytes], code: str) -> None:
    data = change(hard_denials())
    first, second = open_remittance(data).transactions()
    assert code in [one.code for one in first.diagnostics if one.severity == "quarantine"]
    assert not second.is_quarantined


def test_line_charges_that_do_not_add_up_are_only_a_warning() -> None:
    data = hard_denials().replace(b"CLP*PCN0004*4*150*0**12*PCCN0004*11*1~\nCAS*CO*29*150~",
                                  b"CLP*PCN0004*4*150*0**12*PCCN0004*11*1~\nCAS*CO*29*90~SVC*HC:99213*60*0~"
                                  b"CAS*CO*29*60~")  # fmt: skip
    first, _ = open_remittance(data).transactions()
    assert "line_charges" in [one.code for one in first.diagnostics if one.severity == "warning"]
    assert "claim_balance" not in [one.code for one in first.diagnostics]


def test_diagnostics_show_no_names() -> None:
    data = hard_denials().replace(b"NM1*QC*1*DOE*JANE", b"SECRETNAME*QC*1*DOE*JANE").replace(b"*500*0*", b"*JANE*0*")
    remittance = open_remittance(data)
    shown = " ".join(f"{one.path} {one.datum}" for t in remittance.transactions() for one in t.diagnostics)
    assert "segment_unknown" in [one.code for t in remittance.transactions() for one in t.diagnostics]
    assert not any(name in shown for name in ("SECRETNAME", "DOE", "JANE"))
    assert all(one.sentence for t in remittance.transactions() for one in t.diagnostics)


def test_diagnostics_are_bounded() -> None:
    data = hard_denials().replace(b"LX*1~", b"LX*1~" + b"ZZ1*X~" * 5_000 + b"DTM*405*x~" * 5_000, 1)
    first, _ = open_remittance(data).transactions()
    assert len(first.diagnostics) == 400
    assert first.is_quarantined
