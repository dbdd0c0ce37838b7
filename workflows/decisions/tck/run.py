"""Running the kit's cases: a refusal of ours counts as null, as the kit expects it for what has no value."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from workflows.decisions.errors import DecisionConflict, DecisionInputInvalid, DecisionNotFound
from workflows.decisions.evaluate import Request, decide
from workflows.decisions.model import DecisionModel
from workflows.decisions.read import examine
from workflows.decisions.tables import DecisionRun
from workflows.decisions.tck.cases import Case, Expected, cases
from workflows.decisions.xml import parse, version_of
from workflows.feel import FeelBudgetExceeded, Value
from workflows.feel.errors import Trouble

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
"""The kit never asks for a particular time; a fixed one makes every run the same."""

PASSED, FAILED, NOT_SUPPORTED = "passed", "failed", "not supported"
_CLOSE = Decimal("1e-8")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case that was run. state: PASSED, FAILED or NOT_SUPPORTED. reason: what is not supported, else ""."""

    case: Case
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FolderResult:
    """One folder of the kit. version: of DMN, as its models say."""

    level: int
    name: str
    version: str
    outcomes: tuple[Outcome, ...]

    def count(self, state: str) -> int:
        """How many cases ended so."""
        return sum(one.state == state for one in self.outcomes)


def run_all(kit: Path) -> list[FolderResult]:
    """Run every case of the kit."""
    found = []
    for (level, folder), group in groupby(cases(kit), key=lambda case: (case.level, case.folder)):
        outcomes = tuple(judge(case) for case in group)
        versions = {version_of(parse(one.case.model.read_bytes())) for one in outcomes}
        found.append(FolderResult(level, folder, ", ".join(sorted(versions)), outcomes))
    return found


def judge(case: Case) -> Outcome:
    """Run one case and say how it ended. A value that came about without what is missing is no merit."""
    missing = next(_unsupported(case), None)
    if missing is not None and any(expected.value is not None for expected in case.expected):
        return Outcome(case, NOT_SUPPORTED, missing)
    agrees = all(equal(run(case, expected), expected.value) for expected in case.expected)
    return Outcome(case, PASSED if agrees else FAILED)


def _unsupported(case: Case) -> Iterator[str]:
    """What we do not run of the decisions and functions that the case asks for."""
    model = examined(case.model)
    wanted = {one.target for one in case.expected}
    names = {one.id: one.name for one in model.decisions.values()}
    names |= {one.id: one.name for one in model.knowledge.values()}
    yield from (what for one, what in model.unsupported.items() if names.get(one) in wanted)


@lru_cache(maxsize=128)
def examined(path: Path) -> DecisionModel:
    """Models are read leniently: the cases contain broken expressions on purpose, and expect null for them."""
    others = sorted(one for one in path.parent.glob("*.dmn") if one != path)
    return examine(path.read_bytes(), [one.read_bytes() for one in others])[0]


def run(case: Case, expected: Expected) -> Value:
    """The value we get; null where we refuse."""
    model = examined(case.model)
    try:
        if case.kind == "decision":
            return decide(model, expected.target, case.inputs, now=NOW).value
        return _invoke(model, case, expected)
    except (DecisionInputInvalid, DecisionConflict, DecisionNotFound, FeelBudgetExceeded):
        return None


def _invoke(model: DecisionModel, case: Case, expected: Expected) -> Value:
    request = Request(model, case.inputs, DecisionRun(NOW))
    service = next((one for one in model.services.values() if one.name == expected.target), None)
    function = request.knowledge(expected.target) if service is None else request.service(service)
    if function is None:
        raise DecisionNotFound(expected.target)
    try:
        value = function.call(request.run, [case.inputs.get(name) for name in function.parameters])
    except Trouble:
        return None
    return value.get(expected.name) if isinstance(value, dict) and expected.name in value else value


def equal(got: Value, expected: Value) -> bool:
    """Numbers agree to eight decimal places, as the cases write them."""
    if isinstance(got, Decimal) and isinstance(expected, Decimal):
        return _close(got, expected)
    if isinstance(got, list) and isinstance(expected, list):
        return len(got) == len(expected) and all(equal(a, b) for a, b in zip(got, expected, strict=True))
    if isinstance(got, dict) and isinstance(expected, dict):
        return got.keys() == expected.keys() and all(equal(got[key], expected[key]) for key in got)
    return type(got) is type(expected) and got == expected


def _close(got: Decimal, expected: Decimal) -> bool:
    try:
        return abs(got - expected) <= max(_CLOSE, abs(expected) * _CLOSE.scaleb(-4))
    except InvalidOperation:
        return False
