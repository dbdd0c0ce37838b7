"""Types of arithmetic, comparisons, logic, conditionals and tests."""

from collections.abc import Mapping

from workflows.feel import nodes as n
from workflows.feel import remedies
from workflows.feel.compile_logic import YES_NO, uses_placeholder
from workflows.feel.infer.scope import Names, Rule, Walk
from workflows.feel.infer.types import (
    BOOLEAN,
    NULL,
    ORDERED,
    PLAIN,
    choices_of,
    clash,
    for_types,
    is_free,
    join,
    several,
    words,
)
from workflows.feel.infer.words import capital, literal_advice, mismatch, name_of
from workflows.feel.types import ANY, FeelType

_N, _S, _D, _T, _M = "number", "string", "date", "time", "date and time"
_DAYS, _MONTHS = "days and time duration", "years and months duration"
RESULTS: Mapping[tuple[str, str, str], str] = {
    **{(operator, _N, _N): _N for operator in ("+", "-", "*", "/", "**")},
    **{("+", one, one): one for one in (_S, _DAYS, _MONTHS)},
    **{("-", one, one): one for one in (_DAYS, _MONTHS)},
    **{(operator, one, _N): one for operator in ("*", "/") for one in (_DAYS, _MONTHS)},
    **{("*", _N, one): one for one in (_DAYS, _MONTHS)},
    **{("/", one, one): _N for one in (_DAYS, _MONTHS)},
    **{("-", one, other): _DAYS for one in (_D, _M) for other in (_D, _M)},
    ("-", _T, _T): _DAYS,
    **{(operator, one, _DAYS): one for operator in ("+", "-") for one in (_D, _M, _T)},
    **{("+", _DAYS, one): one for one in (_D, _M, _T)},
    **{(operator, one, _MONTHS): one for operator in ("+", "-") for one in (_D, _M)},
    **{("+", _MONTHS, one): one for one in (_D, _M)},
}
"""What an operator makes of two types; the pairs of workflows.feel.arithmetic."""
NEGATED = frozenset({_N, _DAYS, _MONTHS})


def arithmetic(node: n.Arithmetic, names: Names, walk: Walk) -> FeelType:
    """Left to right, as it is computed."""
    kind, before = walk(node.first, names), node.first
    for operator, operand in node.rest:
        other = walk(operand, names)
        kind = _calculated(node, operator, ((before, kind), (operand, other)), walk)
        before = node
    return kind


_Sides = tuple[tuple[n.Node, FeelType], tuple[n.Node, FeelType]]


def _calculated(node: n.Arithmetic, operator: str, sides: _Sides, walk: Walk) -> FeelType:
    one, other = sides[0][1], sides[1][1]
    if "null" in (one.name, other.name):
        return NULL
    results = {
        result
        for (wanted, first, second), result in RESULTS.items()
        if wanted == operator and one.name in (first, "Any") and other.name in (second, "Any")
    }
    if not results:
        return walk.complain(node, _no_result(operator, sides))
    return PLAIN[results.pop()] if len(results) == 1 else ANY


def _no_result(operator: str, sides: _Sides) -> str:
    (left, one), (right, other) = sides
    said = f"{capital(name_of(left, 'the left side'))} is {words(one)} and {name_of(right, 'the right side')} is"
    sentence = f'{said} {words(other)}: "{operator}" has no result for them.'
    if operator == "+" and {one.name, other.name} == {"string", "number"}:
        return f"{sentence} To join them, write string( … ) around the number."
    advice = literal_advice(right, one) or literal_advice(left, other) or remedies.for_types(one.name, other.name)
    return f"{sentence} {advice or 'Calculate with values that go together.'}"


def negation(node: n.Negation, names: Names, walk: Walk) -> FeelType:
    kind = walk(node.operand, names)
    if is_free(kind) or kind.name in NEGATED:
        return FeelType(kind.name)
    said = capital(name_of(node.operand, "the value after the minus"))
    return walk.complain(node, f"{said} is {words(kind)}, which has no negative. Remove the minus.")


def comparison(node: n.Comparison, names: Names, walk: Walk) -> FeelType:
    left, right = (node.left, walk(node.left, names)), (node.right, walk(node.right, names))
    compare(node, node.operator, left, right, walk)
    return BOOLEAN


def compare(
    node: n.Node, operator: str, left: tuple[n.Node, FeelType], right: tuple[n.Node, FeelType], walk: Walk
) -> None:
    """Complain when a comparison can never be true nor false."""
    if clash(left[1], right[1]):
        walk.complain(node, mismatch(left, right))
    elif operator not in ("=", "!="):
        _require_order(node, operator, (left, right), walk)
    else:
        _doubt_parts(left[1], right[1], walk)
        _require_choice(left, right, walk)
        _require_choice(right, left, walk)


def _require_order(node: n.Node, operator: str, sides: _Sides, walk: Walk) -> None:
    for part, kind in sides:
        if not is_free(kind) and kind.name not in ORDERED:
            said = capital(name_of(part, "the value"))
            advice = f"Compare with = or != instead of {operator}."
            walk.complain(node, f"{said} is {words(kind)}, which has no order. {advice}")
            return


def _doubt_parts(one: FeelType, other: FeelType, walk: Walk) -> None:
    """Lists, contexts and ranges are compared part by part: whether parts of two types meet depends on the data."""
    mixed = one.item is not None and other.item is not None and clash(one.item, other.item)
    if mixed or one.name in ("context", "list"):
        walk.doubt()


def _require_choice(side: tuple[n.Node, FeelType], constant: tuple[n.Node, FeelType], walk: Walk) -> None:
    """A text that is one of a few is compared with another text."""
    node, kind = side
    known = choices_of(kind)
    literal = constant[0]
    if known is None or not isinstance(literal, n.Literal) or not isinstance(literal.value, str):
        return
    if literal.value not in known:
        shown = ", ".join(f'"{one}"' for one in known[:8]) + (", …" if len(known) > 8 else "")
        said = capital(name_of(node, "the value"))
        walk.complain(literal, f'{said} is never "{literal.value[:40]}". It is one of {shown}.', "value")


def between(node: n.Between, names: Names, walk: Walk) -> FeelType:
    value = node.value, walk(node.value, names)
    for operator, bound in ((">=", node.low), ("<=", node.high)):
        compare(node, operator, value, (bound, walk(bound, names)), walk)
    return BOOLEAN


def logic(node: n.Conjunction | n.Disjunction, names: Names, walk: Walk) -> FeelType:
    word = "and" if isinstance(node, n.Conjunction) else "or"
    for item in node.items:
        require_boolean(item, walk(item, names), f'"{word}"', walk)
    return BOOLEAN


def require_boolean(node: n.Node, kind: FeelType, what: str, walk: Walk) -> None:
    """Complain about a condition that is none."""
    if is_free(kind) or kind.name == "boolean":
        return
    said = capital(name_of(node, "the condition"))
    advice = literal_advice(node, BOOLEAN) or "Compare it with something, for example with =."
    walk.complain(node, f"{said} is {words(kind)}, but {what} needs true or false. {advice}")


def conditional(node: n.If, names: Names, walk: Walk) -> FeelType:
    require_boolean(node.condition, walk(node.condition, names), '"if"', walk)
    return join(walk(node.then, names), walk(node.otherwise, names))


def instance_of(node: n.InstanceOf, names: Names, walk: Walk) -> FeelType:
    walk(node.value, names)
    return BOOLEAN


def within(node: n.In, names: Names, walk: Walk) -> FeelType:
    check_tests(node.tests, (node.value, walk(node.value, names)), names, walk)
    return BOOLEAN


def tests(node: n.Tests, names: Names, walk: Walk) -> FeelType:
    """A cell. `?` is a name in scope."""
    check_tests(node, (n.Name(walk.subject), names.find("?") or ANY), names, walk)
    return BOOLEAN


def check_tests(node: n.Tests, value: tuple[n.Node, FeelType], names: Names, walk: Walk) -> None:
    """Can the value match each of the tests? value: the part that is tested, and its type."""
    inside = Names({"?": value[1]}, names)
    for item in node.items:
        if isinstance(item, n.UnaryComparison):
            compare(item, item.operator, value, (item.operand, walk(item.operand, inside)), walk)
            continue
        kind = walk(item, inside)
        if kind.name == "boolean" and (uses_placeholder(item) or (isinstance(item, YES_NO) and _is_no(value[1]))):
            continue
        _check_member(item, value, kind, walk)


def _is_no(kind: FeelType) -> bool:
    """Is it certainly no boolean? Then a test that says yes or no is an answer, not a value to compare with."""
    return not is_free(kind) and kind.name != "boolean"


def _check_member(item: n.Node, value: tuple[n.Node, FeelType], kind: FeelType, walk: Walk) -> None:
    """kind: what the test gives: a value to equal, a range to be in, or a list of such."""
    if kind.name == "list":
        if value[1].name != "list" and kind.item is not None:
            inner = kind.item.item or ANY if kind.item.name == "range" and value[1].name != "range" else kind.item
            if inner.name != "list" and clash(value[1], inner):
                walk.complain(item, mismatch(value, (item, kind)))
        else:
            walk.doubt()
    elif kind.name == "range" and value[1].name != "range":
        _check_in_range(item, value, kind.item or ANY, walk)
    else:
        compare(item, "=", value, (item, kind), walk)


def _check_in_range(item: n.Node, value: tuple[n.Node, FeelType], kind: FeelType, walk: Walk) -> None:
    if clash(value[1], kind):
        said = capital(name_of(value[0], "the value"))
        bound = item.low if isinstance(item, n.RangeNode) else item
        advice = literal_advice(bound, value[1]) or for_types(value[1], kind)
        walk.complain(item, f"{said} is {words(value[1])}, but the range is of {several(kind)}. {advice}")


def span(node: n.RangeNode, names: Names, walk: Walk) -> FeelType:
    low, high = (node.low, walk(node.low, names)), (node.high, walk(node.high, names))
    compare(node, "..", low, high, walk)
    kind = join(low[1], high[1])
    return FeelType("range", item=None if is_free(kind) else kind)


def comparison_range(node: n.UnaryComparison, names: Names, walk: Walk) -> FeelType:
    kind = walk(node.operand, names)
    if node.operator not in ("=", "!="):
        _require_order(node, node.operator, ((node.operand, kind), (node.operand, kind)), walk)
    return FeelType("range", item=None if is_free(kind) else kind)


RULES: Mapping[type[n.Node], Rule] = {
    n.Arithmetic: arithmetic,
    n.Negation: negation,
    n.Comparison: comparison,
    n.Between: between,
    n.Conjunction: logic,
    n.Disjunction: logic,
    n.If: conditional,
    n.InstanceOf: instance_of,
    n.In: within,
    n.Tests: tests,
    n.RangeNode: span,
    n.UnaryComparison: comparison_range,
}
