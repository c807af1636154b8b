"""What is behind the links in our letters. Opening one shows a page; its button does something."""

from flask import Response, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from directory.accounts import operations
from directory.accounts.blueprint import bp, note, settings, typed
from directory.accounts.door import count_in, let_in
from directory.accounts.guards import (
    check_csrf,
    csrf_token,
    current_session,
    get_account,
    requires,
)
from directory.accounts.letters import (
    send_address_link,
    send_password_link,
    tell_address_changed,
    tell_address_taken,
    tell_password_changed,
)
from directory.accounts.links import get_link, use_link
from directory.accounts.models import LONGEST_EMAIL, Account, LinkKind, MailedLink, Role, new_handle
from directory.accounts.passkey_views import add_answered_passkey, invited_passkey_options
from directory.accounts.passkeys import Site
from directory.accounts.passwords import LONGEST, SHORTEST, WeakPassword, check_password
from directory.accounts.queries import find_by_email, folded, get_by_id
from directory.accounts.rights import Right
from directory.db import begin_write, db, utc_now
from directory.errors import DirectoryError
from directory.text import clean, is_email
from directory.web.errors import problem as problem_json

_NO_ADDRESS = "Bitte geben Sie eine vollständige E-Mail-Adresse an."


@bp.get("/einladung/<token>")
@requires(Right.PUBLIC)
def invitation(token: str) -> str:
    """Welcome somebody invited."""
    return _invitation_page(_link(LinkKind.INVITATION, token), token)


@bp.post("/einladung/<token>")
@requires(Right.PUBLIC)
def accept_invitation(token: str) -> AnyResponse:
    """Keep the chosen password and let the person in."""
    check_csrf()
    begin_write(db.session)
    link = _link(LinkKind.INVITATION, token)
    problem = _password_problem(link.account)
    if problem:
        return make_response(_invitation_page(link, token, problem), 422)
    account = use_link(db.session, link)
    operations.set_password(db.session, account, typed("password"), kept=None)
    let_in(db.session, account, is_strong=False)
    note("invitation accepted", account)
    db.session.commit()
    return redirect(url_for(".overview"), 303)


@bp.post("/einladung/<token>/passkey/optionen")
@requires(Right.PUBLIC)
def invited_options(token: str) -> Response:
    """Ask the browser to make a passkey for somebody invited."""
    check_csrf()
    return invited_passkey_options(_link(LinkKind.INVITATION, token).account)


@bp.post("/einladung/<token>/passkey")
@requires(Right.PUBLIC)
def accept_with_passkey(token: str) -> Response:
    """Keep the passkey and let the person in."""
    check_csrf()
    begin_write(db.session)
    try:
        account = use_link(db.session, _link(LinkKind.INVITATION, token))
        add_answered_passkey(account)
    except DirectoryError as error:
        return problem_json(error.status, error.title, error.sentence)
    let_in(db.session, account, is_strong=True)
    note("invitation accepted", account)
    db.session.commit()
    return Response(f'{{"weiter": "{url_for(".overview")}"}}', mimetype="application/json")


@bp.get("/passwort-vergessen")
@requires(Right.PUBLIC)
def forgotten() -> str:
    """Ask for the address a way to a new password shall go to."""
    return _forgotten_page()


@bp.post("/passwort-vergessen")
@requires(Right.PUBLIC)
def send_way_back() -> AnyResponse:
    """Send the way to a new password; the answer is the same if there is no such account."""
    check_csrf()
    email = clean(typed("email"))[:LONGEST_EMAIL]
    if not is_email(email):
        return make_response(_forgotten_page(email, _NO_ADDRESS), 422)
    begin_write(db.session)
    count_in(db.session, email)
    account = find_by_email(db.session, email)
    if account is not None and account.active:
        send_password_link(db.session, account)
    else:
        _work_for_nothing()
    db.session.commit()
    return redirect(url_for(".way_back_sent"), 303)


@bp.get("/passwort-vergessen/gesendet")
@requires(Right.PUBLIC)
def way_back_sent() -> str:
    """Say that a letter is on its way, if there is an account."""
    return render_template("accounts/forgotten_sent.html")


@bp.get("/passwort/<token>")
@requires(Right.PUBLIC)
def new_password(token: str) -> str:
    """Ask for a new password."""
    return _new_password_page(_link(LinkKind.PASSWORD, token), token)


@bp.post("/passwort/<token>")
@requires(Right.PUBLIC)
def keep_new_password(token: str) -> AnyResponse:
    """Keep the new password; every session ends, and the way in is the usual one."""
    check_csrf()
    begin_write(db.session)
    link = _link(LinkKind.PASSWORD, token)
    problem = _password_problem(link.account)
    if problem:
        return make_response(_new_password_page(link, token, problem), 422)
    account = use_link(db.session, link)
    operations.set_password(db.session, account, typed("password"), kept=None)
    tell_password_changed(db.session, account)
    note("password reset", account)
    db.session.commit()
    flash("Ihr neues Passwort gilt. Bitte melden Sie sich damit an.")
    return redirect(url_for(".sign_in"), 303)


@bp.post("/konto/adresse")
@requires(Right.SIGNED_IN, recent=True)
def ask_new_address() -> AnyResponse:
    """Ask the new address whether it is right; the answer is the same if it is taken."""
    new_email = folded(clean(typed("email")))[:LONGEST_EMAIL]
    if not is_email(new_email):
        flash(_NO_ADDRESS)
        return redirect(url_for(".overview", _anchor="adresse"), 303)
    begin_write(db.session)
    count_in(db.session, new_email)
    account = get_by_id(db.session, get_account().id)
    if find_by_email(db.session, new_email) is None:
        send_address_link(db.session, account, new_email)
    else:
        tell_address_taken(db.session, new_email)
    db.session.commit()
    flash(f"Wir haben an {new_email} geschrieben. Die Adresse gilt, sobald Sie dort bestätigen.")
    return redirect(url_for(".overview", _anchor="adresse"), 303)


@bp.get("/adresse/<token>")
@requires(Right.PUBLIC)
def new_address(token: str) -> str:
    """Show the new address and ask to confirm it."""
    link = _link(LinkKind.ADDRESS, token)
    return render_template(
        "accounts/new_address.html", email=link.new_email, token=token, csrf_token=csrf_token()
    )


@bp.post("/adresse/<token>")
@requires(Right.PUBLIC)
def keep_new_address(token: str) -> AnyResponse:
    """Take the new address and tell the old one."""
    check_csrf()
    begin_write(db.session)
    link = _link(LinkKind.ADDRESS, token)
    new_email = link.new_email or ""
    account = use_link(db.session, link)
    old_email = account.email
    here = current_session()
    kept = here.id if here and here.account_id == account.id else None
    operations.change_email(db.session, account, new_email, kept=kept)
    tell_address_changed(db.session, old_email)
    note("address changed", account)
    db.session.commit()
    flash("Ihre neue E-Mail-Adresse gilt.")
    return redirect(url_for(".overview" if kept else ".sign_in"), 303)


def _link(kind: LinkKind, token: str) -> MailedLink:
    return get_link(db.session, kind, token, keys=settings().secret_keys)


def _work_for_nothing() -> None:
    """Do for an address without account what is done for one with, and undo it."""
    with db.session.begin_nested() as undone:
        nobody = Account(
            email=f"{new_handle()}@example.org",
            role=Role.EDITOR,
            recovery_hashes=[],
            joined_at=utc_now(),
        )
        db.session.add(nobody)
        db.session.flush()
        send_password_link(db.session, nobody)
        undone.rollback()


def _password_problem(account: Account) -> str:
    try:
        check_password(typed("password"), email=account.email)
    except WeakPassword as error:
        return error.sentence
    return ""


def _invitation_page(link: MailedLink, token: str, problem: str = "") -> str:
    return render_template(
        "accounts/invitation.html",
        account=link.account,
        token=token,
        problem=problem,
        offers_passkeys=Site.at(settings().base_url).has_passkeys,
        csrf_token=csrf_token(),
        shortest=SHORTEST,
        longest=LONGEST,
    )


def _forgotten_page(email: str = "", problem: str = "") -> str:
    return render_template(
        "accounts/forgotten.html",
        email=email,
        problem=problem,
        csrf_token=csrf_token(),
        longest=LONGEST_EMAIL,
    )


def _new_password_page(link: MailedLink, token: str, problem: str = "") -> str:
    return render_template(
        "accounts/new_password.html",
        email=link.account.email,
        token=token,
        problem=problem,
        csrf_token=csrf_token(),
        shortest=SHORTEST,
        longest=LONGEST,
    )
