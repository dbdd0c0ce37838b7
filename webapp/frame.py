"""What every page shows around its content: who is signed in, where they may go, and words for times and money."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from flask import Flask, current_app, g, url_for
from flask_login import current_user

from mso.practices import PracticeNotFound, get_practice, list_practices, zone_of
from mso.register import load
from store import clock
from store.practice import MSO, viewing
from store.transaction import reading
from tasks.sla import NO_DUE

NAVIGATION = (
    ("tasks", "Tasks", "inbox", "inbox.index", "task:work"),
    ("cases", "Cases", "file", "cases.index", "case:read"),
    ("deliveries", "Deliveries", "webhook", "webhooks.index", "delivery:read"),
    ("messages", "Messages", "send", "messages.index", "message:read"),
    ("operations", "Operations", "gear", "instances.index", "instance:operate"),
    ("models", "Models", "flow", "models.index", "process:edit"),
)

HOME_STATE = "countersign_home_state"


def init_app(app: Flask) -> None:
    """Give every template `frame`."""
    app.before_request(_learn_home_state)
    app.context_processor(lambda: {"frame": _frame()})


def _frame() -> dict[str, Any]:
    if not current_user or not current_user.is_authenticated:
        return {"me": None, "nav": [], "practice": None}
    viewer = current_user.viewer
    nav = [
        {"key": key, "label": label, "icon": icon, "href": url_for(endpoint)}
        for key, label, icon, endpoint, permission in NAVIGATION
        if permission is None or viewer.may(permission)
    ]
    if not hasattr(g, "me"):
        g.me = _me(viewer.person_id, viewer.name)
    return {"me": g.me, "nav": nav, "practice": None}


def _me(person_id: Any, name: str) -> dict[str, Any]:
    now = clock.now()
    with reading() as session:
        record = load(session, [person_id], now).person(person_id)
    licenses = [one for one in record.licenses if one.status == "active"] if record else []
    badge = f"{licenses[0].license_class} · {', '.join(sorted({one.state for one in licenses}))}" if licenses else ""
    ends = [f"{one.license_class} {one.state} {one.number}, active to {one.expires_on}" for one in licenses]
    return {"name": name, "badge": badge, "badge_ok": bool(licenses), "licenses": ends}


def practice_names(viewer: Any) -> dict[int, tuple[str, str]]:
    """Name and state of the practices a person may see, by id."""
    if not hasattr(g, "practices"):
        with viewing(viewer.practices), reading() as session:
            found = {one.id: (one.name, one.state) for one in list_practices(session)}
        g.practices = {one: found.get(one, ("MSO", "")) for one in viewer.practices}
    names: dict[int, tuple[str, str]] = g.practices
    return names


def _learn_home_state() -> None:
    """The MSO's own state, read once: what belongs to no practice is told in its zone."""
    if HOME_STATE in current_app.extensions:
        return
    try:
        with reading() as session:
            current_app.extensions[HOME_STATE] = get_practice(session, MSO).state
    except PracticeNotFound:
        return


def zone(state: str | None) -> tzinfo:
    """The zone in which a time is told: the practice's; without a practice the MSO's."""
    return zone_of(state or current_app.extensions.get(HOME_STATE))


def stamp(at: datetime, state: str | None) -> str:
    """ "Nov 24, 2026 12:17:57 EST": for what is signed and sealed."""
    local = at.astimezone(zone(state))
    return f"{local:%b} {local.day}, {local:%Y %H:%M:%S} {local.tzname()}"


def when(at: datetime, state: str | None, *, now: datetime) -> str:
    """An instant in the practice's zone: "today 15:04", "Fri 09:41", "Nov 9 09:12"."""
    here = zone(state)
    local, today = at.astimezone(here), now.astimezone(here).date()
    if local.date() == today:
        return f"today {local:%H:%M}"
    if timedelta(0) < today - local.date() < timedelta(days=6):
        return f"{local:%a %H:%M}"
    return f"{local:%b} {local.day} {local:%H:%M}" + ("" if local.year == today.year else f", {local.year}")


def long_day(day: date) -> str:
    """ "Fri Dec 4, 2026": legal dates are always absolute."""
    return f"{day:%a %b} {day.day}, {day.year}"


def due_words(due_at: datetime, state: str | None, *, now: datetime) -> dict[str, str]:
    """A due time as words, ISO text and state ("", "soon", "overdue")."""
    if due_at >= NO_DUE:
        return {"due_text": "", "due_long": "", "due_iso": "", "due_state": ""}
    left, local = due_at - now, due_at.astimezone(zone(state))
    name = local.tzname() or ""
    absolute = f"{local:%a %b} {local.day} {local:%H:%M} {name}"
    if left < timedelta(0):
        text, word = f"Overdue {_span(-left)}", "overdue"
    elif left < timedelta(hours=24):
        text, word = f"{_span(left)} left", "soon"
    else:
        text, word = f"{local:%a %b} {local.day}", ""
    long = f"{text}, due {absolute}" if word else f"Due {absolute}"
    return {"due_text": text, "due_long": long, "due_iso": due_at.astimezone(UTC).isoformat(), "due_state": word}


def clock_text(at: datetime, state: str | None) -> str:
    """ "10:42:07 ET" for "as of" lines."""
    local = at.astimezone(zone(state))
    return f"{local:%H:%M:%S} {local.tzname()}"


def money(amount: Decimal | None) -> str | None:
    """US dollars, or None."""
    return None if amount is None else f"${amount:,.2f}"


_SPELLED = {
    "p2p_first": "peer-to-peer call first",
    "idr": "No Surprises Act negotiation",
    "sla_bd": "business days to act",
    "cob_transfer": "transfer to another payer",
    "medical_necessity_attestation_for_our_appeal": "attestation of our appeal letter",
}
"""Keys that do not read as words by themselves."""


def words(key: str | None) -> str:
    """A key as words: "medical_necessity" -> "medical necessity"."""
    return _SPELLED.get(key or "", (key or "").replace("_", " "))


def _span(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    if hours >= 48:
        return f"{hours // 24} d"
    return f"{hours} h" if hours else f"{max(1, int(span.total_seconds() // 60))} min"
