"""Values of a scenario file as process data: "=…" is evaluated, everything else is taken as it stands."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from workflows.feel import FeelError, Value, from_python, parse
from workflows.scenarios.book import Told


class Differs(Exception):
    """The run is not what the scenario says. Both are parts of a sentence: "expected …, got …"."""

    def __init__(self, expected: str, got: str, element_id: str | None = None) -> None:
        super().__init__(f"expected {expected}, got {got}")
        self.expected, self.got, self.element_id = expected, got, element_id


def evaluate(text: str, context: Mapping[str, Value], *, now: datetime) -> Value:
    """What FEEL gives. Raises Differs when it cannot be evaluated, or gives null by a mistake."""
    try:
        found = parse(text).evaluate(dict(context), now=now)
    except FeelError as error:
        raise Differs(f"a value of {text}", f"an error ({error})") from None
    if found.value is None and found.problems:
        raise Differs(f"a value of {text}", f"null, because {found.problems[0].message}")
    return found.value


def value_of(told: Told, context: Mapping[str, Value], *, now: datetime) -> Any:
    """A value of the file with every text that begins with "=" evaluated. Raises Differs."""
    if isinstance(told, dict):
        return {key: value_of(one, context, now=now) for key, one in told.items()}
    if isinstance(told, list):
        return [value_of(one, context, now=now) for one in told]
    if isinstance(told, str) and told.startswith("="):
        return evaluate(told[1:], context, now=now)
    return told


def feel_of(told: Told, context: Mapping[str, Value], *, now: datetime) -> Value:
    """The same as a FEEL value. Raises Differs."""
    try:
        return from_python(value_of(told, context, now=now))
    except (TypeError, ValueError, FeelError) as error:
        raise Differs("a value that a process can hold", str(error)) from None


def instant_of(told: Told, context: Mapping[str, Value], zone: tzinfo, *, now: datetime) -> datetime:
    """A date (its first moment in the zone) or a date and time, as FEEL or ISO text; aware UTC. Raises Differs."""
    found = value_of(told, context, now=now)
    if isinstance(found, str):
        try:
            found = datetime.fromisoformat(found) if len(found) > len("2026-01-01") else date.fromisoformat(found)
        except ValueError:
            raise Differs("a date, or a date and time", f'"{found[:40]}"') from None
    if isinstance(found, datetime):
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    if isinstance(found, date):
        return datetime.combine(found, time(), zone).astimezone(UTC)
    raise Differs("a date, or a date and time", f"{found!r}")


def laid_over(usual: Mapping[str, Told], own: Mapping[str, Told]) -> dict[str, Told]:
    """Both, entry by entry of the contexts in them; the own value wins, and a list is one value."""
    found = dict(usual)
    for name, told in own.items():
        below = found.get(name)
        found[name] = laid_over(below, told) if isinstance(below, dict) and isinstance(told, dict) else told
    return found
