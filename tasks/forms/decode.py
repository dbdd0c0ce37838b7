"""A posted HTML form as answers. Text stays text: `validate` gives it its type and names what cannot be read."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from tasks.forms.components import CHOICES, MAX_ROWS, PRESENTATION, Component, read

_OF_THE_PAGE = {"csrf_token", "seen_version", "request_id", "digest", "step", "password", "outcome", "next"}
RESERVED = frozenset(_OF_THE_PAGE | {"add_row", "remove_row"})
"""Names the task page itself uses. A form must not ask under them; outside a form they are no answers."""


class Posted(Protocol):
    """A multi-valued mapping, as werkzeug's MultiDict is."""

    def get(self, key: str, default: str, /) -> str: ...
    def getlist(self, key: str, /) -> list[str]: ...
    def __contains__(self, key: object, /) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...


def from_urlencoded(form: Mapping[str, Any], posted: Posted) -> dict[str, Any]:
    """Answers of a posted form, names the form does not know included, so that `validate` can refuse them.

    Pressing "Add a row" or "Remove row n" posts the form too: the rows come back changed.
    """
    components = read(form)
    known: set[str] = set(RESERVED)
    answers = _level(components, posted, "", known)
    foreign = {name: posted.get(name, "") for name in posted if name not in known}
    _change_rows(answers, posted)
    return {**answers, **foreign}


def _level(components: tuple[Component, ...], posted: Posted, prefix: str, known: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in components:
        name = f"{prefix}{one.key}"
        known.add(name)
        if one.kind == "group":
            inner = _level(one.children, posted, f"{name}." if one.key else prefix, known)
            found.update({one.key: inner} if one.key else inner)
        elif one.kind == "dynamiclist":
            found[one.key] = _rows(one, posted, name, known)
        elif one.kind == "checkbox":
            found[one.key] = posted.get(name, "") == "true"
        elif one.kind in CHOICES:
            found[one.key] = posted.getlist(name)
        elif one.kind not in PRESENTATION and name in posted:
            found[one.key] = posted.get(name, "")
    return found


def _rows(component: Component, posted: Posted, name: str, known: set[str]) -> list[dict[str, Any]]:
    known.add(f"{name}.count")
    text = posted.get(f"{name}.count", "")
    count = min(int(text), MAX_ROWS + 1) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    return [_level(component.children, posted, f"{name}.{place}.", known) for place in range(count)]


def _change_rows(answers: dict[str, Any], posted: Posted) -> None:
    """Only lists on the first level grow and shrink."""
    rows = answers.get(posted.get("add_row", ""))
    if isinstance(rows, list) and "add_row" in posted and len(rows) < MAX_ROWS:
        rows.append({})
    key, _, place = posted.get("remove_row", "").rpartition(".")
    rows = answers.get(key)
    if isinstance(rows, list) and place.isascii() and place.isdigit() and int(place) < len(rows):
        del rows[int(place)]
