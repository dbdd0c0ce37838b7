"""Signing in and out."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from mso.access import viewer_of
from mso.people import SignInRefused, SignInThrottled, authenticate, end_session, open_session
from store import clock
from store.practice import MSO, as_practice
from store.transaction import reading
from webapp import demo_accounts
from webapp.security import SIGNED_IN, Account, allow, local_path, public

bp = Blueprint("account", __name__)


@bp.get("/sign-in")
@public
def sign_in_page() -> ResponseReturnValue:
    """The form, with the cast when this is a demo."""
    return _page()


@bp.post("/sign-in", endpoint="sign_in")
@public
def sign_in() -> ResponseReturnValue:
    """Check e-mail and password and begin a session with a new id."""
    now, email = clock.now(), request.form.get("email", "")
    try:
        with as_practice(MSO):
            who = authenticate(email, request.form.get("password", ""), now=now)
            token = open_session(who.person_id, now=now)
    except (SignInRefused, SignInThrottled) as refused:
        return _page(email=email, error=refused.text), 401
    with reading() as session:
        account = Account(viewer_of(session, who.person_id, now), token)
    login_user(account)
    return redirect(local_path(request.form.get("next")) or url_for("inbox.home"))


@bp.post("/sign-out")
@allow(SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    """End this session on the server."""
    with as_practice(MSO):
        end_session(current_user.get_id(), now=clock.now())
    logout_user()
    flash("You are signed out.", "ok")
    return redirect(url_for("account.sign_in_page"))


def _page(email: str = "", error: str | None = None) -> str:
    return render_template(
        "account/sign_in.html",
        email=email,
        error=error,
        next=request.values.get("next", ""),
        demo_accounts=demo_accounts.cast(current_app.config["HOME"]),
    )
