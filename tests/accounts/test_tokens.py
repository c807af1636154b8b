"""Access tokens: made on the account page, shown once, good for as long as their account is."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from directory.accounts import operations
from directory.accounts.allowances import Allowance
from directory.accounts.keys import digest
from directory.accounts.models import AccessToken, Account, Role, Scope, SignedInSession
from directory.accounts.queries import find_by_email
from directory.accounts.sessions import RECENT
from directory.accounts.tokens import MOST_TOKENS, PREFIX, erase_old
from directory.db import begin_write, db, utc_now
from directory.publication.models import AuditEntry
from tests.pages import get, post
from tests.signing_in import PASSWORD, signed_in, token
from tests.tokens import COMPLETE, Bearer, age_tokens, bearer

EMAIL = "ehrenamt@hemer.example"
ASKED: dict[str, object] = {
    "name": "Website der Stadt",
    "scopes": [one.value for one in Scope],
    "days": "365",
}


def made(client: FlaskClient, **asked: object) -> str:
    """Make a token as people do; returns its secret."""
    page = post(
        client, "/konto/schluessel", {"csrf_token": token(client), **ASKED, **asked}, status=200
    )
    return page.one("#schluessel")["value"]


def kept(app: Flask) -> list[AccessToken]:
    with app.app_context():
        return list(db.session.scalars(select(AccessToken).order_by(AccessToken.id)))


def test_the_secret_is_shown_once_and_kept_as_a_digest(any_app: Flask) -> None:
    client = signed_in(any_app, email=EMAIL)
    secret = made(client)
    assert secret.startswith(PREFIX)
    assert len(secret) == len(PREFIX) + 43
    page = get(client, "/konto")
    assert "Website der Stadt" in page.one("#schluessel li").text
    assert "noch nicht benutzt" in page.one("#schluessel li").text
    assert secret not in page.root.text
    (row,) = kept(any_app)
    assert row.token_hash == digest(secret)
    assert row.expires_at - row.created_at == dt.timedelta(days=365)

    city = Bearer(any_app, secret, EMAIL)
    assert city.get("/drafts").status_code == 200
    assert "zuletzt benutzt am" in get(client, "/konto").one("#schluessel li").text
    assert kept(any_app)[0].last_used_on == utc_now().date()


@pytest.mark.parametrize(
    ("asked", "field", "sentence"),
    [
        ({"name": "  "}, "name", "wofür"),
        ({"name": "x" * 61}, "name", "Höchstens 60"),
        ({"scopes": []}, "scopes", "was das Programm darf"),
        ({"scopes": ["admin"]}, "scopes", "was das Programm darf"),
        ({"days": ""}, "days", "wie lange"),
        ({"days": "36500"}, "days", "wie lange"),
        ({"days": "-1"}, "days", "wie lange"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    app: Flask, asked: dict[str, object], field: str, sentence: str
) -> None:
    client = signed_in(app)
    data = {"csrf_token": token(client), **ASKED, **asked}
    page = post(client, "/konto/schluessel", data, status=422)
    assert sentence in page.one(f"#{field}-fehler").text
    assert kept(app) == []


def test_a_token_is_made_only_soon_after_signing_in_but_withdrawn_any_time(app: Flask) -> None:
    client = signed_in(app)
    secret = made(client)
    with app.app_context():
        begin_write(db.session)
        db.session.execute(update(SignedInSession).values(created_at=utc_now() - RECENT))
        db.session.commit()
    data = {"csrf_token": token(client), **ASKED}
    for answer in (client.get("/konto/schluessel"), client.post("/konto/schluessel", data=data)):
        assert answer.status_code == 303
        assert answer.location.startswith("/anmelden?")
    path = get(client, "/konto").one("#schluessel form")["action"]
    assert client.post(path, data=data).location == "/konto#schluessel"
    assert "gilt nicht mehr" in get(client, "/konto").text
    answer = Bearer(app, secret, "").get("/drafts")
    assert (answer.status_code, kept(app)) == (401, [])


def test_tokens_of_others_are_not_withdrawn(app: Flask) -> None:
    other = bearer(app)
    client = signed_in(app)
    number = kept(app)[0].id
    client.post(f"/konto/schluessel/{number}/zurueckziehen", data={"csrf_token": token(client)})
    assert other.get("/drafts").status_code == 200


def test_nobody_collects_tokens_without_end(app: Flask) -> None:
    for _ in range(MOST_TOKENS):
        bearer(app, email=EMAIL)
    client = signed_in(app, email=EMAIL)
    data = {"csrf_token": token(client), **ASKED}
    page = post(client, "/konto/schluessel", data, status=422)
    assert "ziehen Sie zuerst einen zurück" in page.one("#name-fehler").text


def test_what_is_done_with_tokens_stands_in_the_audit_trail(app: Flask) -> None:
    client = signed_in(app, email=EMAIL)
    made(client)
    path = get(client, "/konto").one("#schluessel form")["action"]
    client.post(path, data={"csrf_token": token(client)})
    with app.app_context():
        entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).all()[:2]
        assert [one.action for one in entries] == ["access token withdrawn", "access token made"]
        assert "Website" not in f"{[one.details for one in entries]}"
    page = get(signed_in(app, role=Role.ADMINISTRATOR), "/redaktion/protokoll")
    assert "Zugriffsschlüssel zurückgezogen" in page.text


def test_tokens_are_among_ones_own_data_and_go_with_the_account(any_app: Flask) -> None:
    client = signed_in(any_app, email=EMAIL)
    secret = made(client)
    data = client.get("/konto/daten.json")
    (one,) = data.get_json()["access_tokens"]
    assert (one["name"], one["scopes"]) == ("Website der Stadt", [s.value for s in Scope])
    assert secret not in data.text
    assert digest(secret) not in data.text
    client.post("/konto/loeschen", data={"csrf_token": token(client), "bestaetigt": "ja"})
    assert kept(any_app) == []
    assert Bearer(any_app, secret, EMAIL).get("/drafts").status_code == 401


ENDS: dict[str, Callable[[Account], None]] = {
    "locked": lambda one: operations.deactivate(db.session, one, by=None),
    "new password": lambda one: operations.set_password(
        db.session, one, "Sieben Kutschen tanzen im Regen", kept=None
    ),
    "other places": lambda one: operations.change_role(
        db.session, one, role=Role.EDITOR, places=["05314000"], by=None
    ),
    "second factor lost": lambda one: operations.take_second_factor_away(db.session, one),
    "shut out": lambda one: operations.end_access(db.session, one),
    "erased": lambda one: operations.erase_account(db.session, one),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_what_ends_sessions_ends_tokens(any_app: Flask, end: Callable[[Account], None]) -> None:
    city, other = bearer(any_app, email=EMAIL), bearer(any_app)
    assert city.get("/drafts").status_code == 200
    with any_app.app_context():
        begin_write(db.session)
        account = find_by_email(db.session, EMAIL)
        assert account is not None
        end(account)
        db.session.commit()
    assert city.get("/drafts").status_code == 401
    assert other.get("/drafts").status_code == 200


def test_a_new_password_on_the_page_ends_tokens(app: Flask) -> None:
    client = signed_in(app, email=EMAIL)
    secret = made(client)
    new = "Sieben Kutschen tanzen im Regen"
    data = {"csrf_token": token(client), "password": PASSWORD, "new_password": new}
    assert client.post("/konto/passwort", data=data).status_code == 303
    assert "Zugriffsschlüssel gelten nicht mehr" in get(client, "/konto").text
    assert Bearer(app, secret, EMAIL).get("/drafts").status_code == 401


def test_reviewers_without_a_second_factor_have_no_tokens(app: Flask) -> None:
    client = signed_in(app, role=Role.REVIEWER)
    office = Bearer(app, made(client), "")
    assert office.get("/drafts").status_code == 200
    client.post("/konto/app/entfernen", data={"csrf_token": token(client)})
    assert office.get("/drafts").status_code == 401


def test_administrators_see_and_end_the_tokens_of_others(app: Flask) -> None:
    city = bearer(app, email=EMAIL)
    client = signed_in(app, role=Role.ADMINISTRATOR)
    with app.app_context():
        account = find_by_email(db.session, EMAIL)
        assert account is not None
        path = f"/redaktion/konten/{account.id}"
    assert "Zugriffsschlüssel 1" in get(client, path).text
    client.post(f"{path}/abmelden", data={"csrf_token": token(client)})
    assert city.get("/drafts").status_code == 401


def test_a_token_dies_with_its_day_and_says_so_for_a_while(app: Flask) -> None:
    client = signed_in(app, email=EMAIL)
    city = Bearer(app, made(client, days="30"), EMAIL)
    age_tokens(app, dt.timedelta(days=29, hours=23))
    assert city.get("/drafts").status_code == 200
    age_tokens(app, dt.timedelta(hours=1))
    assert city.get("/drafts").status_code == 401
    assert "(abgelaufen)" in get(client, "/konto").one("#schluessel li").text
    age_tokens(app, dt.timedelta(days=31))
    assert not get(client, "/konto").has("#schluessel li")
    with app.app_context():
        begin_write(db.session)
        assert erase_old(db.session, utc_now()) == 1
        db.session.commit()
    assert kept(app) == []


@pytest.mark.parametrize(
    ("shown", "challenge"),
    [
        (None, "Bearer"),
        ("", 'Bearer error="invalid_token"'),
        ("Bearer", 'Bearer error="invalid_token"'),
        ("Bearer " + PREFIX + "x" * 43, 'Bearer error="invalid_token"'),
        ("Bearer ü", 'Bearer error="invalid_token"'),
        ("Basic a29udG86Z2VoZWlt", 'Bearer error="invalid_token"'),
    ],
)
def test_without_a_good_token_nobody_gets_in(app: Flask, shown: str | None, challenge: str) -> None:
    client = app.test_client()
    headers = {} if shown is None else {"Authorization": shown}
    for answer in (
        client.get("/api/v1/drafts", headers=headers),
        client.get("/api/v1/drafts/1", headers=headers),
        client.post("/api/v1/practices", json=COMPLETE, headers=headers),
        client.patch("/api/v1/practices/1", json={"title": "X"}, headers=headers),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == challenge
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.mimetype == "application/problem+json"
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Set-Cookie" not in answer.headers


def test_being_signed_in_in_a_browser_opens_nothing(app: Flask) -> None:
    client = signed_in(app, role=Role.ADMINISTRATOR)
    assert client.get("/api/v1/drafts").status_code == 401
    for headers in ({}, {"X-CSRFToken": token(client)}):
        answer = client.post("/api/v1/practices", json=COMPLETE, headers=headers)
        assert answer.status_code == 401


def test_a_browser_of_somebody_signed_in_is_no_hindrance(app: Flask) -> None:
    client = signed_in(app)
    headers = {"Authorization": f"Bearer {bearer(app).secret}"}
    answer = client.post("/api/v1/practices", json=COMPLETE, headers=headers)
    assert answer.status_code == 201


def test_answers_to_tokens_stay_between_the_two_who_talk(app: Flask) -> None:
    hemer, bonn = bearer(app), bearer(app, places=("05314000",))
    draft = hemer.post("/practices", COMPLETE)
    for _ in range(2):
        mine, theirs = hemer.get("/drafts"), bonn.get("/drafts")
        assert (mine.get_json()["total"], theirs.get_json()["total"]) == (1, 0)
        assert app.test_client().get("/api/v1/drafts").status_code == 401
        assert app.test_client().get(draft.location).status_code == 401
        for answer in (mine, theirs, draft):
            assert answer.headers["Cache-Control"] == "no-store"
            assert "Authorization" in answer.headers["Vary"]
            assert "Access-Control-Allow-Origin" not in answer.headers
    again = hemer.get(draft.location, **{"If-None-Match": draft.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_writes_are_limited_by_account_and_refusals_by_address(app: Flask) -> None:
    app.extensions["bearer allowances"] = {
        name: Allowance(3, clock=lambda: 60.0) for name in ("read", "write", "refused")
    }
    city, other = bearer(app), bearer(app)
    for left in (2, 1, 0):
        answer = city.post("/practices", {"title": "X"})
        assert answer.status_code == 201
        assert answer.headers["RateLimit-Policy"] == '"write";q=3;w=60'
        assert answer.headers["RateLimit"] == f'"write";r={left};t=60'
    refused = city.post("/practices", {"title": "X"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert refused.headers["RateLimit"] == '"write";r=0;t=60'
    assert city.get("/drafts").headers["RateLimit"] == '"read";r=2;t=60'
    assert other.post("/practices", {"title": "X"}).status_code == 201

    wrong = Bearer(app, PREFIX + "falsch", "")
    statuses = [wrong.get("/drafts").status_code for _ in range(4)]
    assert statuses == [401, 401, 401, 429]
    # A neighbour's broken programme keeps nobody out who has a good token.
    assert other.get("/drafts").status_code == 200
