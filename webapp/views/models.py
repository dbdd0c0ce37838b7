"""A model of another tool in the words of its page: the drawing, what stands against it, what can be repaired."""

import base64
import binascii
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from store.errors import Invalid
from workflows.layout.arranging import arrange
from workflows.lint import LintContext
from workflows.model import Model, ModelRefused, read
from workflows.model.xml import MAX_BYTES, decode
from workflows.repair import Repair, Report, Reported, examine

SHOWN = 200
"""Findings and repairs on one page; the others appear when these are done."""
LIMIT = f"BPMN 2.0 XML of any tool, at most {MAX_BYTES // 2**20} MB. The file is not kept."
DRAWN = 100
"""Elements of a model without a drawing for which one is made while somebody waits."""
_LEVELS = {"error": ("Blocks publication", "bad", "stop"), "warn": ("Look at it", "warn", "alert"),
           "info": ("Kept as it is", "", "info")}  # fmt: skip
_ORDER = {"error": 0, "warn": 1, "info": 2}
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]+")


class UploadBroken(Invalid):
    """What the page carried along came back damaged."""

    code = "model.upload_broken"
    message = "The model that this page carried along cannot be read any more. Choose the file again."


def pack(data: bytes) -> str:
    """A file as text that a form carries along, so that nothing of it is stored."""
    return base64.b64encode(zlib.compress(data, 9)).decode("ascii")


def unpack(text: str) -> bytes:
    """The file again. Raises UploadBroken."""
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(base64.b64decode(text, validate=True), MAX_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise UploadBroken() from error
    if len(data) > MAX_BYTES or not unpacking.eof:
        raise UploadBroken()
    return data


def file_name(given: str) -> str:
    """A name to show and to save under: without folders and without signs that mean something elsewhere."""
    name = given.replace("\\", "/").rpartition("/")[2]
    stem = _NOT_IN_NAMES.sub("_", name.removesuffix(".bpmn").removesuffix(".xml"))[:80].strip("._")
    return f"{stem or 'model'}.bpmn"


def repaired_name(name: str) -> str:
    """Under which a repaired file is saved."""
    return f"{file_name(name).removesuffix('.bpmn').removesuffix('-repaired')}-repaired.bpmn"


def page(data: bytes, name: str, known: LintContext) -> dict[str, Any]:
    """Everything about a file that can be read. Raises ModelRefused."""
    report, model = examine(data, known), read(data)
    findings = sorted(report.findings, key=lambda one: _ORDER[one.finding.severity])
    return {
        "name": name,
        "model": pack(data),
        "summary": summary(report),
        "findings": [_finding(one, model, report.repairs) for one in findings[:SHOWN]],
        "findings_more": max(0, len(findings) - SHOWN),
        "repairs": [repair(one, model) for one in report.repairs[:SHOWN]],
        "repairs_more": max(0, len(report.repairs) - SHOWN),
        **_drawing(data, report, model),
    }


def summary(report: Report) -> dict[str, Any]:
    """What the file contains, in few words. state: of the badge."""
    errors, certain = report.errors, sum(one.is_mechanical for one in report.repairs)
    processes = [
        {"name": one.name or one.id, "elements": one.elements, "runs": one.is_executable} for one in report.processes
    ]
    pools = [one.name or one.id for one in report.pools]
    return {
        "state": "bad" if errors else "ok",
        "verdict": f"{errors} {'finding blocks' if errors == 1 else 'findings block'} publication"
        if errors
        else "Nothing stands against publication",
        "made_with": report.made_with,
        "processes": processes[:20],
        "pools": pools[:20],
        "certain": certain,
    }


def _drawing(data: bytes, report: Report, model: Model) -> dict[str, Any]:
    """boot: what the viewer is given, or none without a drawing. note: how the drawing came about."""
    text, note = decode(data), ""
    if not report.has_drawing and len(model.elements) > DRAWN:
        return {"boot": None, "drawing_note": f"The file has no drawing, and more than {DRAWN} elements to draw."}
    if not report.has_drawing:
        note = "The file has no drawing; this one was made for it."
        try:
            text = decode(arrange(data))
        except (ModelRefused, ArithmeticError, LookupError, ValueError, RecursionError):
            return {"boot": None, "drawing_note": "The file has no drawing."}
    counts, worst = Counter[str](), dict[str, str]()
    for one in sorted(report.findings, key=lambda one: _ORDER[one.finding.severity], reverse=True):
        if one.finding.element_id and one.finding.severity != "info":
            counts[one.finding.element_id] += 1
            worst[one.finding.element_id] = "failed" if one.finding.severity == "error" else "waiting"
    # A process is the paper, and a line has no corner to put a number at.
    states = {one: state for one, state in worst.items() if one in model.elements or one in model.flows}
    tokens = {one: counts[one] for one in states if one in model.elements}
    return {"boot": {"xml": text, "states": states, "tokens": tokens}, "drawing_note": note}


def _finding(one: Reported, model: Model, repairs: Iterable[Repair]) -> dict[str, Any]:
    finding = one.finding
    level, state, icon = _LEVELS[finding.severity]
    titles = {repair.id: repair.title for repair in repairs}
    return {
        "rule": finding.rule,
        "level": level,
        "state": state,
        "icon": icon,
        "element_id": finding.element_id,
        "element": element_name(model, finding.element_id),
        "message": finding.message,
        "repairs": [{"anchor": anchor(key), "title": titles[key]} for key in one.repairs if key in titles],
    }


def repair(one: Repair, model: Model) -> dict[str, Any]:
    """A repair with what it asks; what is certain is chosen already."""
    return {
        "id": one.id,
        "anchor": anchor(one.id),
        "title": one.title,
        "explanation": one.explanation,
        "element_id": one.element_id,
        "element": element_name(model, one.element_id),
        "is_needed": bool(one.rule),
        "is_chosen": one.is_mechanical,
        "question": one.needs.text if one.needs else None,
        "choices": [{"value": each.value, "label": each.label} for each in one.needs.choices] if one.needs else [],
        "answer": (one.needs.suggested or "") if one.needs else "",
        "removes": list(one.removes),
        "before": one.before,
        "after": one.after,
    }


def chosen(form: Mapping[str, Any], picked: Iterable[str]) -> dict[str, str]:
    """The repairs that were ticked, with their answers. form: the posted fields; picked: the ticked ids."""
    return {one: str(form.get(f"answer:{one}", "")) for one in picked}


def anchor(repair_id: str) -> str:
    """A fragment for links; what ids may not hold there is left out."""
    return f"repair-{_NOT_IN_NAMES.sub('-', repair_id)}"


def element_name(model: Model, element_id: str | None) -> str:
    """An element as people know it; "The file" without one."""
    if element_id is None:
        return "The file"
    found = (
        model.elements.get(element_id)
        or model.flows.get(element_id)
        or model.processes.get(element_id)
        or model.lanes.get(element_id)
    )
    name = " ".join(((found.name if found is not None else None) or "").split())
    return (name or element_id)[:120]
