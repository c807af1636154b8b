"""Programmes that show an access token: `Authorization: Bearer kvz_…`, and nothing else.

Views that take tokens take no cookies: whoever is signed in in a browser is a stranger to them,
so no other site can make that browser write, and they need none of the tokens of forms.
"""

from flask import Flask, Response, current_app, g, request
from sqlalchemy.orm import Session

from directory.accounts import tokens
from directory.accounts.allowances import Allowance, Left, TooManyQuestions
from directory.accounts.blueprint import settings
from directory.accounts.door import visitor_subject
from directory.accounts.guards import is_for_bearers
from directory.accounts.keys import keyed_digest
from directory.accounts.models import AccessToken, Account, Scope
from directory.accounts.rights import SCOPES, may
from directory.db import begin_write, db, utc_now
from directory.errors import DirectoryError

# Questions a minute: of one account, and without a good token of one address
ALLOWANCES = {"read": 300, "write": 60, "refused": 30}
_READING = {"GET", "HEAD"}


class TokenNeeded(DirectoryError):
    """A programme shows no token, or one that is not good (any more)."""

    status = 401
    title = "Zugriffsschlüssel nötig"

    def __init__(self, sentence: str, *, challenge: str) -> None:
        super().__init__(sentence)
        self.headers = {"WWW-Authenticate": challenge}


class ScopeMissing(DirectoryError):
    """A token is good, but not for this."""

    status = 403
    title = "Dafür reicht der Zugriffsschlüssel nicht"

    def __init__(self, scope: Scope) -> None:
        super().__init__(f"Der Zugriffsschlüssel erlaubt nicht: {scope.label} ({scope.value}).")
        challenge = f'Bearer error="insufficient_scope", scope="{scope.value}"'
        self.headers = {"WWW-Authenticate": challenge}


def init_app(app: Flask) -> None:
    """Count what is done with tokens, and keep all of it between the two who talk."""
    app.extensions["bearer allowances"] = {
        name: Allowance(most) for name, most in ALLOWANCES.items()
    }
    app.after_request(_keep_between_us)


def get_bearer(scope: Scope) -> Account:
    """Return whose token this request shows, if it allows `scope`: a snapshot for deciding.

    Raises:
        TokenNeeded: it shows none, or one that is not good (any more).
        ScopeMissing: the token, or its owner's role, does not allow it.
        TooManyQuestions: the account, or somebody without a token, has asked too often.
    """
    token = _find_token()
    if token is None:
        _count("refused", visitor_subject())
        raise _no_token()
    account = token.account
    kind = "read" if request.method in _READING else "write"
    _count(kind, keyed_digest(f"{kind} {account.actor}", settings().secret_keys))
    if scope not in token.scopes or not may(account, SCOPES[scope]):
        raise ScopeMissing(scope)
    return account


def _find_token() -> AccessToken | None:
    """Return the good token of this request; its use is noted once a day."""
    shown = request.authorization
    if shown is None or shown.type != "bearer" or not shown.token:
        return None
    # In transactions of their own: the view's begins with the view, which may want to write.
    with Session(db.engine) as reading:
        found = tokens.find_token(reading, shown.token)
    today = utc_now().date()
    if found is not None and found.last_used_on != today:
        with Session(db.engine) as writing:
            begin_write(writing)
            tokens.note_use(writing, found.id, today)
            writing.commit()
    return found


def _no_token() -> TokenNeeded:
    if "Authorization" in request.headers:
        return TokenNeeded(
            "Dieser Zugriffsschlüssel gilt nicht: Er ist falsch geschrieben, abgelaufen oder "
            "zurückgezogen.",
            challenge='Bearer error="invalid_token"',
        )
    return TokenNeeded(
        "Bitte senden Sie einen Zugriffsschlüssel mit: „Authorization: Bearer …“. Sie legen ihn "
        "auf der Seite „Konto“ an.",
        challenge="Bearer",
    )


def _count(name: str, subject: str) -> None:
    if not current_app.config.get("COUNT_QUESTIONS", True):
        return
    allowance: Allowance = current_app.extensions["bearer allowances"][name]
    try:
        left = allowance.take(db.engine, subject)
    except TooManyQuestions as error:
        g.bearer_left = name, allowance.seconds, error.left
        raise
    g.bearer_left = name, allowance.seconds, left


def _keep_between_us(response: Response) -> Response:
    """Let nobody keep the answer, no script of another site read it, and tell what is left."""
    if not is_for_bearers() or request.method == "OPTIONS":
        return response
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Authorization")
    for name in ("Access-Control-Allow-Origin", "Access-Control-Expose-Headers"):
        response.headers.pop(name, None)
    if "bearer_left" in g:
        name, seconds, left = g.bearer_left
        assert isinstance(left, Left)  # noqa: S101 - for the reader
        response.headers["RateLimit-Policy"] = f'"{name}";q={left.most};w={seconds}'
        response.headers["RateLimit"] = f'"{name}";r={left.questions};t={left.seconds}'
    return response
