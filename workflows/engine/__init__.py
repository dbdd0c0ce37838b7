"""The only package that touches SpiffWorkflow: compile a process, run an instance, store it and load it again."""

from workflows.engine import patches
from workflows.engine.diagnosis import require_match, undecided, value_of, wrong_kind
from workflows.engine.environment import Host
from workflows.engine.faults import (
    CorrelationMissing,
    DecisionsReadOnly,
    EngineFault,
    MessageNotWaiting,
    NothingStopped,
    OutcomeNotExpected,
    OutcomeRequired,
    OutcomeUnknown,
    ServiceCallNotWaiting,
    StateUnreadable,
    UserTaskNotReady,
    VariableRefused,
)
from workflows.engine.journal import EngineIncident, OutgoingMessage, Step
from workflows.engine.messages import message_key
from workflows.engine.specs import CompiledProcess, compile_process
from workflows.engine.step import Execution
from workflows.engine.timers import wall_clock
from workflows.engine.values import pack, unpack
from workflows.engine.waiting import Waiting, WaitingMessage, WaitingServiceCall, WaitingTimer, WaitingUserTask
from workflows.model import Element, ModelRefused

patches.apply()

__all__ = [
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
    "NothingStopped",
    "OutcomeNotExpected",
    "OutcomeRequired",
    "OutcomeUnknown",
    "OutgoingMessage",
    "ServiceCallNotWaiting",
    "StateUnreadable",
    "Step",
    "UserTaskNotReady",
    "VariableRefused",
    "Waiting",
    "WaitingMessage",
    "WaitingServiceCall",
    "WaitingTimer",
    "WaitingUserTask",
    "compile_process",
    "message_key",
    "pack",
    "require_match",
    "undecided",
    "unpack",
    "value_of",
    "wall_clock",
    "wrong_kind",
]
