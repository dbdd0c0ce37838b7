"""When is a failed call made again? Pauses double, and chance spreads them, so that a crowd does not come back at once.

The operator declares a pace; the element's properties `retries` and `backoff` go before it.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from workflows.feel import parse
from workflows.model import Element
from workflows.service_tasks import Pace

LONGEST = timedelta(hours=1)
"""No pause is longer, but for one that the other side asks for."""
MOST_RETRIES = 100
Chance = Callable[[], float]
_WRITTEN = re.compile(r"P[0-9DTHMS.]+")
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def pace_of(element: Element | None, declared: Pace) -> Pace:
    """The pace of the calls of one element. A property that cannot be read counts as absent (lint refuses it)."""
    properties = element.properties if element is not None else {}
    written = properties.get("retries", "").strip()
    retries = min(int(written), MOST_RETRIES) if written.isdecimal() else declared.retries
    backoff = _duration(properties.get("backoff", "").strip())
    return replace(declared, retries=retries, backoff=backoff or declared.backoff)


def pause(attempt: int, pace: Pace, asked: timedelta | None, chance: Chance) -> timedelta:
    """How long to wait after this attempt (1, 2, 3 …) failed: half to one and a half times the doubled backoff."""
    doubled = min(pace.backoff * (1 << min(attempt - 1, 20)), LONGEST)
    return max(doubled * (0.5 + chance()), asked or timedelta(0))


def _duration(text: str) -> timedelta | None:
    if not _WRITTEN.fullmatch(text):
        return None
    found = parse(f'duration("{text}")').evaluate({}, now=_ANY_TIME).value
    return found if isinstance(found, timedelta) and found > timedelta(0) else None
