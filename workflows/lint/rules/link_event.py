"""A throwing link event goes on at the one catching event of its name in the same scope."""

from collections.abc import Iterator

from workflows.findings import Finding
from workflows.lint.context import LintContext
from workflows.lint.report import error
from workflows.model import Element, Model

RULE = "link-event"


def check(model: Model, context: LintContext) -> Iterator[Finding]:
    for element in model.elements.values():
        trigger = element.trigger("link")
        if trigger is None:
            continue
        if not trigger.name:
            yield error(RULE, element.id, "The link has no name. Give both of its ends the same name.")
        elif element.kind == "intermediateThrowEvent":
            yield from _throw(model, element, trigger.name)
        elif element.kind == "intermediateCatchEvent":
            yield from _catch(model, element, trigger.name)


def _throw(model: Model, element: Element, name: str) -> Iterator[Finding]:
    if model.link_target(element) is None:
        message = f"No catching link {name} stands in the same scope. Add one, or draw a sequence flow."
        yield error(RULE, element.id, message)
    if element.outgoing:
        yield error(RULE, element.id, "A throwing link leads to its catching event only. Remove its outgoing flow.")


def _catch(model: Model, element: Element, name: str) -> Iterator[Finding]:
    ends = model.links(element)
    catches = [one for one in ends if one.kind == "intermediateCatchEvent"]
    if catches[0].id != element.id:
        message = f"The link {name} is caught by {catches[0].id} already. Keep one catching event for each name."
        yield error(RULE, element.id, message)
    if len(ends) == len(catches):
        yield error(
            RULE, element.id, f"Nothing in the same scope throws the link {name}. Add it, or use a sequence flow."
        )
    if element.incoming:
        yield error(RULE, element.id, "A catching link is reached by its link only. Remove its incoming flow.")
