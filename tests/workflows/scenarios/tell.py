"""Small scenarios for tests: a model of the engine's tests, and what is told about it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workflows.decisions import DecisionModel
from workflows.engine import compile_process
from workflows.scenarios import Book, Coverage, Material, Result, cover, read_books, run, run_all

MODELS = Path(__file__).parents[1] / "engine" / "models"
NOW = "2026-11-24T15:00:00+00:00"
Step = dict[str, Any]


def model(name: str) -> bytes:
    return (MODELS / f"{name}.bpmn").read_bytes()


def material(
    source: str | bytes, process_id: str = "", decisions: Mapping[str, DecisionModel] | None = None, **forms: Any
) -> Material:
    """A model of the engine's tests by name (its process is "main"), or XML with a process "p"."""
    xml, key = (model(source), "main") if isinstance(source, str) else (source, "p")
    return Material(compile_process({"m.bpmn": xml}, process_id or key), decisions or {}, forms)


def written(process_id: str, *scenarios: Mapping[str, Any], **book: Any) -> bytes:
    """A scenario file with one book."""
    return json.dumps([{"process": process_id, "now": NOW, **book, "scenarios": list(scenarios)}]).encode()


def book(process_id: str, *scenarios: Mapping[str, Any], **more: Any) -> Book:
    return read_books(written(process_id, *scenarios, **more))[0]


def play(source: str | bytes | Material, *steps: Step, book: Mapping[str, Any] | None = None, **told: Any) -> Result:
    """Run one scenario. book: entries of its book; told: entries of the scenario beside its steps."""
    stuff = source if isinstance(source, Material) else material(source)
    if "end" not in told and "expect" not in told and not any("expect" in one for one in steps):
        told["expect"] = {"status": "running"}
    one = {"name": "it", "steps": list(steps), **told}
    (read,) = read_books(written(stuff.process.process_id, one, **(book or {})))
    return run(stuff, read, read.scenarios[0])


def difference(source: str | bytes | Material, *steps: Step, **told: Any) -> str:
    """The sentence that says why it fails; "" when it passes."""
    found = play(source, *steps, **told).difference
    return found.text if found is not None else ""


def coverage(stuff: Material, *scenarios: Mapping[str, Any], **more: Any) -> Coverage:
    found = book(stuff.process.process_id, *scenarios, **more)
    return cover(stuff, found, run_all(stuff, found))
