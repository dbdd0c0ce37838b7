"""FEEL values as bytes and back, with every type and every digit kept.

msgpack with extension types; a datum of any other type is refused, so nothing is ever stored that cannot be read again.
"""

from collections.abc import Callable, Mapping
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
    encode = _ENCODERS.get(type(value))
    if encode is None:
        raise TypeError(f"Process data cannot hold a {type(value).__name__}.")
    return encode(value)


def _zoned(value: Any) -> bytes:
    """Local text, fold and the zone's name when it has one; otherwise ISO text with its offset."""
    zone = value.tzinfo
    if isinstance(zone, ZoneInfo):
        return f"{value.replace(tzinfo=None).isoformat()}|{value.fold}|{zone.key}".encode()
    return str(value.isoformat()).encode()


def _decode(code: int, data: bytes) -> Any:
    decode = _DECODERS.get(code)
    if decode is None:
        raise ValueError(f"Unknown value type {code}.")
    return decode(data)


def _unzoned(kind: Any, text: str) -> Any:
    local, _, rest = text.partition("|")
    value = kind.fromisoformat(local)
    if not rest:
        return value
    fold, _, zone = rest.partition("|")
    return value.replace(tzinfo=ZoneInfo(zone), fold=int(fold))


def _ext(code: int, data: bytes) -> Any:
    """As msgpack.ExtType(code, data), whose checks cost more than the packing."""
    return tuple.__new__(msgpack.ExtType, (code, data))


def _packed_range(value: Range) -> bytes:
    return pack([value.low, value.high, value.low_closed, value.high_closed, value.operator])


_ENCODERS: Mapping[type, Callable[[Any], Any]] = {
    Decimal: lambda value: _ext(_DECIMAL, str(value).encode()),
    date: lambda value: _ext(_DATE, value.isoformat().encode()),
    time: lambda value: _ext(_TIME, _zoned(value)),
    datetime: lambda value: _ext(_MOMENT, _zoned(value)),
    timedelta: lambda value: _ext(_SPAN, msgpack.packb([value.days, value.seconds, value.microseconds])),
    YearsMonths: lambda value: _ext(_MONTHS, msgpack.packb(value.months)),
    UUID: lambda value: _ext(_UUID, value.bytes),
    Range: lambda value: _ext(_RANGE, _packed_range(value)),
    tuple: list,
}
_DECODERS: Mapping[int, Callable[[bytes], Any]] = {
    _DECIMAL: lambda data: Decimal(data.decode()),
    _DATE: lambda data: date.fromisoformat(data.decode()),
    _TIME: lambda data: _unzoned(time, data.decode()),
    _MOMENT: lambda data: _unzoned(datetime, data.decode()),
    _SPAN: lambda data: timedelta(*msgpack.unpackb(data)),
    _MONTHS: lambda data: YearsMonths(msgpack.unpackb(data)),
    _UUID: lambda data: UUID(bytes=data),
    _RANGE: lambda data: Range(*unpack(data)),
}


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


def delta(data: dict[str, Any], base: dict[str, Any]) -> list[Any] | None:
    """What data changed against the data they came from: [changed, removed names], None for nothing."""
    if data is base:
        return None
    changed = {
        key: value
        for key, value in data.items()
        if key not in base or (base[key] is not value and not same(base[key], value))
    }
    removed = [key for key in base if key not in data] if len(data) < len(base) + len(changed) else []
    return [changed, removed] if changed or removed else None


def with_delta(base: dict[str, Any], delta: list[Any] | None) -> dict[str, Any]:
    """The data again, as a dictionary of its own."""
    data = dict(base)
    if delta is not None:
        data.update(delta[0])
        for key in delta[1]:
            data.pop(key, None)
    return data
