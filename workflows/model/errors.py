"""Why a model cannot be used at all."""

from collections.abc import Sequence

from store.errors import Invalid
from workflows.findings import Finding


class ModelRefused(Invalid):
    """The file is no BPMN that can be read safely, or the engine cannot run it. `findings` say what to change."""

    code = "model.refused"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(" ".join(finding.message for finding in findings) or "The model cannot be read.")
        self.findings = tuple(findings)
