"""Events, as an author writes them."""

# mypy: disable-error-code="import-untyped"
from collections.abc import Mapping
from typing import Any

from workflows.authoring.parts import Parts
from workflows.authoring.steps import Mistake, make
from workflows.authoring.triggers import Trigger, define


class Events(Parts):
    """Methods that add one event; keywords are our extension properties."""

    def start(self, element_id: str, name: str = "", on: Trigger | None = None, **properties: object) -> Any:
        """A start event."""
        return self._event("startEvent", element_id, name, on, properties)

    def end(self, element_id: str, name: str = "", on: Trigger | None = None, **properties: object) -> Any:
        """An end event: plain, or with terminate(), error(), escalation(), message(), signal() or cancel()."""
        return self._event("endEvent", element_id, name, on, properties)

    def wait(self, element_id: str, name: str, on: Trigger, **properties: object) -> Any:
        """An event that waits for a message, signal, timer or condition."""
        return self._event("intermediateCatchEvent", element_id, name, on, properties)

    def throw(self, element_id: str, name: str, on: Trigger | None = None, **properties: object) -> Any:
        """An event that sends; without a trigger a milestone."""
        return self._event("intermediateThrowEvent", element_id, name, on, properties)

    def on(self, host: str, element_id: str, name: str, trigger: Trigger, **properties: object) -> Any:
        """A boundary event on the step `host` that interrupts it."""
        return self._boundary(host, element_id, name, trigger, properties)

    def alongside(self, host: str, element_id: str, name: str, trigger: Trigger, **properties: object) -> Any:
        """A boundary event on the step `host` that leaves it open."""
        event = self._boundary(host, element_id, name, trigger, properties)
        event.set("cancelActivity", "false")
        return event

    def _boundary(
        self, host: str, element_id: str, name: str, trigger: Trigger, properties: Mapping[str, object]
    ) -> Any:
        if host not in self.steps:
            raise Mistake(f"{element_id}: there is no step {host!r} here to sit on")
        event = self._event("boundaryEvent", element_id, name, trigger, properties)
        event.set("attachedToRef", host)
        return event

    def _event(
        self, tag: str, element_id: str, name: str, trigger: Trigger | None, properties: Mapping[str, object]
    ) -> Any:
        event = self.add(make(tag, element_id, name, properties))
        if trigger is not None:
            define(event, trigger, self.declare)
        return event
