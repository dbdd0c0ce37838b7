"""Small decision models as XML, so that a test shows the table and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from workflows.decisions import DecisionModel, read
from workflows.decisions.read_table import MARKS

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


@dataclass(frozen=True)
class Column:
    """name: input expression or output name. values: allowed values as unary tests. fail_closed, strictest_first: our
    own marks of an output."""

    name: str
    type: str = ""
    values: str = ""
    default: str = ""
    label: str = ""
    fail_closed: str = ""
    strictest_first: bool = False


def definitions(content: str, namespace: str = NAMESPACE) -> bytes:
    """A whole file around model elements."""
    names = f'xmlns="{namespace}" xmlns:cs="{MARKS}" namespace="urn:m"'
    return f'<definitions {names} id="m" name="m">{content}</definitions>'.encode()


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
    """A decision table. policy: "UNIQUE", "gate UNIQUE" to mark it as a gate, or "COLLECT SUM" for an aggregation. Rows
    get the ids r1, r2, ..."""
    marked = ' cs:gate="true"' if policy.startswith("gate ") else ""
    policy = policy.removeprefix("gate ")
    name, _, aggregation = policy.partition(" ") if policy.startswith("COLLECT") else (policy, "", "")
    attributes = f'hitPolicy="{name}"' + (f' aggregation="{aggregation}"' if aggregation else "")
    columns = "".join(_input(_column(one)) for one in inputs) + "".join(_output(_column(one)) for one in outputs)
    rules = "".join(_rule(number, row, len(inputs)) for number, row in enumerate(rows, 1))
    return f'<decisionTable id="t" {attributes}{marked}>{columns}{rules}</decisionTable>'


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
    label = f" label={quoteattr(column.label)}" if column.label else ""
    return f"<input{label}>{expression}{_listed('inputValues', column.values)}</input>"


def _output(column: Column) -> str:
    inside = _listed("outputValues", column.values) + _listed("defaultOutputEntry", column.default)
    marks = f" cs:failClosed={quoteattr(column.fail_closed)}" if column.fail_closed else ""
    marks += ' cs:strictestFirst="true"' if column.strictest_first else ""
    return f"<output name={quoteattr(column.name)}{_typed(column)}{marks}>{inside}</output>"


def _rule(number: int, row: Sequence[str], inputs: int) -> str:
    cells = "".join(_listed("inputEntry", cell or "-") for cell in row[:inputs])
    return f'<rule id="r{number}">{cells}{"".join(_listed("outputEntry", cell) for cell in row[inputs:])}</rule>'
