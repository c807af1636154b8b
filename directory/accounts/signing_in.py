"""`/anmelden` and `/abmelden`: password, then a code where there is one."""

from flask import (
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from directory.accounts import sessions
from directory.accounts.blueprint import bp, settings, typed
from directory.accounts.door import count_tries, find_pending, let_in, remember_pending
from directory.accounts.guards import (
    SESSION_KEY,
    check_csrf,
    csrf_token,
    current_account,
    requires,
)
from directory.accounts.models import LONGEST_EMAIL, Account
from directory.accounts.passkeys import Site
from directory.accounts.passwords import LONGEST, is_password, renew_hash
from directory.accounts.queries import find_by_email, get_by_id
from directory.accounts.rights import Right
from directory.accounts.second_factor import Codes, use_recovery_code
from directory.db import begin_write, db
from directory.text import clean
from directory.web.redirects import local_path

HOME = "/redaktion"


@bp.get("/anmelden")
@requires(Right.PUBLIC)
def sign_in() -> str | Response:
    """Show the form; `?weiter=/konto` says where it leads, `erneut=1` asks once more."""
    if current_account() is not None and "erneut" not in request.args:
        return redirect(_onwards(), 303)
    return _sign_in_page()


@bp.post("/anmelden")
@requires(Right.PUBLIC)
def try_password() -> Response:
    """Let somebody in whose password is right, or ask for the second factor."""
    check_csrf()
    email, password = clean(typed("email"))[:LONGEST_EMAIL], typed("password")
    count_tries(db.session, email)
    account = _find_by_password(email, password)
    if account is None:
        page = _sign_in_page(
            email=email, problem="E-Mail-Adresse und Passwort passen nicht zueinander."
        )
        return make_response(page, 422)
    if account.has_second_factor or (account.role.needs_second_factor and account.passkeys):
        remember_pending(account)
        return redirect(url_for(".second_step", weiter=_onwards()), 303)
    _enter(account.id, password=password)
    return redirect(_onwards(), 303)


@bp.get("/anmelden/code")
@requires(Right.PUBLIC)
def second_step() -> str | Response:
    """Ask for the second factor of a sign-in whose password was right."""
    pending = find_pending()
    account = db.session.get(Account, pending.account_id) if pending else None
    if pending is None or account is None or not pending.fits(account):
        return redirect(url_for(".sign_in", weiter=_onwards()), 303)
    return _code_page(account)


@bp.post("/anmelden/code")
@requires(Right.PUBLIC)
def try_code() -> Response:
    """Let somebody in whose code is right: from the app, or from the list on paper."""
    check_csrf()
    pending = find_pending()
    account = db.session.get(Account, pending.account_id) if pending else None
    if pending is None or account is None or not pending.fits(account):
        return redirect(url_for(".sign_in", weiter=_onwards()), 303)
    email = account.email
    db.session.rollback()
    count_tries(db.session, email)
    begin_write(db.session)
    account = db.session.get(Account, pending.account_id, with_for_update=True)
    if account is None or not pending.fits(account):
        return redirect(url_for(".sign_in", weiter=_onwards()), 303)
    code = typed("code")
    if not Codes(settings().secret_keys).is_code(account, code) and not use_recovery_code(
        account, code
    ):
        page = _code_page(account, problem="Dieser Code stimmt nicht oder ist schon abgelaufen.")
        return make_response(page, 422)
    let_in(db.session, account, is_strong=True)
    db.session.commit()
    return redirect(_onwards(), 303)


@bp.post("/abmelden")
@requires(Right.PUBLIC)
def sign_out() -> Response:
    """End this browser's session; whoever has none ends up in the same place."""
    key = session.get(SESSION_KEY)
    if key:
        begin_write(db.session)
        sessions.end_by_key(db.session, key)
        db.session.commit()
    session.clear()
    return redirect(url_for("pages.home"), 303)


def _find_by_password(email: str, password: str) -> Account | None:
    """Return the account, if it may sign in; the work is the same if it does not exist."""
    account = find_by_email(db.session, email)
    is_right = is_password(account, password)
    return account if is_right and account is not None and account.active else None


def _enter(account_id: int, *, password: str) -> None:
    # Reading ends here; the writing transaction begins with its lock.
    db.session.rollback()
    begin_write(db.session)
    account = get_by_id(db.session, account_id)
    renew_hash(account, password)
    let_in(db.session, account, is_strong=False)
    db.session.commit()


def _onwards() -> str:
    return local_path(request.values.get("weiter", ""), HOME)


def _sign_in_page(*, email: str = "", problem: str = "") -> str:
    return render_template(
        "accounts/sign_in.html",
        email=email,
        problem=problem,
        again=current_account() is not None,
        messages=get_flashed_messages(),
        service=settings().oidc_name if settings().oidc_issuer else "",
        offers_passkeys=Site.at(settings().base_url).has_passkeys,
        onwards=_onwards(),
        csrf_token=csrf_token(),
        longest={"email": LONGEST_EMAIL, "password": LONGEST},
    )


def _code_page(account: Account, *, problem: str = "") -> str:
    return render_template(
        "accounts/second_step.html",
        has_app=account.has_second_factor,
        problem=problem,
        onwards=_onwards(),
        csrf_token=csrf_token(),
    )
