"""Whatever bytes are given for a state: they load as what was stored, or they are refused as unreadable."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.engine.play import NOON, Decisions, Play
from tests.workflows.engine.states.moments import STATES, Replies, picture, read
from workflows.engine import CompiledProcess, Execution, StateUnreadable, codec, values

STORED = sorted(STATES.glob("v*/*.bin"))
HEAD = len(codec.MAGIC) + 1
STRANGE = st.recursive(
    st.none() | st.integers(-5, 300) | st.text(max_size=4) | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=16) | st.dictionaries(st.text(max_size=4), inner),
)


def refused(process: CompiledProcess, blob: bytes) -> str:
    """What the refusal says."""
    with pytest.raises(StateUnreadable) as caught:
        Execution.load(process, blob, host=Decisions(), now=NOON)
    return str(caught.value)


@settings(max_examples=400, deadline=None)
@given(path=st.sampled_from(STORED), place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_a_changed_byte_makes_a_state_unreadable(path: Path, place: float, flip: int) -> None:
    process, blob, tape = read(path)
    number = int(place * len(blob))
    changed = blob[:number] + bytes([blob[number] ^ flip]) + blob[number + 1 :]
    if blob[len(codec.MAGIC)] > 1:
        refused(process, changed)
        return
    try:  # The checksum of version 1 does not cover the frame it stands in; what it lets pass is what was stored.
        loaded = Execution.load(process, changed, host=Replies([]), now=tape.at)
    except StateUnreadable:
        return
    assert values.same(picture(loaded), tape.seen)


@settings(max_examples=200, deadline=None)
@given(path=st.sampled_from(STORED), place=st.floats(0, 1, exclude_max=True), more=st.binary(min_size=1, max_size=9))
def test_a_state_that_is_cut_off_or_longer_is_unreadable(path: Path, place: float, more: bytes) -> None:
    process, blob, _ = read(path)
    refused(process, blob[: int(place * len(blob))])
    if blob[len(codec.MAGIC)] > 1:  # Version 1 read what follows a state as nothing.
        refused(process, blob + more)


@settings(max_examples=200, deadline=None)
@given(blob=st.binary(max_size=200) | st.binary(max_size=200).map(lambda one: codec.MAGIC + b"\x02" + one))
def test_arbitrary_bytes_are_unreadable(blob: bytes) -> None:
    refused(Play("two_tasks").process, blob)


@settings(max_examples=300, deadline=None)
@given(body=STRANGE)
def test_a_sealed_state_with_a_strange_inside_is_unreadable(body: object) -> None:
    process = Play("two_tasks").process
    refused(process, sealed(process, values.pack(body)))


@settings(max_examples=300, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_a_sealed_state_with_a_changed_inside_loads_or_is_unreadable(place: float, flip: int) -> None:
    play = Play("parallel").complete("b", x=1)
    packed = codec._open_2(play.execution.dump(), bytes.fromhex(play.process.digest))
    number = int(place * len(packed))
    try:
        inside = packed[:number] + bytes([packed[number] ^ flip]) + packed[number + 1 :]
        Execution.load(play.process, sealed(play.process, inside), host=Replies([]), now=NOON)
    except StateUnreadable:
        pass


def sealed(process: CompiledProcess, packed: bytes) -> bytes:
    """A state with a right header and this inside."""
    head = codec.MAGIC + bytes([codec.VERSION]) + bytes.fromhex(process.digest)[:16]
    body = codec._kept.compress(packed)
    return head + codec._checksum(head, body) + body


def test_the_refusal_says_what_is_wrong() -> None:
    play, other = Play("two_tasks"), Play("parallel")
    blob = play.execution.dump()
    assert "no instance state" in refused(play.process, b"{}")
    assert "version 77 is unknown" in refused(play.process, blob[: HEAD - 1] + b"\x4d" + blob[HEAD:])
    assert "damaged" in refused(play.process, blob[:-1])
    assert "another version of the model" in refused(other.process, blob)


def test_the_words_that_states_of_version_2_are_compressed_with_never_change() -> None:
    digest = "908bea2ce5e9c89fbbe19bc876c661a6ff2d3e7dbf9974398a291207f75f56f7"
    assert hashlib.sha256(codec.WORDS).hexdigest() == digest
