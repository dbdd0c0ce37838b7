"""Forms of tasks: authored in form-js, drawn by the server, checked by the server.

One reading of the JSON serves the HTML page and the API, so what a page does not ask no program can smuggle in.
"""

from tasks.forms.check import check_form
from tasks.forms.compile import AnswersInvalid, validate
from tasks.forms.components import FormBroken
from tasks.forms.decode import RESERVED, Posted, from_urlencoded
from tasks.forms.view import FieldView, OptionView, fields_for_render, outcome_field, summary, texts

__all__ = [
    "RESERVED",
    "AnswersInvalid",
    "FieldView",
    "FormBroken",
    "OptionView",
    "Posted",
    "check_form",
    "fields_for_render",
    "from_urlencoded",
    "outcome_field",
    "summary",
    "texts",
    "validate",
]
