"""The examples of docs/integrators.md are run as they stand, against a running installation."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.product import ROOT, Product

PAGE = ROOT / "docs" / "integrators.md"


def blocks(language: str) -> str:
    """All examples of a language, in order: the later ones use what the earlier ones made."""
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="module")
def environment(product: Product) -> dict[str, str]:
    """The variables that the page names."""
    return os.environ | {
        "CS_URL": product.base,
        "CS_ERA_SECRET": product.command("webhook", "secret", "era835"),
        "CS_PAYER_SECRET": product.command("webhook", "secret", "payer_decision"),
        "CS_TOKEN": product.token("ben"),
        "CS_ADMIN_TOKEN": product.token("dev"),
        "REMITTANCE": str(ROOT / "mso" / "integrations" / "x12_835" / "samples" / "synthetic_hard_denials.835"),
    }


def run(command: list[str], environment: dict[str, str], folder: Path) -> str:
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_examples_do_what_the_page_says(environment: dict[str, str], tmp_path: Path) -> None:
    assert "DN-10001" in run([sys.executable, "-c", blocks("python")], environment, tmp_path)
    missing = [one for one in ("bash", "curl", "jq") if shutil.which(one) is None]
    if missing:
        pytest.skip(f"the curl examples were not run: no {', '.join(missing)} on this machine")
    run(["bash", "-euo", "pipefail", "-c", blocks("bash")], environment, tmp_path)
