"""`/konto/schluessel`: access tokens, made, shown once and withdrawn."""

from collections.abc import Mapping

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from directory.accounts import tokens
from directory.accounts.blueprint import bp, note, typed
from directory.accounts.guards import get_account, requires
from directory.accounts.models import LONGEST_TOKEN_NAME, Scope
from directory.accounts.queries import get_by_id
from directory.accounts.rights import Right
from directory.accounts.tokens import LIFETIMES, USUAL_LIFETIME, InvalidToken
from directory.db import begin_write, db

_LIFETIMES = {30: "30 Tage", 90: "90 Tage", 365: "ein Jahr"}


@bp.get("/konto/schluessel")
@requires(Right.SIGNED_IN, recent=True)
def new_token() -> str:
    """Ask what a new access token is for."""
    return _form()


@bp.post("/konto/schluessel")
@requires(Right.SIGNED_IN, recent=True)
def make_token() -> Response:
    """Make an access token and show its secret, once."""
    begin_write(db.session)
    account = get_by_id(db.session, get_account().id)
    days = typed("days")
    try:
        token, secret = tokens.create_token(
            db.session,
            account,
            name=typed("name"),
            scopes=request.form.getlist("scopes"),
            days=int(days) if days in map(str, LIFETIMES) else None,
        )
    except InvalidToken as error:
        return make_response(_form(error.problems), 422)
    note("access token made", account, number=token.id, scopes=token.scopes)
    db.session.commit()
    return make_response(render_template("accounts/token.html", token=token, secret=secret))


@bp.post("/konto/schluessel/<int:number>/zurueckziehen")
@requires(Right.SIGNED_IN)
def withdraw_token(number: int) -> Response:
    """Withdraw an access token; from now on it opens nothing."""
    begin_write(db.session)
    account = get_by_id(db.session, get_account().id)
    token = tokens.withdraw_token(db.session, account, number)
    if token is not None:
        note("access token withdrawn", account, number=number)
        flash(f"Der Zugriffsschlüssel „{token.name}“ gilt nicht mehr.")
    db.session.commit()
    return redirect(url_for(".overview", _anchor="schluessel"), 303)


def _form(problems: Mapping[str, str] | None = None) -> str:
    return render_template(
        "accounts/new_token.html",
        scopes=[(scope.value, scope.label) for scope in Scope],
        chosen=request.form.getlist("scopes") if request.form else list(Scope),
        lifetimes=[(f"{days}", label) for days, label in _LIFETIMES.items()],
        lifetime=typed("days") or f"{USUAL_LIFETIME}",
        name=typed("name"),
        problems=problems or {},
        longest_name=LONGEST_TOKEN_NAME,
    )
