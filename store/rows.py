"""Rows of models without a session's bookkeeping: read as records, written by statements that are sent later.

What every completion touches is read and written this way: a record is an instance of its model that no session
watches, so setting an attribute changes nothing in the database. `insert`, `update` and `delete` do, and all of them
only note a statement (store/sending.py); rows that are changed are locked first.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from psycopg.types.json import Jsonb
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.instrumentation import manager_of_class

from store import sending
from store.db import Base
from store.once import once, tell

R = TypeVar("R", bound=Base)
AT_ONCE = 500
"""Rows of one INSERT: a statement has room for 65,535 values."""


@cache
def columns(model: type[Base], alias: str = "") -> str:
    """The model's columns for a select list, in the order in which `record` takes them."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(f'{prefix}"{column.name}"' for column in _table(model).columns)


def record(model: type[R], row: Sequence[Any]) -> R:
    """A record from a row of `columns`."""
    found: R = manager_of_class(model).new_instance()
    found.__dict__.update(zip(_names(model), row, strict=True))
    return found


def records(model: type[R], found: sending.Rows) -> list[R]:
    """A record from each row."""
    return [record(model, one) for one in found]


def question(model: type[Base], rest: str, parameters: sending.Parameters = None) -> sending.Statement:
    """The statement that reads a model's rows, for `sending.ask`. rest: what follows the table's name."""
    return f"select {columns(model)} from {_table(model).name} {rest}", parameters


def record_of(model: type[R], **values: Any) -> R:
    """A record of these values; the cheap way to many of them."""
    made: R = manager_of_class(model).new_instance()
    made.__dict__.update(values)
    return made


def insert(session: Session, *records: Base) -> None:
    """Add records of one model. Attributes that were never set are null, or the server's default."""
    for start in range(0, len(records), AT_ONCE):
        some = records[start : start + AT_ONCE]
        model = type(some[0])
        names = tuple(name for name in _names(model) if name in some[0].__dict__)
        values = [_stored(model, name, one.__dict__[name]) for one in some for name in names]
        sending.later(session, _insert_text(model, names, len(some)), values, table=_joins(model))


def insertion(one: Base, rest: str) -> sending.Statement:
    """The statement that adds one record, for `sending.ask`. rest: e.g. "on conflict do nothing returning id"."""
    model = type(one)
    names = tuple(name for name in _names(model) if name in one.__dict__)
    values = [_stored(model, name, one.__dict__[name]) for name in names]
    return f"{_insert_text(model, names, 1)} {rest}", values


def update(session: Session, one: Base, **changes: Any) -> None:
    """Change a locked record and its row; the version of a versioned model grows by one.

    A row that the session itself watches is only set: the session writes it.
    """
    if object_session(one) is not None:
        for name, value in changes.items():
            setattr(one, name, value)
        return
    model = type(one)
    keys = _keys(model)
    values = [_stored(model, name, value) for name, value in changes.items()]
    values += [getattr(one, key) for key in keys]
    sending.later(session, _update_text(model, tuple(changes)), values, table=_joins(model))
    one.__dict__.update(changes)
    version = _version(model)
    if version is not None:
        one.__dict__[version] += 1


def delete(session: Session, model: type[Base], **by: Any) -> None:
    """Remove the rows whose columns equal these values."""
    where = " and ".join(f'"{name}" = %s' for name in by)
    statement = f"delete from {_table(model).name} where {where}"
    sending.later(session, statement, list(by.values()), table=_joins(model))


@cache
def _insert_text(model: type[Base], names: tuple[str, ...], count: int) -> str:
    listed = ", ".join(f'"{name}"' for name in names)
    one = f"({', '.join(['%s'] * len(names))})"
    return f"insert into {_table(model).name} ({listed}) values {', '.join([one] * count)}"


@cache
def _update_text(model: type[Base], names: tuple[str, ...]) -> str:
    parts = [f'"{name}" = %s' for name in names]
    version = _version(model)
    if version is not None:
        parts.append(f'"{version}" = "{version}" + 1')
    where = " and ".join(f'"{key}" = %s' for key in _keys(model))
    return f"update {_table(model).name} set {', '.join(parts)} where {where}"


def _joins(model: type[Base]) -> str | None:
    """The table, when its writes may go with those of other tables in one statement: see Protection.guarded."""
    return None if model.__protection__.guarded else _table(model).name


def _stored(model: type[Base], name: str, value: Any) -> Any:
    return Jsonb(value) if value is not None and name in _documents(model) else value


def _table(model: type[Base]) -> Table:
    table: Any = model.__table__
    return table  # type: ignore[no-any-return]


@cache
def _names(model: type[Base]) -> tuple[str, ...]:
    return tuple(column.name for column in _table(model).columns)


@cache
def _keys(model: type[Base]) -> tuple[str, ...]:
    return tuple(column.name for column in _table(model).primary_key.columns)


@cache
def _documents(model: type[Base]) -> frozenset[str]:
    return frozenset(column.name for column in _table(model).columns if isinstance(column.type, JSONB))


@cache
def _version(model: type[Base]) -> str | None:
    """The column that counts a row's changes, when its mapper declares one."""
    column = model.__mapper__.version_id_col
    return column.name if column is not None else None


def remember(session: Session, one: Base) -> None:
    """Keep a record for whoever needs the same row later in this transaction."""
    tell(session, (type(one), tuple(getattr(one, key) for key in _keys(type(one)))), one)


def remembered(session: Session, model: type[R], *key: Any) -> R | None:
    """The row of that primary key, if this transaction has read it: the session's own object before a record."""
    watched: R | None = session.identity_map.get(model.__mapper__.identity_key_from_primary_key(key))
    found: R | None = watched if watched is not None else once(session, (model, key), lambda: None)
    return found
