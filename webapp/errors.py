"""The one place where a family of errors becomes an HTTP status: a page for people, problem+json for programs."""

from typing import Any

import structlog
from flask import Flask, Response, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from mso.people import SignInRefused, SignInThrottled
from store import faults, ids
from store.errors import Conflict, DomainError, Invalid, NotConfigured, NotFound, Refused, Unavailable
from store.traces import places
from tasks.eligibility import NotEligible
from webapp.security import NotSignedIn, is_api, treat_as_visitor
from webapp.views.answers import written
from workflows.webhooks.inbound import NotVerified, TooLarge

log = structlog.get_logger()

STATUSES: tuple[tuple[type[DomainError], int], ...] = (
    (NotSignedIn, 401),
    (NotVerified, 401),
    (SignInThrottled, 429),
    (SignInRefused, 403),
    (TooLarge, 413),
    (NotFound, 404),
    (Conflict, 409),
    (Refused, 403),
    (Invalid, 422),
    (Unavailable, 503),
    (NotConfigured, 503),
    (DomainError, 400),
)
"""First match wins."""

TITLES = {
    400: "That request could not be read",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "Not possible here",
    409: "This changed meanwhile",
    413: "Too large",
    415: "Format not accepted",
    422: "Some answers need attention",
    429: "Too many tries",
    500: "Something failed on our side",
    503: "Not available",
}


def status_of(error: DomainError) -> int:
    """The HTTP status of an error's family."""
    return next(status for family, status in STATUSES if isinstance(error, family))


def init_app(app: Flask) -> None:
    """Answer every error in one shape; never with a stack trace, a query or another practice's existence."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


def _domain(error: DomainError) -> tuple[Any, int]:
    status = status_of(error)
    if is_api():
        return problem(status, error.code, error.text, _extra(error)), status
    return _page(error, status), status


def _extra(error: DomainError) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if isinstance(error, Invalid) and error.fields:
        extra["errors"] = error.fields
    if isinstance(error, NotEligible):
        extra["reasons"] = [{"code": one.code, "detail": one.sentence} for one in error.verdict.reasons]
    return extra


def _page(error: DomainError, status: int) -> str:
    if isinstance(error, NotFound):
        return render_template("errors/not_found.html")
    if isinstance(error, Refused):
        reasons = None
        if isinstance(error, NotEligible):
            reasons = [{"ok": False, "text": one.sentence} for one in error.verdict.reasons]
        return render_template(
            "errors/refused.html", message=error.text, reasons=reasons, back_href="/", written=written()
        )
    fields = None
    if isinstance(error, Invalid):
        fields = [{"label": label, "text": " ".join(texts)} for label, texts in error.fields.items()]
    # Who follows a link has given no answers that could need attention.
    title = TITLES[400] if status == 422 and request.method == "GET" else TITLES.get(status)
    return render_template("errors/problem.html", title=title, message=error.text, fields=fields, written=written())


def _csrf(error: CSRFError) -> tuple[Any, int]:
    message = "This page was open too long or was sent from elsewhere. Go back, reload it and send again."
    title = "Reload and send again"
    return render_template("errors/problem.html", title=title, message=message, written=written()), 400


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    if is_api():
        # webargs puts what is wrong with which field beside a 422.
        data = getattr(error, "data", None)
        extra = {"errors": data.get("messages")} if data else {}
        return problem(status, f"http.{status}", error.description or "", extra), status
    if status == 404:
        return render_template("errors/not_found.html"), 404
    return render_template(
        "errors/problem.html", title=TITLES.get(status, error.name), message=error.description
    ), status


def _fault(error: Exception) -> tuple[Any, int]:
    known = faults.in_words(error)
    if known is not None:
        log.warning("database", code=known.code, route=str(request.url_rule), at=places(error.__traceback__))
        if isinstance(known, Unavailable):
            treat_as_visitor()
        return _domain(known)
    reference = ids.token(6)
    log.error(
        "unhandled",
        reference=reference,
        error=type(error).__name__,
        route=str(request.url_rule),
        at=places(error.__traceback__),
    )
    message = "Something failed on our side. Nothing was saved. Try again; if it repeats, give this reference."
    if is_api():
        return problem(500, "internal", message, {"reference": reference}), 500
    title = TITLES[500]
    return render_template(
        "errors/problem.html", title=title, message=message, reference=reference, written=written()
    ), 500


def problem(status: int, code: str, detail: str, extra: dict[str, Any]) -> Response:
    """An RFC 9457 problem with our stable `code`."""
    body = {
        "type": f"/api/docs#{code}",
        "title": TITLES.get(status, "Problem"),
        "status": status,
        "code": code,
        "detail": detail,
        **extra,
    }
    response = jsonify(body)
    response.mimetype = "application/problem+json"
    return response
