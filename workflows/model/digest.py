"""Are two files the same model?

The digest covers everything that can change how the model runs and nothing that only changes how it is drawn.
"""

# mypy: disable-error-code="import-untyped"
import hashlib
from copy import deepcopy
from typing import Any

from lxml import etree

from workflows.model.names import BPMNDI


def content_digest(root: Any) -> str:
    """SHA-256 of the canonical XML without diagram interchange, exporter stamps and indentation."""
    copy = deepcopy(root)
    for diagram in copy.findall(f"{{{BPMNDI}}}BPMNDiagram"):
        copy.remove(diagram)
    for stamp in ("exporter", "exporterVersion"):
        copy.attrib.pop(stamp, None)
    canonical: bytes = etree.tostring(copy, method="c14n2", strip_text=True)
    return hashlib.sha256(canonical).hexdigest()
