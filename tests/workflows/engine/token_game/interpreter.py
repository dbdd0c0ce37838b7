"""The BPMN token game as BPMN 2.0.2, chapter 13, tells it, played on our own reading of a model.

Slow and plain on purpose; it knows nothing of the engine or its library. Tokens stand in frames (one per running
process or sub-process). What a token knows is its data with a stamp for each write, so that branches that come together
need only take the latest write of each variable.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from tests.workflows.engine.token_game.marks import Known, joined
from tests.workflows.engine.token_game.reading import Reading
from workflows.engine.timers import parse_duration
from workflows.feel import parse, parse_assignments
from workflows.model import Element, Flow, Model
from workflows.model.names import ACTIVITIES, SUB_PROCESSES


@dataclass(eq=False)
class Frame:
    """A running process or sub-process. work: the activity it belongs to, None for the process itself."""

    process_id: str
    element_id: str | None
    work: "Work | None"
    tokens: list["Token"] = field(default_factory=list)
    arrived: dict[str, list[tuple[str, Known]]] = field(default_factory=dict)
    ended: list[Known] = field(default_factory=list)


@dataclass(eq=False)
class Token:
    """A token at a node. known: when it came there; armed: events that may happen beside it."""

    element: Element
    frame: Frame
    known: Known
    armed: list["Armed"] = field(default_factory=list)
    works: list["Work"] = field(default_factory=list)
    rounds: int = 0
    left: list[Any] = field(default_factory=list)


@dataclass(eq=False)
class Work:
    """The body of an activity, once. frame: of a sub-process or called process; None: a person works on it."""

    token: Token
    known: Known
    frame: Frame | None = None


@dataclass(eq=False)
class Armed:
    """An event that is waited for."""

    element: Element
    token: Token
    due: datetime | None = None
    message: str | None = None


class Game(Reading):
    """One instance."""

    def __init__(self, models: list[Model], process_id: str, variables: Mapping[str, Any], now: datetime) -> None:
        self.models, self.now, self.stamps = models, now, count(1)
        self.completed, self.ends = False, Counter[str]()
        self.result: dict[str, Any] = {}
        self.terminated = False
        self.process = Frame(process_id, None, None)
        self._begin(self.process, Known.of(variables))
        self._settle()

    def complete(self, work: Work, answers: Any) -> None:
        """A person is done."""
        element = work.token.element
        known = work.known.write(element.properties.get("variable") or element.id, answers, next(self.stamps))
        if element.loop is not None and element.loop.output_item is not None:
            known = known.write(element.loop.output_item, answers, next(self.stamps))
        self._work_done(work, known)
        self._settle()

    def happen(self, armed: Armed, now: datetime) -> None:
        """A timer is due or a message comes."""
        self.now = now
        self._happen(armed)
        self._settle()

    # What can be seen

    def works(self) -> list[Work]:
        """What people can work on."""
        return [work for token in self._tokens() for work in token.works if work.frame is None]

    def armed(self) -> list[Armed]:
        """Timers and messages that are waited for; behind an event-based gateway its earliest timer only."""
        return [one for token in self._tokens() for one in _shown(token) if one.due is not None or one.message]

    def hopeless(self) -> set[str]:
        """Parallel joins with a flow that has no token and that no token can reach any more."""
        frames = [self.process, *(work.frame for one in self._tokens() for work in one.works if work.frame)]
        return {
            one for frame in frames for one, here in frame.arrived.items() if here and self._is_hopeless(one, frame)
        }

    def _is_hopeless(self, gateway_id: str, frame: Frame) -> bool:
        gateway = self._model(frame).elements[gateway_id]
        missing = set(gateway.incoming) - {flow_id for flow_id, _ in frame.arrived[gateway_id]}
        for start in self._standing(frame, gateway):
            missing -= self._reachable(start, gateway, frame)
        return gateway.kind == "parallelGateway" and bool(missing)

    def _tokens(self) -> Iterator[Token]:
        frames = [self.process]
        while frames:
            frame = frames.pop()
            for token in frame.tokens:
                yield token
                frames += [work.frame for work in token.works if work.frame is not None]

    # Moving

    def _begin(self, frame: Frame, known: Known) -> None:
        inside = self._inside(frame)
        start = next(one for one in inside if one.kind == "startEvent")
        self._leave(start, frame, known)

    def _leave(self, element: Element, frame: Frame, known: Known) -> None:
        """On to all that follows a node; where nothing follows, the token has ended."""
        flows = self._model(frame).outgoing(element)
        for flow in flows:
            self._follow(flow, frame, known)
        if not flows:
            frame.ended.append(known)

    def _follow(self, flow: Flow, frame: Frame, known: Known) -> None:
        if not self._is_open(frame):
            return  # Something on the way of an earlier branch ended the scope.
        self._arrive(self._model(frame).elements[flow.target], flow, frame, known)

    def _arrive(self, element: Element, flow: Flow | None, frame: Frame, known: Known) -> None:
        kind = element.kind
        if kind in ("parallelGateway", "inclusiveGateway") and len(element.incoming) > 1 and flow is not None:
            frame.arrived.setdefault(element.id, []).append((flow.id, known))
            if kind == "parallelGateway":
                self._join(element, frame, set(element.incoming))
        elif kind.endswith("Gateway"):
            self._split(element, frame, known)
        elif kind == "scriptTask" and element.loop is None:
            self._leave(element, frame, self._scripted(element, known))
        elif kind in ACTIVITIES:
            self._activate(element, frame, known)
        elif kind == "endEvent":
            self._end(element, frame, known)
        elif element.trigger("link") is not None and kind == "intermediateThrowEvent":
            self._leave(self._link_target(element, frame), frame, known)
        elif kind == "intermediateCatchEvent" and element.triggers:
            token = self._stand(element, frame, known)
            token.armed.append(self._arm(element, token))
        else:
            self._leave(element, frame, known)

    def _stand(self, element: Element, frame: Frame, known: Known) -> Token:
        frame.tokens.append(Token(element, frame, known))
        return frame.tokens[-1]

    def _join(self, element: Element, frame: Frame, wanted: set[str]) -> None:
        """Take one token from each of these flows, if they are all there (13.4.1, 13.4.3)."""
        here = frame.arrived.get(element.id, [])
        if not wanted or not wanted <= {flow_id for flow_id, _ in here}:
            return
        taken = [next(one for one in here if one[0] == flow_id) for flow_id in wanted]
        frame.arrived[element.id] = [one for one in here if one not in taken]
        self._split(element, frame, joined([known for _, known in taken]))

    def _split(self, element: Element, frame: Frame, known: Known) -> None:
        flows = self._model(frame).outgoing(element)
        if element.kind == "eventBasedGateway":
            token = self._stand(element, frame, known)
            behind = [self._model(frame).elements[flow.target] for flow in flows]
            token.armed += [self._arm(one, token) for one in behind]
            return
        if len(flows) > 1 and element.kind != "parallelGateway":
            true = [one for one in flows if one.id != element.default and self._holds(one.condition, known)]
            default = [one for one in flows if one.id == element.default]
            flows = tuple((true or default)[: 1 if element.kind == "exclusiveGateway" else None])
        if not flows:
            frame.ended.append(known)
        for flow in flows:
            self._follow(flow, frame, known)

    def _end(self, element: Element, frame: Frame, known: Known) -> None:
        trigger = element.triggers[0] if element.triggers else None
        if frame is self.process:
            self.ends[element.id] += 1
        if trigger is not None and trigger.kind == "error":
            self._throw(frame, trigger.code)
            return
        frame.ended.append(known)
        if trigger is not None and trigger.kind == "terminate":
            frame.tokens.clear()
            frame.arrived.clear()
            frame.ended = [known]
            self.terminated |= frame is self.process
            self._frame_done(frame)

    def _throw(self, frame: Frame, code: str | None) -> None:
        """The nearest enclosing activity with a boundary event for the code is interrupted (13.5.4)."""
        while frame.work is not None:
            token = frame.work.token
            for one in self._boundary(token):
                if one.trigger("error") is not None and one.triggers[0].code in (None, code):
                    token.frame.tokens.remove(token)
                    self._leave(one, token.frame, token.known)
                    return
            frame = token.frame
        raise AssertionError(f"nobody catches {code}")

    # Activities

    def _activate(self, element: Element, frame: Frame, known: Known) -> None:
        token = self._stand(element, frame, known)
        token.armed += [self._arm(one, token) for one in self._boundary(token) if one.trigger("error") is None]
        loop = element.loop
        if element.kind == "receiveTask":
            token.armed.append(self._arm(element, token))
        elif loop is None or loop.kind == "standard":
            self._work(token, known)
        else:
            token.left = self._items(element, known)
            if loop.output_ref is not None:
                token.known = known.write(loop.output_ref, [], next(self.stamps))
            self._work_on_items(token)

    def _work_on_items(self, token: Token) -> None:
        loop = token.element.loop
        assert loop is not None
        if not token.left and not token.works:
            self._activity_done(token, token.known)
        while token.left and self._is_there(token) and (loop.kind == "parallel" or not token.works):
            item = token.left.pop(0)
            known = token.known
            if loop.input_item is not None:
                known = known.write(loop.input_item, item, next(self.stamps))
            self._work(token, known)

    def _work(self, token: Token, known: Known) -> None:
        work = Work(token, known)
        token.works.append(work)
        element = token.element
        if element.kind in SUB_PROCESSES:
            work.frame = Frame(element.process_id, element.id, work)
        elif element.kind == "callActivity":
            process = self._process(element.called_element or "")
            work.frame = Frame(process.id, None, work)
            known = known.only(process.inputs) if process.inputs else known
        elif element.kind == "scriptTask":
            self._work_done(work, self._scripted(element, known))
        if work.frame is not None:
            self._begin(work.frame, known)

    def _work_done(self, work: Work, known: Known) -> None:
        token, loop = work.token, work.token.element.loop
        token.works.remove(work)
        if loop is None:
            self._activity_done(token, known)
        elif loop.kind == "standard":
            token.known, token.rounds = known, token.rounds + 1
            again = loop.maximum is None or token.rounds < int(loop.maximum)
            if again and (loop.condition is None or self._holds(loop.condition, known)):
                self._work(token, known)
            else:
                self._activity_done(token, known)
        else:
            if loop.output_ref is not None and loop.output_item is not None:
                results = [*token.known.data[loop.output_ref], known.data.get(loop.output_item)]
                token.known = token.known.write(loop.output_ref, results, next(self.stamps))
            if loop.condition is not None and self._holds(loop.condition, known):
                self._activity_done(token, token.known)
            else:
                self._work_on_items(token)

    def _activity_done(self, token: Token, known: Known) -> None:
        token.frame.tokens.remove(token)
        self._leave(token.element, token.frame, known)

    def _frame_done(self, frame: Frame) -> None:
        known = joined(frame.ended)
        if frame.work is None:
            self.completed, self.result = True, known.data
            frame.tokens.clear()
            return
        work = frame.work
        if work.token.element.kind == "callActivity":
            process = self._process(frame.process_id)
            if process.outputs:
                inner, known = known, work.known
                for name in process.outputs:
                    known = known.write(name, inner.data[name], next(self.stamps))
        self._work_done(work, known)

    def _happen(self, armed: Armed) -> None:
        token, element = armed.token, armed.element
        if element.kind == "boundaryEvent" and not element.interrupting:
            if armed.due is not None:
                token.armed.remove(armed)  # A message may come again as long as the activity is at work.
        else:
            token.frame.tokens.remove(token)
        known = token.known
        variable = element.extensions.get("messageVariable")
        if armed.message is not None and variable:
            known = known.write(variable, {"n": Decimal(1)}, next(self.stamps))
        self._leave(element, token.frame, known)

    # Coming to rest

    def _settle(self) -> None:
        """Inclusive joins fire when nothing else can arrive; scopes without tokens are over (13.4.3, 13.5.6)."""
        while not self.completed:
            frames = [self.process, *(work.frame for one in self._tokens() for work in one.works if work.frame)]
            if not any(self._settled(frame) for frame in reversed(frames)):
                return

    def _settled(self, frame: Frame) -> bool:
        for gateway_id in frame.arrived:
            gateway = self._model(frame).elements[gateway_id]
            filled = {flow_id for flow_id, _ in frame.arrived[gateway_id]}
            if gateway.kind == "inclusiveGateway" and filled and self._none_to_come(gateway, frame, filled):
                self._join(gateway, frame, filled)
                return True
        if not frame.tokens and not any(frame.arrived.values()):
            self._frame_done(frame)
            return True
        return False

    def _none_to_come(self, gateway: Element, frame: Frame, filled: set[str]) -> bool:
        for start in self._standing(frame, gateway):
            reached = self._reachable(start, gateway, frame)
            if reached & (set(gateway.incoming) - filled) and not reached & filled:
                return False
        return True

    def _standing(self, frame: Frame, gateway: Element) -> Iterator[Element]:
        """Nodes from which a token may go on."""
        for token in frame.tokens:
            yield token.element
            yield from self._boundary(token)
        for other, here in frame.arrived.items():
            if here and other != gateway.id:
                yield self._model(frame).elements[other]

    def _arm(self, element: Element, token: Token) -> Armed:
        timer, message = element.trigger("timer"), element.trigger("message")
        if timer is not None and timer.timer is not None:
            span = parse_duration(timer.timer.text)
            assert span is not None
            return Armed(element, token, due=span.after(self.now))
        return Armed(element, token, message=message.name if message is not None else element.id)

    def _items(self, element: Element, known: Known) -> list[Any]:
        loop = element.loop
        assert loop is not None
        if loop.input_ref is not None:
            return list(known.data[loop.input_ref])
        number = parse(loop.cardinality or "0").evaluate(known.data, now=self.now).value
        return [Decimal(one) for one in range(int(str(number)))]

    def _holds(self, condition: str | None, known: Known) -> bool:
        return parse(condition or "true").evaluate(known.data, now=self.now).value is True

    def _scripted(self, element: Element, known: Known) -> Known:
        for one in parse_assignments(element.script or ""):
            value = one.expression.evaluate(known.data, now=self.now).value
            known = known.write(one.target[0], value, next(self.stamps))
        return known

    def _is_open(self, frame: Frame) -> bool:
        while frame.work is not None:
            if frame.work not in frame.work.token.works or not self._is_there(frame.work.token):
                return False
            frame = frame.work.token.frame
        return not self.completed

    def _is_there(self, token: Token) -> bool:
        return token in token.frame.tokens


def _shown(token: Token) -> list[Armed]:
    """Of several timers behind one gateway the earliest is what an instance waits for."""
    if token.element.kind != "eventBasedGateway":
        return token.armed
    timers = sorted((one for one in token.armed if one.due is not None), key=lambda one: one.due or datetime.max)
    return [*(one for one in token.armed if one.due is None), *timers[:1]]
