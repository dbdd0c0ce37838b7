"""What vendors say about an element and we say with other words: each vendor lists it, this offers it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from workflows.model.human import is_queue_key
from workflows.repair.document import Document
from workflows.repair.edits import called
from workflows.repair.foreign import in_feel
from workflows.repair.offers import Offer
from workflows.repair.situation import Situation
from workflows.repair.vendors import RULE

TAKEN_RULES = ("form-key-missing", "decision-missing", "mi-needs-output", "unknown-extension", RULE)
"""What is said against an element of which something is taken over."""

_OTHERS = {
    "formKey": "form",
    "calledDecisionId": "decision",
    "resultVariable": "decision-result",
    "loopDataInputRef": "multi-instance",
}
"""Which offer asks for what a vendor has said already."""


@dataclass(frozen=True)
class Taken:
    """One thing that is taken over. source: the vendor's name for it; own: ours; what: the value, for people."""

    source: str
    own: str
    what: str
    edit: Callable[[Document], None]


def offer(situation: Situation, node: Any, vendor: str, taken: list[Taken]) -> Iterator[Offer]:
    """One repair for everything a vendor says about one element."""
    if not taken:
        return
    pairs = ", ".join(map(_said, taken))

    def edit(document: Document, _: str) -> None:
        for one in taken:
            one.edit(document)

    yield Offer(
        f"take-over-{vendor.lower().replace(' ', '')}",
        node.get("id"),
        f"Take over what {vendor} says about {called(node)}",
        f"It means the same here: {pairs}.",
        edit,
        rule=situation.rule(node, *TAKEN_RULES) or RULE,
        instead_of=tuple(f"{_OTHERS[one.own]}:{node.get('id')}" for one in taken if one.own in _OTHERS),
    )


def _said(one: Taken) -> str:
    value = f" ({one.what})" if one.what else ""
    return f"{one.own}{value}" if one.source == one.own else f"{one.source} as {one.own}{value}"


def queue_of(text: str) -> str | None:
    """One group as a queue: its key or a FEEL expression; None for several groups or a name that is no key."""
    text = text.strip()
    if is_queue_key(text):
        return text
    if text[:1] in ("=", "$", "#"):
        feel = in_feel(text)
        quoted = feel[1:-1] if feel is not None and feel[:1] == feel[-1:] == '"' else None
        return quoted if quoted is not None and is_queue_key(quoted) else feel if quoted is None else None
    return None


def priority_of(text: str) -> str | None:
    """A priority from 0 to 100, or FEEL."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return text if int(text) <= 100 else None
    return in_feel(text) if text[:1] in ("=", "$", "#") else None
