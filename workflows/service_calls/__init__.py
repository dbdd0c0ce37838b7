"""Service tasks that reach outside: asked for by the engine, made by a job, answered exactly once.

The runtime announces the call, `listening` writes it down and queues it, `attempts` makes it outside any transaction
and brings the answer back.
"""

from workflows.service_calls.attempts import run, wake_due, wake_instance
from workflows.service_calls.listening import RUN_JOB, on_event

__all__ = ["RUN_JOB", "on_event", "run", "wake_due", "wake_instance"]
