"""SpiffArena shares our namespace and uses other names in it for forms and instructions."""

from collections.abc import Iterator
from typing import Any

from workflows.model.names import bpmn, spiff
from workflows.model.parts import read_properties, text_of
from workflows.repair.document import Document, local
from workflows.repair.edits import our_property, set_property
from workflows.repair.kinds.camunda import form_key
from workflows.repair.kinds.vendor_mapping import Taken, offer
from workflows.repair.offers import Offer
from workflows.repair.situation import Situation

_SCHEMA, _LOOK, _TOLD = "formJsonSchemaFilename", "formUiSchemaFilename", "instructionsForEndUser"
_ENDINGS = ("-schema.json", "_schema.json", ".json")


def find(situation: Situation) -> Iterator[Offer]:
    for node in situation.document.of("userTask", "manualTask"):
        yield from offer(situation, node, "SpiffArena", [*_of_form(node), *_of_words(node)])


def taken_over(node: Any) -> list[Any]:
    """What of the task's extensions would be taken over, as XML."""
    form = (our_property(node, _SCHEMA), our_property(node, _LOOK)) if [*_of_form(node)] else ()
    told = (node.find(f"{bpmn('extensionElements')}/{spiff(_TOLD)}"),) if [*_of_words(node)] else ()
    return [one for one in (*form, *told) if one is not None]


def _of_form(node: Any) -> Iterator[Taken]:
    schema = our_property(node, _SCHEMA)
    if schema is None or local(node) != "userTask":
        return
    name = schema.get("value") or ""
    key = form_key(next((name.removesuffix(one) for one in _ENDINGS if name.endswith(one)), name))
    if key and "formKey" not in read_properties(node):

        def edit(document: Document) -> None:
            set_property(document, node, "formKey", key)
            for old in (our_property(node, _SCHEMA), our_property(node, _LOOK)):
                if old is not None:
                    document.remove(old)

        yield Taken(_SCHEMA, "formKey", key, edit)


def _of_words(node: Any) -> Iterator[Taken]:
    told = node.find(f"{bpmn('extensionElements')}/{spiff(_TOLD)}")
    text = text_of(told)
    if text and "instructions" not in read_properties(node) and "{{" not in text and "{%" not in text:

        def edit(document: Document) -> None:
            set_property(document, node, "instructions", text)
            document.remove(told)

        yield Taken(_TOLD, "instructions", "", edit)
