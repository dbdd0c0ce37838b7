"""Amounts and dates out of X12 text. Nothing here raises: what cannot be read is None.

Amounts are bounded: ten digits before the point are more than any payment has, and what a column of ours can hold.
"""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

_AMOUNT = re.compile(r"[+-]?(?:[0-9]{1,10}(?:\.[0-9]{0,4})?|\.[0-9]{1,4})")
_DATE = re.compile(r"[0-9]{8}")


@lru_cache(maxsize=8192)
def amount_of(text: str) -> Decimal | None:
    """An X12 decimal (type R), or None: no exponent, no NaN, at most ten digits before the point."""
    return Decimal(text) if _AMOUNT.fullmatch(text) else None


@lru_cache(maxsize=4096)
def date_of(text: str) -> date | None:
    """CCYYMMDD as a civil date, or None."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
