"""The value of any expression is of the inferred type, and what raised no problem meets none when it runs."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workflows.feel.say import NOW
from tests.workflows.feel.test_fuzz import expressions as wild
from workflows.feel import FeelBudgetExceeded, Range, Value, YearsMonths, builtin_names, parse, parse_unary_tests
from workflows.feel.budget import Run, Scope
from workflows.feel.infer import Inference, infer, infer_tests
from workflows.feel.infer.types import BOOLEAN, DATE, DAYS, MOMENT, MONTHS, NUMBER, STRING, TIME, list_of
from workflows.feel.types import ANY, FeelType
from workflows.feel.values import type_name

many = settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))

PLAIN: Mapping[str, tuple[FeelType, st.SearchStrategy[Value]]] = {
    "number": (NUMBER, st.integers(-5, 5).map(Decimal)),
    "string": (STRING, st.sampled_from(["", "a", "b", "12", "2026-01-31", "P1D"])),
    "boolean": (BOOLEAN, st.booleans()),
    "date": (DATE, st.dates(date(2025, 1, 1), date(2027, 12, 31))),
    "time": (TIME, st.sampled_from([time(10, 30, tzinfo=UTC), time(23, 59, tzinfo=UTC)])),
    "moment": (MOMENT, st.sampled_from([NOW, datetime(2025, 2, 28, 8, tzinfo=UTC)])),
    "days": (DAYS, st.integers(-3, 3).map(lambda days: timedelta(days=days, hours=1))),
    "months": (MONTHS, st.integers(-13, 13).map(YearsMonths)),
}
LINE = FeelType("context", fields={"code": STRING, "amount": NUMBER, "paid": BOOLEAN})
lines = st.lists(
    st.fixed_dictionaries({"code": PLAIN["string"][1], "amount": PLAIN["number"][1], "paid": st.booleans()}), max_size=3
)
spans = st.tuples(st.integers(-3, 0), st.integers(1, 3)).map(
    lambda ends: Range(Decimal(ends[0]), Decimal(ends[1]), True, False)
)
DECLARED: Mapping[str, tuple[FeelType, st.SearchStrategy[Value]]] = {
    **{f"a {name}": known for name, known in PLAIN.items()},
    **{f"many {name}": (list_of(known[0]), st.lists(known[1], max_size=3)) for name, known in PLAIN.items()},
    "lines": (list_of(LINE), lines),
    "span": (FeelType("range", item=NUMBER), spans),
}
TYPES = {name: known[0] for name, known in DECLARED.items()}
contexts = st.fixed_dictionaries({name: known[1] for name, known in DECLARED.items()})
holey = st.fixed_dictionaries({name: st.one_of(st.none(), known[1]) for name, known in DECLARED.items()})

_LITERALS = {
    "number": ["1", "2.5", "-3"], "string": ['"a"', '"12"'], "boolean": ["true", "false"],
    "date": ['date("2026-01-31")', "today()"], "time": ['time("10:30:00Z")'], "moment": ["now()"],
    "days": ['duration("P2D")', '@"PT3H"'], "months": ['duration("P1Y2M")'],
}  # fmt: skip
_GROWN: Mapping[str, str] = {
    "number": """
        ({number} + {number})
        ({number} - {number} * {number})
        ({number} / {number})
        -({number})
        abs({number})
        ({days} / {days})
        ({months} / {months})
        count({list})
        sum({numbers})
        sum({number}, {number})
        max({numbers})
        string length({string})
        ({date}).year
        ({moment}).hour
        ({days}).days
        floor({number})
        number({string})
        lines[{number}].amount
        (lines[{boolean}].amount)[1]
        modulo({number}, {number})
        if {boolean} then {number} else {number}
        {{a: {number}, b: a + {number}}}.b
        span.start
        (function(x: number, y: string) x + string length(y))({number}, {string})
        min({numbers})
        median({numbers})
        index of({numbers}, {number})[1]
        day of year({date})
        get value({{a: {number}}}, "a")
        week of year({moment})
    """,
    "string": """
        ({string} + {string})
        string({number})
        upper case({string})
        substring({string}, {number})
        lines[{number}].code
        string join({strings})
        if {boolean} then {string} else {string}
        day of week({date})
        {{a: {string}}}.a
        string({list})
        split({string}, "a")[1]
        sort({strings})[1]
        min({strings})
    """,
    "boolean": """
        ({number} < {number})
        ({string} = {string})
        ({boolean} and {boolean})
        ({boolean} or {boolean})
        not({boolean})
        ({date} >= {date})
        ({moment} != {moment})
        ({days} > {days})
        ({number} in {numbers})
        ({string} in ({string}, {string}))
        ({number} in ({number}, > {number}, [{number}..{number}]))
        ({number} between {number} and {number})
        list contains({strings}, {string})
        contains({string}, {string})
        (some x in {numbers} satisfies x > {number})
        (every x in lines satisfies x.paid)
        ({number} instance of number)
        before({number}, {number})
        all([{boolean}])
        starts with({string}, {string})
        ({time} < {time})
        ({date} in [{date}..{date}])
        includes(span, {number})
        ({months} = {months})
        is({number}, {string})
        ({number} = null)
        overlaps([{number}..{number}], span)
    """,
    "date": """
        ({date} + {days})
        ({date} - {months})
        date({moment})
        if {boolean} then {date} else {date}
        max({dates})
        date({number}, {number}, {number})
        date({string})
    """,
    "time": """
        time({moment})
        ({time} + {days})
        if {boolean} then {time} else {time}
    """,
    "moment": """
        ({moment} - {days})
        date and time({date}, {time})
        ({moment} + {months})
    """,
    "days": """
        ({days} + {days})
        ({date} - {date})
        ({days} * {number})
        -({days})
        ({time} - {time})
        abs({days})
    """,
    "months": """
        ({months} - {months})
        ({months} * {number})
        years and months duration({date}, {date})
    """,
}
_LISTS: Mapping[str, str] = {
    "number": """
        lines.amount
        [{number}, {number}]
        append({numbers}, {number})
        (for x in span return x + {number})
        (for x in 1..3 return x * {number})
        {numbers}[item > {number}]
        reverse({numbers})
        sort({numbers})
        flatten([{numbers}, {numbers}])
        concatenate({numbers}, {numbers})
        mode({numbers})
        sublist({numbers}, {number})
        lines[paid].amount
        remove({numbers}, {number})
        sort({numbers}, function(a, b) a > b)
    """,
    "string": """
        lines.code
        [{string}]
        split({string}, "a")
        (for x in {strings} return upper case(x))
        lines[amount > {number}].code
        distinct values({strings})
        (for l in sort(lines, function(a, b) a.amount < b.amount) return l.code)
    """,
    "date": """
        [{date}]
        (for x in {dates} return x + {days})
    """,
}


_MIXED = """
    [{number}, {string}]
    append({numbers}, {string})
    append({numbers}, {number}, {string})
    concatenate({numbers}, {strings})
    union({numbers}, {strings})
    insert before({numbers}, 1, {string})
    list replace({numbers}, 1, {string})
    list replace({numbers}, function(a, b) a > 0, {string})
    (if {boolean} then {number} else {string})
    [{numbers}, {strings}]
    flatten([{numbers}, [{string}]])
    context put({{a: {number}}}, "a", {string}).a
    context put({{a: {number}}}, "b", {string})
    (for x in [{numbers}, {strings}] return x[1])
    [{{a: 1}}, {{a: {string}, b: 2}}]
    min([{number}, {string}])
    get value({{a: {number}, b: {string}}}, {string})
    {{a: {number}, b: {string}}}
"""


def _shapes(block: str) -> list[str]:
    return [line.strip() for line in block.strip().splitlines()]


def _typed() -> dict[str, st.SearchStrategy[str]]:
    """Well-typed expressions by type name, and lists of them under the plural."""
    known: dict[str, st.SearchStrategy[str]] = {}

    def grown(shape: str) -> st.SearchStrategy[str]:
        wanted = {name: known[name] for name in known if f"{{{name}}}" in shape}
        return st.fixed_dictionaries(wanted).map(lambda parts: f"({shape.format(**parts)})")

    for name in PLAIN:
        known[name] = st.sampled_from([*_LITERALS[name], f"a {name}"])
    for name in _LISTS:
        known[f"{name}s"] = st.sampled_from([f"many {name}"])
    known["list"] = st.sampled_from(["lines", "many number", "many date", "[]"])
    for _ in range(2):
        larger = {name: st.one_of(known[name], *map(grown, _shapes(_GROWN[name]))) for name in PLAIN}
        larger |= {f"{name}s": st.one_of(known[f"{name}s"], *map(grown, _shapes(_LISTS[name]))) for name in _LISTS}
        known = {**known, **larger}
    known["mixed"] = st.one_of(*map(grown, _shapes(_MIXED)))
    return known


TYPED = _typed()
typed = st.one_of(*TYPED.values())
careless = st.one_of(
    st.tuples(typed, typed, st.sampled_from(["+", "-", "*", "=", "<", "and", "in"])).map(
        lambda one: f"({one[0]} {one[2]} {one[1]})"
    ),
    st.tuples(st.sampled_from(sorted(builtin_names())), st.lists(typed, min_size=1, max_size=3)).map(
        lambda one: f"{one[0]}({', '.join(one[1])})"
    ),
)


def _keeps(value: Value, kind: FeelType) -> bool:
    """Is the value of the type, nulls apart? A position that is null picks nothing: the empty list counts as null."""
    if value is None or value == [] or kind.name == "Any":
        return True
    if type_name(value) != kind.name:
        return False
    if isinstance(value, list):
        return all(_keeps(one, kind.item or ANY) for one in value)
    if isinstance(value, dict):
        return kind.fields is None or all(_keeps(value[name], part) for name, part in kind.fields.items())
    return not isinstance(value, Range) or all(_keeps(end, kind.item or ANY) for end in (value.low, value.high))


def _hold(text: str, context: Mapping[str, Value], found: Inference) -> None:
    with suppress(FeelBudgetExceeded):
        ran = parse(text).evaluate(context, now=NOW)
        assert _keeps(ran.value, found.type), (text, ran.value, found.type)
        if found.is_complete and not found.problems:
            wrong = [one for one in ran.problems if _is_of_types(one.kind, one.message)]
            assert wrong == [] or _met_null(wrong), (text, wrong)


def _is_of_types(kind: str, message: str) -> bool:
    return kind in ("type", "function") or "is not accepted" in message or "arguments do not fit" in message


def _met_null(wrong: object) -> bool:
    """Nulls come of divisions, positions outside a list and the like; no type says when."""
    return "null" in str(wrong).lower()


@many
@given(typed, contexts)
def test_a_well_typed_expression_has_no_problem_and_meets_none(text: str, context: dict[str, Value]) -> None:
    found = infer(parse(text), TYPES, closed=True)
    assert found.problems == (), text
    _hold(text, context, found)


@many
@given(careless, contexts)
def test_a_careless_expression_is_reported_or_meets_no_wrong_type(text: str, context: dict[str, Value]) -> None:
    _hold(text, context, infer(parse(text), TYPES, closed=True))


@many
@given(st.one_of(typed, careless), holey)
def test_missing_values_change_no_type(text: str, context: dict[str, Value]) -> None:
    found = infer(parse(text), TYPES)
    with suppress(FeelBudgetExceeded):
        value = parse(text).evaluate(context, now=NOW).value
        assert _keeps(value, found.type), (text, value, found.type)


WILD: Mapping[str, FeelType] = {
    "a": NUMBER, "b": STRING, "xs": FeelType("list"), "c": FeelType("context", fields={"a": BOOLEAN, "b": STRING}),
    "day": DATE, "clock": TIME, "moment": MOMENT, "local": MOMENT, "wait": DAYS, "months": MONTHS, "big": NUMBER,
    "tiny": NUMBER,
}  # fmt: skip
WILD_CONTEXT: dict[str, Value] = {
    "a": Decimal(3), "b": "text", "xs": [Decimal(1), None, "x", {"a": Decimal(2)}], "c": {"a": True, "b": None},
    "day": date(2026, 1, 31), "clock": time(10, 30), "moment": NOW, "local": datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
    "wait": timedelta(days=999_999_999), "months": YearsMonths(-13), "big": Decimal("9E6144"),
    "tiny": Decimal("1E-6143"),
}  # fmt: skip


@many
@given(wild)
def test_any_expression_keeps_to_its_type(text: str) -> None:
    _hold(text, WILD_CONTEXT, infer(parse(text), WILD, closed=True))


@many
@given(st.sampled_from(sorted(PLAIN)), st.one_of(*TYPED.values()), contexts, st.data())
def test_a_cell_without_problems_meets_no_wrong_type(
    name: str, cell: str, context: dict[str, Value], data: st.DataObject
) -> None:
    tests = parse_unary_tests(cell)
    found = infer_tests(tests, PLAIN[name][0], TYPES, closed=True)
    if found.problems or not found.is_complete:
        return
    run = Run(NOW)
    with suppress(FeelBudgetExceeded):
        tests.matches_in(Scope(run, context), data.draw(PLAIN[name][1]))
        wrong = [one for one in run.problems if _is_of_types(one.kind, one.message)]
        assert wrong == [] or _met_null(wrong), (cell, name, wrong)
