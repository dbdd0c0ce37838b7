"""Every page with sample data, through the real templates and headers but without a database.

`python -m tests.webapp.preview` serves it on http://127.0.0.1:8090/ for looking.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.serving import make_server

from tests.webapp import samples
from webapp import assets, security

Context = dict[str, Any]
Make = Callable[[], Context]

SCREENS: dict[str, tuple[str, Make]] = {
    "sign-in": ("account/sign_in.html", samples.sign_in),
    "sign-in-refused": ("account/sign_in.html", lambda: samples.sign_in("E-mail or password is not right.")),
    "inbox": ("inbox/index.html", samples.inbox),
    "inbox-list": ("inbox/index.html", lambda: samples.inbox(opened=False)),
    "inbox-empty": ("inbox/index.html", lambda: samples.inbox(empty=True)),
    "task": ("tasks/show.html", samples.task_page),
    "task-plain": ("tasks/show.html", samples.plain_page),
    "task-errors": ("tasks/show.html", lambda: samples.task_page(form=samples.form(wrong=True))),
    "task-refused": ("tasks/show.html", samples.refused_page),
    "task-unstaffed": ("tasks/show.html", lambda: samples.refused_page() | {"gate": samples.gate("unstaffed")}),
    "task-sign": ("tasks/show.html", lambda: samples.task_page(sign=samples.sign())),
    "task-sign-refused": (
        "tasks/show.html",
        lambda: samples.task_page(sign=samples.sign("That is not your password.")),
    ),
    "task-conflict": ("tasks/conflict.html", samples.conflict),
    "cases": ("cases/index.html", samples.cases),
    "case": ("cases/show.html", samples.case_page),
    "decisions": ("cases/decisions.html", samples.decisions),
    "decision": ("cases/decision.html", samples.decision),
    "diagram": ("cases/diagram.html", samples.diagram),
    "deliveries": ("webhooks/index.html", samples.deliveries),
    "delivery": ("webhooks/show.html", lambda: samples.delivery("Say why. The reason is recorded.")),
    "models": ("models/index.html", samples.models),
    "models-refused": ("models/index.html", lambda: samples.models(refused=True)),
    "model": ("models/check.html", samples.model_page),
    "model-undrawn": ("models/check.html", lambda: samples.model_page("undrawn")),
    "model-repaired": ("models/repaired.html", samples.model_repaired),
    "not-found": ("errors/not_found.html", dict),
    "refused": (
        "errors/refused.html",
        lambda: {"message": "You may not sign this decision.", "reasons": samples.gate("may_not")["you"]},
    ),
    "problem": (
        "errors/problem.html",
        lambda: {
            "title": "Something failed on our side",
            "message": "Try again; if it repeats, give this reference.",
            "reference": "8c1f2e",
        },
    ),
}
"""Name of a screen -> template and what it is given."""
DRAWN = frozenset({"diagram", "model", "model-undrawn", "model-repaired"})
"""Screens with a drawing."""


class Behavior:
    """What the stub answers next, and what it was asked; a test sets and reads it."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Everything works and nothing was asked."""
        self.posts: list[tuple[str, dict[str, list[str]]]] = []
        self.draft_status = 200
        self.list_changed = False
        self.pane_status = 200

    def sent(self, endpoint: str) -> list[dict[str, list[str]]]:
        """The bodies posted to one endpoint, in order."""
        return [body for name, body in self.posts if name == endpoint]


def create_preview(behavior: Behavior | None = None) -> Flask:
    """The stub application."""
    app = Flask("webapp")
    app.config.update(SECRET_KEY="preview", SESSION_COOKIE_SECURE=False)
    app.extensions["behavior"] = behavior or Behavior()
    app.jinja_env.globals["csrf_token"] = lambda: "preview-token"
    app.context_processor(lambda: {"frame": samples.frame()})
    assets.init_app(app)
    # The real headers: a page that needs more than the policy allows fails here.
    app.after_request(security._add_headers)
    app.before_request(_remember)
    for blueprint in (_inbox(), _tasks(), _cases(), _webhooks(), _models(), _account(), _screens()):
        app.register_blueprint(blueprint)
    return app


@contextmanager
def served(app: Flask, port: int = 0) -> Iterator[str]:
    """The address of the running stub."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def _behavior() -> Behavior:
    found: Behavior = current_app.extensions["behavior"]
    return found


def _remember() -> None:
    if request.method == "POST":
        _behavior().posts.append((str(request.endpoint), request.form.to_dict(flat=False)))


def _show(name: str, **more: Any) -> str:
    template, make = SCREENS[name]
    if name in DRAWN:
        g.page = security.CANVAS
    return render_template(template, **make(), **more)


def _screens() -> Blueprint:
    bp = Blueprint("screens", __name__)

    @bp.get("/")
    def contents() -> ResponseReturnValue:
        return Response("".join(f'<p><a href="/screens/{name}">{name}</a></p>' for name in SCREENS))

    @bp.get("/screens/<name>")
    def screen(name: str) -> ResponseReturnValue:
        return _show(name)

    return bp


def _inbox() -> Blueprint:
    bp = Blueprint("inbox", __name__)

    @bp.get("/inbox")
    def index() -> ResponseReturnValue:
        chosen = request.args.get("task")
        if chosen and request.headers.get("HX-Request"):
            more = {} if chosen == samples.TASK else {"title": "Confirm records for peer-to-peer call", "id": chosen}
            return render_template("inbox/_pane.html", **samples.pane(**more)), _behavior().pane_status
        return _show("inbox" if chosen else "inbox-list")

    @bp.get("/inbox/changes")
    def changes() -> ResponseReturnValue:
        if not _behavior().list_changed:
            return "", 204
        context = samples.inbox(opened=False)
        context["groups"][1]["rows"].insert(
            0,
            samples.row(
                "0193a5b0-0000-7000-8000-000000000999",
                "A task that just came",
                "DN-20999 | Lakeshore | NY | Aetna |",
                ("1 h left", "soon"),
            ),
        )
        return render_template("inbox/_list.html", **context)

    return bp


def _tasks() -> Blueprint:
    bp = Blueprint("tasks", __name__, url_prefix="/tasks/<task_id>")

    @bp.get("")
    def show(task_id: str) -> ResponseReturnValue:
        return _show("task")

    @bp.post("/claim", endpoint="claim")
    @bp.post("/release", endpoint="release")
    @bp.post("/completion", endpoint="complete")
    def act(task_id: str) -> ResponseReturnValue:
        return redirect(request.form.get("next") or url_for("tasks.show", task_id=task_id), 303)

    @bp.post("/draft")
    def draft(task_id: str) -> ResponseReturnValue:
        return jsonify(saved_at="10:42"), _behavior().draft_status

    @bp.post("/form")
    def form(task_id: str) -> ResponseReturnValue:
        outcome, codes = request.form.get("outcome", ""), int(request.form.get("codes.count", "1"))
        codes += ("add_row" in request.form) - ("remove_row" in request.form)
        drawn = samples.form(outcome=outcome, more=outcome == "more_records", codes=codes)
        return render_template("tasks/show.html", **samples.task_page(form=drawn))

    return bp


def _cases() -> Blueprint:
    bp = Blueprint("cases", __name__, url_prefix="/cases")
    bp.add_url_rule("/", "index", lambda: _show("cases"))
    bp.add_url_rule("/<case_id>", "show", lambda case_id: _show("case"))
    bp.add_url_rule("/<case_id>/diagram", "diagram", lambda case_id: _show("diagram"))
    bp.add_url_rule("/<case_id>/documents/<document_id>", "document", lambda case_id, document_id: "A document.")
    return bp


def _webhooks() -> Blueprint:
    bp = Blueprint("webhooks", __name__, url_prefix="/deliveries")
    bp.add_url_rule("/", "index", lambda: _show("deliveries"))
    bp.add_url_rule("/<delivery_id>", "show", lambda delivery_id: _show("delivery"))
    bp.add_url_rule("/<delivery_id>/replay", "replay", lambda delivery_id: _show("delivery"), methods=["POST"])
    return bp


def _models() -> Blueprint:
    bp = Blueprint("models", __name__, url_prefix="/models")
    bp.add_url_rule("/", "index", lambda: _show("models"))
    bp.add_url_rule("/check", "check", lambda: _show("model"), methods=["POST"])
    bp.add_url_rule("/repair", "mend", lambda: _show("model-repaired"), methods=["POST"])
    bp.add_url_rule("/file", "download", lambda: "A file.", methods=["POST"])
    return bp


def _account() -> Blueprint:
    bp = Blueprint("account", __name__)
    bp.add_url_rule("/sign-in", "sign_in", lambda: _show("sign-in"), methods=["GET", "POST"])
    bp.add_url_rule("/sign-out", "sign_out", lambda: redirect(url_for("account.sign_in")), methods=["POST"])
    return bp


if __name__ == "__main__":
    create_preview().run(port=8090)
