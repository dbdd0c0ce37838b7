"""The runtime of process instances: each verb locks, loads, changes, runs the engine to rest, saves and announces.

Every verb works inside its caller's transaction. What it reads it reads in one round trip, and what it writes is sent
with the commit (store/sending.py).
"""

from workflows.runtime.handing import deliver_at, deliver_message, deliver_signal, deliver_to, take_now
from workflows.runtime.run import Run, host_of, keep_time_by, listen, open_held, open_run, zone
from workflows.runtime.settling import EndlessModel, settle
from workflows.runtime.verbs import (
    About,
    Begun,
    UserTaskNotWaiting,
    begin,
    cancel,
    complete,
    decider,
    fail_service_call,
    finish_service_call,
    fire_timers,
    look,
    report,
    start,
    throw_service_error,
    waiting_task,
)

__all__ = [
    "About",
    "Begun",
    "EndlessModel",
    "Run",
    "UserTaskNotWaiting",
    "begin",
    "cancel",
    "complete",
    "decider",
    "deliver_at",
    "deliver_message",
    "deliver_signal",
    "deliver_to",
    "fail_service_call",
    "finish_service_call",
    "fire_timers",
    "host_of",
    "keep_time_by",
    "listen",
    "look",
    "open_held",
    "open_run",
    "report",
    "settle",
    "start",
    "take_now",
    "throw_service_error",
    "waiting_task",
    "zone",
]
