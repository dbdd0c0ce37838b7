"""Why a decision has no answer, one class per thing a caller can do about it.

DecisionError
├── DecisionModelRefused   the file cannot be used; `findings` says why
├── DecisionNotFound       the model has no such decision
├── DecisionInputInvalid   an input is not one of the allowed values, or of the wrong type
└── DecisionConflict       the rules that matched contradict the hit policy
"""

from collections.abc import Sequence

from workflows.decisions.findings import Finding


class DecisionError(Exception):
    """Base of every error this package raises."""


class DecisionModelRefused(DecisionError):
    """findings: what is wrong, at least one of severity "error"."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(one.message for one in self.findings[:5]))


class DecisionNotFound(DecisionError):
    """decision_id: what was asked for."""

    def __init__(self, decision_id: str) -> None:
        self.decision_id = decision_id
        super().__init__(f'The model has no decision "{decision_id}".')


class DecisionInputInvalid(DecisionError):
    """decision_id: where it was needed. input: the name of the input; the message never holds its value."""

    def __init__(self, decision_id: str, input_name: str, reason: str) -> None:
        self.decision_id = decision_id
        self.input = input_name
        self.reason = reason
        super().__init__(f'The input "{input_name}" of decision "{decision_id}" {reason}.')


class DecisionConflict(DecisionError):
    """decision_id: id of the decision. policy: its hit policy. rules: ids of the rules that matched together."""

    def __init__(self, decision_id: str, policy: str, rules: Sequence[str]) -> None:
        self.decision_id = decision_id
        self.policy = policy
        self.rules = tuple(rules)
        super().__init__(
            f'Decision "{decision_id}" ({policy}) matched contradicting rules: {", ".join(self.rules)}. '
            "Correct the table."
        )
