"""Unknown extension names and values would be accepted silently and do nothing."""

import re
from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.lint.vocabulary import ELEMENTS, HUMAN, PROPERTIES, VALUES
from workflows.model import Element, Model

RULE = "unknown-extension"


_OURS = "http://spiffworkflow.org/bpmn/schema/1.0/core"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for node in model.root.iter(f"{{{_OURS}}}*"):
        name = node.tag.rpartition("}")[2]
        if name not in ELEMENTS:
            holder = next((one.get("id") for one in node.iterancestors() if one.get("id")), None)
            yield error(RULE, holder, f"The extension {name} is unknown. Remove it or correct its name.")
    for element in model.elements.values():
        yield from _properties(element)


def _properties(element: Element) -> Iterator[Finding]:
    for name, value in element.properties.items():
        kinds = PROPERTIES.get(name)
        if kinds is None:
            yield error(RULE, element.id, f"The property {name} is unknown. Remove it or correct its name.")
        elif kinds and element.kind not in kinds:
            yield error(RULE, element.id, f"The property {name} has no meaning on a {element.kind}. Remove it.")
        elif name in VALUES and not re.fullmatch(VALUES[name], value.strip()):
            yield error(RULE, element.id, f"The value {value!r} of {name} is not valid. Correct it.")
    if element.properties.get("clinicalDecision") and element.kind not in HUMAN:
        yield error(RULE, element.id, "Only a user task can carry clinicalDecision. Move it to a user task.")
