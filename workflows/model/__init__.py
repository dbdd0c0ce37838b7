"""What does a BPMN file say? Our own hardened reading, independent of the engine."""

from workflows.model.elements import (
    Assignment,
    CorrelationKey,
    Element,
    Flow,
    Lane,
    Loop,
    Message,
    Model,
    Operator,
    Parameter,
    Process,
    Timer,
    Trigger,
)
from workflows.model.errors import ModelRefused
from workflows.model.reader import read

__all__ = [
    "Assignment",
    "CorrelationKey",
    "Element",
    "Flow",
    "Lane",
    "Loop",
    "Message",
    "Model",
    "ModelRefused",
    "Operator",
    "Parameter",
    "Process",
    "Timer",
    "Trigger",
    "read",
]
