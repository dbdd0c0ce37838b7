"""What is kept of an error that stopped work: its class, a sentence, the places it passed. Never a value.

The message of an exception may quote a record, so it is kept only when the operator's author wrote it for operators
(`TechnicalFailure`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from store.traces import places
from workflows.service_tasks import ParametersRefused, ResultRefused, TechnicalFailure, UnknownOperator


@dataclass(frozen=True, slots=True)
class Failure:
    """A technical failure.

    error: class of the exception, e.g. "ConnectionError", or "Timeout" and "WorkerLost" of ours.
    text:  what an operator reads; empty when the author of the operator wrote nothing for them.
    permanent: no further attempt. retry_in: what the other side asked for.
    fields: dotted field to what is wrong with it. places: file, line and function, innermost last.
    """

    error: str
    text: str = ""
    permanent: bool = False
    retry_in: timedelta | None = None
    fields: Mapping[str, list[str]] = field(default_factory=dict)
    places: tuple[str, ...] = ()

    @property
    def facts(self) -> dict[str, Any]:
        """As an incident keeps it."""
        found: dict[str, Any] = {"error": self.error, "places": list(self.places)}
        return found | ({"fields": dict(self.fields)} if self.fields else {})


def failure(error: BaseException) -> Failure:
    """What is kept of this error."""
    kept = Failure(type(error).__name__, places=tuple(places(error.__traceback__)))
    if isinstance(error, UnknownOperator):
        return replace(kept, text=str(error), permanent=True)
    if not isinstance(error, TechnicalFailure):
        return kept
    fields = error.fields if isinstance(error, ParametersRefused | ResultRefused) else {}
    return replace(kept, text=error.text, permanent=error.permanent, retry_in=error.retry_in, fields=fields)
