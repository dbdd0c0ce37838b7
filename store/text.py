"""Which text can be kept? No NUL, which no column holds, and no half of a surrogate pair, which no encoding has."""

import re
from collections.abc import Mapping
from typing import Any

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def is_storable(value: Any) -> bool:
    """Whether every text in a value, at any depth, can be stored and signed."""
    if isinstance(value, str):
        return _UNSTORABLE.search(value) is None
    if isinstance(value, Mapping):
        return all(is_storable(key) and is_storable(one) for key, one in value.items())
    return all(map(is_storable, value)) if isinstance(value, list | tuple) else True
