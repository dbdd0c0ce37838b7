"""What the properties of a user task may say without being an expression: when it is due, and who gets it."""

import re
from datetime import timedelta

_BUSINESS = re.compile(r"(\d{1,4}) business days?|P(\d{1,4})BD")
_ISO = re.compile(r"P(?=.)(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?)?")
_KEY = re.compile(r"[a-z0-9_]+")


def business_days(due_in: str) -> int | None:
    """The number in `3 business days` or `P3BD`; None when it is written otherwise."""
    found = _BUSINESS.fullmatch(due_in.strip())
    return int(found[1] or found[2]) if found else None


def plain_duration(due_in: str) -> timedelta | None:
    """An ISO 8601 duration in days, hours and minutes; None when it is written otherwise."""
    found = _ISO.fullmatch(due_in.strip())
    if found is None:
        return None
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def is_due_literal(due_in: str) -> bool:
    """Is it a duration as it stands? Else it is FEEL."""
    return business_days(due_in) is not None or plain_duration(due_in) is not None


def is_queue_key(candidate_group: str) -> bool:
    """Is it the key of a queue as it stands? Else it is FEEL."""
    return _KEY.fullmatch(candidate_group) is not None
