"""What begins a process from outside, and which messages it knows: looked up in the newest version of each process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from workflows import definitions
from workflows.definitions import Definition, ProcessDefinition
from workflows.engine import StartTrigger


@dataclass(frozen=True)
class Triggers:
    """What one version of a process listens to.

    messages:      name -> time to live as the model writes it, or None, of every message in its files.
    starts:        its start events with a trigger, by id.
    for_practices: those that start for each practice instead of for the MSO.
    """

    definition_id: UUID
    key: str
    messages: Mapping[str, str | None] = field(repr=False)
    starts: Mapping[str, StartTrigger] = field(repr=False)
    for_practices: frozenset[str] = frozenset()

    def start_of(self, kind: str, name: str) -> str | None:
        """Id of the start event that a message or signal of this name happens to."""
        return next((one.element_id for one in self.starts.values() if (one.kind, one.name) == (kind, name)), None)


def current(session: Session) -> list[Triggers]:
    """Of the newest version of each process that is not retired, by key."""
    newest = (
        select(ProcessDefinition.id)
        .ext(distinct_on(ProcessDefinition.key))
        .where(ProcessDefinition.retired_at.is_(None))
        .order_by(ProcessDefinition.key, ProcessDefinition.version.desc())
    )
    return [of(definitions.get(session, one)) for one in session.scalars(newest).all()]


_known: dict[UUID, Triggers] = {}


def of(definition: Definition) -> Triggers:
    """Of one version; versions never change."""
    found = _known.get(definition.id)
    if found is None:
        found = _known[definition.id] = _read(definition)
    return found


def knowing(found: Sequence[Triggers], message: str) -> list[Triggers]:
    """Those whose model has a message of that name."""
    return [one for one in found if message in one.messages]


def _read(definition: Definition) -> Triggers:
    messages = {
        message.name or message.id: message.ttl
        for model in definition.process.models
        for message in model.messages.values()
    }
    starts = {one.element_id: one for one in definition.process.starts if one.kind != "none"}
    elements = definition.process.elements
    for_practices = frozenset(one for one in starts if elements[one].properties.get("startFor") == "practices")
    return Triggers(definition.id, definition.key, messages, starts, for_practices)
