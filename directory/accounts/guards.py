"""Who is asking, and may they? Every view says with `@requires(…)` or its blueprint with `declare`.

Asking costs an anonymous reader nothing: without our cookie there is neither a session nor a
question to the database.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf, validate_csrf
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import ValidationError

from directory.accounts import sessions
from directory.accounts.models import Account, Scope, SignedInSession
from directory.accounts.rights import SCOPES, Right, may
from directory.db import begin_write, db
from directory.errors import DirectoryError, Hint
from directory.web.errors import asks_a_programme
from directory.web.redirects import local_path

SESSION_KEY = "key"
_DECLARED = "required_right"
_SCOPE = "required_scope"
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)
Guarded = TypeVar("Guarded", Flask, Blueprint)


class SignInNeeded(DirectoryError):
    """A programme asks for something that needs an account."""

    status = 401
    title = "Anmeldung nötig"


class NotAllowed(DirectoryError):
    """Somebody is signed in but has no right to this."""

    status = 403
    title = "Dafür fehlt das Recht"


class WrongToken(DirectoryError):
    """A form does not come from this session's pages."""

    status = 403
    title = "Bitte senden Sie das Formular noch einmal ab"


def init_app(app: Flask) -> None:
    """Check the token of every form of somebody signed in, and keep their pages out of caches."""
    app.jinja_env.globals["current_account"] = current_account
    app.jinja_env.globals["csrf_field"] = csrf_field
    app.before_request(_check_token)
    app.after_request(_keep_private)


def requires(
    right: Right,
    *,
    before_second_factor: bool = False,
    recent: bool = False,
    signed_out: Callable[[], Response] | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Let only accounts with `right` into a view.

    `before_second_factor` opens the few pages somebody needs to set up a second factor; `recent`
    asks whoever signed in a while ago to do so again, before how they sign in is changed;
    `signed_out` answers people without a session who send a form, instead of the way to sign in.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R | Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            if signed_out is not None and _sends_a_form_signed_out():
                return signed_out()
            refused = _refusal(right, before_second_factor=before_second_factor, recent=recent)
            return view(*args, **kwargs) if refused is None else refused

        setattr(guarded, _DECLARED, right)
        return guarded

    return decorate


def declare(target: Guarded, right: Right) -> Guarded:
    """Say that everything of a blueprint needs `right`, unless a view says something else."""
    setattr(target, _DECLARED, right)
    if right is not Right.PUBLIC:
        target.before_request(lambda: _refusal(right))
    return target


def required_right(app: Flask, endpoint: str) -> Right | None:
    """Return which right the view behind `endpoint` declares; None: it forgot to."""
    own: Right | None = getattr(app.view_functions[endpoint], _DECLARED, None)
    if own is not None:
        return own
    owner = app.blueprints[endpoint.rsplit(".", 1)[0]] if "." in endpoint else app
    whole: Right | None = getattr(owner, _DECLARED, None)
    return whole


def takes_tokens(scope: Scope) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say that a view is for programmes with an access token of `scope`; cookies mean nothing.

    The view asks :func:`directory.accounts.bearers.get_bearer` for the account.
    """

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        setattr(view, _SCOPE, scope)
        setattr(view, _DECLARED, SCOPES[scope])
        return view

    return mark


def required_scope(app: Flask, endpoint: str | None) -> Scope | None:
    """Return which scope the view behind `endpoint` wants of a token; None: it takes none."""
    scope: Scope | None = getattr(app.view_functions.get(endpoint or ""), _SCOPE, None)
    return scope


def is_for_bearers() -> bool:
    """Whether this request is for a view that takes access tokens."""
    return required_scope(current_app, request.endpoint) is not None


def current_account() -> Account | None:
    """Return who is asking, None for an anonymous reader.

    It is a snapshot for deciding and showing; who changes an account loads it anew.
    """
    signed_in = current_session()
    return signed_in.account if signed_in else None


def get_account() -> Account:
    """Return who is asking, in a view that only signed-in people reach.

    Raises:
        SignedInNeeded: nobody is signed in.
    """
    account = current_account()
    if account is None:
        raise SignInNeeded("Bitte melden Sie sich an.")
    return account


def current_session() -> SignedInSession | None:
    """Return the session this request belongs to, if its cookie opens one that is alive."""
    if "signed_in" not in g:
        g.signed_in = _find_session()
    signed_in: SignedInSession | None = g.signed_in
    return signed_in


def former_account() -> Account | None:
    """Return whose cookie this is, although the session it opened has expired.

    Good for keeping what they sent until they have signed in again, and for nothing else.
    """
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return None
    key = session.get(SESSION_KEY)
    if not key:
        return None
    with Session(db.engine) as reading:
        return sessions.find_owner(reading, key)


def csrf_token() -> str:
    """Return the token forms of this session carry."""
    token: str = generate_csrf()
    return token


def check_csrf() -> None:
    """Accept a form only with this session's token.

    Raises:
        WrongToken: it is missing, wrong or another session's.
    """
    try:
        validate_csrf(request.form.get("csrf_token") or request.headers.get("X-CSRFToken"))
    except ValidationError as error:
        raise WrongToken(
            "Das Formular war zu lange offen oder stammt aus einer anderen Sitzung. Bitte gehen "
            "Sie zurück, laden Sie die Seite neu und senden Sie es noch einmal ab."
        ) from error


def csrf_field() -> Markup:
    """Return the hidden field for forms; anonymous readers need none and get nothing."""
    if current_account() is None:
        return Markup()
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(csrf_token())


def sign_in_href(back: str) -> str:
    """Return the address of the sign-in page that leads to `back` afterwards."""
    return url_for("accounts.sign_in", weiter=back)


def _find_session() -> SignedInSession | None:
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return None
    key = session.get(SESSION_KEY)
    if not key:
        return None
    # In transactions of their own: the view's begins with the view, which may want to write.
    with Session(db.engine) as reading:
        found = sessions.find_session(reading, key)
    if found is not None and sessions.should_be_noted(found):
        with Session(db.engine) as writing:
            begin_write(writing)
            sessions.note_use(writing, found.id)
            writing.commit()
    return found


def _refusal(
    right: Right, *, before_second_factor: bool = False, recent: bool = False
) -> Response | None:
    """Return what to answer instead of the page, None if the way is free."""
    if right is Right.PUBLIC:
        return None
    signed_in = current_session()
    if signed_in is None:
        if asks_a_programme():
            raise SignInNeeded("Bitte melden Sie sich an.")
        return redirect(sign_in_href(_way_back()), 303)
    account = signed_in.account
    if not before_second_factor and lacks_second_factor(signed_in):
        if asks_a_programme():
            raise NotAllowed("Bitte richten Sie zuerst einen zweiten Faktor ein.")
        return redirect(url_for("accounts.set_up_app"), 303)
    if not may(account, right):
        raise NotAllowed(
            f"Ihre Rolle „{account.role.label}“ hat dieses Recht nicht: {right.label}.",
            (Hint("Zu Ihrem Konto", "/konto"), Hint("Zur Startseite", "/")),
        )
    if recent and not sessions.is_recent(signed_in):
        return redirect(url_for("accounts.sign_in", weiter=_way_back(), erneut=1), 303)
    return None


def _sends_a_form_signed_out() -> bool:
    return (
        request.method not in _SAFE_METHODS and not asks_a_programme() and current_session() is None
    )


def lacks_second_factor(signed_in: SignedInSession) -> bool:
    """Whether somebody whose role needs two factors came in with one."""
    return signed_in.account.role.needs_second_factor and not signed_in.is_strong


def _way_back() -> str:
    """Return the page somebody is on: the one they ask for, or the one their form stands on."""
    if request.method in _SAFE_METHODS:
        return request.full_path.rstrip("?")
    parts = urlsplit(request.referrer or "")
    return local_path(parts.path + (f"?{parts.query}" if parts.query else ""), "/redaktion")


def _check_token() -> None:
    # Where tokens are shown nobody looks at cookies, so nobody else's browser can be made to write.
    if request.method in _SAFE_METHODS or is_for_bearers():
        return
    if current_account() is not None:
        check_csrf()


def _keep_private(response: Response) -> Response:
    if g.get("signed_in") is not None:
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    return response
