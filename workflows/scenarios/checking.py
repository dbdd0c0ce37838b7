"""Every scenario of a folder, run: for publication, for the command line, and for the studio.

What was run is remembered by content, so publishing two processes of one folder runs its scenarios once.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from workflows.decisions import DecisionModel, DecisionModelRefused
from workflows.decisions import read as read_decisions
from workflows.engine import ModelRefused, compile_process
from workflows.findings import Finding
from workflows.scenarios.book import Book
from workflows.scenarios.coverage import Coverage, cover
from workflows.scenarios.material import Material
from workflows.scenarios.reading import ScenariosRefused, is_scenario_file, read_books
from workflows.scenarios.running import Result, run_all

MAX_REMEMBERED = 64
RULE = "scenario-failed"


@dataclass(frozen=True, slots=True)
class Checked:
    """A process with its scenarios after running them."""

    book: Book
    results: tuple[Result, ...]
    coverage: Coverage


def check(files: Mapping[str, bytes], names: Sequence[str] = ()) -> list[Checked]:
    """Run the scenarios of a folder, or those with one of these names. files: path to content.

    Raises ScenariosRefused for a file that cannot be read, or that is about a process the folder does not have.
    """
    books = [book for path in sorted(files) if is_scenario_file(path) for book in read_books(files[path], path)]
    materials = {book.process_id: _material(files, book) for book in books}
    results = {place: tuple(run_all(materials[book.process_id], book, names)) for place, book in enumerate(books)}
    everything = [one for found in results.values() for one in found]
    return [
        Checked(book, results[place], cover(materials[book.process_id], book, everything))
        for place, book in enumerate(books)
    ]


def findings(files: Mapping[str, bytes]) -> list[Finding]:
    """What stands against publishing a folder: each scenario that fails, and each that cannot be read."""
    key = _digest(files)
    with _lock:
        known = _remembered.get(key)
    if known is None:
        known = tuple(_findings(files))
        with _lock:
            _remembered[key] = known
            while len(_remembered) > MAX_REMEMBERED:
                _remembered.popitem(last=False)
    return list(known)


_remembered: "OrderedDict[str, tuple[Finding, ...]]" = OrderedDict()
_lock = Lock()


def _findings(files: Mapping[str, bytes]) -> Sequence[Finding]:
    try:
        checked = check(files)
    except ScenariosRefused as refused:
        return refused.findings
    return [
        Finding(RULE, "error", one.difference.element_id, _sentence(one.process_id, one.name, one.difference.text))
        for found in checked
        for one in found.results
        if one.difference is not None
    ]


def _sentence(process_id: str, name: str, difference: str) -> str:
    return f'The scenario "{name}" of {process_id} fails. {difference}. Correct the model, or the scenario.'


def _material(files: Mapping[str, bytes], book: Book) -> Material:
    models = {path: data for path, data in files.items() if path.endswith(".bpmn")}
    try:
        process = compile_process(models, book.process_id)
    except ModelRefused as refused:
        said = " ".join(one.message for one in refused.findings)
        raise ScenariosRefused([f"{book.process_id}: The scenarios cannot be run. {said}"]) from None
    return Material(process, _decisions(files), _forms(files))


def _decisions(files: Mapping[str, bytes]) -> dict[str, DecisionModel]:
    tables = [data for path, data in sorted(files.items()) if path.endswith(".dmn")]
    found: dict[str, DecisionModel] = {}
    for place, data in enumerate(tables):
        try:
            model = read_decisions(data, (*tables[:place], *tables[place + 1 :]))
        except DecisionModelRefused:
            continue  # Whoever asks it is told that there is no such decision; the linter tells why.
        found.update(dict.fromkeys(model.decisions, model))
    return found


def _forms(files: Mapping[str, bytes]) -> dict[str, Any]:
    found = {}
    for path, data in files.items():
        if path.endswith(".json") and not is_scenario_file(path):
            try:
                found[path.rpartition("/")[2].removesuffix(".json")] = json.loads(data)
            except (ValueError, RecursionError):
                continue
    return found


def _digest(files: Mapping[str, bytes]) -> str:
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(path.encode() + b"\0" + hashlib.sha256(files[path]).digest())
    return total.hexdigest()
