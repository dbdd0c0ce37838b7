"""List functions (DMN 1.5 section 10.3.4.4). Lists are never changed: each function returns a new one."""

from datetime import date, timedelta
from decimal import Decimal
from functools import cmp_to_key

from workflows.feel.budget import CHARACTERS_PER_STEP, Run, check_list
from workflows.feel.builtins.registry import builtin
from workflows.feel.compare import order, same
from workflows.feel.errors import Trouble
from workflows.feel.values import NUMBERS, Function, Value, YearsMonths


@builtin("list contains", "list: list", "element: any", needs_run=True)
def list_contains(run: Run, items: list[Value], element: Value) -> bool:
    return any(same(run, item, element) for item in items)


@builtin("count", "list: list")
def count(items: list[Value]) -> Decimal:
    return Decimal(len(items))


@builtin("min", "list...: any")
def minimum(items: list[Value]) -> Value:
    return _extreme(items, -1)


@builtin("max", "list...: any")
def maximum(items: list[Value]) -> Value:
    return _extreme(items, 1)


def _extreme(items: list[Value], sign: int) -> Value:
    if not items:
        return None
    best = items[0]
    order(best, best)
    for item in items[1:]:
        if order(item, best) * sign > 0:
            best = item
    return best


@builtin("sum", "list...: number")
def total(items: list[Decimal]) -> Decimal | None:
    return _sum(items) if items else None


def _sum(items: list[Decimal]) -> Decimal:
    result = Decimal(0)
    for item in items:
        result = NUMBERS.add(result, item)
    return result


@builtin("mean", "list...: number")
def mean(items: list[Decimal]) -> Decimal | None:
    return NUMBERS.divide(_sum(items), Decimal(len(items))) if items else None


@builtin("product", "list...: number")
def product(items: list[Decimal]) -> Decimal | None:
    if not items:
        return None
    result = Decimal(1)
    for item in items:
        result = NUMBERS.multiply(result, item)
    return result


@builtin("median", "list...: number")
def median(items: list[Decimal]) -> Decimal | None:
    if not items:
        return None
    ordered = sorted(items)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return NUMBERS.divide(NUMBERS.add(ordered[middle - 1], ordered[middle]), Decimal(2))


@builtin("stddev", "list...: number", needs_run=True)
def stddev(run: Run, items: list[Decimal]) -> Decimal | None:
    """Sample standard deviation; null for fewer than two numbers."""
    if len(items) < 2:
        return None
    run.charge(len(items))
    center = NUMBERS.divide(_sum(items), Decimal(len(items)))
    distances = [NUMBERS.subtract(item, center) for item in items]
    squares = [NUMBERS.multiply(distance, distance) for distance in distances]
    return NUMBERS.sqrt(NUMBERS.divide(_sum(squares), Decimal(len(items) - 1)))


@builtin("mode", "list...: number")
def mode(items: list[Decimal]) -> list[Decimal]:
    counts: dict[Decimal, int] = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(item for item, seen in counts.items() if seen == most)


@builtin("all", "list...: any")
def all_true(items: list[Value]) -> bool | None:
    return _three_valued(items, deciding=False)


@builtin("any", "list...: any")
def any_true(items: list[Value]) -> bool | None:
    return _three_valued(items, deciding=True)


def _three_valued(items: list[Value], deciding: bool) -> bool | None:
    if any(item is deciding for item in items):
        return deciding
    return None if any(not isinstance(item, bool) for item in items) else not deciding


@builtin("sublist", "list: list", "start position: number", "length?: number")
def sublist(items: list[Value], start: Decimal, length: Decimal | None) -> list[Value]:
    begin = _index(items, start)
    if length is None:
        return items[begin:]
    if length < 0 or begin + length > len(items):
        raise Trouble("argument", "The length is outside the list.")
    return items[begin : begin + int(length)]


def _index(items: list[Value], position: Decimal, beyond: int = 0) -> int:
    """0-based index of a position counted from 1, or back from -1. Raises Trouble."""
    if not position or position != position.to_integral_value() or abs(position) > len(items) + beyond:
        raise Trouble("argument", "The list has no item at this position.")
    return int(position) - 1 if position > 0 else len(items) + int(position)


@builtin("append", "list: list", "*item: any")
def append(items: list[Value], added: list[Value]) -> list[Value]:
    return [*items, *added]


@builtin("concatenate", "*list: any", needs_run=True)
def concatenate(run: Run, lists: list[Value]) -> list[Value]:
    joined: list[Value] = []
    for one in lists:
        if one is None:
            raise Trouble("type", "Null is no list.")
        part = one if isinstance(one, list) else [one]
        check_list(len(joined) + len(part))
        joined.extend(part)
    return joined


@builtin("insert before", "list: list", "position: number", "newItem: any")
def insert_before(items: list[Value], position: Decimal, item: Value) -> list[Value]:
    index = _index(items, position, beyond=0)
    return [*items[:index], item, *items[index:]]


@builtin("remove", "list: list", "position: number")
def remove(items: list[Value], position: Decimal) -> list[Value]:
    index = _index(items, position)
    return [*items[:index], *items[index + 1 :]]


@builtin("list replace", "list: list", "position: number", "newItem: any")
def list_replace(items: list[Value], position: Decimal, item: Value) -> list[Value]:
    index = _index(items, position)
    return [*items[:index], item, *items[index + 1 :]]


@builtin("list replace", "list: list", "match: function", "newItem: any", needs_run=True)
def list_replace_matching(run: Run, items: list[Value], match: Function, new: Value) -> list[Value]:
    return [new if _matched(run, match, item, new) else item for item in items]


def _matched(run: Run, match: Function, item: Value, new: Value) -> bool:
    answer = match.call(run, [item, new])
    if not isinstance(answer, bool):
        raise Trouble("argument", "The function does not say true or false for each item.")
    return answer


@builtin("reverse", "list: list")
def reverse(items: list[Value]) -> list[Value]:
    return items[::-1]


@builtin("index of", "list: list", "match: any", needs_run=True)
def index_of(run: Run, items: list[Value], match: Value) -> list[Value]:
    return [Decimal(index) for index, item in enumerate(items, 1) if same(run, item, match)]


@builtin("union", "*list: any", needs_run=True)
def union(run: Run, lists: list[Value]) -> list[Value]:
    return _distinct(run, concatenate(run, lists))


@builtin("distinct values", "list: list", needs_run=True)
def distinct_values(run: Run, items: list[Value]) -> list[Value]:
    return _distinct(run, items)


def _distinct(run: Run, items: list[Value]) -> list[Value]:
    """Plain values are looked up; the others are compared with each other, because equal ones can look different."""
    kept: list[Value] = []
    plain: set[tuple[type, Value]] = set()
    others: list[Value] = []
    for item in items:
        kind = type(item)
        if kind in _LOOKED_UP:
            run.charge(2 + (len(item) // CHARACTERS_PER_STEP if isinstance(item, str) else 0))
            known = (kind, item) in plain
            plain.add((kind, item))
        else:
            run.charge(2 + 12 * len(others))
            known = any(same(run, item, one) for one in others)
            if not known:
                others.append(item)
        if not known:
            kept.append(item)
    return kept


_LOOKED_UP = frozenset({type(None), bool, Decimal, str, date, timedelta, YearsMonths})


@builtin("flatten", "list: list", needs_run=True)
def flatten(run: Run, items: list[Value]) -> list[Value]:
    flat: list[Value] = []
    waiting: list[Value] = list(reversed(items))
    while waiting:
        run.charge(1)
        item = waiting.pop()
        if isinstance(item, list):
            check_list(len(waiting) + len(item))
            waiting.extend(reversed(item))
        else:
            check_list(len(flat) + 1)
            flat.append(item)
    return flat


@builtin("sort", "list: list", "precedes?: function", needs_run=True)
def sort(run: Run, items: list[Value], precedes: Function | None) -> list[Value]:
    if precedes is not None:
        return _sorted_by(run, items, precedes)
    if _is_plain(run, items):
        return sorted(items)  # type: ignore[type-var]

    def compared(left: Value, right: Value) -> int:
        run.charge(2)
        return order(left, right)

    return sorted(items, key=cmp_to_key(compared))


def _sorted_by(run: Run, items: list[Value], precedes: Function) -> list[Value]:
    rule = precedes.sorts_by
    if rule is not None:
        keys = [_below(item, rule.fields) for item in items]
        if _is_plain(run, keys):
            places = sorted(range(len(keys)), key=keys.__getitem__, reverse=rule.descending)  # type: ignore[arg-type]
            return [items[place] for place in places]

    def compared(left: Value, right: Value) -> int:
        return -1 if precedes.call(run, [left, right]) is True else 0  # sorting only asks which is less

    return sorted(items, key=cmp_to_key(compared))


def _below(value: Value, fields: tuple[str, ...]) -> Value:
    """What is there, null when there is nothing."""
    for field in fields:
        value = value.get(field) if isinstance(value, dict) else None
    return value


def _is_plain(run: Run, keys: list[Value]) -> bool:
    """Are all of one type that Python orders as FEEL does? Charges for sorting them."""
    weight = len(keys) + sum(len(key) // CHARACTERS_PER_STEP for key in keys if isinstance(key, str))
    run.charge(weight * len(keys).bit_length() // 8)
    return len(keys) > 0 and {type(key) for key in keys} in _SORTED_PLAINLY


_SORTED_PLAINLY = ({Decimal}, {str}, {date}, {timedelta})
