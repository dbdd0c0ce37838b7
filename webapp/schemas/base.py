"""The base of all schemas: a field nobody declared is an error, money is text, and no text breaks the database."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from store.text import is_storable

LARGEST_PAGE = 200
LARGEST_ID = 2**31 - 1


class Base(Schema):
    """Refuses what it does not know."""

    class Meta:
        unknown = RAISE


class Body(Base):
    """A JSON body that comes in."""


class Query(Base):
    """The query part of an address."""


class Money(fields.String):
    """US dollars as text with two decimals: JSON numbers are doubles, which lose money."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{Decimal(value):.2f}"


class Text(fields.String):
    """Text that can be stored: no NUL, no half of a surrogate pair."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        found = super()._deserialize(value, attr, data, **kwargs)
        refuse_unstorable(found)
        return found


def refuse_unstorable(value: Any) -> None:
    """Raises ValidationError for text, at any depth, that no database and no signature can hold."""
    if not is_storable(value):
        raise ValidationError("Leave out the NUL characters and unpaired surrogates.")


def page_size(default: int = 50) -> fields.Integer:
    """How many entries a page holds at most."""
    return fields.Integer(
        load_default=default,
        validate=validate.Range(1, LARGEST_PAGE),
        metadata={"description": f"Entries per page, at most {LARGEST_PAGE}."},
    )


def practice() -> fields.Integer:
    """Only records of one practice."""
    return fields.Integer(validate=validate.Range(1, LARGEST_ID), metadata={"description": "Id of one practice."})


def next_cursor() -> fields.String:
    """The cursor of the page after this one."""
    return fields.String(
        allow_none=True, metadata={"description": "Send it as `after` for the next page; null on the last one."}
    )


class Named(Base):
    """Somebody or something with a name, e.g. a person."""

    id = fields.UUID()
    name = fields.String()


class Practice(Base):
    """The practice a record belongs to; organization 1 is the MSO itself."""

    id = fields.Integer()
    name = fields.String()
    state = fields.String(metadata={"description": "Two-letter postal code."})
