"""What can go wrong in FEEL, one class per thing a caller can do about it.

FeelError
├── FeelSyntaxError        the text is not FEEL; `position` says where
│   └── FeelTooComplex     the text is FEEL but larger than we compile (length, nodes, nesting)
└── FeelBudgetExceeded     a running expression asked for more steps, text or list items than allowed

Wrong data never raises: it becomes null and a `Problem` (see budget.py).
"""


class FeelError(Exception):
    """Base of every error this package lets out."""


class FeelSyntaxError(FeelError):
    """The text cannot be read. position: 0-based offset into the text given by the caller."""

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(f"{message} (at character {position + 1})")
        self.message = message
        self.position = position


class FeelTooComplex(FeelSyntaxError):
    """The text is over a size limit. budget: "length", "nodes" or "depth"."""

    def __init__(self, budget: str, limit: int, position: int = 0) -> None:
        super().__init__(f"The expression is too complex: more than {limit} {budget}. Split it up.", position)
        self.budget = budget
        self.limit = limit


class FeelBudgetExceeded(FeelError):
    """A running expression went over a limit. budget: "steps", "text", "list", "range", "calls" or "digits"."""

    def __init__(self, budget: str, limit: int) -> None:
        super().__init__(f"The expression needs more than its {budget} budget of {limit}. Make it simpler.")
        self.budget = budget
        self.limit = limit


class Trouble(Exception):
    """Inside the evaluator only: this operation has no value. Becomes null and a Problem, never leaves evaluate().

    The message names types and built-ins, never data values, so that it may be logged.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
