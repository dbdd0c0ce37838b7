"""The public conformance kit of DMN (dmn-tck), read and run: how much of the standard do we pass?"""

from workflows.decisions.tck.cases import Case, Expected, cases
from workflows.decisions.tck.page import page, summary
from workflows.decisions.tck.run import FAILED, NOT_SUPPORTED, PASSED, FolderResult, Outcome, equal, judge, run, run_all

__all__ = [
    "FAILED",
    "NOT_SUPPORTED",
    "PASSED",
    "Case",
    "Expected",
    "FolderResult",
    "Outcome",
    "cases",
    "equal",
    "judge",
    "page",
    "run",
    "run_all",
    "summary",
]
