"""What every installation starts with: the MSO, the authority matrix, and the processes that the product ships."""

from importlib import resources

from mso import authority, practices
from store import clock
from store.practice import MSO, as_practice
from store.transaction import transaction
from workflows import definitions
from workflows.lint import LintContext

PROCESSES = (("denial_appeal", "denial_appeal"), ("denial_appeal", "era_exception"))
"""Folder below workflows/bpmn, and process key. Publishing again what is published changes nothing."""


def install(name: str = "Management services organization", state: str = "NY") -> None:
    """Bring an empty or older installation to what this version ships. Safe to run at every start."""
    now = clock.now()
    with as_practice(MSO):
        authority.load_shipped(now=now)
        practices.ensure_mso(name, state)
        with transaction() as session:
            types = authority.decision_types(session, now.date())
            known = LintContext(decision_types={key: frozenset(one.outcomes) for key, one in types.items()})
            for folder, key in PROCESSES:
                definitions.publish(files(folder), key, by=None, now=now, known=known)


def files(folder: str) -> dict[str, bytes]:
    """The shipped files of a process folder, by path inside it."""
    root = resources.files("workflows").joinpath("bpmn", folder)
    found = {one.name: one.read_bytes() for one in root.iterdir() if one.is_file()}
    forms = root.joinpath("forms")
    return found | {f"forms/{one.name}": one.read_bytes() for one in forms.iterdir() if one.is_file()}
