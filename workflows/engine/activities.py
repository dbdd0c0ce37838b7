"""Task specifications of ours: services are parked, decisions asked of the host, values replaced whole."""

from collections.abc import Mapping
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import EventBasedGateway, ExclusiveGateway, InclusiveGateway
from SpiffWorkflow.operators import Operator
from SpiffWorkflow.spiff.specs.defaults import (
    CallActivity,
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
    StandardLoopTask,
    SubWorkflowTask,
    TransactionSubprocess,
)
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask
from SpiffWorkflow.util.task import TaskState

from workflows.engine import data_objects, joins, merging, tree
from workflows.engine.definitions import engine
from workflows.engine.faults import EngineFault

MAX_ITEMS = 200
"""Instances of a multi-instance activity, unless its property `maxItems` says otherwise."""
MAX_ITERATIONS = 100
"""Rounds of a standard loop without `loopMaximum`."""


class Condition(Operator):
    """The condition of a sequence flow."""

    def _matches(self, task: Any) -> bool:
        return bool(engine(task).condition(task, self.args[0]))


class Exclusive(ExclusiveGateway):
    """An exclusive gateway: conditions in document order of its outgoing flows."""

    def connect_outgoing_if(self, condition: str | None, task_spec: Any) -> None:
        self.connect_if(Condition(condition), task_spec)


class Inclusive(InclusiveGateway):
    """An inclusive gateway."""

    def connect_outgoing_if(self, condition: str | None, task_spec: Any) -> None:
        self.connect_if(Condition(condition), task_spec)

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        return joins.none_to_come(self, my_task)


class EventGateway(EventBasedGateway):
    """An event-based gateway: the first event wins, with its own payload."""

    def _run_hook(self, my_task: Any) -> bool:
        winner = my_task.internal_data["winner"]
        definition, branch = self.event_definition.branches(my_task)[winner]
        definition.update_task_data(branch)
        my_task._sync_children([self.outputs[winner]], TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        self.event_definition.reset(my_task)
        return True


class Service(SpiffBpmnTask):
    """A service task: the request is parked with evaluated parameters, the answer comes in a later verb."""

    def _run_hook(self, my_task: Any) -> None:
        operator = self.element.operator
        if operator is None:
            raise EngineFault("service-no-operator", "The service task names no operator. Choose one in the model.")
        parameters = {one.id: engine(my_task).evaluate(my_task, one.value) for one in operator.parameters}
        my_task.internal_data["request"] = parameters


class BusinessRule(SpiffBpmnTask):
    """A business rule task: the host's decision, assigned whole to the result variable."""

    def _run_hook(self, my_task: Any) -> bool:
        decision_id = self.element.extensions.get("calledDecisionId") or self.element.properties.get("calledDecisionId")
        variable = self.element.extensions.get("resultVariable") or self.element.properties.get("resultVariable")
        if not decision_id or not variable:
            raise EngineFault("decision", "The task needs calledDecisionId and resultVariable. Complete the model.")
        clock = engine(my_task)
        clock.assign(my_task, variable, clock.decide(my_task, decision_id))
        return True


class _Nested:
    """What sub-processes and called processes share."""

    def start_workflow(self, my_task: Any) -> None:
        """A scope that could not begin does not go on by itself; the activity is tried again."""
        try:
            super().start_workflow(my_task)  # type: ignore[misc]
        except Exception:
            tree.abandon(my_task)
            raise

    def _on_subworkflow_completed(self, subworkflow: Any, my_task: Any) -> None:
        """The scope ended. A fault while its results are taken over stops the activity, not the scope."""
        if not my_task.has_state(TaskState.STARTED):
            return
        try:
            self.update_data(my_task, subworkflow)
            my_task._set_state(TaskState.READY)
        except Exception as error:
            engine(my_task).stop(my_task, error)

    def update_data(self, my_task: Any, subworkflow: Any) -> None:
        raise NotImplementedError


class _Embedded(_Nested):
    """Sub-processes get the values, never a share in the containers."""

    element: Any

    def copy_data(self, my_task: Any, subworkflow: Any) -> None:
        if self.element.event_subprocess:
            subworkflow.task_tree.data = tree.variables(my_task.workflow)
        else:
            subworkflow.task_tree.data = dict(my_task.data)

    def update_data(self, my_task: Any, subworkflow: Any) -> None:
        """A handler beside the flow gives back what it changed, nothing it merely saw; one that took over, all."""
        after = subworkflow.last_task.data
        interrupted = my_task.workflow.task_tree.internal_data.get("interrupted") == self.name  # type: ignore[attr-defined]
        if not self.element.event_subprocess or interrupted:
            my_task.data = dict(after)
            return
        before = subworkflow.task_tree.data
        changed = {
            name: merging.rebased(my_task.data.get(name), before.get(name), value)
            for name, value in after.items()
            if merging.is_changed(before, name, value)
        }
        my_task.data = {**my_task.data, **changed}


class SubProcess(_Embedded, SubWorkflowTask):
    """An embedded sub-process."""


class Transaction(_Embedded, TransactionSubprocess):
    """A transaction."""


class Call(_Nested, CallActivity):
    """A call activity: what the called process declares goes in and comes out, nothing else when it declares any.

    An association with an assignment says where an input comes from and where an output goes; without one they go by
    their names (BPMN 2.0.2, 10.4.2).
    """

    element: Any

    def copy_data(self, my_task: Any, subworkflow: Any) -> None:
        specification = subworkflow.spec.io_specification
        mapped = {one.target: one.source for one in self.element.inputs}
        if specification is None:
            subworkflow.task_tree.data = dict(my_task.data)
            names = list(mapped)
        else:
            names = [one.bpmn_id for one in specification.data_inputs]
        for name in names:
            value = self._input(my_task, name, mapped.get(name))
            engine(my_task).assign(subworkflow.task_tree, name, value)

    def _input(self, my_task: Any, name: str, source: str | None) -> Any:
        if source is not None:
            return engine(my_task).evaluate(my_task, source)
        known = {**data_objects.visible(my_task.workflow), **my_task.data}
        if name not in known:
            text = f"The called process needs {name}, which has no value here. Set it before this element, or map it."
            raise EngineFault("data", text)
        return known[name]

    def update_data(self, my_task: Any, subworkflow: Any) -> None:
        specification, results = subworkflow.spec.io_specification, subworkflow.last_task.data
        if specification is not None:
            declared = [one.bpmn_id for one in specification.data_outputs]
            for name in declared:
                if name not in results:
                    raise EngineFault("data", f"The called process gives no {name}. Set it before its end event.")
            results = {name: results[name] for name in declared}
        if not self.element.outputs:
            my_task.data = {**my_task.data, **results} if specification is not None else dict(results)
            return
        given = SimpleNamespace(data=results, workflow=subworkflow, task_spec=self)
        values = {one.target: engine(my_task).evaluate(given, one.source) for one in self.element.outputs}
        for name, value in values.items():
            engine(my_task).assign(my_task, name, value)


class Loop(StandardLoopTask):
    """A standard loop: repeats while its condition holds, at most `loopMaximum` times."""

    def loop_complete(self, my_task: Any) -> bool:
        done = len(self._merged_children(my_task))
        if done >= (self.maximum if self.maximum is not None else MAX_ITERATIONS):
            return True
        return self.condition is not None and not engine(my_task).condition(my_task, self.condition)


class _Many:
    """What both kinds of multi-instance share: inputs as lists, fresh outputs, caps, whole values."""

    def collection(self, my_task: Any) -> Any:
        value = self.data_input.get(my_task)  # type: ignore[attr-defined]
        if value is None:
            name = self.data_input.bpmn_id  # type: ignore[attr-defined]
            raise EngineFault("data", f"The collection {name} is empty of a value. Set it before this element.")
        return value if isinstance(value, list | Mapping) else [value]

    def count(self, my_task: Any) -> int:
        value = engine(my_task).required(my_task, self.cardinality)  # type: ignore[attr-defined]
        if not isinstance(value, Decimal) or value != value.to_integral_value() or value < 0:
            raise EngineFault("expression", "The number of instances is no whole number. Correct the cardinality.")
        return self.capped(int(value))

    def capped(self, number: int) -> int:
        element = self.element  # type: ignore[attr-defined]
        limit = int(element.properties.get("maxItems", MAX_ITEMS))
        if number > limit:
            raise EngineFault("too-many-items", f"{number} instances are more than the limit of {limit}.")
        return number

    def begin_output(self, my_task: Any, collection: Any = None) -> None:
        """Start with an empty result each time the element is entered."""
        output = self.data_output  # type: ignore[attr-defined]
        if output is not None:
            empty: Any = {} if isinstance(collection, Mapping) else []
            engine(my_task).assign(my_task, output.bpmn_id, empty)

    def collect(self, my_task: Any, child: Any) -> None:
        """Take a finished instance's result, by replacing the collection."""
        output, item = self.data_output, self.output_item  # type: ignore[attr-defined]
        if output is None or item is None:
            my_task.data.update({key: value for key, value in child.data.items() if key != self.input_name()})
        else:
            self.add_result(my_task, child, child.data.get(item.bpmn_id))
        my_task.internal_data["merged"].append(child.internal_data.get("key_or_index"))

    def add_result(self, my_task: Any, child: Any, value: Any) -> None:
        name = self.data_output.bpmn_id  # type: ignore[attr-defined]
        key = child.internal_data.get("key_or_index")
        results = my_task.data[name]
        my_task.data[name] = {**results, key: value} if isinstance(results, Mapping) else [*results, value]

    def input_name(self) -> str | None:
        item = self.input_item  # type: ignore[attr-defined]
        return item.bpmn_id if item is not None else None

    def begin_child(self, my_task: Any, item: Any, key: Any) -> None:
        spec = my_task.workflow.spec.task_specs[self.task_spec]  # type: ignore[attr-defined]
        child = my_task._add_child(spec, TaskState.WAITING)
        child.triggered = True
        child.internal_data["key_or_index"] = key
        if self.input_name() is not None:
            engine(my_task).assign(child, self.input_name(), item)
        spec._update(child)

    def condition_met(self, child: Any) -> bool:
        condition = self.condition  # type: ignore[attr-defined]
        return condition is not None and engine(child).condition(child, condition)

    def pairs(self, my_task: Any) -> list[tuple[Any, Any]]:
        """Key (or index) and item of every instance."""
        if self.data_input is None:  # type: ignore[attr-defined]
            return [(index, Decimal(index)) for index in range(self.count(my_task))]
        collection = self.collection(my_task)
        self.capped(len(collection))
        return list(collection.items() if isinstance(collection, Mapping) else enumerate(collection))


class Parallel(_Many, ParallelMultiInstanceTask):
    """All instances at once."""

    def children_complete(self, my_task: Any) -> bool:
        """Stops at the first open one: finished ones are dropped, so there is no need to look at all of them."""
        tasks = (my_task.workflow.tasks[child] for child in my_task._children)
        return all(task._state == TaskState.COMPLETED for task in tasks if task.task_spec.is_child)

    def create_children(self, my_task: Any) -> None:
        pairs = self.pairs(my_task)
        self.begin_output(my_task, self.collection(my_task) if self.data_input is not None else None)
        for key, item in pairs:
            self.begin_child(my_task, item, key)

    def merge_child(self, workflow: Any, child: Any) -> None:
        container = child.parent
        self.collect(container, child)
        if self.condition_met(child):
            for one in self._instances(container):
                if one is not child:
                    one.cancel()
            container._set_state(TaskState.READY)
        elif self.children_complete(container):
            container._set_state(TaskState.READY)


class Sequential(_Many, SequentialMultiInstanceTask):
    """One instance after the other."""

    def _update_hook(self, my_task: Any) -> bool | None:
        SpiffBpmnTask._update_hook(self, my_task)
        pairs = self.pairs(my_task)
        my_task.internal_data["merged"] = []
        my_task.internal_data["remaining"] = [[key, item] for key, item in pairs]
        self.begin_output(my_task, self.collection(my_task) if self.data_input is not None else None)
        if not pairs:
            return True
        my_task._set_state(TaskState.STARTED)
        self.next_child(my_task)
        return None

    def next_child(self, my_task: Any) -> None:
        (key, item), *rest = my_task.internal_data["remaining"]
        my_task.internal_data["remaining"] = rest
        self.begin_child(my_task, item, key)

    def children_complete(self, my_task: Any) -> bool:
        return not my_task.internal_data["remaining"]

    def merge_child(self, workflow: Any, child: Any) -> None:
        container = child.parent
        self.collect(container, child)
        if self.children_complete(container) or self.condition_met(child):
            container._set_state(TaskState.READY)
        else:
            self.next_child(container)
