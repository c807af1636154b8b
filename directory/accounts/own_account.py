"""`/konto`: what belongs to the person signed in."""

from flask import make_response, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from directory.accounts import operations, sessions
from directory.accounts.blueprint import bp, settings, typed
from directory.accounts.guards import (
    csrf_token,
    current_session,
    get_account,
    lacks_second_factor,
    requires,
)
from directory.accounts.models import SignedInSession
from directory.accounts.queries import get_by_id
from directory.accounts.rights import Right
from directory.accounts.second_factor import Codes, picture
from directory.db import begin_write, db
from directory.errors import Conflict

_APP_SECRET_KEY = "app_secret"  # noqa: S105 - the name of a place


@bp.get("/konto")
@requires(Right.SIGNED_IN)
def overview() -> str:
    """Show what belongs to the account."""
    account = get_by_id(db.session, get_account().id)
    return render_template(
        "accounts/overview.html",
        account=account,
        sessions=sessions.sessions_of(db.session, account),
        this_session=_this_session().id,
        csrf_token=csrf_token(),
    )


@bp.get("/konto/app")
@requires(Right.SIGNED_IN, before_second_factor=True, recent=True)
def set_up_app() -> str | Response:
    """Offer a secret for an app of codes; it counts only when a code proves that it arrived."""
    if get_account().has_second_factor:
        return redirect(url_for(".overview"), 303)
    secret = session.get(_APP_SECRET_KEY) or _codes().new_secret()
    session[_APP_SECRET_KEY] = secret
    return _app_page(secret)


@bp.post("/konto/app")
@requires(Right.SIGNED_IN, before_second_factor=True, recent=True)
def confirm_app() -> Response:
    """Take the app if it knows the code of this moment, and show the recovery codes, once."""
    secret = session.get(_APP_SECRET_KEY)
    if secret is None:
        return redirect(url_for(".set_up_app"), 303)
    begin_write(db.session)
    account = get_by_id(db.session, get_account().id)
    if account.has_second_factor or (lacks_second_factor(_this_session()) and account.passkeys):
        raise Conflict("Zu diesem Konto gehört schon ein zweiter Faktor.")
    if not _codes().set_up(account, secret, typed("code")):
        page = _app_page(
            secret, problem="Dieser Code stimmt nicht. Bitte warten Sie auf den nächsten."
        )
        return make_response(page, 422)
    kept = db.session.get_one(SignedInSession, _this_session().id)
    codes = operations.use_app(db.session, account, kept=kept)
    db.session.commit()
    session.pop(_APP_SECRET_KEY)
    return make_response(render_template("accounts/recovery_codes.html", codes=codes))


def _app_page(secret: str, *, problem: str = "") -> str:
    account = get_account()
    uri = _codes().uri(secret, account)
    return render_template(
        "accounts/set_up_app.html",
        picture=picture(uri),
        secret=_codes().readable(secret),
        uri=uri,
        required=lacks_second_factor(_this_session()),
        problem=problem,
        csrf_token=csrf_token(),
    )


def _codes() -> Codes:
    return Codes(settings().secret_keys)


def _this_session() -> SignedInSession:
    signed_in = current_session()
    assert signed_in is not None, "only views behind @requires(…) ask"  # noqa: S101
    return signed_in
