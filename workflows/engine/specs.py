"""Compiled processes: parsed once per content, shared by all instances.

The specifications are never changed after compiling, so instances in several threads may share them.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.spiff.parser import VALIDATOR

from workflows.engine.guard import guard_of
from workflows.engine.parse import Parser
from workflows.findings import Finding
from workflows.model import Element, Model, ModelRefused, Timer, read
from workflows.model.names import ACTIVITIES
from workflows.model.xml import parse as parse_xml

MAX_COMPILED = 512
MAX_PASSES = 100
"""Rounds of a loop through a gateway, unless its property `maxIterations` says otherwise."""
_ARRIVAL = ACTIVITIES | {"intermediateCatchEvent"}
_SCHEMA = re.compile(r"Element '(?:\{[^}]*\})?([\w.-]+)'")
_compiled: "OrderedDict[str, CompiledProcess]" = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class StartTrigger:
    """A start event of the process.

    kind: "none", or that of its trigger: "message", "signal" or "timer". name: of the message or signal. timer: when a
    timer begins an instance; its expression sees no process data.
    """

    element_id: str
    kind: str
    name: str | None = None
    timer: Timer | None = None


@dataclass(frozen=True)
class CompiledProcess:
    """A process with everything it calls, ready to run.

    digest:      SHA-256 over the content of all sources and the process id; diagram interchange does not count.
    elements:    by id; a called process's element whose id clashes is listed as "process:id".
    process_ids: the process and all it calls, sub-processes not included.
    """

    process_id: str
    name: str
    digest: str
    elements: Mapping[str, Element]
    process_ids: tuple[str, ...]
    models: tuple[Model, ...] = field(repr=False)
    spec: Any = field(repr=False, compare=False)
    parts: Mapping[str, Any] = field(repr=False, compare=False)

    @property
    def starts(self) -> tuple["StartTrigger", ...]:
        """How the process can begin, in the order of the file."""
        starts = self.model_of(self.process_id).children(None, self.process_id)
        return tuple(_start_trigger(one) for one in starts if one.kind == "startEvent")

    def model_of(self, process_id: str) -> Model:
        """The file that defines a process."""
        return next(model for model in self.models if process_id in model.processes)


def _start_trigger(element: Element) -> StartTrigger:
    trigger = element.triggers[0] if element.triggers else None
    if trigger is None:
        return StartTrigger(element.id, "none")
    return StartTrigger(element.id, trigger.kind, trigger.name or trigger.ref, trigger.timer)


def compile_process(sources: Mapping[str, bytes], process_id: str) -> CompiledProcess:
    """Compile a process from its files (name to BPMN XML); cached by content.

    Raises ModelRefused with findings when a file cannot be read safely or the engine cannot run it.
    """
    exact = _exact_key(sources, process_id)
    with _lock:
        known = _compiled.get(exact)
        if known is not None:
            _compiled.move_to_end(exact)
            return known
    compiled = _compile(sources, process_id)
    with _lock:
        winner = _compiled.setdefault(exact, compiled)
        while len(_compiled) > MAX_COMPILED:
            _compiled.popitem(last=False)
    return winner


def _exact_key(sources: Mapping[str, bytes], process_id: str) -> str:
    whole = hashlib.sha256(process_id.encode())
    for name in sorted(sources):
        whole.update(b"\0" + name.encode() + b"\0" + hashlib.sha256(sources[name]).digest())
    return whole.hexdigest()


def _compile(sources: Mapping[str, bytes], process_id: str) -> CompiledProcess:
    models = tuple(read(sources[name]) for name in sorted(sources))
    _refuse_double(models)
    spec, parts = _parse(sources, process_id)
    used = {process_id: spec, **parts}
    elements = _name_elements(models, process_id, used)
    collected = frozenset(one.loop.output_ref for one in elements.values() if one.loop and one.loop.output_ref)
    for scope in used.values():
        scope.collected = collected
        scope.is_called = any(scope.name in model.processes for model in models)
        _equip(scope, elements)
    digest = hashlib.sha256("\0".join([process_id, *sorted(model.digest for model in models)]).encode()).hexdigest()
    process = next(model.processes[process_id] for model in models if process_id in model.processes)
    return CompiledProcess(
        process_id=process_id,
        name=process.name or process_id,
        digest=digest,
        elements={element.id: element for element in elements.values()},
        process_ids=tuple(one for one in used if any(one in model.processes for model in models)),
        models=models,
        spec=spec,
        parts=parts,
    )


def _refuse_double(models: tuple[Model, ...]) -> None:
    seen: set[str] = set()
    for model in models:
        for process_id in model.processes:
            if process_id in seen:
                message = f"The process {process_id} is defined twice. Keep one of the two files."
                raise ModelRefused([Finding("duplicate-process", "error", process_id, message)])
            seen.add(process_id)


def _parse(sources: Mapping[str, bytes], process_id: str) -> tuple[Any, dict[str, Any]]:
    parser = Parser(validator=VALIDATOR)
    try:
        for name in sorted(sources):
            parser.add_bpmn_xml(parse_xml(sources[name]), filename=name)
        if process_id not in parser.process_parsers:
            message = f"The files contain no process {process_id}. Add the file that defines it."
            raise ModelRefused([Finding("process-missing", "error", process_id, message)])
        return parser.get_spec(process_id), parser.get_subprocess_specs(process_id)
    except ValidationException as error:
        raise ModelRefused([_finding(error)]) from error
    except (SpiffWorkflowException, AssertionError, AttributeError, KeyError, TypeError, ValueError) as error:
        text = f"The engine cannot read this model ({type(error).__name__}). Run the checks and repair what they list."
        raise ModelRefused([Finding("engine-refused", "error", None, text)]) from error


def _finding(error: ValidationException) -> Finding:
    """The library's refusal in our words; the element id stays. Its own text names tags of a schema, or its insides."""
    element_id, text = str(error.id) if error.id else None, str(error).split("\n")[0]
    if "not executable" in text:
        return Finding(
            "not-executable", "error", element_id, "The process is not executable. Set isExecutable to true."
        )
    found = _SCHEMA.match(text)
    if found is not None:
        where = f" at line {error.line_number}" if error.line_number else ""
        message = f"The file does not follow the BPMN 2.0 schema{where}: {found[1]} stands where it may not, or lacks "
        return Finding(
            "schema-invalid", "error", element_id, message + "something. Export the file again, or correct it."
        )
    where = f"the element {element_id}" if element_id else "this model"
    message = f"The engine cannot read {where}. Run the checks and repair what they list."
    return Finding("engine-refused", "error", element_id, message)


def _name_elements(
    models: tuple[Model, ...], process_id: str, used: Mapping[str, Any]
) -> dict[tuple[str, str], Element]:
    """(scope, BPMN id) to element with an id that is unique in the compiled whole. The main process keeps its ids."""
    taken: set[str] = set()
    named: dict[tuple[str, str], Element] = {}
    ordered = sorted(models, key=lambda model: process_id not in model.processes)
    for model in ordered:
        for element in sorted(model.elements.values(), key=lambda one: one.process_id != process_id):
            scope = element.parent_id or element.process_id
            if scope not in used:
                continue
            unique = element.id if element.id not in taken else f"{element.process_id}:{element.id}"
            taken.add(unique)
            named[scope, element.id] = replace(element, id=unique) if unique != element.id else element
    return named


def _equip(scope: Any, elements: Mapping[tuple[str, str], Element]) -> None:
    """Give each task specification its element, its guard and what it invalidates."""
    containers = {spec.task_spec: spec for spec in scope.task_specs.values() if isinstance(spec, LoopTask)}
    for spec in list(scope.task_specs.values()):
        element = elements.get((scope.name, spec.bpmn_id)) if getattr(spec, "bpmn_id", None) else None
        spec.is_child = spec.name in containers
        spec.element = element
        spec.visible = element is not None and not isinstance(spec, LoopTask)
        spec.guard = guard_of(element) if element is not None else None
        spec.guarded_on_arrival = element is not None and element.kind in _ARRIVAL
        spec.invalidates = element.names("invalidates") if spec.visible and element is not None else ()
        spec.max_passes = _max_passes(spec, element)
        if spec.is_child:
            spec.completed_event.connect(containers[spec.name].merge_child)


def _max_passes(spec: Any, element: Element | None) -> int | None:
    """How often a gateway that closes a loop may be passed; None for a gateway outside loops."""
    if element is None or element.kind not in ("exclusiveGateway", "inclusiveGateway") or len(spec.outputs) < 2:
        return None
    seen: set[str] = set()
    stack = list(spec.outputs)
    while stack:
        one = stack.pop()
        if one is spec:
            limit = element.properties.get("maxIterations", "")
            return int(limit) if limit.isdigit() else MAX_PASSES
        if one.name not in seen:
            seen.add(one.name)
            stack.extend(one.outputs)
    return None
