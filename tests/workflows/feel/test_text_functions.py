"""Texts are rows of characters (code points), held against Python's own text methods."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.feel.samples import evaluate, quick, strings, words

texts = st.one_of(strings, words)
pieces = st.text("ab\U0001f600.$|", max_size=3)


@given(texts, texts)
@quick
def test_texts_are_joined_compared_and_counted_by_character(one: str, other: str) -> None:
    assert evaluate("one + other", one=one, other=other) == one + other
    assert evaluate("string length(one + other)", one=one, other=other) == len(one) + len(other)
    assert evaluate("one = other", one=one, other=other) is (one == other)
    assert evaluate("one < other", one=one, other=other) is (list(map(ord, one)) < list(map(ord, other)))


@given(texts, st.integers(-15, 15), st.one_of(st.none(), st.integers(-2, 15)))
@quick
def test_a_substring_counts_from_1_or_back_from_minus_1(text: str, start: int, length: int | None) -> None:
    found = evaluate("substring(text, start, length)", text=text, start=Decimal(start),
                     length=None if length is None else Decimal(length))  # fmt: skip
    if not 1 <= abs(start) <= len(text) or (length is not None and length < 1):
        assert found is None
        return
    begin = range(len(text))[start - 1 if start > 0 else start]
    kept = [text[index] for index in range(begin, len(text)) if length is None or index - begin < length]
    assert found == "".join(kept)


@given(words, pieces)
@quick
def test_containing_starting_and_ending(text: str, piece: str) -> None:
    assert evaluate("contains(text, piece)", text=text, piece=piece) is (piece in text)
    assert evaluate("starts with(text, piece)", text=text, piece=piece) is text.startswith(piece)
    assert evaluate("ends with(text, piece)", text=text, piece=piece) is text.endswith(piece)
    assert evaluate("starts with(piece + text, piece)", text=text, piece=piece) is True
    assert evaluate("ends with(text + piece, piece)", text=text, piece=piece) is True


@given(words, pieces, words)
@quick
def test_before_and_after_are_the_sides_of_the_first_match(left: str, piece: str, right: str) -> None:
    text = left + piece + right
    before, found, after = text.partition(piece) if piece else ("", "", text)
    assert evaluate("substring before(text, piece)", text=text, piece=piece) == before
    assert evaluate("substring after(text, piece)", text=text, piece=piece) == after
    assert before + found + after == text


@given(words, pieces)
@quick
def test_without_a_match_nothing_is_before_or_after(text: str, piece: str) -> None:
    if piece and piece not in text:
        assert evaluate("substring before(text, piece)", text=text, piece=piece) == ""
        assert evaluate("substring after(text, piece)", text=text, piece=piece) == ""


@given(texts)
@quick
def test_upper_and_lower_case(text: str) -> None:
    assert evaluate("upper case(text)", text=text) == text.upper()
    assert evaluate("lower case(text)", text=text) == text.lower()


def _pattern(piece: str) -> str:
    return "".join("\\" + one if one in ".$|" else one for one in piece)


@given(st.lists(words, min_size=1, max_size=5), pieces.filter(bool))
@quick
def test_splitting_is_that_of_python_and_joining_undoes_it(parts: list[str], piece: str) -> None:
    text = piece.join(parts)
    assert evaluate("split(text, pattern)", text=text, pattern=_pattern(piece)) == text.split(piece)
    assert evaluate("string join(split(text, pattern), piece)", text=text, pattern=_pattern(piece), piece=piece) == text
    assert evaluate("string join(parts, piece)", parts=list(parts), piece=piece) == text
    assert evaluate("string join(parts)", parts=list(parts)) == "".join(parts)


@given(words, pieces.filter(bool), pieces)
@quick
def test_replacing_plain_text_is_that_of_python(text: str, old: str, new: str) -> None:
    found = evaluate('replace(text, old, new, "q")', text=text + old + text, old=old, new=new)
    assert found == (text + old + text).replace(old, new)
    assert evaluate('matches(text, old, "q")', text=text, old=old) is (old in text)
