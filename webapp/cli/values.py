"""FEEL values on the command line: contexts and times that come in, values that go out."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from store import clock
from workflows.feel import FeelError, Value, from_python, parse, to_text

MAX_BYTES = 2_000_000


class ContextType(click.ParamType[dict[str, Value]]):
    """A context as JSON or as FEEL, which also has dates and durations; @FILE reads it from a file."""

    name = "CONTEXT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Value]:
        """The names and their values. Fails with a usage error."""
        if isinstance(value, dict):
            return value
        text = self._text(value, param, ctx)
        try:
            found = from_python(json.loads(text, parse_float=Decimal))
        except (ValueError, RecursionError):
            found = self._feel(text, param, ctx)
        except (TypeError, FeelError) as error:
            self.fail(f"The context cannot be used: {error}", param, ctx)
        if not isinstance(found, dict):
            self.fail('A context has names and values, for example {"amount": 500}.', param, ctx)
        return found

    def _text(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not value.startswith("@"):
            return value
        path = Path(value[1:])
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
            if len(data) > MAX_BYTES:
                self.fail(f"{path} is larger than {MAX_BYTES} bytes.", param, ctx)
            return data.decode()
        except OSError as error:
            self.fail(f"{path} cannot be read: {error.strerror}.", param, ctx)
        except UnicodeDecodeError:
            self.fail(f"{path} is not UTF-8 text.", param, ctx)

    def _feel(self, text: str, param: click.Parameter | None, ctx: click.Context | None) -> Value:
        try:
            found = parse(text).evaluate({}, now=clock.now())
        except FeelError as error:
            self.fail(f"Neither JSON nor a FEEL context: {error}", param, ctx)
        if found.problems:
            self.fail(f"The context has no value: {found.problems[0].message}", param, ctx)
        return found.value


class TimeType(click.ParamType[datetime]):
    """An ISO 8601 date and time with a zone, such as 2026-11-24T09:30:00-05:00."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The aware time. Fails with a usage error."""
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail("Write a date and time like 2026-11-24T09:30:00-05:00.", param, ctx)
        if found.tzinfo is None:
            self.fail("The time needs a zone, for example …T09:30:00Z.", param, ctx)
        return found


CONTEXT, TIME = ContextType(), TimeType()


def as_json(value: Value) -> Any:
    """A value for JSON output: numbers as they are, values JSON does not know as FEEL text."""
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if isinstance(value, Mapping):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 2**53 else float(value)
    return value if value is None or isinstance(value, bool | str) else to_text(value)


def written(value: Value) -> str:
    """A value as FEEL writes it, strings in quotes."""
    return to_text([value])[1:-1]
