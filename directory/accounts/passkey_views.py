"""What `static/js/passkey.js` talks to: options out, the device's answer in, JSON both ways."""

import json
from base64 import b64decode, b64encode
from typing import Any

from flask import Response, flash, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from directory.accounts import sessions
from directory.accounts.blueprint import bp, note, settings, typed
from directory.accounts.door import count_visit, let_in
from directory.accounts.guards import check_csrf, current_session, get_account, requires
from directory.accounts.models import Account, SignedInSession
from directory.accounts.operations import join
from directory.accounts.passkeys import (
    InvalidPasskey,
    Site,
    add_passkey,
    new_challenge,
    registration_options,
    remove_passkey,
    rename_passkey,
    sign_in_options,
    use_passkey,
)
from directory.accounts.queries import get_by_id
from directory.accounts.rights import Right
from directory.db import begin_write, db
from directory.errors import Conflict, DirectoryError
from directory.web.errors import problem
from directory.web.redirects import local_path

_CHALLENGE_KEY = "challenge"


def site() -> Site:
    """Return this site as authenticators know it."""
    return Site.at(settings().base_url)


@bp.post("/anmelden/passkey/optionen")
@requires(Right.PUBLIC)
def sign_in_passkey_options() -> Response:
    """Ask the browser for a passkey of this site, whoever it belongs to."""
    check_csrf()
    return _json(sign_in_options(site(), _fresh_challenge()))


@bp.post("/anmelden/passkey")
@requires(Right.PUBLIC)
def sign_in_with_passkey() -> Response:
    """Let in whoever's passkey signed the challenge."""
    check_csrf()
    try:
        challenge = _challenge()
        count_visit(db.session)
        begin_write(db.session)
        account = use_passkey(db.session, _answer()["credential"], challenge=challenge, site=site())
    except DirectoryError as error:
        return problem(error.status, error.title, error.sentence)
    let_in(db.session, account, is_strong=True)
    db.session.commit()
    return _onwards(local_path(str(_answer().get("weiter", "")), "/redaktion"))


@bp.post("/konto/passkeys/optionen")
@requires(Right.SIGNED_IN, before_second_factor=True, recent=True)
def new_passkey_options() -> Response:
    """Ask the browser to make a passkey for the account signed in."""
    account = get_by_id(db.session, get_account().id)
    return _json(registration_options(site(), account, _fresh_challenge()))


@bp.post("/konto/passkeys")
@requires(Right.SIGNED_IN, before_second_factor=True, recent=True)
def keep_passkey() -> Response:
    """Add the passkey the device has made; it counts as the second factor from now on."""
    signed_in = current_session()
    begin_write(db.session)
    account = get_by_id(db.session, get_account().id)
    try:
        _refuse_to_replace(account, signed_in)
        added = add_answered_passkey(account)
    except DirectoryError as error:
        return problem(error.status, error.title, error.sentence)
    if signed_in is not None:
        kept = db.session.get_one(SignedInSession, signed_in.id)
        kept.is_strong = True
        sessions.end_sessions(db.session, account, but=kept.id)
    note("passkey added", account)
    db.session.commit()
    flash(f"Der Passkey „{added}“ gehört jetzt zu Ihrem Konto.")
    return _onwards(url_for(".overview"))


@bp.post("/konto/passkeys/<int:number>/name")
@requires(Right.SIGNED_IN)
def name_passkey(number: int) -> AnyResponse:
    """Call a passkey something else."""
    begin_write(db.session)
    rename_passkey(get_by_id(db.session, get_account().id), number, typed("name"))
    db.session.commit()
    return redirect(url_for(".overview", _anchor="passkeys"), 303)


@bp.post("/konto/passkeys/<int:number>/entfernen")
@requires(Right.SIGNED_IN, recent=True)
def drop_passkey(number: int) -> AnyResponse:
    """Remove a passkey, unless it is the only way in."""
    begin_write(db.session)
    account = get_by_id(db.session, get_account().id)
    if account.password_hash is None and len(account.passkeys) == 1:
        raise Conflict(
            "Das ist Ihr einziger Weg hinein. Bitte wählen Sie zuerst ein Passwort oder richten "
            "Sie einen anderen Passkey ein."
        )
    if remove_passkey(account, number):
        note("passkey removed", account)
        flash("Der Passkey ist entfernt.")
    db.session.commit()
    return redirect(url_for(".overview", _anchor="passkeys"), 303)


def invited_passkey_options(account: Account) -> Response:
    """Ask the browser to make the first passkey of somebody invited."""
    return _json(registration_options(site(), account, _fresh_challenge()))


def add_answered_passkey(account: Account) -> str:
    """Add the passkey of this request to `account`; returns its name.

    Raises:
        InvalidPasskey: it proves nothing.
    """
    answer = _answer()
    passkey = add_passkey(
        db.session,
        account,
        name=str(answer.get("name", "")),
        answer=answer["credential"],
        challenge=_challenge(),
        site=site(),
    )
    join(account)
    return passkey.name


def _refuse_to_replace(account: Account, signed_in: SignedInSession | None) -> None:
    # Who holds only the password of somebody with two factors must not add a second of their own.
    weak = signed_in is None or not signed_in.is_strong
    has_factor = account.has_second_factor or bool(account.passkeys)
    if weak and account.role.needs_second_factor and has_factor:
        raise Conflict("Bitte melden Sie sich erst mit Ihrem zweiten Faktor an.")


def _fresh_challenge() -> bytes:
    challenge = new_challenge()
    session[_CHALLENGE_KEY] = b64encode(challenge).decode()
    return challenge


def _challenge() -> bytes:
    challenge = session.pop(_CHALLENGE_KEY, None)
    if challenge is None:
        raise InvalidPasskey("Das hat zu lange gedauert. Bitte versuchen Sie es noch einmal.")
    return b64decode(challenge)


def _answer() -> dict[str, Any]:
    answer = request.get_json(silent=True)
    if not isinstance(answer, dict) or not isinstance(answer.get("credential"), dict):
        raise InvalidPasskey("Die Antwort des Browsers war unvollständig.")
    return answer


def _json(text: str) -> Response:
    return Response(text, mimetype="application/json")


def _onwards(path: str) -> Response:
    return Response(json.dumps({"weiter": path}), mimetype="application/json")
