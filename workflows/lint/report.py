"""Short ways to say a finding."""

from workflows.findings import Finding


def error(rule: str, element_id: str | None, message: str) -> Finding:
    """Blocks publication."""
    return Finding(rule, "error", element_id, message)


def warn(rule: str, element_id: str | None, message: str) -> Finding:
    """Worth a look; publication goes on."""
    return Finding(rule, "warn", element_id, message)
