"""What can go wrong in FEEL, one class per thing a caller can do about it.

FeelError
├── FeelSyntaxError        the text is not FEEL; `position` says where
│   ├── FeelUnsupported    the text is FEEL but asks for what we never run
│   └── FeelTooComplex     the text is FEEL but larger than we compile (length, nodes, nesting)
└── FeelBudgetExceeded     a running expression asked for more steps, time, text or list items than allowed

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


class FeelUnsupported(FeelSyntaxError):
    """The text asks for something that is never run. feature: its name, as the start of a sentence."""

    def __init__(self, feature: str, position: int = 0) -> None:
        super().__init__(f"{feature} is never run.", position)
        self.feature = feature


_SIZES = {"length": "characters", "nodes": "operators, names and values", "depth": "levels of nesting"}


class FeelTooComplex(FeelSyntaxError):
    """The text is over a size limit. budget: "length", "nodes" or "depth"."""

    def __init__(self, budget: str, limit: int, position: int = 0) -> None:
        super().__init__(f"The expression has more than {limit:,} {_SIZES[budget]}. Split it up.", position)
        self.budget = budget
        self.limit = limit


_SENTENCES = {
    "steps": "The expression takes more than {limit} steps. Let it go through fewer items, or split it up.",
    "time": "The expression takes longer than {limit} ms. Let it go through fewer items, or split it up.",
    "text": "A text in the expression becomes longer than {limit} characters. Shorten it.",
    "list": "A list in the expression becomes longer than {limit} items. Filter it first.",
    "range": "The expression counts through more than {limit} values. Take a smaller range.",
    "calls": "Functions of the expression call each other more than {limit} levels deep. Use a loop instead.",
    "digits": "An exponent in the expression is greater than {limit}. Take a smaller one.",
    "pattern": "A regular expression is larger than {limit} characters or steps. Make it simpler.",
    "matching": "A regular expression needs more than {limit} attempts with this text. Make it simpler.",
}


class FeelBudgetExceeded(FeelError):
    """A running expression went over a limit. budget: a name in docs/feel-limits.md. limit: what is allowed."""

    def __init__(self, budget: str, limit: int) -> None:
        super().__init__(_SENTENCES[budget].replace("{limit}", f"{limit:,}"))
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
