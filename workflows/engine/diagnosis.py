"""What is an operator told when an expression or a decision gives nothing that can be used?

The facts of an incident say where to look: the expression, the part of it that failed and the names it read, or the
table, its columns and its rows. Facts and messages name names, types and rows, never a value of the case.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from workflows.decisions import DecisionConflict, DecisionError, DecisionInputInvalid, DecisionModel, DecisionResult
from workflows.decisions.model import Table
from workflows.engine.faults import EngineFault
from workflows.feel import (
    Explanation,
    Expression,
    FeelBudgetExceeded,
    FeelError,
    FeelSyntaxError,
    Problem,
    Value,
    parse,
    type_name,
)

SINGLE_HIT = frozenset({"UNIQUE", "ANY", "FIRST", "PRIORITY"})
MAX_SHOWN = 200
"""Characters of an expression in a message; the facts hold all of it."""
_RETRY = "Correct the data or the model, then retry this element."


def unusable(expression: str, reason: str, **facts: Any) -> EngineFault:
    """The "expression" fault. reason: whole sentences, without values; facts: what else is known."""
    shown = " ".join(expression.split())
    shown = shown if len(shown) <= MAX_SHOWN else f"{shown[:MAX_SHOWN]}…"
    known = {name: fact for name, fact in facts.items() if fact not in (None, "")}
    return EngineFault(
        "expression",
        f"The expression {shown} cannot be used. {reason} {_RETRY}",
        {"expression": expression, "reason": reason, **known},
    )


def refused(expression: str, error: FeelError, target: str = "") -> EngineFault:
    """The text is not FEEL, or running it went over a limit."""
    if isinstance(error, FeelSyntaxError):
        return unusable(expression, str(error), problem="syntax", position=error.position, target=target)
    budget = error.budget if isinstance(error, FeelBudgetExceeded) else None
    return unusable(expression, str(error), problem="budget", budget=budget, target=target)


def null_by_mistake(
    parsed: Expression, problems: Sequence[Problem], context: Mapping[str, Value], *, now: datetime, target: str = ""
) -> EngineFault:
    """The expression is null because something in it went wrong. target: the variable of a script that it was for."""
    first = problems[0]
    explained = _explained(parsed, context, now)
    where: dict[str, Any] = {"position": first.position, "names": sorted(parsed.names)}
    if explained is not None:
        where["names"] = sorted(explained.reads)
        step = next((one for one in explained.steps if one.problem == first), None)
        if step is not None:
            where |= {"position": step.start, "end": step.end, "part": step.text}
    part = where.get("part", "")
    reason = f"{first.message} It stands at: {part}." if part and part != parsed.text.strip() else first.message
    return unusable(parsed.text, reason, problem=first.kind, target=target, **where)


def value_of(text: str, context: Mapping[str, Value], *, now: datetime) -> Value:
    """The value of an expression outside the engine, such as a due time. Raises EngineFault as an element would.

    Null without a mistake is null.
    """
    try:
        parsed = parse(text)
        found = parsed.evaluate(context, now=now)
    except FeelError as error:
        raise refused(text, error) from error
    if found.value is None and found.problems:
        raise null_by_mistake(parsed, found.problems, context, now=now)
    return found.value


def _explained(parsed: Expression, context: Mapping[str, Value], now: datetime) -> Explanation | None:
    """Explaining costs more than evaluating, so what was just within a limit may be over it now."""
    try:
        return parsed.explain(context, now=now)
    except FeelError:
        return None


def wrong_kind(expression: str, value: Value, wanted: str) -> EngineFault:
    """The expression gives a value of another type than what it is for. wanted: e.g. "true or false"."""
    return unusable(expression, f"It gives a {type_name(value)} where {wanted} is needed.", problem="type")


def undecided(model: DecisionModel, decision_id: str, error: DecisionError | FeelError) -> EngineFault:
    """The "decision" fault of a decision that refused to answer. model: the file that holds it."""
    if isinstance(error, DecisionConflict):
        return _conflict(model, error)
    if isinstance(error, DecisionInputInvalid):
        facts = _facts(model, error.decision_id, input=error.input, reason=error.reason, cause="input")
        return EngineFault("decision", f"{error} Correct the data, or what the table allows, then retry.", facts)
    budget = error.budget if isinstance(error, FeelBudgetExceeded) else None
    facts = _facts(model, decision_id, budget=budget, cause="budget" if budget else type(error).__name__)
    return EngineFault("decision", f'The decision "{_name(model, decision_id)}" gives no result. {error}', facts)


def _conflict(model: DecisionModel, error: DecisionConflict) -> EngineFault:
    table = _table(model, error.decision_id, error.rules)
    rows = _rows(table, error.rules)
    numbers = " and ".join(str(one) for one in rows) or ", ".join(error.rules)
    message = (
        f'The table of "{_name(model, error.decision_id)}" contradicts itself: rows {numbers} match together, which '
        f"the hit policy {error.policy} does not allow. Correct the rows and publish the process."
    )
    rules = list(error.rules)
    return EngineFault(
        "decision",
        message,
        _facts(model, error.decision_id, table, rules=rules, rows=rows, policy=error.policy, cause="conflict"),
    )


def require_match(model: DecisionModel, result: DecisionResult) -> None:
    """Raises the "decision" fault when a table that gives one answer matched nothing and has no default output.

    FEEL would go on with null, as if somebody had decided so. Tables of required decisions count too.
    """
    tables = {table.id: table for table in model.tables}
    for trace in result.trace:
        table = tables[trace.table_id]
        if trace.matched or table.policy not in SINGLE_HIT or any(one.default for one in table.outputs):
            continue
        columns = [clause.name for clause in table.inputs]
        message = (
            f'No row of the table of "{_name(model, trace.decision_id)}" fits (columns: {", ".join(columns)}), and it '
            'has no default output. Add a row for this combination, or a last row with "-" in every column that says '
            "what happens then, and publish the process."
        )
        facts = _facts(model, trace.decision_id, table, rules=[], columns=columns, policy=table.policy)
        positions = [one.position for one in result.problems if one.position is not None]
        kinds = sorted({one.kind for one in result.problems})
        raise EngineFault(
            "decision", message, {**facts, "cause": "no-match", "problems": kinds, "positions": positions}
        )


def _facts(model: DecisionModel, decision_id: str, table: Table | None = None, **more: Any) -> dict[str, Any]:
    found = table or _table(model, decision_id, ())
    known = {name: one for name, one in more.items() if one is not None}
    return {"decision": decision_id, "table": found.id if found else None, "version": model.digest, **known}


def _table(model: DecisionModel, decision_id: str, rules: Iterable[str]) -> Table | None:
    """The table that has these rules; without rules the first of the decision."""
    wanted = set(rules)
    mine = (table for table in model.tables if table.decision_id == decision_id)
    return next((table for table in mine if wanted <= {rule.id for rule in table.rules}), None)


def _rows(table: Table | None, rules: Sequence[str]) -> list[int]:
    """Numbers of the rows, from 1."""
    return [number for number, rule in enumerate(table.rules if table else (), 1) if rule.id in rules]


def _name(model: DecisionModel, decision_id: str) -> str:
    found = model.decisions.get(decision_id)
    return found.name if found is not None and found.name else decision_id
