"""The outcome of a decision as a field, and the summary of errors above a form."""

from collections.abc import Mapping, Sequence
from typing import Any

from tasks.forms import FieldView, OptionView
from webapp.frame import words


def outcome_field(outcomes: Sequence[Any], chosen: str | None, errors: Sequence[str]) -> FieldView:
    """The declared outcomes as radio buttons; none is preselected."""
    options = tuple(
        OptionView(str(one), words(str(one)).capitalize(), f"f-outcome-{place}", str(one) == chosen)
        for place, one in enumerate(outcomes)
    )
    return FieldView(
        "radio", "outcome", "f-outcome", "Outcome", is_required=True, options=options, errors=tuple(errors)
    )


def summary(fields: Sequence[FieldView], errors: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Links to the fields in error, in the order of the form; errors of no field at the end."""
    known = {one.name: one.id for one in fields}
    ordered = sorted(errors.items(), key=lambda pair: list(known).index(pair[0]) if pair[0] in known else len(known))
    return [{"href": f"#{known.get(key, 'task-form')}", "text": text} for key, texts in ordered for text in texts]
