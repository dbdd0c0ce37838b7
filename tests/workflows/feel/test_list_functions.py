"""Lists, loops, filters and contexts, held against Python's lists, comprehensions, dictionaries and `statistics`."""

import statistics
from decimal import Context, Decimal
from fractions import Fraction
from functools import reduce
from itertools import product
from operator import mul

from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.feel.samples import evaluate, identical, quick, small, storable, strings, whole, words
from workflows.feel import Value

items = st.lists(st.one_of(whole, words, st.none(), st.booleans()), max_size=7)
many = st.lists(small, min_size=1, max_size=8)
positions = st.integers(-9, 9)
plain_keys = st.text("abc", min_size=1, max_size=2)
contexts = st.dictionaries(plain_keys, whole, max_size=4)
# More digits than FEEL has, so that the last of them can be checked.
WIDE = Context(prec=60)


def _near(found: Value, exact: Fraction) -> bool:
    """Right to 30 digits, or to the 30th place of numbers below one."""
    assert isinstance(found, Decimal)
    return abs(Fraction(found) - exact) <= max(abs(exact), Fraction(1)) / 10**30


# -- positions


def _index(xs: list[Value], position: int) -> int | None:
    """Counted by hand: 1 is the first, -1 the last."""
    numbered = {number: index for index in range(len(xs)) for number in (index + 1, index - len(xs))}
    return numbered.get(position)


@given(items, positions, whole)
@quick
def test_positions_count_from_1_or_back_from_minus_1(xs: list[Value], position: int, new: Decimal) -> None:
    index = _index(xs, position)
    names: dict[str, Value] = {"xs": xs, "n": Decimal(position), "new": new}
    outside = index is None
    at = index or 0
    assert evaluate("xs[n]", **names) == (None if outside else xs[at])
    assert evaluate("remove(xs, n)", **names) == (None if outside else [*xs[:at], *xs[at + 1 :]])
    assert evaluate("insert before(xs, n, new)", **names) == (None if outside else [*xs[:at], new, *xs[at:]])
    assert evaluate("list replace(xs, n, new)", **names) == (None if outside else [*xs[:at], new, *xs[at + 1 :]])
    assert evaluate("sublist(xs, n)", **names) == (None if outside else xs[at:])


@given(items, positions, st.integers(0, 8))
@quick
def test_a_sublist_lies_within_the_list(xs: list[Value], position: int, length: int) -> None:
    index = _index(xs, position)
    fits = index is not None and index + length <= len(xs)
    found = evaluate("sublist(xs, n, length)", xs=xs, n=Decimal(position), length=Decimal(length))
    assert found == (xs[index : index + length] if fits and index is not None else None)


# -- putting together and taking apart


@given(items, items, items)
@quick
def test_joining_reversing_and_counting(xs: list[Value], ys: list[Value], zs: list[Value]) -> None:
    names: dict[str, Value] = {"xs": xs, "ys": ys, "zs": zs}
    assert evaluate("concatenate(xs, ys, zs)", **names) == xs + ys + zs
    assert evaluate("append(xs, ys, 1)", **names) == [*xs, ys, 1]
    assert evaluate("count(xs)", **names) == len(xs)
    assert evaluate("reverse(xs)", **names) == list(reversed(xs))
    assert evaluate("reverse(concatenate(xs, ys)) = concatenate(reverse(ys), reverse(xs))", **names) is True


def _distinct(xs: list[Value]) -> list[Value]:
    kept: list[Value] = []
    for x in xs:
        if not any(type(x) is type(one) and x == one for one in kept):
            kept.append(x)
    return kept


@given(items, items)
@quick
def test_distinct_values_keep_the_first_of_each(xs: list[Value], ys: list[Value]) -> None:
    assert identical(evaluate("distinct values(xs)", xs=xs), _distinct(xs))
    assert identical(evaluate("union(xs, ys)", xs=xs, ys=ys), _distinct(xs + ys))


@given(items, st.one_of(whole, words, st.none(), st.booleans()))
@quick
def test_looking_for_an_item(xs: list[Value], x: Value) -> None:
    places = [place for place, one in enumerate(xs, 1) if type(one) is type(x) and one == x]
    assert evaluate("index of(xs, x)", xs=xs, x=x) == places
    assert evaluate("list contains(xs, x)", xs=xs, x=x) is bool(places)


nested = st.recursive(whole, lambda inner: st.lists(inner, max_size=4), max_leaves=12)


@given(st.lists(nested, max_size=4))
@quick
def test_flattening_keeps_the_order_of_what_is_inside(xs: list[Value]) -> None:
    def flat(value: Value) -> list[Value]:
        return [value] if not isinstance(value, list) else [one for item in value for one in flat(item)]

    assert evaluate("flatten(xs)", xs=xs) == flat(xs)


# -- sorting and numbers


@given(many, st.lists(words, max_size=6))
@quick
def test_sorting(numbers: list[Value], texts: list[Value]) -> None:
    assert evaluate("sort(xs)", xs=numbers) == sorted(numbers)  # type: ignore[type-var]
    assert evaluate("sort(xs)", xs=texts) == sorted(texts)  # type: ignore[type-var]
    assert evaluate("sort(xs, function(a, b) a > b)", xs=numbers) == sorted(numbers, reverse=True)  # type: ignore[type-var]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 99)), max_size=8))
@quick
def test_sorting_leaves_equals_in_their_order(pairs: list[tuple[int, int]]) -> None:
    rows: list[Value] = [{"key": Decimal(key), "n": Decimal(n)} for key, n in pairs]
    found = evaluate("sort(rows, function(a, b) a.key < b.key).n", rows=rows)
    assert found == [n for _, n in sorted(pairs, key=lambda pair: pair[0])]
    found = evaluate("sort(rows, function(a, b) a.key > b.key).n", rows=rows)
    assert found == [n for _, n in sorted(pairs, key=lambda pair: -pair[0])]


@given(many)
@quick
def test_numbers_of_a_list(xs: list[Decimal]) -> None:
    exact = [Fraction(x) for x in xs]
    names: dict[str, Value] = {"xs": list(xs)}
    assert evaluate("min(xs)", **names) == min(exact)
    assert evaluate("max(xs)", **names) == max(exact)
    assert evaluate("sum(xs)", **names) == sum(exact)
    assert evaluate("product(xs)", **names) == reduce(mul, exact)
    assert evaluate("median(xs)", **names) == statistics.median(exact)
    assert evaluate("mode(xs)", **names) == sorted(statistics.multimode(exact))
    assert _near(evaluate("mean(xs)", **names), statistics.mean(exact))


@given(many)
@quick
def test_the_standard_deviation_is_that_of_a_sample(xs: list[Decimal]) -> None:
    found = evaluate("stddev(xs)", xs=list(xs))
    if len(xs) < 2:
        assert found is None
        return
    variance = statistics.variance([Fraction(x) for x in xs])
    assert _near(found, Fraction(WIDE.sqrt(WIDE.divide(Decimal(variance.numerator), Decimal(variance.denominator)))))


@given(st.lists(whole, min_size=2, max_size=5))
@quick
def test_items_one_by_one_are_the_same_as_a_list(xs: list[Decimal]) -> None:
    arguments = ", ".join(str(x) for x in xs)
    for name in ("min", "max", "sum", "mean", "product", "median", "mode", "stddev"):
        assert evaluate(f"{name}({arguments})") == evaluate(f"{name}(xs)", xs=list(xs))


# -- loops and filters


@given(st.lists(whole, max_size=5), st.lists(whole, max_size=5), whole)
@quick
def test_for_is_a_comprehension(xs: list[Value], ys: list[Value], k: Decimal) -> None:
    names: dict[str, Value] = {"xs": xs, "ys": ys, "k": k}
    numbers = [x for x in xs if isinstance(x, Decimal)]
    assert evaluate("for x in xs return x * k", **names) == [x * k for x in numbers]
    assert evaluate("for x in xs, y in ys return [x, y]", **names) == [list(pair) for pair in product(xs, ys)]
    assert evaluate("for x in xs, y in [x, k] return y", **names) == [y for x in numbers for y in (x, k)]
    sums = [sum(numbers[: length + 1]) for length in range(len(numbers))]
    assert evaluate("for x in xs return x + (if partial = [] then 0 else partial[-1])", **names) == sums


@given(st.integers(-20, 20), st.integers(-20, 20), st.booleans(), st.booleans())
@quick
def test_for_counts_up_and_down(first: int, last: int, low_closed: bool, high_closed: bool) -> None:
    step = 1 if first <= last else -1
    counted = list(range(first, last + step, step))
    assert evaluate("for i in a..b return i", a=Decimal(first), b=Decimal(last)) == counted
    if first <= last:
        text = f"for i in {'[' if low_closed else '('}a..b{']' if high_closed else ')'} return i"
        inside = [n for n in counted if (n != first or low_closed) and (n != last or high_closed)]
        assert evaluate(text, a=Decimal(first), b=Decimal(last)) == inside


@given(st.lists(whole, max_size=7), whole)
@quick
def test_a_filter_is_a_condition_on_each_item(xs: list[Value], k: Decimal) -> None:
    numbers = [x for x in xs if isinstance(x, Decimal)]
    assert evaluate("xs[item > k]", xs=xs, k=k) == [x for x in numbers if x > k]
    assert evaluate("xs[item > k and even(item)]", xs=xs, k=k) == [x for x in numbers if x > k and x % 2 == 0]
    assert evaluate("count(xs[item <= k]) + count(xs[item > k]) = count(xs)", xs=xs, k=k) is True
    assert evaluate("xs[item in [-5..5]]", xs=xs) == [x for x in numbers if -5 <= x <= 5]
    assert evaluate("some x in xs satisfies x > k", xs=xs, k=k) is any(x > k for x in numbers)
    assert evaluate("every x in xs satisfies x > k", xs=xs, k=k) is all(x > k for x in numbers)


@given(st.lists(st.fixed_dictionaries({"kind": words, "amount": whole}), max_size=5), words)
@quick
def test_rows_are_filtered_by_their_fields_and_projected(rows: list[dict[str, Value]], kind: str) -> None:
    names: dict[str, Value] = {"rows": list(rows), "wanted": kind}
    assert evaluate("rows[kind = wanted].amount", **names) == [row["amount"] for row in rows if row["kind"] == kind]
    assert evaluate("rows.kind", **names) == [row["kind"] for row in rows]


# -- contexts


@given(contexts, contexts, plain_keys, whole)
@quick
def test_contexts_are_dictionaries(one: dict[str, Value], other: dict[str, Value], key: str, new: Decimal) -> None:
    names: dict[str, Value] = {"one": one, "other": other, "key": key, "new": new}
    assert evaluate("get value(one, key)", **names) == one.get(key)
    assert evaluate("context put(one, key, new)", **names) == {**one, key: new}
    assert evaluate("context merge([one, other])", **names) == {**one, **other}
    assert evaluate("get entries(one).key", **names) == list(one)
    assert evaluate("context(get entries(one))", **names) == one
    assert evaluate("one = other", **names) is (one == other)
    assert evaluate(f"one.{key}", **names) == one.get(key)


@given(st.lists(plain_keys, min_size=1, max_size=3), whole)
@quick
def test_a_context_is_changed_along_a_path(path: list[str], new: Decimal) -> None:
    deep: Value = Decimal(0)
    for key in reversed(path):
        deep = {"kept": Decimal(1), key: deep}
    changed = evaluate("context put(deep, path, new)", deep=deep, path=list(path), new=new)
    for key in path:
        assert isinstance(changed, dict)
        assert changed["kept"] == 1
        changed = changed[key]
    assert changed == new


@given(storable, strings)
@quick
def test_any_value_survives_being_put_away_and_taken_out(thing: Value, key: str) -> None:
    assert identical(evaluate("get value(context put({}, key, thing), key)", thing=thing, key=key), thing)
    assert identical(evaluate("[thing][1]", thing=thing), thing)
    assert identical(evaluate("reverse(reverse([thing, key]))", thing=thing, key=key), [thing, key])
