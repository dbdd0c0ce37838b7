"""How long a message is kept is a duration; anything else would be the default, in silence."""

from collections.abc import Iterator

from workflows.engine.timers import parse_duration
from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Model
from workflows.model.names import bpmn
from workflows.model.parts import read_properties

RULE = "message-ttl"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for node in model.root.findall(bpmn("message")):
        for name, value in read_properties(node).items():
            if name != "ttl":
                yield error(RULE, node.get("id"), f"The property {name} of a message is unknown. Remove it.")
            elif parse_duration(value) is None:
                text = f"The time to live {value!r} is no duration. Write for example P10D or 5 business days."
                yield error(RULE, node.get("id"), text)
