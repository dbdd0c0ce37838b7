"""Write BPMN models in Python: short to write, checked while written, drawn when done.

    m = Model("leave", "Leave request", lanes={"staff": "Staff", "lead": "Team lead"})
    with m.lane("staff"):
        m.start("asked", "Leave asked")
    with m.lane("lead"):
        m.user("decide", "Decide", form="leave_decision", due="2 business days")
        m.exclusive("granted", "Granted?")
        m.end("yes", "Granted")
        m.end("no", "Refused")
    m.flow("asked", "decide", "granted")
    m.flow("granted", "yes", name="yes", when="decide.granted = true")
    m.flow("granted", "no", name="no", default=True)
    xml = m.build()

Ids are the author's and stay. The order in which steps are written is the reading order of the drawing. What cannot be
meant raises Mistake and names the element; what the product's rules say is for workflows.lint.
"""

from workflows.authoring.activities import Call, Each
from workflows.authoring.model import Model
from workflows.authoring.scope import Scope
from workflows.authoring.steps import Mistake
from workflows.authoring.triggers import (
    Trigger,
    after,
    at,
    cancel,
    condition,
    error,
    escalation,
    every,
    link,
    message,
    signal,
    terminate,
)

__all__ = [
    "Call",
    "Each",
    "Mistake",
    "Model",
    "Scope",
    "Trigger",
    "after",
    "at",
    "cancel",
    "condition",
    "error",
    "escalation",
    "every",
    "link",
    "message",
    "signal",
    "terminate",
]
