"""Adding evidence to a case and taking it out again, as the documents panel offers it."""

from typing import Any

from flask import url_for

from mso.access import Viewer
from mso.cases import OPEN, Case
from mso.denials.evidence import CONTENTS, EVIDENCE, LARGEST, REASONS
from mso.documents import Document


def adding(case: Case, viewer: Viewer, back: str) -> dict[str, Any] | None:
    """The form that adds a file, with its choices; None where nothing can be added. back: the page it stands on."""
    if case.status != OPEN or case.process_key != "denial_appeal" or not viewer.may("task:work"):
        return None
    return {
        "action": url_for("evidence.attach", case_id=case.id),
        "next": back,
        "accept": ".pdf,.png,.jpg,.jpeg",
        "limits": f"PDF, JPEG or PNG, at most {LARGEST // 2**20} MB. It becomes part of the packet.",
        "contents": list(CONTENTS.items()),
        "reasons": list(REASONS.items()),
    }


def withdrawal(case: Case, document: Document) -> str | None:
    """Where a document is withdrawn; None for those that the process wrote."""
    if document.kind != EVIDENCE:
        return None
    return url_for("evidence.withdraw", case_id=case.id, document_id=document.id)
