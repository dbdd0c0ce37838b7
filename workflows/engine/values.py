"""FEEL values as bytes and back, with every type and every digit kept.

msgpack with extension types; a datum of any other type is refused, so nothing is ever stored that cannot be read again.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgpack

from workflows.feel import Range, YearsMonths

_DECIMAL, _DATE, _TIME, _MOMENT, _SPAN, _MONTHS, _UUID, _RANGE = range(1, 9)


def pack(value: Any) -> bytes:
    """Raises TypeError for a type that process data cannot hold."""
    packed: bytes = msgpack.packb(value, default=_encode, strict_types=True, use_bin_type=True)
    return packed


def unpack(data: bytes) -> Any:
    """The value as it was packed."""
    return msgpack.unpackb(data, ext_hook=_decode, raw=False, strict_map_key=False)


def _encode(value: Any) -> Any:
    kind = type(value)
    if kind is Decimal:
        return msgpack.ExtType(_DECIMAL, str(value).encode())
    if kind is date:
        return msgpack.ExtType(_DATE, value.isoformat().encode())
    if kind in (time, datetime):
        return msgpack.ExtType(_TIME if kind is time else _MOMENT, _zoned(value))
    if kind is timedelta:
        return msgpack.ExtType(_SPAN, msgpack.packb([value.days, value.seconds, value.microseconds]))
    if kind is YearsMonths:
        return msgpack.ExtType(_MONTHS, msgpack.packb(value.months))
    if isinstance(value, UUID):
        return msgpack.ExtType(_UUID, value.bytes)
    if kind is Range:
        parts = [value.low, value.high, value.low_closed, value.high_closed, value.operator]
        return msgpack.ExtType(_RANGE, pack(parts))
    if kind is tuple:
        return list(value)
    raise TypeError(f"Process data cannot hold a {kind.__name__}.")


def _zoned(value: Any) -> bytes:
    """Local text, fold and the zone's name when it has one; otherwise ISO text with its offset."""
    zone = value.tzinfo
    if isinstance(zone, ZoneInfo):
        return f"{value.replace(tzinfo=None).isoformat()}|{value.fold}|{zone.key}".encode()
    return str(value.isoformat()).encode()


def _decode(code: int, data: bytes) -> Any:
    if code in (_TIME, _MOMENT):
        return _unzoned(time if code == _TIME else datetime, data.decode())
    if code == _SPAN:
        days, seconds, microseconds = msgpack.unpackb(data)
        return timedelta(days, seconds, microseconds)
    if code == _RANGE:
        return Range(*unpack(data))
    simple: dict[int, Callable[[], Any]] = {
        _DECIMAL: lambda: Decimal(data.decode()),
        _DATE: lambda: date.fromisoformat(data.decode()),
        _MONTHS: lambda: YearsMonths(msgpack.unpackb(data)),
        _UUID: lambda: UUID(bytes=data),
    }
    if code not in simple:
        raise ValueError(f"Unknown value type {code}.")
    return simple[code]()


def _unzoned(kind: Any, text: str) -> Any:
    local, _, rest = text.partition("|")
    value = kind.fromisoformat(local)
    if not rest:
        return value
    fold, _, zone = rest.partition("|")
    return value.replace(tzinfo=ZoneInfo(zone), fold=int(fold))


def same(a: Any, b: Any) -> bool:
    """Equal in value, type and digits: 1.0 is not 1.00, true is not 1, a zone is not its offset."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(value, b[key]) for key, value in a.items())
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, Decimal):
        return bool(a.as_tuple() == b.as_tuple())
    if isinstance(a, Range):
        return pack(a) == pack(b)
    if isinstance(a, datetime | time):
        return bool(_zoned(a) == _zoned(b))
    return bool(a == b)
