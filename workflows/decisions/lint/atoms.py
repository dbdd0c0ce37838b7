"""Cutting what a column can read into atoms: values such that every cell of the column is constant around each of them.

Cells that compare `?` with constants cut it exactly. A cell that asks anything else (`starts with(?, "A")`) is taken as
a yes-or-no of its own, and a value for each combination of answers is looked for; an atom without one may be
impossible. A cell that reads other names or the clock may answer either way at any value.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, product
from typing import TypeAlias

from workflows.decisions.lint.pieces import Piece, can_be_cut, family_of, pieces, sort_key, strangers
from workflows.decisions.lint.relations import answers_together
from workflows.decisions.lint.samples import samples
from workflows.decisions.lint.shapes import NOW, asks_whole, constants, is_open, is_ordered, is_plain
from workflows.feel import FeelBudgetExceeded, Range, UnaryTests, Value, to_text, type_name
from workflows.feel.budget import Run, Scope
from workflows.feel.errors import Trouble
from workflows.feel.types import FeelType, convert

MAX_QUESTIONS = 8
MAX_ATOMS = 5_000


class Undecided(Exception):
    """Something could not be decided; the text says why, to follow "in column ...,"."""


@dataclass(frozen=True, slots=True)
class Atom:
    """value: an example. known: all cells say of the example what the rules of this atom say; else they say it of some
    value, if at all. missing: it is null. strange: no constant can be compared with it."""

    value: Value
    label: str
    known: bool
    missing: bool
    strange: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """atoms: what can be read. accepted: text of a cell -> the atoms it accepts, as bits."""

    atoms: tuple[Atom, ...]
    accepted: Mapping[str, int]


def cut(cells: Iterable[UnaryTests], limits: Sequence[UnaryTests], kind: FeelType | None) -> Cut:
    """The atoms for these cells. limits: allowed values; what is outside is left out, except null. Raises Undecided."""
    tests = {key_of(one): one for one in (*cells, *limits)}
    splitting = {text: one for text, one in tests.items() if _is_plain(one, kind)}
    asked = {text: one for text, one in tests.items() if text not in splitting}
    if len(asked) > MAX_QUESTIONS:
        raise Undecided(f"it asks more than {MAX_QUESTIONS} questions that are no comparison with a constant")
    line = _line(list(splitting.values()), kind)
    accepted = {text: _accepted(one, line) for text, one in splitting.items()}
    atoms = [_plain_atom(piece) for piece in line]
    if asked:
        atoms, accepted = _Questions(line, accepted, asked, kind).answered()
    return _within(atoms, accepted, [key_of(one) for one in limits])


def key_of(cell: UnaryTests) -> str:
    """Cells of one column with the same key are the same."""
    return cell.text.strip()


def _is_plain(cell: UnaryTests, kind: FeelType | None) -> bool:
    """Decided by comparing with constants? Lists, contexts and the like are not put in order."""
    simple = kind is None or kind.name == "Any" or can_be_cut(kind.name)
    return is_plain(cell.tree) and (simple or not constants(cell.tree))


def _line(tests: list[UnaryTests], kind: FeelType | None) -> list[Piece]:
    """Every value of the column, cut at the constants; the missing value last."""
    known = [value for one in tests for value in constants(one.tree)]
    if kind is not None and kind.name != "Any":
        wanted = [kind.name]
    else:
        wanted = list(dict.fromkeys(type_name(value) for value in known))
    ordered, whole = any(is_ordered(one.tree) for one in tests), any(asks_whole(one.tree) for one in tests)
    found: list[Piece] = []
    for name in wanted:
        if can_be_cut(name):
            own = [value for value in known if type_name(value) == name]
            found += pieces(name, own, ordered=ordered, whole=whole and name == "number")
            found += strangers(name, own)
    return [*(found or [_anything(kind)]), Piece((None,), True, _MISSING, 0)]


def _anything(kind: FeelType | None) -> Piece:
    """All values of a type that is not put in order."""
    return Piece((_PLACEHOLDERS.get("Any" if kind is None else kind.name, "anything"),), False, _ANYTHING, 0)


_MISSING, _ANYTHING = "null", "anything"
_PLACEHOLDERS: dict[str, Value] = {"list": [], "context": {}, "range": Range(Decimal(0), Decimal(1), True, True)}


def _atom(piece: Piece, value: Value, known: bool, label: str) -> Atom:
    return Atom(value, label, known, piece.family == _MISSING, piece.strange)


def _plain_atom(piece: Piece) -> Atom:
    return _atom(piece, piece.samples[0], True, shown(piece.samples[0]))


def shown(value: Value) -> str:
    """A value as FEEL writes it, strings in quotes."""
    return to_text([value])[1:-1]


def answers(test: UnaryTests, value: Value) -> bool:
    """Does the cell accept the value? Raises Undecided."""
    try:
        return test.matches_in(Scope(Run(NOW), {}), value) is True
    except FeelBudgetExceeded:
        raise Undecided("a cell takes too long to evaluate") from None


def _accepted(test: UnaryTests, line: Sequence[Piece]) -> int:
    """The pieces that a plain cell accepts, as bits. Between its own constants one piece speaks for all."""
    if asks_whole(test.tree):
        return sum(1 << at for at, piece in enumerate(line) if answers(test, piece.samples[0]))
    own = {(family_of(value), sort_key(value)) for value in constants(test.tree) if can_be_cut(type_name(value))}
    found = 0
    for start, end in _families(line):
        for low, high in _segments(line, (start, end), own):
            if answers(test, line[low].samples[0]):
                found |= (1 << high) - (1 << low)
    return found


def _families(line: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    start = 0
    for at in range(1, len(line) + 1):
        if at == len(line) or line[at].family != line[start].family:
            yield start, at
            start = at


def _segments(line: Sequence[Piece], block: tuple[int, int], own: set[tuple[str, object]]) -> Iterator[tuple[int, int]]:
    """A family, split at those of its constants that are a cell's own."""
    start, end = block
    places = [piece.place for piece in line[start:end]]
    points = sorted(
        piece.place
        for piece in line[start:end]
        if piece.single and piece.samples[0] is not None and (piece.family, sort_key(piece.samples[0])) in own
    )
    at = 0
    for place in points:
        low, high = bisect_left(places, place), bisect_right(places, place)
        if at < low:
            yield start + at, start + low
        yield start + low, start + high
        at = high
    if at < end - start:
        yield start + at, end


_Spot: TypeAlias = tuple[str, int, bool | None]


class _Questions:
    """Pieces, told further apart by the answers to questions that are no comparison with a constant."""

    def __init__(
        self, line: list[Piece], accepted: dict[str, int], asked: dict[str, UnaryTests], kind: FeelType | None
    ) -> None:
        self.line = line
        self.accepted = accepted
        self.asked = asked
        self.kind = kind
        self.closed = {text: one for text, one in asked.items() if not is_open(one)}
        self.open = {text: one for text, one in asked.items() if text not in self.closed}

    def answered(self) -> tuple[list[Atom], dict[str, int]]:
        """One atom per piece and combination of answers. Raises Undecided over MAX_ATOMS."""
        atoms: list[Atom] = []
        found = {text: 0 for text in (*self.accepted, *self.asked)}
        pool = self._pool()
        for place, piece in enumerate(self.line):
            for said, atom in self._atoms(piece, pool.get(_spot(piece), ())):
                bit = 1 << len(atoms)
                atoms.append(atom)
                for text, answer in said.items():
                    found[text] |= bit if answer else 0
                for text, mask in self.accepted.items():
                    found[text] |= bit if mask >> place & 1 else 0
            if len(atoms) > MAX_ATOMS:
                raise Undecided("its questions have too many combinations of answers")
        return atoms, found

    def _atoms(self, piece: Piece, pool: Sequence[Value]) -> Iterator[tuple[dict[str, bool], Atom]]:
        open_answers = answers_together(self.open, self.kind, missing=piece.family == _MISSING)
        for said, value, known in self._closed_answers(piece, pool):
            for rest in open_answers:
                everything = said | rest
                certain = known and len(open_answers) == 1
                yield everything, _atom(piece, value, certain, shown(value) if certain else _described(everything))

    def _closed_answers(self, piece: Piece, pool: Sequence[Value]) -> Iterator[tuple[dict[str, bool], Value, bool]]:
        """Answers that a value is known for, then the others that cannot be ruled out."""
        seen: set[tuple[bool, ...]] = set()
        for value in piece.samples if piece.single else (*pool, *piece.samples):
            said = {text: answers(one, value) for text, one in self.closed.items()}
            if tuple(said.values()) not in seen:
                seen.add(tuple(said.values()))
                yield said, value, True
        if not piece.single:
            for combination in product((True, False), repeat=len(self.closed)):
                if combination not in seen:
                    yield dict(zip(self.closed, combination, strict=True)), piece.samples[0], False

    def _pool(self) -> dict[_Spot, list[Value]]:
        """Samples by the open piece they are in; those that are constants are pieces of their own already."""
        found: dict[_Spot, list[Value]] = {}
        if any(piece.family == _ANYTHING for piece in self.line):
            fitting = [value for value in samples(self.closed.values(), self.kind) if self._fits(value)]
            return {(_ANYTHING, 0, None): fitting}
        keys = {
            family: sorted(sort_key(one.samples[0]) for one in group if one.single)
            for family, group in groupby(self.line, key=lambda one: one.family)
            if family != _MISSING
        }
        unordered = any(piece.unordered for piece in self.line)
        whole = any(_spot(piece)[2] is not None for piece in self.line)
        for value in samples(self.closed.values(), self.kind):
            family = family_of(value)
            if family in keys and self._fits(value) and sort_key(value) not in keys[family]:
                below = len(keys[family]) if unordered else bisect_left(keys[family], sort_key(value))
                found.setdefault((family, 2 * below, _is_whole(value) if whole else None), []).append(value)
        return found

    def _fits(self, value: Value) -> bool:
        try:
            return type_name(convert(Run(NOW), value, self.kind)) == type_name(value)
        except Trouble:
            return False


def _spot(piece: Piece) -> _Spot:
    return piece.family, piece.place, piece.whole


def _is_whole(value: Value) -> bool | None:
    return value == value.to_integral_value() if isinstance(value, Decimal) else None


def _described(said: Mapping[str, bool]) -> str:
    return "a value where " + " and ".join(text if answer else f"not({text})" for text, answer in said.items())


def _within(atoms: Sequence[Atom], accepted: Mapping[str, int], limits: Sequence[str]) -> Cut:
    """Only what the allowed values let through."""
    kept = [at for at, atom in enumerate(atoms) if atom.missing or all(accepted[text] >> at & 1 for text in limits)]
    if len(kept) == len(atoms):
        return Cut(tuple(atoms), dict(accepted))
    squeezed = {
        text: sum(1 << new for new, old in enumerate(kept) if mask >> old & 1) for text, mask in accepted.items()
    }
    return Cut(tuple(atoms[at] for at in kept), squeezed)
