"""The named built-in functions: how they are declared, chosen by their arguments, and called.

A parameter is declared as "name: type" with these additions:
  "name?: type"    may be left out or null
  "name...: type"  takes one list, or any number of arguments as if they were that list (last parameter only)
  "*name: type"    takes the remaining arguments (last parameter only)
A type is one of values.TYPE_NAMES, several joined by "|", or "any" (null allowed). The checks happen here, so that a
built-in only ever sees values it declared; a wrong argument makes the result null with a Problem.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from workflows.feel.budget import CHARACTERS_PER_STEP, Run, check_list
from workflows.feel.errors import Trouble
from workflows.feel.names import declare_builtin
from workflows.feel.values import Function, Value, type_name

Body = TypeVar("Body", bound=Callable[..., Any])
PRICE = 5  # steps of a call: choosing the overload, checking the arguments


@dataclass(frozen=True, slots=True)
class Parameter:
    """types: accepted type names; empty accepts anything, null included."""

    name: str
    types: frozenset[str]
    optional: bool
    several: bool
    rest: bool


@dataclass(frozen=True, slots=True)
class Overload:
    """One way to call a built-in. needs_run: its body takes the Run first (clock and budget). price: steps of a call
    with small arguments; what arguments and result weigh is added."""

    parameters: tuple[Parameter, ...]
    body: Callable[..., Any]
    needs_run: bool
    price: int


MAX_DIRECT = 4
"""Arguments of a call whose overload is remembered by their types."""
_UNKNOWN = Overload((), object, False, 0)
_FUNCTIONS: dict[str, Function] = {}
_OVERLOADS: dict[str, list[Overload]] = {}
_RESULTS: dict[str, str] = {}


def find_function(name: str) -> Function | None:
    """The built-in of that name."""
    return _FUNCTIONS.get(name)


def builtin_names() -> frozenset[str]:
    """All names that are taken."""
    return frozenset(_FUNCTIONS)


def overloads_of(name: str) -> tuple[Overload, ...]:
    """The ways to call a built-in, in the order they are tried."""
    return tuple(_OVERLOADS.get(name, ()))


def registered_result(name: str) -> str:
    """The type name that a registered built-in gives; "any" when it does not say."""
    return _RESULTS.get(name, "any")


def builtin(name: str, *parameters: str, needs_run: bool = False, price: int = PRICE) -> Callable[[Body], Body]:
    """Decorator: add one way to call the built-in `name`. Earlier declarations are tried first."""

    def add(body: Body) -> Body:
        _add(name, Overload(tuple(_parameter(text) for text in parameters), body, needs_run, price))
        return body

    return add


def register_builtin(name: str, parameters: Sequence[str], function: Callable[..., Value], result: str = "any") -> None:
    """Add a built-in of the product, such as a business calendar. Registering a name again replaces it.

    function takes the checked arguments in order and returns a FEEL value; a ValueError it raises becomes null.
    result: the name of the type it gives, for type inference.
    """
    forget(name)
    _RESULTS[name] = result

    def guarded(*arguments: Value) -> Value:
        try:
            return function(*arguments)
        except ValueError:
            raise Trouble("argument", "There is no result for these arguments.") from None

    _add(name, Overload(tuple(_parameter(text) for text in parameters), guarded, False, PRICE))


def forget(name: str) -> None:
    """Take a registered built-in away again."""
    _OVERLOADS.pop(name, None)
    _FUNCTIONS.pop(name, None)
    _RESULTS.pop(name, None)


def _add(name: str, overload: Overload) -> None:
    declare_builtin(name)
    overloads = _OVERLOADS.setdefault(name, [])
    overloads.append(overload)
    longest = max((one.parameters for one in overloads), key=len)

    direct: dict[tuple[type, ...], Overload | None] = {}

    def positional(run: Run, values: list[Value]) -> Value:
        kinds = tuple(map(type, values))
        chosen = direct.get(kinds, _UNKNOWN)
        if chosen is _UNKNOWN:
            chosen = direct[kinds] = _direct(overloads, values) if len(kinds) <= MAX_DIRECT else None
        if chosen is None:
            return _choose(run, name, overloads, lambda one: _by_position(one.parameters, values))
        return _call(run, name, chosen, values)

    def named(run: Run, values: dict[str, Value]) -> Value:
        written = tuple(values)  # tells before(point, range) from before(range, point), which have the same names
        ordered = sorted(overloads, key=lambda one: tuple(each.name for each in one.parameters) != written)
        return _choose(run, name, ordered, lambda one: _by_name(one.parameters, values))

    _FUNCTIONS[name] = Function(name, tuple(one.name for one in longest), positional, named)


def _parameter(text: str) -> Parameter:
    name, _, types = (part.strip() for part in text.partition(":"))
    accepted = frozenset() if types in ("any", "") else frozenset(types.split("|"))
    return Parameter(
        name=name.strip("*?."),
        types=accepted,
        optional=name.endswith("?"),
        several=name.endswith("..."),
        rest=name.startswith("*"),
    )


def _choose(run: Run, name: str, overloads: list[Overload], bind: Callable[[Overload], list[Value] | None]) -> Value:
    """Call the first overload that fits."""
    wrong: Trouble | None = None
    for one in overloads:
        bound = bind(one)
        if bound is None:
            continue
        try:
            arguments = _checked(one.parameters, bound)
        except Trouble as trouble:
            wrong = wrong or trouble
            continue
        return _call(run, name, one, arguments)
    reason = wrong.message if wrong else "The number or the names of the arguments do not fit."
    raise Trouble("argument", f'"{name}": {reason}')


def _call(run: Run, name: str, overload: Overload, arguments: list[Value]) -> Value:
    price = overload.price
    for one in arguments:
        if type(one) is str:
            price += len(one) // CHARACTERS_PER_STEP
    run.charge(price)
    try:
        result: Value = overload.body(run, *arguments) if overload.needs_run else overload.body(*arguments)
    except Trouble as trouble:
        raise Trouble(trouble.kind, f'"{name}": {trouble.message}') from None
    except ArithmeticError:
        raise Trouble("arithmetic", f'"{name}" has no result for these numbers.') from None
    if type(result) is list:
        check_list(len(result))
        run.charge(len(result) // 4)
    elif type(result) is str:
        run.charge(len(result) // CHARACTERS_PER_STEP)
    elif type(result) is dict:
        run.charge(len(result))
    return result


def _direct(overloads: list[Overload], values: list[Value]) -> Overload | None:
    """The overload that takes values of these types, one for each of its parameters, as they are.

    None when there is no such one, or when more than the types has a say.
    """
    for one in overloads:
        bound = _by_position(one.parameters, values)
        if bound is None:
            continue
        if list in map(type, values) or any(part.several or part.rest for part in one.parameters):
            return None
        try:
            arguments = _checked(one.parameters, bound)
        except Trouble:
            continue
        as_given = len(arguments) == len(values) and all(a is b for a, b in zip(arguments, values, strict=True))
        return one if as_given else None
    return None


def _by_position(parameters: tuple[Parameter, ...], values: list[Value]) -> list[Value] | None:
    """The arguments in order, rest parameters as one list; None when the number does not fit."""
    if parameters and (parameters[-1].several or parameters[-1].rest):
        return _with_rest(parameters, values)
    required = sum(not one.optional for one in parameters)
    if not required <= len(values) <= len(parameters):
        return None
    return values + [None] * (len(parameters) - len(values))


def _with_rest(parameters: tuple[Parameter, ...], values: list[Value]) -> list[Value] | None:
    fixed = len(parameters) - 1
    rest = values[fixed:]
    if len(values) < fixed or not rest:
        return None
    if parameters[-1].several and len(rest) == 1 and isinstance(rest[0], list):
        return [*values[:fixed], rest[0]]
    return [*values[:fixed], rest]


def _by_name(parameters: tuple[Parameter, ...], values: dict[str, Value]) -> list[Value] | None:
    names = {one.name for one in parameters}
    required = {one.name for one in parameters if not one.optional}
    if not required <= values.keys() <= names:
        return None
    return [[values[one.name]] if one.rest else values.get(one.name) for one in parameters]


def _checked(parameters: tuple[Parameter, ...], values: list[Value]) -> list[Value]:
    return [_check(one, value) for one, value in zip(parameters, values, strict=True)]


def _check(parameter: Parameter, value: Value) -> Value:
    """The value, or its implicit conversion between a single value and a one-item list. Raises Trouble."""
    if parameter.several or parameter.rest:
        return _check_items(parameter, value)
    if not parameter.types or (value is None and parameter.optional):
        return value
    if type_name(value) in parameter.types:
        return value
    if isinstance(value, list) and len(value) == 1 and type_name(value[0]) in parameter.types:
        return value[0]
    if parameter.types == {"list"} and value is not None:
        return [value]
    raise Trouble("type", f'A {type_name(value)} is not accepted as "{parameter.name}".')


def _check_items(parameter: Parameter, value: Value) -> Value:
    items: list[Value] = value if isinstance(value, list) else [value]
    for item in items:
        if parameter.types and type_name(item) not in parameter.types:
            raise Trouble("type", f'A {type_name(item)} is not accepted in "{parameter.name}".')
    return items
