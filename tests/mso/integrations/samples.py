"""Where the sample remittances are. The public ones are read beside the repository and never committed."""

from pathlib import Path

import pytest

from mso.integrations.x12_835.fake import hard_denials

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "835"
PUBLIC = (
    "lfh_cob-contractural-adjustment",
    "lfh_managed-care",
    "lfh_secondary-payment",
    "lfh_tertiary-payment",
    "pyx12_835_mult_loops",
)
OURS = "synthetic_hard_denials"


def sample(name: str) -> bytes:
    """The bytes of a sample; skips the test where the public samples are not at hand."""
    if name == OURS:
        return hard_denials()
    path = SHARED / f"{name}.835"
    if not path.exists():
        pytest.skip(f"the public sample {path} is not on this machine")
    return path.read_bytes()
