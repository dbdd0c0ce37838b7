"""What can be done about a finding, and what must be asked before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.errors import Invalid
from workflows.findings import Finding

if TYPE_CHECKING:
    from workflows.repair.document import Document

ANY_TEXT = "…"
"""Stands in a preview for what has not been answered yet."""


class AnswerRefused(Invalid):
    """A repair needs an answer and got none, or one that it cannot use."""

    code = "repair.answer"


@dataclass(frozen=True)
class Choice:
    """One possible answer, with the words for it."""

    value: str
    label: str


@dataclass(frozen=True)
class Question:
    """What must be known before a repair can be made.

    choices:   the possible answers; empty when any text is taken.
    suggested: the answer that is taken when none is given; None when somebody has to answer.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    suggested: str | None = None

    @property
    def sample(self) -> str:
        """An answer to preview with."""
        if self.suggested is not None:
            return self.suggested
        return self.choices[0].value if self.choices else ANY_TEXT


@dataclass(frozen=True)
class Repair:
    """An offered edit of the model.

    id:            stable for the same model: what is repaired and where, e.g. "implicit-split:review".
    element_id:    the element it is about; None for the file.
    rule:          the rule whose finding it answers; "" when nothing stands against the model as it is (tidying up).
    needs:         what must be asked; None when nothing must.
    is_mechanical: the meaning of the model is certain, so it can be applied without being read first.
    removes:       ids of what is gone afterwards, the drawing left out.
    before, after: the parts of the XML that change, the drawing left out.
    """

    id: str
    element_id: str | None
    title: str
    explanation: str
    rule: str
    needs: Question | None
    is_mechanical: bool
    removes: tuple[str, ...]
    before: str
    after: str


@dataclass(frozen=True)
class Offer:
    """A repair before it is tried: what it would do. `edit` gets the document and the answer ("" when none is asked).

    is_certain: see Repair.is_mechanical; an offer that answers no finding or asks something never is.
    instead_of: ids of offers that are needless beside this one.
    """

    kind: str
    element_id: str | None
    title: str
    explanation: str
    edit: Callable[["Document", str], None]
    rule: str = ""
    needs: Question | None = None
    is_certain: bool = True
    instead_of: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.element_id or 'file'}"

    @property
    def is_mechanical(self) -> bool:
        return self.is_certain and bool(self.rule) and self.needs is None


@dataclass(frozen=True)
class Pool:
    """A participant of a collaboration; process_id is None for one that is drawn closed."""

    id: str
    name: str
    process_id: str | None


@dataclass(frozen=True)
class Outline:
    """A process of the file. elements: how many nodes it has, those of its sub-processes included."""

    id: str
    name: str
    is_executable: bool
    elements: int


@dataclass(frozen=True)
class Reported:
    """A finding with the ids of the repairs that answer it."""

    finding: Finding
    repairs: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """Everything about a file. Of one that cannot be read there is nothing but the findings.

    made_with: the tool that wrote the file, as it says; "" when it does not.
    """

    is_readable: bool
    has_drawing: bool
    made_with: str
    processes: tuple[Outline, ...]
    pools: tuple[Pool, ...]
    findings: tuple[Reported, ...]
    repairs: tuple[Repair, ...]

    @property
    def errors(self) -> int:
        """How many findings stand against publication."""
        return sum(one.finding.severity == "error" for one in self.findings)
