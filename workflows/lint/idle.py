"""Which processes of a file are never run? Beside an executable one they are drawings of what others do."""

from workflows.lint.context import LintContext
from workflows.model import Model
from workflows.model.names import bpmn


def idle_ids(model: Model, context: LintContext) -> frozenset[str]:
    """Ids of everything in processes that are neither executable nor called by any file that is known.

    Without an executable process nothing is idle: it is not said yet which one is to run.
    """
    executable = {one.id for one in model.processes.values() if one.is_executable}
    models = {id(one): one for one in (model, *context.called.values())}.values()
    called = {element.called_element for one in models for element in one.elements.values() if element.called_element}
    idle = set(model.processes) - executable - called
    if not executable or not idle:
        return frozenset()
    drawn = {node.get("id") for process in model.root.findall(bpmn("process")) for node in process.iter()
             if process.get("id") in idle}  # fmt: skip
    read = {one.id for one in model.elements.values() if one.process_id in idle}
    running = {one.id for one in model.elements.values() if one.process_id not in idle}
    return frozenset(one for one in (drawn | read | idle) - running if one)
