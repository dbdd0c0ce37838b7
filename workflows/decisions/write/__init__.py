"""A sheet into a DMN file: a new one, or in place of the table of a decision.

What the sheet does not speak of stays as it is: other decisions, drawings, comments, ids of rules and cells. What is
written is read again; FEEL that does not parse refuses the whole sheet, with row and column.
"""

import re

from lxml import etree  # type: ignore[import-untyped]

from workflows.decisions.errors import DecisionModelRefused
from workflows.decisions.findings import Finding
from workflows.decisions.read import examine
from workflows.decisions.read_table import MARKS
from workflows.decisions.sheets import (
    INPUT,
    Sheet,
    SheetProblem,
    SheetRefused,
    cells_of,
    columns_of,
    find_table,
    letters,
    refused,
)
from workflows.decisions.write.columns import clauses
from workflows.decisions.write.parts import Parts, origins, set_attribute
from workflows.decisions.write.rules import RuleWriter
from workflows.decisions.xml import Element, attribute, children, parse

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"
_ID = re.compile(r"[^\W\d][\w.-]*")
_NAME = re.compile(r"[^\W\d]\w*( \w+)*")
etree.register_namespace("countersign", MARKS)


def new_file(sheet: Sheet) -> bytes:
    """A DMN 1.5 file with this one decision. Raises SheetRefused."""
    own = sheet.decision_id
    if not _ID.fullmatch(own):
        raise refused("The decision id has letters, digits, _, - and . only, and no digit in front.", 1, 1)
    name = sheet.decision_name or own
    root = etree.Element(_tag("definitions"), nsmap={None: NAMESPACE, "countersign": MARKS})
    root.set("id", f"{own}_definitions")
    root.set("name", name)
    root.set("namespace", f"urn:countersign:{own}")
    decision = etree.SubElement(root, _tag("decision"), id=own, name=name)
    etree.SubElement(decision, _tag("variable"), id=f"{own}_result", name=own)
    _add_inputs(decision, sheet)
    table = etree.SubElement(decision, _tag("decisionTable"), id=f"{own}_table")
    parts = _fill(root, table, sheet)
    etree.indent(root)
    return _checked(root, parts)


def replace_table(xml: bytes, sheet: Sheet, decision_id: str = "") -> bytes:
    """The file with the sheet in place of the table of a decision (that of the sheet when none is named).

    Raises DecisionNotFound, SheetRefused or DecisionModelRefused.
    """
    parse(xml)  # refuses what is not safe to read
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(xml, parser)
    _, table = find_table(root, decision_id or sheet.decision_id)
    parts = _fill(root, table, sheet)
    if (root.text or "").strip(" ") == "\n":
        etree.indent(table, level=len(list(table.iterancestors())))
    return _checked(root, parts)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add_inputs(decision: Element, sheet: Sheet) -> None:
    """Input data for the columns that read a plain name, so that the file says what it wants."""
    reading = [one for one in sheet.columns if one.kind == INPUT and _NAME.fullmatch(one.expression)]
    for number, (name, kind) in enumerate({one.expression: one.type for one in reading}.items(), 1):
        place = f"{sheet.decision_id}_input_{number}"
        data = etree.Element(_tag("inputData"), id=place, name=name)
        variable = etree.SubElement(data, _tag("variable"), id=f"{place}_value", name=name)
        set_attribute(variable, "typeRef", kind)
        decision.addprevious(data)
        needs = etree.SubElement(decision, _tag("informationRequirement"), id=f"{place}_needed")
        etree.SubElement(needs, _tag("requiredInput"), href=f"#{place}")


def _fill(root: Element, table: Element, sheet: Sheet) -> Parts:
    """Clauses and rules of the sheet; what is no longer in it is gone."""
    ids = {attribute(one, "id") for one in root.iter() if isinstance(one.tag, str)}
    parts = Parts(str(etree.QName(table).namespace), ids)
    parts.placed(table, f"{sheet.decision_id}_table", (0, 0))
    _set_policy(table, sheet)
    origin = origins(sheet.columns, columns_of(table))
    known = [(one, cells_of(table, one)) for one in children(table, "rule")]
    writer = RuleWriter(parts, attribute(table, "id"), sheet.columns, origin, known)
    made = clauses(parts, table, sheet.columns, origin) + [writer.rule(row) for row in sheet.rows]
    for one in list(children(table, "input", "output", "annotation", "rule")):
        table.remove(one)
    table.extend(made)
    return parts


def _set_policy(table: Element, sheet: Sheet) -> None:
    policy, aggregation = sheet.policy, ""
    if policy.startswith("COLLECT"):
        policy, _, aggregation = policy.partition(" ")
    set_attribute(table, "hitPolicy", policy)
    set_attribute(table, "aggregation", aggregation)
    set_attribute(table, f"{{{MARKS}}}gate", "true" if sheet.gate else "")


def _checked(root: Element, parts: Parts) -> bytes:
    """The file. Raises SheetRefused for what the sheet brought, DecisionModelRefused for what was wrong before."""
    text: str = etree.tostring(root.getroottree(), encoding="unicode")
    written = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()
    _, findings = examine(written)
    ours = [one for one in findings if one.element_id in parts.places]
    if ours:
        raise SheetRefused([_problem(one, parts.places) for one in ours])
    if findings:
        raise DecisionModelRefused(findings)
    return written


def _problem(finding: Finding, places: dict[str, tuple[int, int]]) -> SheetProblem:
    line, column = places[finding.element_id or ""]
    return SheetProblem(line or None, letters(column) if column else None, finding.message)
