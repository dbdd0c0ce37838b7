"""The only package that touches SpiffWorkflow: compile a process, run an instance, store it and load it again."""

from workflows.engine import patches
from workflows.engine.comparing import Comparison
from workflows.engine.diagnosis import require_match, undecided, value_of, wrong_kind
from workflows.engine.environment import Host
from workflows.engine.faults import (
    CorrelationMissing,
    DecisionsReadOnly,
    EngineFault,
    MessageNotWaiting,
    NothingStopped,
    NotMigrated,
    NotRewound,
    OutcomeNotExpected,
    OutcomeRequired,
    OutcomeUnknown,
    ServiceCallNotWaiting,
    StartUnknown,
    StateUnreadable,
    StepNotSkipped,
    TokenNotMoved,
    UserTaskNotReady,
    VariableRefused,
)
from workflows.engine.journal import EngineIncident, OutgoingMessage, OutgoingSignal, Step
from workflows.engine.messages import message_key
from workflows.engine.migrating import compare, migrate
from workflows.engine.rewinding import RewindPoint
from workflows.engine.specs import CompiledProcess, StartTrigger, compile_process
from workflows.engine.step import Execution
from workflows.engine.timers import Business, Span, cycle_of, due_at, parse_duration, wall_clock, weekdays_after
from workflows.engine.tokens import Token
from workflows.engine.values import pack, same, unpack
from workflows.engine.waiting import (
    Waiting,
    WaitingMessage,
    WaitingServiceCall,
    WaitingSignal,
    WaitingTimer,
    WaitingUserTask,
)
from workflows.model import Element, ModelRefused

patches.apply()

__all__ = [
    "Business",
    "Comparison",
    "CompiledProcess",
    "CorrelationMissing",
    "DecisionsReadOnly",
    "Element",
    "EngineFault",
    "EngineIncident",
    "Execution",
    "Host",
    "MessageNotWaiting",
    "ModelRefused",
    "NotMigrated",
    "NotRewound",
    "NothingStopped",
    "OutcomeNotExpected",
    "OutcomeRequired",
    "OutcomeUnknown",
    "OutgoingMessage",
    "OutgoingSignal",
    "RewindPoint",
    "ServiceCallNotWaiting",
    "Span",
    "StartTrigger",
    "StartUnknown",
    "StateUnreadable",
    "Step",
    "StepNotSkipped",
    "Token",
    "TokenNotMoved",
    "UserTaskNotReady",
    "VariableRefused",
    "Waiting",
    "WaitingMessage",
    "WaitingServiceCall",
    "WaitingSignal",
    "WaitingTimer",
    "WaitingUserTask",
    "compare",
    "compile_process",
    "cycle_of",
    "due_at",
    "message_key",
    "migrate",
    "pack",
    "parse_duration",
    "require_match",
    "same",
    "undecided",
    "unpack",
    "value_of",
    "wall_clock",
    "weekdays_after",
    "wrong_kind",
]
