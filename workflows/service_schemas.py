"""What goes into an operator and comes out of it, as marshmallow schemas.

An operator declares either FEEL types, from which the schema follows, or a marshmallow Schema class, from which the
FEEL types follow that the linter holds a model against. Either way what is declared once is checked at publication and
again at every call. What is said about a refused value never quotes the value.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from marshmallow import INCLUDE, RAISE, Schema, ValidationError, fields

from workflows.feel import FeelError, FeelSyntaxError, from_python, type_name
from workflows.feel.budget import Run
from workflows.feel.errors import Trouble
from workflows.feel.parse_types import parse_type
from workflows.feel.types import FeelType, conforms, convert

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""Types are compared without a clock; an evaluation has to have one all the same."""

_NAMES: tuple[tuple[type[fields.Field[Any]], str], ...] = (
    (fields.Boolean, "boolean"),
    (fields.Number, "number"),
    (fields.DateTime, "date and time"),
    (fields.Date, "date"),
    (fields.Time, "time"),
    (fields.TimeDelta, "days and time duration"),
    (fields.String, "string"),
    (fields.Mapping, "context"),
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One input of an operator.

    type: FEEL type as it is written, such as "number" or "list<string>".
    """

    type: str
    required: bool = True
    description: str = ""

    def __post_init__(self) -> None:
        feel_type(self.type)

    @property
    def kind(self) -> FeelType:
        """The type itself."""
        return feel_type(self.type)


def feel_type(text: str) -> FeelType:
    """The FEEL type that was written. Raises ValueError."""
    try:
        return parse_type(text)
    except FeelSyntaxError as error:
        raise ValueError(f"{text!r} is not a FEEL type: {error}") from None


class Feel(fields.Field[Any]):
    """A FEEL value of one type; the implicit conversions of the standard apply (DMN 1.5, 10.3.2.9.4)."""

    def __init__(self, kind: FeelType, **options: Any) -> None:
        super().__init__(**options)
        self.kind = kind

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        try:
            return convert(Run(_ANY_TIME), from_python(value), self.kind)
        except (FeelError, Trouble, TypeError, ValueError):
            raise ValidationError(f"This is a {type_name(value)} and should be a {self.kind.name}.") from None


def schema_of(parameters: Mapping[str, Parameter]) -> Schema:
    """The schema of declared parameters: unknown names are refused, null is the absence of an optional value."""
    made: dict[str, Any] = {
        name: Feel(one.kind, required=one.required, allow_none=not one.required or one.kind.name == "Any")
        for name, one in parameters.items()
    }
    return Schema.from_dict(made, name="Parameters")(unknown=RAISE)


def schema_of_result(kind: FeelType) -> Schema:
    """The schema of a declared result: every named entry is there, each may be null, others may come along."""
    made: dict[str, Any] = {
        name: Feel(part, required=True, allow_none=True) for name, part in (kind.fields or {}).items()
    }
    return Schema.from_dict(made, name="Result")(unknown=INCLUDE)


def parameters_of(schema: Schema) -> dict[str, Parameter]:
    """The parameters that a schema class declares, with FEEL types."""
    return {
        name: Parameter(_written(name, field), field.required, str(field.metadata.get("description", "")))
        for name, field in schema.fields.items()
        if not field.dump_only
    }


def type_of_result(schema: Schema) -> FeelType:
    """The FEEL type of what a schema class describes."""
    return feel_type(_context(schema))


def load(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the schema gives them. Raises ValidationError, whose messages `sentences` makes safe to show."""
    loaded: dict[str, Any] = schema.load(_with_integers(schema, values))
    return loaded


def sentences(refused: ValidationError, values: Any) -> dict[str, list[str]]:
    """Field (dotted) to what is wrong with it. A message that quotes what was given is replaced."""
    given = {text for text in _texts(values) if len(text) > 2}
    return {
        name: ["This value is not accepted." if any(one in text for one in given) else text for text in texts]
        for name, texts in _flat(refused.messages, "")
    }


def is_result(value: Any, kind: FeelType) -> bool:
    """Whether something that is no mapping, or is one, has the declared type."""
    try:
        return conforms(Run(_ANY_TIME), from_python(value), kind)
    except (FeelError, TypeError, ValueError):
        return False


def _with_integers(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """FEEL has one kind of number; where a schema asks for an integer, a whole one is given as such."""
    return {
        name: _adapted(schema.fields[name], value) if name in schema.fields else value for name, value in values.items()
    }


def _adapted(field: fields.Field[Any], value: Any) -> Any:
    if isinstance(field, fields.Integer):
        return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value
    if isinstance(field, fields.List) and isinstance(value, list):
        return [_adapted(field.inner, one) for one in value]
    if isinstance(field, fields.Nested) and isinstance(value, list):
        return [_with_integers(field.schema, one) if isinstance(one, Mapping) else one for one in value]
    if isinstance(field, fields.Nested) and isinstance(value, Mapping):
        return _with_integers(field.schema, value)
    return value


def _written(name: str, field: fields.Field[Any]) -> str:
    if isinstance(field, fields.Integer) and not field.strict:
        raise ValueError(f"Declare {name} as Integer(strict=True): otherwise decimals would be cut off in silence.")
    if isinstance(field, Feel):
        return field.kind.name
    if isinstance(field, fields.List):
        return f"list<{_written(name, field.inner)}>"
    if isinstance(field, fields.Nested):
        inside = _context(field.schema)
        return f"list<{inside}>" if field.many else inside
    return next((feel for kind, feel in _NAMES if isinstance(field, kind)), "any")


def _context(schema: Schema) -> str:
    parts = ", ".join(f"{name}: {_written(name, field)}" for name, field in schema.fields.items())
    return f"context<{parts}>" if parts else "context"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _flat(messages: Any, prefix: str) -> Iterator[tuple[str, list[str]]]:
    if isinstance(messages, Mapping):
        for key, one in messages.items():
            name = prefix if key == "_schema" else f"{prefix}.{key}" if prefix else str(key)
            yield from _flat(one, name)
    else:
        yield prefix, [str(one) for one in messages] if isinstance(messages, list) else [str(messages)]


__all__ = [
    "Feel",
    "Parameter",
    "feel_type",
    "is_result",
    "load",
    "parameters_of",
    "schema_of",
    "schema_of_result",
    "sentences",
    "type_of_result",
]
