"""What the endpoints share: one blueprint, one decorator for an operation, bearer tokens, and problems as documented.

An operation names its permission, its shapes and its errors once; routing, access, checking and specification follow.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn, TypeVar

from flask_smorest import Api, Blueprint  # type: ignore[import-untyped]
from marshmallow import RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser

from mso.access import NotPermitted
from store.errors import DomainError, Invalid
from webapp.errors import STATUSES
from webapp.schemas.base import Base, Query
from webapp.schemas.problems import Problem
from webapp.security import NotSignedIn, allow, csrf

V = TypeVar("V", bound=Callable[..., Any])

PREFIX = "/api/v1"
PROBLEM = "application/problem+json"
INTRODUCTION = (
    "Cases, tasks and deliveries for programs. Send `Authorization: Bearer <token>`; "
    "`countersign token create --email E` makes one. A token acts as its person and sees what they see; "
    "it never signs a clinical decision without that person's password. Errors are problem details (RFC 9457) "
    "with a stable `code`. What belongs to a practice you do not see is answered with 404."
)

problems: dict[str, type[DomainError]] = {}
"""Every error that an operation declares, by its code."""


class RequestInvalid(Invalid):
    """Query or body do not have the documented shape."""

    code = "request.invalid"
    message = "The request does not have the documented shape (see /api/docs). Correct the fields named in `errors`."


class Parser(FlaskParser):
    """Refuses unknown query fields too, and speaks through our own errors."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}  # noqa: RUF012

    def load_json(self, req: Any, schema: Schema) -> Any:
        """The body. Brackets nested too deep and numbers too long for the reader are no JSON of ours."""
        try:
            return super().load_json(req, schema)
        except RecursionError:
            raise RequestInvalid(fields={"": ["Nest the body less deeply."]}) from None
        except ValueError:
            raise RequestInvalid(fields={"": ["Send numbers of fewer digits."]}) from None

    def handle_error(self, error: ValidationError, *args: Any, **kwargs: Any) -> NoReturn:
        """Raises RequestInvalid with dotted field names, without webargs' name of the location."""
        messages = error.messages if isinstance(error.messages, dict) else {"": error.messages}
        found = {}
        for part in messages.values():
            found.update(_flat(part, ""))
        raise RequestInvalid(fields=found)


class _Blueprint(Blueprint):  # type: ignore[misc]
    ARGUMENTS_PARSER = Parser()


class _Api(Api):  # type: ignore[misc]
    ERROR_SCHEMA = Problem
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """None of its own: webapp/errors.py answers every error, for pages and programs."""


bp = _Blueprint("api", __name__, url_prefix=PREFIX, description="Countersign's REST API.")


def make_api(app: Any) -> Any:
    """smorest's Api object with our scheme and introduction; the caller registers blueprints on it."""
    options = {"info": {"description": INTRODUCTION}, "security": [{"bearer": []}], "servers": [{"url": "/"}]}
    api = _Api(app, spec_kwargs=options)
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    return api


def operation(
    rule: str,
    permission: str,
    gives: type[Base] | None,
    *,
    takes: type[Base] | None = None,
    refuses: Iterable[type[DomainError]] = (),
) -> Callable[[V], V]:
    """Make a view an operation of the API.

    rule: method and path, e.g. "GET /cases/<uuid:case_id>"; gives: shape of the answer (None: 204); takes: shape of the
    body, or of the query for a webapp.schemas.base.Query, given as the first argument; refuses: errors of its own.
    """
    method, path = rule.split(" ")
    errors = (NotSignedIn, NotPermitted, *((RequestInvalid,) if takes else ()), *refuses)
    problems.update({one.code: one for one in errors})

    def make(view: V) -> V:
        made = _answering(view, gives, errors)
        if takes is not None:
            made = bp.arguments(takes, location="query" if issubclass(takes, Query) else "json")(made)
        made = allow(permission)(bp.doc(operationId=view.__name__)(made))
        tag = view.__module__.rpartition(".")[2].capitalize()
        bp.add_url_rule(path, view.__name__, made, methods=[method], tags=[tag])
        if method != "GET":
            # This view only: it takes bearer tokens, which no browser sends by itself (webapp/security.py).
            csrf.exempt(made)
        return view

    return make


def next_of(found: list[Any], limit: int) -> Any:
    """The cursor after a page whose query asked for one row more: the last id shown, or None."""
    return found[limit - 1].id if len(found) > limit else None


def _answering(view: V, gives: type[Base] | None, errors: Iterable[type[DomainError]]) -> Any:
    made = bp.response(200, gives)(view) if gives else bp.response(204, description="Done.")(view)
    by_status: dict[int, list[type[DomainError]]] = {}
    for one in errors:
        by_status.setdefault(status_of_class(one), []).append(one)
    for status, of_status in sorted(by_status.items()):
        codes = "; ".join(f"`{one.code}`" for one in of_status)
        made = bp.alt_response(status, schema=Problem, content_type=PROBLEM, description=codes)(made)
    return made


def status_of_class(error: type[DomainError]) -> int:
    """The HTTP status of an error's family, as webapp.errors maps it."""
    return next(status for family, status in STATUSES if issubclass(error, family))


def _flat(messages: Any, prefix: str) -> dict[str, list[str]]:
    if isinstance(messages, Mapping):
        found: dict[str, list[str]] = {}
        for key, one in messages.items():
            name = prefix if key == "_schema" else f"{prefix}.{key}" if prefix else str(key)
            found.update(_flat(one, name))
        return found
    return {prefix: [str(one) for one in messages] if isinstance(messages, list) else [str(messages)]}
