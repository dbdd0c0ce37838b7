"""Small decision models as XML, so that a test shows the table and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from workflows.decisions import DecisionModel, read

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


@dataclass(frozen=True)
class Column:
    """name: input expression or output name. values: allowed values as unary tests."""

    name: str
    type: str = ""
    values: str = ""
    default: str = ""


def definitions(content: str, namespace: str = NAMESPACE) -> bytes:
    """A whole file around model elements."""
    return f'<definitions xmlns="{namespace}" id="m" name="m" namespace="urn:m">{content}</definitions>'.encode()


def decision(logic: str, decision_id: str = "d", requires: str = "", type_ref: str = "") -> str:
    """A decision element."""
    typed = f" typeRef={quoteattr(type_ref)}" if type_ref else ""
    return (
        f'<decision id="{decision_id}" name="{decision_id}"><variable name="{decision_id}"{typed}/>'
        f"{requires}{logic}</decision>"
    )


def literal(text: str) -> str:
    """A literal expression."""
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def table(
    policy: str,
    inputs: Sequence[Column | str],
    outputs: Sequence[Column | str],
    rows: Sequence[Sequence[str]],
) -> str:
    """A decision table. policy: "UNIQUE", or "COLLECT SUM" for an aggregation. Rows get the ids r1, r2, ..."""
    name, _, aggregation = policy.partition(" ") if policy.startswith("COLLECT") else (policy, "", "")
    attributes = f'hitPolicy="{name}"' + (f' aggregation="{aggregation}"' if aggregation else "")
    columns = "".join(_input(_column(one)) for one in inputs) + "".join(_output(_column(one)) for one in outputs)
    rules = "".join(_rule(number, row, len(inputs)) for number, row in enumerate(rows, 1))
    return f'<decisionTable id="t" {attributes}>{columns}{rules}</decisionTable>'


def model(
    policy: str,
    inputs: Sequence[Column | str],
    outputs: Sequence[Column | str],
    rows: Sequence[Sequence[str]],
) -> DecisionModel:
    """A model with one decision "d" that is this table."""
    return read(definitions(decision(table(policy, inputs, outputs, rows))))


def _column(one: Column | str) -> Column:
    return Column(one) if isinstance(one, str) else one


def _typed(column: Column) -> str:
    return f' typeRef="{column.type}"' if column.type else ""


def _listed(tag: str, text: str) -> str:
    return f"<{tag}><text>{escape(text)}</text></{tag}>" if text else ""


def _input(column: Column) -> str:
    expression = f"<inputExpression{_typed(column)}><text>{escape(column.name)}</text></inputExpression>"
    return f"<input>{expression}{_listed('inputValues', column.values)}</input>"


def _output(column: Column) -> str:
    inside = _listed("outputValues", column.values) + _listed("defaultOutputEntry", column.default)
    return f"<output name={quoteattr(column.name)}{_typed(column)}>{inside}</output>"


def _rule(number: int, row: Sequence[str], inputs: int) -> str:
    cells = "".join(_listed("inputEntry", cell or "-") for cell in row[:inputs])
    return f'<rule id="r{number}">{cells}{"".join(_listed("outputEntry", cell) for cell in row[inputs:])}</rule>'
