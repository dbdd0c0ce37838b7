"""What each built-in function gives, by the types it is given. A test holds the table against the registry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workflows.feel import nodes as n
from workflows.feel.builtins.registry import registered_result
from workflows.feel.errors import Trouble
from workflows.feel.infer.types import (
    BOOLEAN,
    CONTEXT,
    DATE,
    LIST,
    MOMENT,
    MONTHS,
    NUMBER,
    PLAIN,
    RANGE,
    STRING,
    TIME,
    item_of,
    join,
    list_of,
    of_value,
)
from workflows.feel.temporal import read_duration
from workflows.feel.types import ANY, FeelType


@dataclass(frozen=True, slots=True)
class Given:
    """Arguments by parameter name: their types, and the parts they are written as. Absent ones are not in it."""

    types: Mapping[str, FeelType]
    nodes: Mapping[str, n.Node]

    def type(self, name: str) -> FeelType:
        """Unknown when absent."""
        return self.types.get(name, ANY)

    def text(self, name: str) -> str | None:
        """The argument when it is a constant text."""
        node = self.nodes.get(name)
        return node.value if isinstance(node, n.Literal) and isinstance(node.value, str) else None


Result = FeelType | Callable[[Given], FeelType]


def _same(name: str) -> Callable[[Given], FeelType]:
    return lambda given: given.type(name)


def _list(given: Given) -> FeelType:
    """A list with the same items."""
    return list_of(item_of(given.type("list")))


def _item(given: Given) -> FeelType:
    return item_of(given.type("list"))


def _with(added: str) -> Callable[[Given], FeelType]:
    """A list with one more kind of items."""
    return lambda given: list_of(join(item_of(given.type("list")), given.type(added)))


def _appended(given: Given) -> FeelType:
    """The added items come as one list of them."""
    return list_of(join(item_of(given.type("list")), item_of(given.type("item"))))


def _joined_lists(given: Given) -> FeelType:
    """A list of lists as one list; single values count as lists of one."""
    inner = item_of(given.type("list"))
    return list_of(item_of(inner)) if inner.name != "Any" else LIST


def _flat(given: Given) -> FeelType:
    item = given.type("list")
    while item.name == "list":
        item = item.item or ANY
    return list_of(item)


def _duration(given: Given) -> FeelType:
    kind = given.type("from")
    if kind.name.endswith("duration"):
        return kind
    text = given.text("from")
    try:
        return of_value(read_duration(text)) if text is not None else ANY
    except Trouble:
        return ANY


def _value(given: Given) -> FeelType:
    """The entry of a context, when the key is written out."""
    fields, key = given.type("m").fields, given.text("key")
    return fields.get(key, ANY) if fields is not None and key is not None else ANY


def _entries(given: Given) -> FeelType:
    return list_of(FeelType("context", fields={"key": STRING, "value": ANY}))


def _put(given: Given) -> FeelType:
    fields, key = given.type("context").fields, given.text("key")
    if fields is None or key is None:
        return CONTEXT
    return FeelType("context", fields={**fields, key: given.type("value")})


RELATIONS = frozenset(
    {
        "before", "after", "meets", "met by", "overlaps", "overlaps before", "overlaps after", "includes", "during",
        "starts", "started by", "finishes", "finished by", "coincides",
    }
)  # fmt: skip
"""Built-ins that ask how points and ranges lie to each other."""

RESULTS: Mapping[str, Result] = {
    **dict.fromkeys(RELATIONS, BOOLEAN),
    **dict.fromkeys(
        ("not", "is", "list contains", "all", "any", "odd", "even", "contains", "starts with", "ends with", "matches"),
        BOOLEAN,
    ),
    **dict.fromkeys(
        (
            "number", "count", "sum", "mean", "product", "median", "stddev", "decimal", "floor", "ceiling", "round up",
            "round down", "round half up", "round half down", "modulo", "sqrt", "log", "exp", "string length",
            "day of year", "week of year",
        ),
        NUMBER,
    ),
    **dict.fromkeys(
        (
            "string", "substring", "upper case", "lower case", "substring before", "substring after", "replace",
            "string join", "day of week", "month of year",
        ),
        STRING,
    ),
    **dict.fromkeys(("mode", "index of"), list_of(NUMBER)),
    **dict.fromkeys(("sublist", "remove", "reverse", "distinct values", "sort"), _list),
    **dict.fromkeys(("insert before", "list replace"), _with("newItem")),
    **dict.fromkeys(("concatenate", "union"), _joined_lists),
    **dict.fromkeys(("min", "max"), _item),
    "append": _appended,
    "flatten": _flat,
    "split": list_of(STRING),
    "abs": _same("n"),
    "date": DATE,
    "time": TIME,
    "date and time": MOMENT,
    "now": MOMENT,
    "today": DATE,
    "duration": _duration,
    "years and months duration": MONTHS,
    "range": RANGE,
    "get value": _value,
    "get entries": _entries,
    "context": CONTEXT,
    "context put": _put,
    "context merge": CONTEXT,
}  # fmt: skip


def result_of(name: str, given: Given) -> FeelType:
    """The type of a call."""
    found = RESULTS.get(name)
    if found is None:
        return PLAIN.get(registered_result(name), ANY)
    return found if isinstance(found, FeelType) else found(given)
