"""How states of older versions become states of today's: one step per version, on the unpacked form.

A version is never changed once states were stored with it. Its fixtures are in tests/workflows/engine/states.

Version 1: body is [scopes, links, extras]; a scope is [names, rows, last task's row, success, completed, data]; a row
           is [id, parent row, name, state, last change, triggered, internal data or nil, data delta or nil].
Version 2: a scope is a list of columns (see `columns`), with the history that was put away; extras say "stalled".
"""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from workflows.engine.index import DONE

Upgrade = Callable[[Any], Any]


def upgraded(version: int, body: Any, newest: int) -> Any:
    """The body of an older version as one of the newest. Raises KeyError for a version nobody knows."""
    while version < newest:
        body, version = UPGRADES[version](body), version + 1
    return body


def _columns_of_rows(body: Any) -> Any:
    scopes, links, extras = body
    return [[_columns(scope) for scope in scopes], links, {**extras, "stalled": False}]


def _columns(scope: Any) -> list[Any]:
    names, rows, last, success, completed, data = scope
    times = list(dict.fromkeys(row[4] for row in rows))
    places = {time: place for place, time in enumerate(times)}
    return [
        names,
        b"".join(row[0] for row in rows),
        [parent - before for before, parent in itertools.pairwise([0, *(max(row[1], 0) for row in rows)])],
        [row[2] for row in rows],
        [row[3] for row in rows],
        times,
        [places[row[4]] for row in rows],
        [int(row[5]) for row in rows],
        {number: row[6] for number, row in enumerate(rows) if row[6]},
        {number: row[7] for number, row in enumerate(rows) if row[7]},
        last,
        success,
        completed,
        data,
        sum(1 for row in rows if row[3] & DONE),
        [],
    ]


UPGRADES: Mapping[int, Upgrade] = {1: _columns_of_rows}
