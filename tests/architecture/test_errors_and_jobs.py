"""Refusals can be enumerated, and no job is a dead letter."""

import ast
import inspect
from importlib import import_module

import pytest

from store import jobs
from store.errors import DomainError
from tests.architecture.tree import ROOT, dotted, name, python_files, tree


def _import_everything() -> None:
    for file in python_files():
        if file.suffix == ".py" and "migrations" not in file.parts and file.stem not in ("__main__", "wsgi"):
            import_module(name(file).removesuffix(".py").removesuffix("/__init__").replace("/", "."))


def _errors(root: type[DomainError] = DomainError) -> list[type[DomainError]]:
    return [found for one in root.__subclasses__() for found in (one, *_errors(one))]


def test_every_error_has_a_code_of_its_own() -> None:
    _import_everything()
    by_code: dict[str, set[str]] = {}
    for one in _errors():
        by_code.setdefault(one.code, set()).add(f"{one.__module__}.{one.__qualname__}")
    assert {code: names for code, names in by_code.items() if len(names) > 1} == {}


def test_every_error_is_a_whole_sentence() -> None:
    _import_everything()
    bad = [one.__qualname__ for one in _errors() if not one.message[:1].isupper() and one.message[:1] != "{"]
    assert bad == []


def test_every_deferred_job_is_declared() -> None:
    _import_everything()
    deferred = {
        (node.args[0].value, f"{name(file)}:{node.lineno}")
        for file in python_files()
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call) and dotted(node.func) in ("jobs.defer", "defer")
        if node.args and isinstance(node.args[0], ast.Constant)
    }
    assert sorted(place for job, place in deferred if job not in jobs.declared()) == []


def test_job_bodies_are_shallow_and_take_ids() -> None:
    _import_everything()
    for job in jobs.declared().values():
        function = ast.parse(inspect.cleandoc(inspect.getsource(job.body))).body[0]
        assert isinstance(function, ast.FunctionDef)
        lines = (function.end_lineno or 0) - function.lineno
        assert lines <= 8, f"{job.name}: a body calls one verb"
        kinds = {parameter.annotation for parameter in inspect.signature(job.body).parameters.values()}
        assert kinds <= {str, int, "str", "int"}, f"{job.name}: arguments are stored in clear, so ids only"


@pytest.mark.parametrize(
    "folder", [one for one in (ROOT / "mso" / "integrations").glob("*") if (one / "__init__.py").exists()], ids=name
)
def test_every_outside_system_has_a_fake(folder) -> None:  # type: ignore[no-untyped-def]
    assert (folder / "fake.py").exists()
