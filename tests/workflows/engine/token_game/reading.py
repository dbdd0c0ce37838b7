"""What the token game asks a model: what lies inside a scope, beside an activity and behind a node."""

from typing import Any, Protocol

from workflows.model import Element, Model


class Placed(Protocol):
    """A frame: a process, or a sub-process of one."""

    process_id: str
    element_id: str | None


class Standing(Protocol):
    """A token."""

    @property
    def element(self) -> Element: ...

    @property
    def frame(self) -> Placed: ...


class Reading:
    """The models of an instance."""

    models: list[Model]

    def _link_target(self, element: Element, frame: Placed) -> Element:
        name = element.triggers[0].name
        return next(
            one
            for one in self._inside(frame)
            if one.kind == "intermediateCatchEvent"
            and any(on.kind == "link" and on.name == name for on in one.triggers)
        )

    def _reachable(self, start: Element, gateway: Element, frame: Placed) -> set[str]:
        """Incoming flows of the gateway that can be reached without passing it."""
        model = self._model(frame)
        seen, found, stack = set[str](), set[str](), [start]
        while stack:
            node = stack.pop()
            if node.kind == "intermediateThrowEvent" and node.trigger("link") is not None:
                stack.append(self._link_target(node, frame))
            for flow in model.outgoing(node):
                if flow.target == gateway.id:
                    found.add(flow.id)
                elif flow.id not in seen:
                    seen.add(flow.id)
                    target = model.elements[flow.target]
                    stack += [target, *(one for one in model.elements.values() if one.attached_to == target.id)]
        return found

    def _boundary(self, token: Standing) -> list[Element]:
        return [one for one in self._inside(token.frame) if one.attached_to == token.element.id]

    def _inside(self, frame: Placed) -> tuple[Element, ...]:
        return self._model(frame).children(frame.element_id, frame.process_id)

    def _model(self, frame: Placed) -> Model:
        return next(one for one in self.models if frame.process_id in one.processes)

    def _process(self, process_id: str) -> Any:
        return next(one.processes[process_id] for one in self.models if process_id in one.processes)
