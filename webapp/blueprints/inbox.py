"""The inbox: views, list, open task."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from mso.access import Viewer
from store import ids
from store.practice import viewing
from store.transaction import reading
from tasks import inbox as lists
from tasks import page
from webapp.frame import NAVIGATION, clock_text, practice_names, words
from webapp.security import SIGNED_IN, allow, me
from webapp.views import tasks as views
from webapp.views.cases import where

bp = Blueprint("inbox", __name__)

TITLES = {
    lists.QUEUES: ("For me", "inbox"),
    lists.MINE: ("Claimed by me", "hand"),
    lists.CLINICAL: ("Clinical gates", "shield"),
    lists.OVERDUE: ("Overdue", "clock"),
    lists.DONE: ("Done today", "check"),
}
EMPTY = {
    lists.QUEUES: ("Nothing to do here", "No open task of your queues matches."),
    lists.MINE: ("You hold no task", "Open a task and claim it."),
    lists.CLINICAL: ("No decision waits for you", "Only decisions that your license covers appear here."),
    lists.OVERDUE: ("Nothing is overdue", ""),
    lists.DONE: ("Nothing done yet today", ""),
}
DUE = {"": "Any time", "today": "Within a day", "week": "Within a week"}
PER_PAGE = 50


@bp.get("/")
@allow(SIGNED_IN)
def home() -> ResponseReturnValue:
    """The front door: tasks for those who have any, else the first page their roles let them open."""
    first = next(
        (endpoint for _, _, _, endpoint, permission in NAVIGATION if permission is None or me().may(permission)),
        "inbox.index",
    )
    return redirect(url_for(first))


@bp.get("/inbox")
@allow("task:work")
def index() -> ResponseReturnValue:
    """The list of a view, with the open task beside it."""
    viewer, open_id = me(), ids.parse(request.args.get("task", ""))
    names = views.Names(practice_names(viewer))
    with viewing(viewer.practices), reading() as session:
        if open_id is not None and request.headers.get("HX-Request"):
            context = _pane(session, viewer, open_id)
            template = "inbox/_pane.html"
        else:
            context = _list(session, viewer, names, open_id)
            context |= _pane(session, viewer, open_id) if open_id else {"task": None}
            template = "inbox/index.html"
    return render_template(template, **context)


@bp.get("/inbox/changes")
@allow("task:work")
def changes() -> ResponseReturnValue:
    """The list again when something changed since the cursor, else 204."""
    viewer = me()
    names = views.Names(practice_names(viewer))
    with viewing(viewer.practices), reading() as session:
        context = _list(session, viewer, names, None)
    if context["cursor"] == request.args.get("since"):
        return "", 204
    return render_template("inbox/_list.html", **context)


def _list(session: Session, viewer: Viewer, names: views.Names, open_id: UUID | None) -> dict[str, Any]:
    wanted = _filter()
    found = lists.listing(session, viewer, wanted, now=g.now)
    counts = lists.counts(session, viewer, now=g.now)
    back = url_for("inbox.index", **_arguments())
    named = views.name_all(session, found.rows, names, now=g.now)
    rows = [views.row(one, named, views.Place(open_id, back), now=g.now) for one in found.rows]
    title, _ = TITLES[wanted.view]
    nothing, hint = EMPTY[wanted.view]
    newest = max((one.task.created_at for one in found.rows), default=None)
    total = counts.get(wanted.view, len(rows)) if len(_arguments()) <= 1 else len(rows)
    return {
        "views": _views(session, viewer, wanted, counts),
        "view": {"title": title, "count_text": f"{_count(total)} open", "empty_title": nothing, "empty_text": hint},
        "groups": _groups(rows, wanted.view),
        "filters": _filters(viewer, names, wanted),
        "next_href": url_for("inbox.index", **_arguments(after=found.next)) if found.next else None,
        "first_href": url_for("inbox.index", **_arguments(after=None)) if wanted.after else None,
        "changes_href": url_for("inbox.changes", **_arguments()),
        "cursor": f"{total}-{newest.timestamp() if newest else 0}-{_held(found.rows)}",
        "updated_text": clock_text(g.now, None)[:5],
    }


def _pane(session: Session, viewer: Viewer, task_id: UUID) -> dict[str, Any]:
    found = lists.find(session, task_id)
    if found is None:
        return {"task": None}
    view = page.build(session, found.task, now=g.now)
    back = url_for("inbox.index", **_arguments())
    return {
        "task": views.header(session, found, viewer, now=g.now, back=back),
        "gate": views.gate_panel(session, found.task, viewer, now=g.now),
        "facts": views.facts(view),
        "stands": where(session, view.case) if view.case else None,
        "next_url": url_for("inbox.index", **_arguments(), task=task_id),
    }


def _filter() -> lists.Filter:
    view = request.args.get("view", lists.QUEUES)
    practice, due = request.args.get("practice", ""), request.args.get("due", "")
    return lists.Filter(
        view=view if view in TITLES else lists.QUEUES,
        practice_id=_number(practice),
        queue=request.args.get("queue") or None,
        due_before=_due_before(due),
        after=request.args.get("after") or None,
        limit=PER_PAGE,
    )


def _number(text: str) -> int | None:
    """The id in a text from outside, or None when no organization can have it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _due_before(due: str) -> datetime | None:
    spans = {"today": timedelta(days=1), "week": timedelta(days=7)}
    return g.now + spans[due] if due in spans else None


def _arguments(**changes: str | None) -> dict[str, Any]:
    kept: dict[str, Any] = {
        name: request.args[name] for name in ("view", "practice", "due", "queue") if request.args.get(name)
    }
    return kept | {name: value for name, value in changes.items() if value}


def _views(session: Session, viewer: Viewer, wanted: lists.Filter, counts: dict[str, int]) -> list[dict[str, Any]]:
    built_in = [
        {
            "label": title,
            "href": url_for("inbox.index", view=key),
            "icon": icon,
            "count": _count(counts[key]),
            "alert": key == lists.OVERDUE and counts[key] > 0,
            "current": wanted.view == key and wanted.queue is None,
        }
        for key, (title, icon) in TITLES.items()
    ]
    queues = [
        {
            "label": words(queue).capitalize(),
            "href": url_for("inbox.index", queue=queue),
            "icon": None,
            "count": _count(count),
            "alert": False,
            "current": wanted.queue == queue,
        }
        for queue, count in lists.queue_counts(session, viewer, now=g.now)
    ]
    return [{"title": "Inbox", "items": built_in}] + ([{"title": "Queues", "items": queues}] if queues else [])


def _filters(viewer: Viewer, names: views.Names, wanted: lists.Filter) -> dict[str, Any]:
    practices = [{"value": "", "label": "All practices", "selected": wanted.practice_id is None}] + [
        {"value": str(one), "label": names.practice(one)[0], "selected": wanted.practice_id == one}
        for one in viewer.practices
    ]
    dues = [
        {"value": key, "label": label, "selected": request.args.get("due", "") == key} for key, label in DUE.items()
    ]
    active = []
    if wanted.practice_id is not None:
        active.append(_active("practice", names.practice(wanted.practice_id)[0]))
    if wanted.due_before is not None:
        active.append(_active("due", DUE[request.args["due"]].lower()))
    if wanted.queue is not None:
        active.append(_active("queue", words(wanted.queue)))
    return {
        "action": url_for("inbox.index"),
        "hidden": [("view", wanted.view)],
        "practices": practices if len(viewer.practices) > 1 else [],
        "dues": dues,
        "queues": [],
        "active": active,
        "reset_href": url_for("inbox.index", view=wanted.view) if active else None,
    }


def _active(name: str, value: str) -> dict[str, str]:
    rest = {key: text for key, text in _arguments().items() if key != name}
    return {"label": name, "value": value, "remove_href": f"{url_for('inbox.index')}?{urlencode(rest)}"}


def _groups(rows: list[dict[str, Any]], view: str) -> list[dict[str, Any]]:
    """Overdue first, then what is due within a day, then the rest; empty groups are left out."""
    if view == lists.DONE:
        return [{"title": None, "count": len(rows), "rows": rows}] if rows else []
    titles = (("overdue", "Overdue"), ("soon", "Due within a day"), ("", "Later"))
    parts = [(title, [row for row in rows if row["due_state"] == state]) for state, title in titles]
    return [{"title": title, "count": len(part), "rows": part} for title, part in parts if part]


def _held(rows: tuple[lists.Row, ...]) -> int:
    return sum(one.task.version for one in rows)


def _count(number: int) -> str:
    return str(number) if number < lists.COUNT_LIMIT else f"{lists.COUNT_LIMIT - 1}+"
