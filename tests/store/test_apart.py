"""A process apart: it answers, it is given up, it knows nothing of ours."""

import json
import os
import time

import pytest

from store import apart


def answer(data: bytes) -> object:
    """What the process under test does: as the data say."""
    order = json.loads(data)
    if order == "spin":
        while True:
            pass
    if order == "sleep":
        time.sleep(60)
    if order == "eat":
        return len(bytes(4 * 1024**3))
    return sorted(os.environ)


def test_it_answers_without_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:secret@nowhere/none")
    assert "DATABASE_URL" not in apart.answer_of(__name__, b'"look"')


@pytest.mark.parametrize("order", ["spin", "eat"])
def test_too_much_time_or_memory_ends_it(order: str) -> None:
    with pytest.raises(apart.TooMuch):
        apart.answer_of(__name__, json.dumps(order).encode(), seconds=1)


def test_waiting_ends_it_too() -> None:
    with pytest.raises(apart.TooMuch):
        apart.answer_of(__name__, b'"sleep"', seconds=0)


def test_nonsense_is_no_answer() -> None:
    with pytest.raises(apart.TooMuch):
        apart.answer_of(__name__, b"nonsense")
