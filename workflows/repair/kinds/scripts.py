"""Scripts that only assign variables become FEEL assignments."""

from collections.abc import Iterator
from typing import Any

from workflows.model.names import bpmn
from workflows.model.parts import text_of
from workflows.repair.document import Document, make
from workflows.repair.edits import called
from workflows.repair.foreign import in_feel, script_in_feel
from workflows.repair.offers import Offer
from workflows.repair.situation import Situation

ZEEBE = "http://camunda.org/schema/zeebe/1.0"
_RESULT = ("{http://camunda.org/schema/1.0/bpmn}resultVariable", "{http://flowable.org/bpmn}resultVariable",
           "{http://activiti.org/bpmn}resultVariable")  # fmt: skip
_FEEL = ("feel", "text/feel")


def find(situation: Situation) -> Iterator[Offer]:
    for node in situation.document.of("scriptTask"):
        text = text_of(node.find(bpmn("script")))
        feel = _of_zeebe(node) if text is None else _of_text(node, text)
        rule = situation.rule(node, "script-not-feel")
        if feel is not None and rule:
            yield Offer(
                "script",
                node.get("id"),
                f"Write the script of {called(node)} in FEEL",
                "It only assigns variables, which FEEL says with the same words.",
                lambda doc, _, node=node, feel=feel: _write(doc, node, feel),  # type: ignore[misc]
                rule=rule,
            )


def _of_text(node: Any, text: str) -> str | None:
    language = node.get("scriptFormat") or ""
    result = next((node.get(name) for name in _RESULT if node.get(name)), None)
    if result and result.isidentifier() and "\n" not in text and "=" not in text.replace("==", ""):
        value = in_feel(text.removesuffix(";"), language, loose=False)
        return f"{result} = {value}" if value is not None else None
    return script_in_feel(text, language)


def _of_zeebe(node: Any) -> str | None:
    """Camunda 8 writes one FEEL expression and the variable for its value."""
    script = node.find(f"{bpmn('extensionElements')}/{{{ZEEBE}}}script")
    if script is None or not (script.get("resultVariable") or "").isidentifier():
        return None
    value = in_feel(script.get("expression") or "", "feel")
    return f"{script.get('resultVariable')} = {value}" if value is not None else None


def _write(document: Document, node: Any, feel: str) -> None:
    document.assign(node, "scriptFormat", "FEEL")
    script = node.find(bpmn("script"))
    if script is None:
        document.append(node, make("script", feel))
    else:
        document.write(script, feel)
