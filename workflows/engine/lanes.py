"""In whose queue does a user task of a called process appear?

A called process has no lanes of its own there: the library gives None. The task belongs to the lane of the call
activity.
"""

from typing import Any

from workflows.engine import tree


def lane_of(task: Any) -> str | None:
    """Id of the task's lane, else the group or lane of the nearest enclosing call; None when nobody is named."""
    found: str | None = task.task_spec.element.lane
    around = tree.enclosing(task)
    while found is None and around is not None:
        element = around.task_spec.element
        found = element.properties.get("candidateGroup") or element.lane
        around = tree.enclosing(around)
    return found
