"""FEEL and decisions are a part that others could take: they run where nothing else of the product is."""

import shutil
import subprocess
import sys
from pathlib import Path

import workflows
from tests.workflows.decisions import build

PROGRAM = """
import sys
from datetime import UTC, datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

from workflows.decisions import decide, lint, read
from workflows.feel import parse, parse_unary_tests, to_text

now = datetime(2026, 11, 24, tzinfo=UTC)
assert to_text(parse('sum(for x in xs return x * 2)').evaluate({"xs": [Decimal(1), Decimal(2)]}, now=now).value) == "6"
assert parse_unary_tests("> 5, < 0").matches(Decimal(7), {}, now=now) is True
model = read(Path("table.dmn").read_bytes())
assert decide(model, "d", {"a": Decimal(3)}, now=now).value == "few"
print(sorted({finding.rule for finding in lint(model)}))

assert Path(sys.modules["workflows"].__file__).parent.parent == Path.cwd()
for absent in ("store", "tasks", "webapp", "mso", "config", "SpiffWorkflow", "flask", "sqlalchemy", "psycopg"):
    assert absent not in sys.modules, absent
for absent in ("store", "tasks", "webapp", "mso", "config", "workflows.engine", "workflows.findings"):
    assert find_spec(absent) is None, absent
"""


def test_they_run_in_a_folder_and_an_interpreter_of_their_own(tmp_path: Path) -> None:
    source = Path(workflows.__file__).parent
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "__init__.py").touch()
    for room in ("feel", "decisions"):
        shutil.copytree(source / room, tmp_path / "workflows" / room, ignore=shutil.ignore_patterns("__pycache__"))
    table = build.table("UNIQUE", [build.Column("a", type="number")], ["number"], [["< 5", '"few"'], ["> 5", '"many"']])
    (tmp_path / "table.dmn").write_bytes(build.definitions(build.decision(table)))
    (tmp_path / "main.py").write_text(PROGRAM, encoding="utf-8")
    packages = [folder for folder in sys.path if folder.endswith("site-packages")]
    start = f"import sys; sys.path += {packages!r}; import main"  # without .pth files, which lead back to the product
    done = subprocess.run(
        [sys.executable, "-S", "-c", start], cwd=tmp_path, capture_output=True, text=True, env={"PYTHONPATH": ""}
    )
    assert done.returncode == 0, done.stderr
    assert "table-gap" in done.stdout
