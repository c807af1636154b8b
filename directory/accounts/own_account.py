"""`/konto`: what belongs to the person signed in."""

from collections.abc import Mapping

import orjson
from flask import (
    Response,
    flash,
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from directory.accounts import operations, sessions, tokens
from directory.accounts.blueprint import bp, note, place_names, settings, typed
from directory.accounts.guards import (
    csrf_token,
    current_session,
    get_account,
    lacks_second_factor,
    requires,
)
from directory.accounts.letters import tell_password_changed, tell_second_factor_gone
from directory.accounts.models import (
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_PASSKEY_NAME,
    Account,
    SignedInSession,
)
from directory.accounts.passkeys import Site
from directory.accounts.passwords import (
    LONGEST,
    SHORTEST,
    WeakPassword,
    check_password,
    is_password,
)
from directory.accounts.queries import get_by_id
from directory.accounts.rights import Right
from directory.accounts.second_factor import Codes, new_recovery_codes, picture, take_away
from directory.db import begin_write, db
from directory.errors import Conflict
from directory.text import clean

_APP_SECRET_KEY = "app_secret"  # noqa: S105 - the name of a place


@bp.get("/konto")
@requires(Right.SIGNED_IN)
def overview() -> str:
    """Show what belongs to the account."""
    return _overview(get_by_id(db.session, get_account().id))


@bp.post("/konto/name")
@requires(Right.SIGNED_IN)
def rename() -> AnyResponse:
    """Change what colleagues read."""
    begin_write(db.session)
    account = get_by_id(db.session, get_account().id)
    account.name = clean(" ".join(typed("name").split()))[:LONGEST_NAME]
    db.session.commit()
    flash("Ihr Name ist gespeichert.")
    return redirect(url_for(".overview"), 303)


@bp.post("/konto/passwort")
@requires(Right.SIGNED_IN, recent=True)
def change_password() -> AnyResponse:
    """Change the password; other devices are signed out, and access tokens end."""
    account = get_by_id(db.session, get_account().id)
    problems = _password_problems(account)
    db.session.rollback()
    begin_write(db.session)
    account = get_by_id(db.session, get_account().id)
    if problems:
        return make_response(_overview(account, problems=problems), 422)
    operations.set_password(db.session, account, typed("new_password"), kept=_this_session().id)
    tell_password_changed(db.session, account)
    note("password changed", account)
    db.session.commit()
    flash(
        "Ihr Passwort ist geändert. Auf allen anderen Geräten sind Sie abgemeldet; "
        "Zugriffsschlüssel gelten nicht mehr."
    )
    return redirect(url_for(".overview"), 303)


@bp.post("/konto/sitzungen/<int:number>/beenden")
@requires(Right.SIGNED_IN)
def end_session(number: int) -> AnyResponse:
    """Sign out one device."""
    begin_write(db.session)
    if sessions.end_session(db.session, get_account(), number):
        flash("Das Gerät ist abgemeldet.")
    db.session.commit()
    return redirect(url_for(".overview", _anchor="sitzungen"), 303)


@bp.post("/konto/sitzungen/beenden")
@requires(Right.SIGNED_IN)
def end_other_sessions() -> AnyResponse:
    """Sign out all devices but this one."""
    begin_write(db.session)
    sessions.end_sessions(db.session, get_account(), but=_this_session().id)
    db.session.commit()
    flash("Alle anderen Geräte sind abgemeldet.")
    return redirect(url_for(".overview", _anchor="sitzungen"), 303)


@bp.get("/konto/daten.json")
@requires(Right.SIGNED_IN)
def own_data() -> Response:
    """Hand out all we keep about the account."""
    account = get_by_id(db.session, get_account().id)
    kept = operations.exported(account)
    kept["access_tokens"] = [
        {
            "name": one.name,
            "scopes": one.scopes,
            "created_at": one.created_at,
            "expires_at": one.expires_at,
            "last_used_on": one.last_used_on,
        }
        for one in tokens.tokens_of(db.session, account)
    ]
    kept["sessions"] = [
        {
            "device": one.device,
            "created_at": one.created_at,
            "last_used_at": one.last_used_at,
        }
        for one in sessions.sessions_of(db.session, account)
    ]
    response = Response(orjson.dumps(kept, option=orjson.OPT_INDENT_2), mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="mein-konto.json"'
    return response


@bp.get("/konto/loeschen")
@requires(Right.SIGNED_IN, recent=True)
def ask_erasure() -> str:
    """Say what goes and what stays when an account is erased."""
    return _erasure_page()


@bp.post("/konto/loeschen")
@requires(Right.SIGNED_IN, recent=True)
def erase() -> AnyResponse:
    """Erase the account of whoever is signed in."""
    if request.form.get("bestaetigt") != "ja":
        return make_response(_erasure_page("Bitte bestätigen Sie, dass Sie das möchten."), 422)
    begin_write(db.session)
    account = get_by_id(db.session, get_account().id)
    note("account erased", account)
    operations.erase_account(db.session, account)
    db.session.commit()
    session.clear()
    return redirect(url_for("pages.home"), 303)


@bp.get("/konto/app")
@requires(Right.SIGNED_IN, before_second_factor=True, recent=True)
def set_up_app() -> str | AnyResponse:
    """Offer a secret for an app of codes; it counts only when a code proves that it arrived."""
    if lacks_second_factor(_this_session()) and get_account().has_second_factor:
        return redirect(url_for(".sign_in", erneut=1), 303)  # it was set up somewhere else
    if get_account().has_second_factor:
        return redirect(url_for(".overview"), 303)
    secret = session.get(_APP_SECRET_KEY) or _codes().new_secret()
    session[_APP_SECRET_KEY] = secret
    return _app_page(secret)


@bp.post("/konto/app")
@requires(Right.SIGNED_IN, before_second_factor=True, recent=True)
def confirm_app() -> AnyResponse:
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
    note("app set up", account)
    db.session.commit()
    session.pop(_APP_SECRET_KEY)
    return make_response(
        render_template("accounts/recovery_codes.html", codes=codes, is_new_app=True)
    )


@bp.post("/konto/app/entfernen")
@requires(Right.SIGNED_IN, recent=True)
def remove_app() -> AnyResponse:
    """Forget app and recovery codes."""
    begin_write(db.session)
    account = get_by_id(db.session, get_account().id)
    take_away(account)
    tell_second_factor_gone(db.session, account)
    note("app removed", account)
    if account.role.needs_second_factor and not account.passkeys:
        # Without a second factor this session is worth what a password alone is.
        db.session.get_one(SignedInSession, _this_session().id).is_strong = False
        tokens.end_tokens(db.session, account)
    db.session.commit()
    flash("Die App ist entfernt.")
    return redirect(url_for(".overview"), 303)


@bp.post("/konto/codes")
@requires(Right.SIGNED_IN, recent=True)
def renew_recovery_codes() -> AnyResponse:
    """Replace the recovery codes and show the new ones, once."""
    begin_write(db.session)
    account = get_by_id(db.session, get_account().id)
    if not account.has_second_factor:
        return redirect(url_for(".overview"), 303)
    codes = new_recovery_codes(account)
    db.session.commit()
    return make_response(
        render_template("accounts/recovery_codes.html", codes=codes, is_new_app=False)
    )


def _overview(account: Account, *, problems: Mapping[str, str] | None = None) -> str:
    names = place_names()
    return render_template(
        "accounts/overview.html",
        account=account,
        places=[names.get(ags, ags) for ags in sorted(account.places)],
        tokens=tokens.tokens_of(db.session, account),
        sessions=sessions.sessions_of(db.session, account),
        this_session=_this_session().id,
        offers_passkeys=Site.at(settings().base_url).has_passkeys,
        messages=get_flashed_messages(),
        problems=problems or {},
        typed=request.form,
        csrf_token=csrf_token(),
        longest={
            "email": LONGEST_EMAIL,
            "name": LONGEST_NAME,
            "password": LONGEST,
            "passkey": LONGEST_PASSKEY_NAME,
        },
        shortest_password=SHORTEST,
    )


def _password_problems(account: Account) -> dict[str, str]:
    problems = {}
    if account.password_hash is not None and not is_password(account, typed("password")):
        problems["password"] = "Das ist nicht Ihr jetziges Passwort."  # noqa: S105 - a sentence
    try:
        check_password(typed("new_password"), email=account.email)
    except WeakPassword as error:
        problems["new_password"] = error.sentence
    return problems


def _erasure_page(problem: str = "") -> str:
    return render_template("accounts/erase.html", problem=problem, csrf_token=csrf_token())


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
