"""Boolean functions (DMN 1.5 section 10.3.4.2)."""

from datetime import datetime, time

from workflows.feel.budget import Run
from workflows.feel.builtins.registry import builtin
from workflows.feel.compare import same
from workflows.feel.values import Value


@builtin("not", "negand: any")
def negated(value: Value) -> bool | None:
    return not value if isinstance(value, bool) else None


@builtin("is", "value1?: any", "value2?: any", needs_run=True)
def identical(run: Run, left: Value, right: Value) -> bool:
    """The same element of the same type; date-times and times also need the same zone (section 10.3.4.12)."""
    if isinstance(left, datetime | time) and isinstance(right, datetime | time):
        return left.tzinfo == right.tzinfo and same(run, left, right)
    return same(run, left, right)
