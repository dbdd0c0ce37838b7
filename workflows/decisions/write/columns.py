"""The columns of a sheet as clauses of a table."""

from workflows.decisions.read_table import MARKS
from workflows.decisions.sheets import DESCRIPTION, INPUT, NOTE, SheetColumn
from workflows.decisions.write.parts import Parts, put_in_order, set_attribute
from workflows.decisions.xml import Element, attribute, children


def clauses(parts: Parts, table: Element, columns: tuple[SheetColumn, ...], origin: list[int | None]) -> list[Element]:
    """One element per column, those that were there before with new texts. origin: their place in the table before."""
    known = list(children(table, "input", "output", "annotation"))
    made: list[Element] = []
    for place, (column, at) in enumerate(zip(columns, origin, strict=True), 1):
        if column.kind != DESCRIPTION:
            element = known[at] if at is not None else _new(parts, table, column, place)
            _fill(parts, column, place, element)
            made.append(element)
    return made


def _new(parts: Parts, table: Element, column: SheetColumn, place: int) -> Element:
    if column.kind == NOTE:
        return parts.new("annotation")
    return parts.new(column.kind, column.id or f"{attribute(table, 'id')}_{column.kind}_{place}")


def _fill(parts: Parts, column: SheetColumn, place: int, element: Element) -> None:
    if column.kind == NOTE:
        set_attribute(element, "name", column.label)
        return
    parts.placed(element, f"column_{place}", (0, place))
    set_attribute(element, "label", column.label)
    if column.kind == INPUT:
        expression = parts.part(element, "inputExpression", column.expression or " ", (0, place))
        set_attribute(expression, "typeRef", column.type)
        parts.part(element, "inputValues", column.allowed, (0, place))
    else:
        _fill_output(parts, column, place, element)
    put_in_order(element)


def _fill_output(parts: Parts, column: SheetColumn, place: int, element: Element) -> None:
    set_attribute(element, "name", column.expression)
    set_attribute(element, "typeRef", column.type)
    parts.part(element, "outputValues", column.allowed, (0, place))
    parts.part(element, "defaultOutputEntry", column.default, (0, place))
    set_attribute(element, f"{{{MARKS}}}failClosed", column.fail_closed)
    set_attribute(element, f"{{{MARKS}}}strictestFirst", "true" if column.strictest_first else "")
