"""An instance goes on in another version of its model.

Every token stays where it is when its element is still there and does the same kind of work; a token whose element is
gone or became something else needs a new place, which an operator names. Passed steps that the model has no longer are
forgotten by the tree; the history of the instance keeps them. Due times, keys and finished tasks stay what they were;
boundary events and event sub-processes that are new begin to listen now. Decisions are kept. The result must load again
from its own state and be the same, else nothing is done.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflows.engine import compact, resettling
from workflows.engine.comparing import compare
from workflows.engine.environment import Host
from workflows.engine.faults import NotMigrated, StateUnreadable
from workflows.engine.run import run_to_rest
from workflows.engine.specs import CompiledProcess
from workflows.engine.step import Execution, engine_for


def migrate(
    source: Execution, new: CompiledProcess, mapping: Mapping[str, str], *, host: Host, now: datetime
) -> Execution:
    """The instance in the new version; `source` itself stays what it was.

    mapping: element id of a token to the id of the element it goes on at. Raises NotMigrated (its `elements` say which
    tokens need a place).
    """
    old = source.process
    if source.status in ("completed", "cancelled"):
        raise NotMigrated("it has ended. An ended instance keeps its version.")
    if old.process_id != new.process_id:
        raise NotMigrated(f"it belongs to {old.process_id}. Choose a version of that process, not of {new.process_id}.")
    source = Execution.load(old, source.dump(), host=host, now=now)
    instance, engine = source._instance, engine_for(new, host, now)
    compact.recall(instance)
    engine.decisions, engine.end_events = dict(source.decisions), list(source.end_events)
    engine.passes = {one: count for one, count in source._engine.passes.items() if one in new.elements}
    instance.engine = engine
    resettling.resettle(instance, new.spec, new.parts, mapping)
    result = Execution(new, engine, instance)
    engine.carry()
    run_to_rest(instance)
    _require_same(result, host, now)
    return result


def _require_same(result: Execution, host: Host, now: datetime) -> None:
    """What cannot be stored and read again must not be kept."""
    try:
        again = Execution.load(result.process, result.dump(), host=host, now=now)
    except StateUnreadable as error:
        raise NotMigrated("its new state cannot be read again. Choose other places for its tokens.") from error
    if _picture(again) != _picture(result) or again.dump() != result.dump():
        raise NotMigrated("its new state does not read as it was written. Choose other places for its tokens.")


def _picture(execution: Execution) -> Any:
    return execution.waiting(), execution.status, execution.variables, execution.decisions, execution.end_events


__all__ = ["compare", "migrate"]
