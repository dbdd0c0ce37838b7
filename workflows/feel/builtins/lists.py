"""List functions (DMN 1.5 section 10.3.4.4). Lists are never changed: each function returns a new one."""

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key

from workflows.feel.budget import Run, check_list
from workflows.feel.builtins.registry import builtin
from workflows.feel.compare import order, same
from workflows.feel.errors import Trouble
from workflows.feel.values import NUMBERS, Function, Value


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


@builtin("stddev", "list...: number")
def stddev(items: list[Decimal]) -> Decimal | None:
    """Sample standard deviation; null for fewer than two numbers."""
    if len(items) < 2:
        return None
    center = NUMBERS.divide(_sum(items), Decimal(len(items)))
    squares = [NUMBERS.power(NUMBERS.subtract(item, center), Decimal(2)) for item in items]
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
    return [new if match.call(run, [item, new]) is True else item for item in items]


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
    kept: list[Value] = []
    for item in items:
        run.charge(len(kept) // 8)
        if not any(same(run, item, one) for one in kept):
            kept.append(item)
    return kept


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
    compared = order if precedes is None else _by_function(run, precedes)
    return sorted(items, key=cmp_to_key(compared))


def _by_function(run: Run, precedes: Function) -> Callable[[Value, Value], int]:
    def compared(left: Value, right: Value) -> int:
        if precedes.call(run, [left, right]) is True:
            return -1
        return 1 if precedes.call(run, [right, left]) is True else 0

    return compared


