"""Values that come from outside: of kinds that process data can hold, and never under a name of the engine."""

from collections.abc import Iterable, Mapping
from typing import Any

from workflows.engine.environment import RESERVED
from workflows.engine.faults import DecisionsReadOnly, VariableRefused
from workflows.feel import FeelError, from_python


def checked(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables as FEEL values. Raises VariableRefused, DecisionsReadOnly."""
    require_writable(variables)
    return {name: checked_value(name, value) for name, value in variables.items()}


def checked_value(name: str, value: Any) -> Any:
    """One value. name: for the message. Raises VariableRefused."""
    try:
        return from_python(value)
    except (TypeError, ValueError, FeelError) as error:
        raise VariableRefused(name=name, reason=str(error)) from error


def require_writable(names: Iterable[str]) -> None:
    """Raises DecisionsReadOnly for a name of the engine."""
    for name in RESERVED.intersection(names):
        raise DecisionsReadOnly(name=name)
