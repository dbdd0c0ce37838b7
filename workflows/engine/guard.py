"""May a token enter or leave a guarded element?

An element with `requiresDecision` passes only while the last outcome of that decision type is an accepted one. The
proof at publication makes this certain beforehand; here it is checked again when the token arrives and when it
leaves.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.engine.faults import EngineFault
from workflows.model import Element


@dataclass(frozen=True)
class Guard:
    """accepted: outcomes that pass; empty means every outcome, but not the absence of one."""

    decision_type: str
    accepted: tuple[str, ...]


def guard_of(element: Element) -> Guard | None:
    """The guard of an element, None when it has none."""
    decision_type = element.properties.get("requiresDecision", "").strip()
    return Guard(decision_type, element.names("acceptedOutcomes")) if decision_type else None


def stands(guard: Guard | None, decisions: Mapping[str, str]) -> bool:
    """Whether the decision that a guard asks for is taken, with an accepted outcome."""
    if guard is None:
        return True
    outcome = decisions.get(guard.decision_type)
    return outcome is not None and (not guard.accepted or outcome in guard.accepted)


def check(guard: Guard, decisions: Mapping[str, str], when: str) -> None:
    """Raise the "guard" fault unless the decision stands. when: "arrival" or "completion"."""
    if stands(guard, decisions):
        return
    outcome = decisions.get(guard.decision_type)
    wanted = " or ".join(guard.accepted) or "any outcome"
    raise EngineFault(
        "guard",
        f"This element needs the decision {guard.decision_type} ({wanted}), which is {outcome or 'not taken'}. "
        "Have the decision taken, then retry the element.",
        {"decision_type": guard.decision_type, "outcome": outcome, "accepted": list(guard.accepted), "when": when},
    )
