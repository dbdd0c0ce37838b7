"""Python written into a model is text that is no FEEL: wherever it stands, it does not run."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from tests.workflows.engine.play import MODELS, NOON, Decisions
from workflows.engine import Execution, compile_process

PYTHON = [
    '__import__("pathlib").Path("{path}").touch()',
    "__import__('pathlib').Path('{path}').touch()",
    'open("{path}", "w")',
    "exec(\"import pathlib; pathlib.Path('{path}').touch()\")",
    '[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == "Path"][0]("{path}").touch()',
    'x = __import__("pathlib").Path("{path}").touch()',
    'import pathlib\npathlib.Path("{path}").touch()',
    '(lambda: __import__("pathlib").Path("{path}").touch())()',
    "f\"{{open('{path}', 'w')}}\"",
]
PLACES = {
    "script": ("script", "total = claim.amount * 2"),
    "condition": ("gateway", "amount &gt; 100"),
    "inclusive condition": ("inclusive", "x &gt; 0"),
    "timer date": ("bad_timer", "deadline"),
    "timer duration": ("two_timers", "P1D"),
    "timer expression": ("timers", "&quot;P3D&quot;"),
    "timer cycle": ("cycle", "R2/P1D"),
    "cardinality": ("many_counted", "count"),
    "completion condition": ("many_counted", "answer.stop = true"),
    "loop condition": ("loop", "work.more = true"),
}


@pytest.mark.parametrize("text", PYTHON)
@pytest.mark.parametrize(("model", "place"), PLACES.values(), ids=PLACES)
def test_python_in_a_model_does_not_run(model: str, place: str, text: str, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    xml = (MODELS / f"{model}.bpmn").read_text(encoding="utf-8")
    assert f">{place}" in xml
    xml = xml.replace(f">{place}", f">{escape(text.replace('{path}', str(mark)))}", 1)
    with suppress(Exception):  # that it is refused, and how, is told elsewhere
        _live(xml.encode())
    assert not mark.exists()


def _live(xml: bytes) -> None:
    """Everything that can happen to an instance: start, tasks done, timers due."""
    process = compile_process({"model": xml}, "main")
    variables = {"claim": {"amount": 1}, "amount": 1, "x": 1, "count": 2, "items": [1, 2], "deadline": "2026-11-25"}
    execution = Execution.start(process, variables, host=Decisions(), now=NOON)
    for day in range(1, 4):
        for task in execution.waiting().user_tasks:
            execution.complete_user_task(task.id, {"more": True}, None)
        execution.fire_timers(NOON + timedelta(days=40 * day))


def test_the_proof_would_see_it(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    exec(PYTHON[0].replace("{path}", str(mark)))
    assert mark.exists()
