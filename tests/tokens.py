"""Programmes as they meet the interface: with a token, without cookies.

city = bearer(app)
city.post("/practices", {"title": "Vereinssprechstunde"})
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from directory.accounts.models import AccessToken, Role, Scope
from directory.accounts.queries import find_by_email
from directory.accounts.tokens import create_token
from directory.db import begin_write, db
from tests.signing_in import have_account

API = "/api/v1"
COMPLETE: dict[str, Any] = {
    "ags": "05962016",
    "title": "Vereinssprechstunde an jedem ersten Montag",
    "summary": "Das Ehrenamtsbüro berät Vereine einmal im Monat ohne Termin.",
    "approach": "Montags sitzt das Ehrenamtsbüro im Bürgerhaus.",
    "status": "laufend",
    "topics": ["vernetzung"],
    "no_stumbling_blocks_known": True,
}


class Bearer:
    """A programme with a token."""

    def __init__(self, app: Flask, secret: str, email: str) -> None:
        self._client = app.test_client()
        self.secret = secret
        self.email = email

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.open("GET", path, headers=headers)

    def post(self, path: str, body: Any) -> TestResponse:
        return self.open("POST", path, json=body)

    def patch(self, path: str, body: Any, tag: str | None) -> TestResponse:
        headers = {} if tag is None else {"If-Match": tag}
        return self.open("PATCH", path, json=body, headers=headers)

    def open(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any
    ) -> TestResponse:
        shown = {"Authorization": f"Bearer {self.secret}"} | (headers or {})
        return self._client.open(
            path if path.startswith("http") else API + path,
            method=method,
            headers=shown,
            **options,
        )


def bearer(
    app: Flask,
    role: Role = Role.EDITOR,
    places: tuple[str, ...] = ("05962016",),
    email: str | None = None,
    scopes: Iterable[Scope] = tuple(Scope),
) -> Bearer:
    """A programme with a fresh token of an account, which is made if it is missing."""
    email = have_account(app, role, places, email)
    with app.app_context():
        begin_write(db.session)
        account = find_by_email(db.session, email)
        assert account is not None
        _, secret = create_token(db.session, account, name="Probe", scopes=scopes, days=365)
        db.session.commit()
    return Bearer(app, secret, email)


def age_tokens(app: Flask, by: dt.timedelta) -> None:
    """Let all tokens be older by some time."""
    with app.app_context():
        begin_write(db.session)
        for token in db.session.scalars(select(AccessToken)):
            token.created_at -= by
            token.expires_at -= by
        db.session.commit()
