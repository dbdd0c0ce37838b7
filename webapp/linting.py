"""Everything that stands against a set of model files: processes, decision tables and forms, checked together.

Files given together explain each other: a process may call a process, decide by a table and ask a form beside it. What
is not among them counts as unknown, and nothing is said about it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from tasks.forms import check_form
from workflows import decisions, service_tasks
from workflows.decisions import DecisionModel, DecisionModelRefused
from workflows.findings import Finding
from workflows.lint import LintContext, declared_types, lint_file
from workflows.model import Model, ModelRefused, read

BPMN, DMN, FORM = ".bpmn", ".dmn", ".json"
KINDS = (BPMN, DMN, FORM)
SCENARIOS = "scenarios.json"
"""Ends the name of files that hold examples, not forms."""


@dataclass(frozen=True)
class FileFinding:
    """A finding and the file it is about."""

    file: str
    finding: Finding


def find_files(paths: Iterable[Path]) -> list[Path]:
    """Model files among these files and below these folders, in order of their names."""
    found: dict[Path, None] = {}
    for path in paths:
        below = sorted(path.rglob("*")) if path.is_dir() else [path]
        found.update(dict.fromkeys(one for one in below if one.is_file() and (one == path or is_model(one))))
    return list(found)


def is_model(path: Path) -> bool:
    """Whether a file is a process, a decision table or a form, by its name."""
    return path.suffix in KINDS and not path.name.endswith(SCENARIOS)


def lint_files(files: Mapping[str, bytes], known: LintContext | None = None) -> list[FileFinding]:
    """All findings, file by file. files: path -> content. known: what else exists, e.g. the queues of the database."""
    models = _models(files)
    context = replace(known or LintContext(), **_among(files, models))
    clinical = clinical_forms(models)
    found: list[FileFinding] = []
    for path in files:
        found += [FileFinding(path, one) for one in _lint(path, files, context, clinical)]
    return found


def clinical_forms(models: Iterable[Model]) -> frozenset[str]:
    """Keys of the forms in which a clinical decision is made."""
    elements = (one for model in models for one in model.elements.values())
    return frozenset(
        one.properties["formKey"] for one in elements if {"clinicalDecision", "formKey"} <= one.properties.keys()
    )


def processes(xml: bytes) -> list[str]:
    """Keys of the processes of one model; none when it cannot be read."""
    return [one for model in _models({"model.bpmn": xml}) for one in model.processes]


def startable(files: Mapping[str, bytes]) -> list[str]:
    """Keys of the executable processes of these files that none of them calls, sorted."""
    models = _models(files)
    called = {one.called_element for model in models for one in model.elements.values()}
    return sorted(
        one.id for model in models for one in model.processes.values() if one.is_executable and one.id not in called
    )


def _lint(path: str, files: Mapping[str, bytes], context: LintContext, clinical: frozenset[str]) -> Sequence[Finding]:
    if path.endswith(BPMN):
        return lint_file(files[path], context)
    return _lint_decisions(path, files) if path.endswith(DMN) else _lint_form(path, files[path], clinical)


def _lint_decisions(path: str, files: Mapping[str, bytes]) -> Sequence[Finding]:
    try:
        model, findings = _examined(files[path], _beside(path, files))
    except DecisionModelRefused as refused:
        return refused.findings
    return findings or decisions.lint(model)


def _lint_form(path: str, data: bytes, clinical: frozenset[str]) -> Sequence[Finding]:
    try:
        form = json.loads(data)
    except (ValueError, RecursionError) as error:
        return [Finding("form-unreadable", "error", None, f"The file is no JSON: {error}. Export the form again.")]
    if not isinstance(form, dict) or not isinstance(form.get("components"), list):
        return [Finding("form-unreadable", "error", None, "The file is no form: it has no list of components.")]
    return check_form(form, clinical=stem(path) in clinical)


def _among(files: Mapping[str, bytes], models: Sequence[Model]) -> dict[str, Any]:
    """What these files know of each other, as fields of a LintContext."""
    found: dict[str, Any] = {
        "called": {one: model for model in models for one in model.processes},
        "operators": frozenset(service_tasks.catalog()),
    }
    forms = {stem(path): data for path, data in files.items() if path.endswith(FORM)}
    if forms:
        found["forms"] = frozenset(forms)
    tables = [table for path in files if path.endswith(DMN) and (table := _table(path, files)) is not None]
    if any(path.endswith(DMN) for path in files):
        found["decisions"] = frozenset(one for table in tables for one in table.decisions)
    return found | declared_types(forms, tables, service_tasks.catalog())


def _models(files: Mapping[str, bytes]) -> list[Model]:
    found = []
    for path, data in files.items():
        if path.endswith(BPMN):
            try:
                found.append(read(data))
            except ModelRefused:
                continue
    return found


def _table(path: str, files: Mapping[str, bytes]) -> DecisionModel | None:
    try:
        return _examined(files[path], _beside(path, files))[0]
    except DecisionModelRefused:
        return None


def _beside(path: str, files: Mapping[str, bytes]) -> tuple[bytes, ...]:
    """The decision files that this one may import."""
    return tuple(data for other, data in sorted(files.items()) if other.endswith(DMN) and other != path)


@lru_cache(maxsize=64)
def _examined(data: bytes, others: tuple[bytes, ...]) -> tuple[DecisionModel, list[Finding]]:
    """Reading a table costs more than checking it, and every file that names it needs it."""
    return decisions.examine(data, others)


def stem(path: str) -> str:
    """The name of a file without folder and ending: the key of a form."""
    return path.rpartition("/")[2].rpartition(".")[0]
