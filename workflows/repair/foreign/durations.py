"""Durations as people and programs write them, in ISO 8601."""

import re

_UNITS = {"week": "W", "day": "D", "hour": "H", "minute": "M", "min": "M", "second": "S", "sec": "S"}
_SPOKEN = re.compile(r"(\d{1,6})\s*(week|day|hour|minute|min|second|sec)s?", re.IGNORECASE)
_DELTA = re.compile(r"(?:datetime\.)?timedelta\(([^()]{0,200})\)")
_PART = re.compile(r"\s*(week|day|hour|minute|second)s\s*=\s*(\d{1,6})\s*")
_QUOTED = re.compile(r"""(["'])\s*([^"']{1,100}?)\s*\1""")


def duration_of(text: str) -> str | None:
    """ "1 day", `timedelta(hours=4)` and quoted ISO 8601 as ISO 8601; None for anything else."""
    text = text.strip()
    quoted = _QUOTED.fullmatch(text)
    if quoted:
        return duration_of(quoted[2]) or (quoted[2] if quoted[2][:1] in "PR" else None)
    spoken = _SPOKEN.fullmatch(text)
    if spoken:
        return _iso({spoken[2].lower(): int(spoken[1])})
    delta = _DELTA.fullmatch(text)
    parts = [_PART.fullmatch(one) for one in delta[1].split(",")] if delta else [None]
    if not all(parts):
        return None
    return _iso({one[1]: int(one[2]) for one in parts if one})


def _iso(parts: dict[str, int]) -> str:
    days = parts.get("week", 0) * 7 + parts.get("day", 0)
    named = {_UNITS[unit]: count for unit, count in parts.items() if unit not in ("week", "day")}
    clock = "".join(f"{named[unit]}{unit}" for unit in "HMS" if unit in named)
    date = f"{days}D" if days or not clock else ""
    return f"P{date}T{clock}" if clock else f"P{date}"
