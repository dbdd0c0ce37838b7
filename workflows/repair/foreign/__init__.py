"""Expressions of other tools, rewritten to FEEL where that is a matter of spelling. What is more is never guessed."""

from workflows.repair.foreign.durations import duration_of
from workflows.repair.foreign.scripts import script_in_feel
from workflows.repair.foreign.translate import in_feel, is_foreign

__all__ = ["duration_of", "in_feel", "is_foreign", "script_in_feel"]
