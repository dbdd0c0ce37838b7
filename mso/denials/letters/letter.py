"""What an appeal letter says. Clinical paragraphs are the clinician's own words and are never edited here.

The MSO's staff write the opening and the request; a physician writes what is clinical. An administrative letter has no
clinical paragraph at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from store.errors import Invalid

HEADINGS = (
    ("criterion_cited", "Criterion applied by the payer"),
    ("clinical_facts", "Facts of the medical record"),
    ("rationale", "Clinical rationale"),
)
"""Answers of the clinical review that stand in the letter, in this order, each under its heading."""


class ClinicalTextMissing(Invalid):
    """A clinical appeal without a clinician's text."""

    code = "letter.clinical_text_missing"
    message = "There is no clinical text to appeal with. The physician's review has to come first."


@dataclass(frozen=True)
class Party:
    """Sender or addressee."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Subject:
    """What the letter is about: label and value, in order (patient, member id, claim, date of service, denial)."""

    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Letter:
    """One letter. clinical: (heading, text) pairs, locked; empty in an administrative letter."""

    sender: Party
    addressee: Party
    subject: Subject
    written_on: date
    opening: str
    clinical: tuple[tuple[str, str], ...]
    request: str
    argument: str = ""

    @property
    def text(self) -> str:
        """The letter as plain text, for the screen."""
        parts = [self.opening]
        parts += [f"**{heading}**\n\n{text}" for heading, text in self.clinical]
        parts += [part for part in (self.argument, self.request) if part]
        return "\n\n".join(parts)


def draft(
    review: Mapping[str, Any] | None, subject: Subject, level: int
) -> tuple[str, tuple[tuple[str, str], ...], str]:
    """Opening, locked clinical paragraphs and request of a first draft. Raises ClinicalTextMissing."""
    clinical = tuple((heading, str(review[key])) for key, heading in HEADINGS if review and review.get(key))
    if not any(heading == "Clinical rationale" for heading, _ in clinical):
        raise ClinicalTextMissing()
    facts = dict(subject.lines)
    opening = (
        f"We appeal your denial of the claim named above (level {level}). "
        f"You denied it with {facts.get('Denial', 'the reason named above')}. "
        "We ask you to review it on the facts that follow."
    )
    request = (
        "We ask you to overturn the denial and to pay the claim. "
        "If you uphold it, please name the criterion, the facts it was applied to, and the credentials, specialty and "
        "license state of the physician who reviewed this appeal."
    )
    return opening, clinical, request
