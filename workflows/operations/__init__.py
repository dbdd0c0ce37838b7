"""What operators do to one instance: suspend, resume, cancel, change variables, mend a stopped step, move a token, go
back, go on in another version.

Each is staged: `preview` does it to a copy and says what would be different, `apply` does exactly that, in one
transaction, with a reason and a person, and refuses when anything moved in between. `proofs` says what is never done.
"""

from workflows.operations.applying import (
    InstanceMoved,
    Order,
    ReasonMissing,
    ResultUnreadable,
    apply,
)
from workflows.operations.batch import Tried, retry_all
from workflows.operations.kinds import (
    KINDS,
    Answer,
    Cancel,
    Migrate,
    Move,
    Operation,
    OperationInvalid,
    Resume,
    Retry,
    Rewind,
    SetVariables,
    Skip,
    Suspend,
    Throw,
    read,
)
from workflows.operations.looking import STATUSES, InstanceFilter, errors_of, listing, status_of, verbs_of, versions
from workflows.operations.performing import (
    AnswerRefused,
    NotAService,
    NotSuspended,
    SuspendedAlready,
    UnknownStep,
    UnknownVersion,
)
from workflows.operations.picture import Change, Difference, Picture
from workflows.operations.previewing import Preview, plan, preview
from workflows.operations.rules import After, Before, OperationRefused, Proof, Refusal, proofs

__all__ = [
    "KINDS",
    "STATUSES",
    "After",
    "Answer",
    "AnswerRefused",
    "Before",
    "Cancel",
    "Change",
    "Difference",
    "InstanceFilter",
    "InstanceMoved",
    "Migrate",
    "Move",
    "NotAService",
    "NotSuspended",
    "Operation",
    "OperationInvalid",
    "OperationRefused",
    "Order",
    "Picture",
    "Preview",
    "Proof",
    "ReasonMissing",
    "Refusal",
    "ResultUnreadable",
    "Resume",
    "Retry",
    "Rewind",
    "SetVariables",
    "Skip",
    "Suspend",
    "SuspendedAlready",
    "Throw",
    "Tried",
    "UnknownStep",
    "UnknownVersion",
    "apply",
    "errors_of",
    "listing",
    "plan",
    "preview",
    "proofs",
    "read",
    "retry_all",
    "status_of",
    "verbs_of",
    "versions",
]
