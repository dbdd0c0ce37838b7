"""Values worth trying for questions that are no comparison with a constant, made from what the questions mention."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain, combinations

from workflows.decisions.lint.shapes import numbers, texts
from workflows.feel import UnaryTests, Value
from workflows.feel.types import FeelType

MAX_WORDS = 8
_DAYS: tuple[Value, ...] = tuple(date(2026, 1, 1) + timedelta(days=step) for step in (0, 1, 2, 3, 4, 5, 6, 31, 59, 181))
_STEPS = (Decimal(-1), Decimal("-0.5"), Decimal("0.5"), Decimal(1))


def samples(tests: Iterable[UnaryTests], kind: FeelType | None) -> list[Value]:
    """Candidates for a column of this type (None: of any)."""
    trees = [one.tree for one in tests]
    words = list(dict.fromkeys(text for tree in trees for text in texts(tree)))[:MAX_WORDS]
    others = list(dict.fromkeys(value for tree in trees for value in numbers(tree)))[:MAX_WORDS]
    wanted = "Any" if kind is None else kind.name
    found: list[Value] = []
    if wanted in ("list", "Any"):
        found += _lists([*words, *others])
    if wanted in ("string", "Any"):
        found += _strings(words)
    if wanted in ("number", "Any"):
        found += [Decimal(0), *(value + step for value in others if isinstance(value, Decimal) for step in _STEPS)]
    if wanted == "date":
        found += _DAYS
    return found


def _lists(items: list[Value]) -> Iterator[list[Value]]:
    """Every choice of the items, and something else."""
    chosen = chain.from_iterable(combinations(items, size) for size in range(min(len(items), MAX_WORDS) + 1))
    for one in chosen:
        yield list(one)
    yield ["anything else"]


def _strings(words: list[str]) -> Iterator[str]:
    """Each word, more of it, less of it, two of them."""
    yield from ("", "a", "1", "anything else", "a" * 20)
    for one in words:
        yield from (one, one + "x", "x" + one, "x" + one + "x", one[:-1], one[1:], one.upper(), one.lower())
    for one, other in combinations(words, 2):
        yield from (one + other, other + one)
