"""What stands between a model of another tool and its running here, and which edits of the file would mend it.

Nothing is changed without being chosen, and what is not changed stays as it was: drawing, comments, foreign extensions.
"""

from workflows.repair.applying import Settled, apply, settle
from workflows.repair.examining import examine, propose
from workflows.repair.offers import AnswerRefused, Choice, Outline, Pool, Question, Repair, Report, Reported

__all__ = [
    "AnswerRefused",
    "Choice",
    "Outline",
    "Pool",
    "Question",
    "Repair",
    "Report",
    "Reported",
    "Settled",
    "apply",
    "examine",
    "propose",
    "settle",
]
