"""Who is at the door, and may they use it? Sessions, bearer tokens, declared access of every route, headers.

Every view says by decorator who may call it; a view that says nothing is refused. Whether a person may decide a
clinical task is never answered here (tasks/eligibility).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, flash, g, redirect, request, url_for
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from mso import access, people
from mso.access import Viewer
from store import clock
from store.errors import Invalid, Refused
from store.practice import MSO, as_practice
from store.transaction import answers, transaction

V = TypeVar("V", bound=Callable[..., Any])

PUBLIC, SIGNED_IN = "public", "signed in"
ACCESS = "__access__"

csrf = CSRFProtect()
login = LoginManager()


class NotText(Invalid):
    """A NUL in an address or a form: no key makes one, and the database cannot hold it."""

    code = "request.not_text"
    message = "The request holds a NUL character, which is no text. Leave it out and send again."


class NotSignedIn(Refused):
    """No session and no token, or one that has ended."""

    code = "sign_in.needed"
    message = "Sign in first, or send a valid token as `Authorization: Bearer …`."


@dataclass(frozen=True)
class Account(UserMixin):  # type: ignore[misc]
    """A signed-in person as Flask-Login holds it. token: of the browser session; None for an API token."""

    viewer: Viewer
    token: str | None

    def get_id(self) -> str:
        return self.token or ""


def public(view: V) -> V:
    """Anyone may call this view."""
    return allow(PUBLIC)(view)


def allow(permission: str) -> Callable[[V], V]:
    """Who may call a view: a permission of mso.access, PUBLIC or SIGNED_IN."""

    def mark(view: V) -> V:
        setattr(view, ACCESS, permission)
        return view

    return mark


def access_of(app: Flask, endpoint: str) -> str | None:
    """What a route declares; None for one that says nothing."""
    view = app.view_functions[endpoint]
    methods = getattr(view, "view_class", None)
    if methods is not None:
        verb = getattr(methods, "get" if request.method == "HEAD" else request.method.lower(), None)
        return getattr(verb, ACCESS, None)
    return getattr(view, ACCESS, PUBLIC if endpoint == "static" else None)


def me() -> Viewer:
    """The person of this request. Raises NotSignedIn."""
    if not current_user.is_authenticated:
        raise NotSignedIn(on=request.path)
    viewer: Viewer = current_user.viewer
    return viewer


def treat_as_visitor() -> None:
    """Answer this request without knowing who sent it: when who it is cannot be looked up, the page must not try again.

    Flask-Login keeps the person of a request here.
    """
    g._login_user = AnonymousUserMixin()


def local_path(target: str | None) -> str | None:
    """A path of ours to return to, or None for anything that would lead elsewhere."""
    if not target:
        return None
    parts = urlsplit(target)
    safe = not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith(("//", "/\\"))
    # Browsers drop tabs and line ends from an address, so "/<tab>/elsewhere" leads elsewhere.
    return target if safe and target.isprintable() else None


def init_app(app: Flask) -> None:
    """Attach sign-in, CSRF protection, the access check and the response headers."""
    login.init_app(app)
    csrf.init_app(app)
    app.before_request(_require_text)
    app.before_request(_require_access)
    app.after_request(_add_headers)


@login.user_loader  # type: ignore[untyped-decorator]
def _by_session(token: str) -> Account | None:
    now, (whose, parameters) = clock.now(), people.whose_session(token)
    found, *seen = answers(people.session_question(token, now=now), *access.questions(whose, parameters))
    viewer = access.viewer_from(seen, now)
    if viewer is None or people.held_session(token, found, now=now) is None:
        return None
    return Account(viewer, token)


@login.request_loader  # type: ignore[untyped-decorator]
def _by_bearer(incoming: Any) -> Account | None:
    kind, _, text = incoming.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return None
    now = clock.now()
    holder = people.find_by_token(text.strip(), now)
    if holder is None:
        return None
    viewer = access.viewer_from(answers(*access.questions("%(person)s", {"person": holder.person_id})), now)
    return None if viewer is None else Account(viewer, None)


def is_api() -> bool:
    """Whether this request is answered with JSON."""
    return request.path.startswith(("/api/", "/webhooks/"))


def _require_text() -> None:
    """Of pages everything; what programs send, their schemas check, and a webhook's body waits for its signature."""
    parts = [request.path]
    if not is_api():
        sent = (*request.args.items(multi=True), *request.form.items(multi=True))
        parts += [text for pair in sent for text in pair]
    if any("\0" in text for text in parts):
        raise NotText()


def _require_access() -> AnyResponse | None:
    g.now = clock.now()
    if request.endpoint is None:
        return None
    needed = access_of(current_app, request.endpoint)
    if needed == PUBLIC:
        return None
    if needed is None:
        raise Refused(on=request.path)
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if is_api() and current_user.token is not None:
        raise NotSignedIn("The API takes bearer tokens, not browser sessions.", on=request.path)
    if needed != SIGNED_IN and not current_user.viewer.may(needed):
        # Inside a transaction, so that the refusal leaves its audit entry.
        with as_practice(MSO), transaction():
            access.require(current_user.viewer, needed)
    return None


def _ask_to_sign_in() -> AnyResponse:
    if is_api() or request.headers.get("HX-Request") or request.method != "GET":
        raise NotSignedIn(on=request.path)
    flash("Sign in to continue.", "info")
    return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")))


_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_CANVAS_POLICY = _POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
    "font-src 'self'", "font-src 'self' data:"
)
CANVAS = "canvas"
"""Value of `g.page` on pages with a bpmn-js canvas, which sets inline styles."""


def _add_headers(response: Response) -> Response:
    headers = response.headers
    canvas = getattr(g, "page", None) == CANVAS
    headers.setdefault("Content-Security-Policy", _CANVAS_POLICY if canvas else _POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    headers.add("Vary", "HX-Request")
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    elif request.path.startswith("/static/dist/assets/"):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
