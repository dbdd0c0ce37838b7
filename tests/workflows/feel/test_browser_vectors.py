"""The subset offered in forms agrees with the evaluator of the editor's preview (feelin 6.1.1), except on mixed types,
which the publish check refuses."""

import json
from pathlib import Path

import pytest

from tests.workflows.feel.say import NOW
from workflows.feel import from_python, parse

VECTORS = Path(__file__).resolve().parents[4] / "shared" / "prototypes" / "front" / "tests" / "feel_vectors.json"
# (expression, index of the context): the preview compares a string with a number, or lists not at all.
DIFFERENT = {
    ("severity > 3", 3),
    ("severity between 2 and 4", 3),
    ("attest and severity > 4", 3),
    ("not(severity > 3) or attest", 3),
    ('tags = ["a","b"]', 2),
    ('tags = ["a","b"]', 3),
    ("tags = []", 1),
    ("tags = []", 3),
}


@pytest.mark.skipif(not VECTORS.exists(), reason="the shared vectors are not beside the repository")
def test_vectors_agree_except_on_mixed_types() -> None:
    vectors = json.loads(VECTORS.read_text())
    different = {
        (one["expression"], index)
        for one in vectors["vectors"]
        for index, context in enumerate(vectors["contexts"])
        if parse(one["expression"]).evaluate(from_python(context), now=NOW).value  # type: ignore[arg-type]
        != from_python(one["expected"][index])
    }
    assert different == DIFFERENT
