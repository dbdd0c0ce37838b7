"""10,000 claims, and memory that does not grow with the file. Prints what it measured; asserts only orders of size."""

import io
import time
import tracemalloc

from mso.integrations.x12_835 import check_envelope, read
from mso.integrations.x12_835.fake import many_claims


def test_ten_thousand_claims_are_read_in_seconds() -> None:
    data = b"".join(many_claims(10_000))
    start = time.perf_counter()
    envelope = check_envelope(data)
    checked = time.perf_counter()
    claims = sum(len(one.claims) for one in read(data))
    seconds = time.perf_counter() - start
    print(f"\n{len(data) / 1e6:.2f} MB, {envelope.segments} segments, {claims} claims: "
          f"envelope {checked - start:.2f} s, all {seconds:.2f} s, {claims / seconds:,.0f} claims/s")  # fmt: skip
    assert claims == 10_000
    assert seconds < 10


def test_memory_is_that_of_one_transaction() -> None:
    peaks = [peak_of(count) for count in (400, 1_600)]
    print(f"\npeak memory of 400 and 1,600 claims, 200 in a transaction: {peaks[0]:,} and {peaks[1]:,} bytes")
    assert peaks[1] < peaks[0] * 1.5


def peak_of(count: int) -> int:
    stream = io.BytesIO(b"".join(many_claims(count, per_transaction=200)))
    tracemalloc.start()
    for _ in read(stream):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak
