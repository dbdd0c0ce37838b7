"""The one thing that opens a clinical element: a signed decision.

Only `tasks.signatures.sign` calls `issue`; an architecture test holds that. The runtime takes nothing else for an
element that carries `clinicalDecision`, so no form, API, message or operator act can pass it with data of its own.
"""

from dataclasses import dataclass
from uuid import UUID

_SEAL = object()


@dataclass(frozen=True)
class SignedDecision:
    """A decision that was signed and stored: which task it belongs to, its decision type and the chosen outcome."""

    id: UUID
    engine_task_id: UUID
    decision_type: str
    outcome: str
    seal: object

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise TypeError("A SignedDecision is made by tasks.signatures.sign and by nothing else.")


def issue(id: UUID, engine_task_id: UUID, decision_type: str, outcome: str) -> SignedDecision:
    """Make the value after the row was written. Called by tasks.signatures.sign only."""
    return SignedDecision(id, engine_task_id, decision_type, outcome, _SEAL)
