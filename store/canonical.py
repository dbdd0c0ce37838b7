"""Canonical JSON (RFC 8785): the bytes that are hashed and signed."""

import json
from typing import Any

import rfc8785

_EXACT = 2**53
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False).encode


def dumps(value: Any) -> bytes:
    """The canonical bytes of JSON values. Raises ValueError or TypeError for what has none.

    Without fractions and with ASCII names the standard library writes the same bytes, ten times as fast.
    """
    if _is_plain(value):
        return _encode(value).encode()
    return rfc8785.dumps(value)


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return bool(-_EXACT < value < _EXACT)
    if kind is dict:
        return all(type(name) is str and name.isascii() for name in value) and all(map(_is_plain, value.values()))
    return kind is list and all(map(_is_plain, value))
