"""`/anmelden/dienst`: the way to the other service and back; only where one is configured."""

import hmac

from flask import Blueprint, redirect, request, session, url_for
from werkzeug.wrappers import Response

from directory.accounts.blueprint import keep_out_of_caches, note, settings
from directory.accounts.door import count_visit, let_in, remember_pending
from directory.accounts.guards import requires
from directory.accounts.models import Account
from directory.accounts.oidc import Person, Service, ServiceFailed
from directory.accounts.operations import link_subject
from directory.accounts.queries import find_by_email, find_by_subject
from directory.accounts.rights import Right
from directory.db import begin_write, db
from directory.errors import DirectoryError, Hint
from directory.web.redirects import local_path

bp = Blueprint("sign_in_service", __name__)
bp.after_request(keep_out_of_caches)

_STARTED_KEY = "service"


class NoAccount(DirectoryError):
    """The service knows somebody we have not invited."""

    status = 403
    title = "Kein Konto gefunden"

    def __init__(self) -> None:
        super().__init__(
            "Zu der Person, die der Dienst nennt, gibt es hier kein Konto. Bitte lassen Sie sich "
            "vom Netzwerkbüro einladen, mit genau der bestätigten E-Mail-Adresse, die der Dienst "
            "kennt.",
            (Hint("Zur Anmeldung", "/anmelden"), Hint("Zur Startseite", "/")),
        )


@bp.get("/anmelden/dienst")
@requires(Right.PUBLIC)
def leave_for_service() -> Response:
    """Send the browser to the other service."""
    service = _service()
    started = service.start()
    onwards = local_path(request.args.get("weiter", ""), "/redaktion")
    session[_STARTED_KEY] = [started.state, started.nonce, started.verifier, onwards]
    return redirect(started.href, 303)


@bp.get("/anmelden/dienst/zurueck")
@requires(Right.PUBLIC)
def return_from_service() -> Response:
    """Let in whoever the service names, if they have an account or an invitation."""
    service = _service()
    state, nonce, verifier, onwards = session.pop(_STARTED_KEY, None) or ("", "", "", "")
    code = request.args.get("code", "")
    if not state or not code or not hmac.compare_digest(state, request.args.get("state", "")):
        raise ServiceFailed
    count_visit(db.session)
    person = service.finish(code=code, nonce=nonce, verifier=verifier)
    begin_write(db.session)
    account = _account_of(person)
    link_subject(db.session, account, person.subject)
    if not person.with_two_factors and (
        account.has_second_factor or (account.role.needs_second_factor and account.passkeys)
    ):
        remember_pending(account)
        db.session.commit()
        return redirect(url_for("accounts.second_step", weiter=onwards), 303)
    let_in(db.session, account, is_strong=person.with_two_factors)
    db.session.commit()
    return redirect(onwards, 303)


def _account_of(person: Person) -> Account:
    """Return the account linked with this person, else the one with their verified address."""
    account = find_by_subject(db.session, person.subject)
    if account is None and person.email_verified:
        account = find_by_email(db.session, person.email)
        if account is not None and account.oidc_subject is not None:
            account = None  # it belongs to somebody else over there
        if account is not None and account.active:
            note("linked with sign-in service", account)
    if account is None or not account.active:
        raise NoAccount
    return account


def _service() -> Service:
    known = settings()
    return Service(
        issuer=known.oidc_issuer,
        client_id=known.oidc_client_id,
        client_secret=known.oidc_client_secret,
        back=known.base_url.rstrip("/") + url_for(".return_from_service"),
    )
