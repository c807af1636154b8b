"""Every route for every kind of visitor. New routes are asked by themselves.

Refused is: sent to the sign-in page (303), 401 for programmes, 403. A page that is missing or does
not like the input (404, 409, 410, 415, 422 …) was allowed to look.
"""

import datetime as dt
import itertools
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import AnyConverter, BaseConverter, Rule
from werkzeug.routing.converters import NumberConverter

from directory.accounts.guards import required_right, required_scope
from directory.accounts.models import Account, Role, Scope
from directory.accounts.operations import deactivate
from directory.accounts.queries import find_by_email
from directory.accounts.rights import RIGHTS, SCOPES, Right
from directory.accounts.sessions import end_sessions, open_session
from directory.accounts.tokens import end_tokens
from directory.db import Model, begin_write, db
from tests.signing_in import signed_in, token
from tests.test_every_route import VALUES
from tests.tokens import Bearer, age_tokens, bearer

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
ROLES = {
    "editor": Role.EDITOR,
    "editor elsewhere": Role.EDITOR,
    "reviewer": Role.REVIEWER,
    "administrator": Role.ADMINISTRATOR,
}
CALLERS = (
    "anonymous",
    *ROLES,
    "without second factor",
    "deactivated",
    "signed out",
    "session ended by others",
)
# Walks through the whole house take seconds each: these at every save, the others in `make test`.
EVERYDAY = ("anonymous", "editor", "signed out", "writer", "wrong token")


def everyday(names: tuple[str, ...]) -> list[pytest.ParameterSet]:
    """The names, those that can wait marked as slow."""
    return [
        pytest.param(name, marks=() if name in EVERYDAY else pytest.mark.slow) for name in names
    ]


def routes(app: Flask, methods: tuple[str, ...]) -> Iterator[tuple[Rule, str, str]]:
    """Rule, method and an address for everything that answers to one of `methods`."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            values = VALUES.get(rule.endpoint) or {
                name: anything(converter)
                for name, converter in rule._converters.items()  # noqa: SLF001
            }
            path = app.url_for(rule.endpoint, **values)
            for method in sorted(set(methods) & (rule.methods or set())):
                yield rule, method, path


def anything(converter: BaseConverter) -> str | int:
    """A value this part of an address takes."""
    if isinstance(converter, NumberConverter):
        return 4711
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return "unbekannt"


def caller(app: Flask, name: str) -> FlaskClient:
    """A client of this kind of visitor."""
    if name == "anonymous":
        return app.test_client()
    if name in ROLES:
        places = ("05314000",) if name == "editor elsewhere" else ("05962016",)
        return signed_in(app, role=ROLES[name], places=places)
    email = f"{name.replace(' ', '-')}@example.org"
    client = signed_in(app, role=Role.ADMINISTRATOR, email=email)
    if name == "signed out":
        cookie = client.get_cookie("sitzung")
        assert cookie is not None
        client.post("/abmelden", data={"csrf_token": token(client)})
        client.set_cookie("sitzung", cookie.value)  # who kept the old cookie gains nothing
        return client
    with app.app_context():
        begin_write(db.session)
        account = find_by_email(db.session, email)
        assert account is not None
        if name == "deactivated":
            account.active = False
        elif name == "session ended by others":
            end_sessions(db.session, account)
        else:
            account.totp_secret = None
            _, key = open_session(db.session, account, device="", is_strong=False)
        db.session.commit()
    if name == "without second factor":
        with client.session_transaction() as kept:
            kept["key"] = key
    return client


def is_allowed(name: str, right: Right) -> bool:
    if right is Right.PUBLIC:
        return True
    return name in ROLES and ROLES[name] in RIGHTS[right]


def is_refused(status: int, location: str | None) -> bool:
    to_sign_in = status == 303 and (location or "").startswith(("/anmelden?", "/konto/app"))
    return to_sign_in or status in {401, 403}


def rows(app: Flask) -> dict[str, int]:
    """How many rows each table has, but for tries, which count refusals."""
    with app.app_context():
        return {
            table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in Model.metadata.sorted_tables
            if table.name not in {"sign_in_attempt", "failed_query"}
        }


@pytest.mark.parametrize("name", everyday(CALLERS))
def test_everybody_reads_what_they_may_and_nothing_else(app: Flask, name: str) -> None:
    client = caller(app, name)
    wrong = []
    for rule, _, path in routes(app, ("GET",)):
        right = required_right(app, rule.endpoint)
        assert right is not None
        if right is Right.PUBLIC and name not in {"anonymous", *ROLES}:
            continue  # they are readers like all others
        answer = client.get(path, buffered=True)  # tables are streamed
        if required_scope(app, rule.endpoint):
            # Who asks with a cookie is a stranger there, whatever they may do elsewhere.
            assert answer.status_code == 401, path
            continue
        if rule.endpoint in ("accounts.second_step", "accounts.set_up_app"):
            continue  # steps on the way in, see test_signing_in.py
        if is_allowed(name, right) == is_refused(answer.status_code, answer.location):
            wrong.append((rule.endpoint, right, answer.status_code, answer.location))
        assert answer.status_code < 500, path
    assert wrong == []


@pytest.mark.parametrize("name", everyday(CALLERS))
def test_everybody_changes_what_they_may_and_nothing_else(app: Flask, name: str) -> None:
    client = caller(app, name)
    signed_in_at = {"without second factor": "/konto/app"} | dict.fromkeys(ROLES, "/konto")
    csrf = token(client, signed_in_at.get(name, "/anmelden"))
    before = rows(app)
    wrong = []
    for rule, method, path in routes(app, UNSAFE):
        right = required_right(app, rule.endpoint)
        assert right is not None
        if rule.endpoint == "accounts.sign_out" or (
            is_allowed(name, right) and not required_scope(app, rule.endpoint)
        ):
            continue
        if name == "without second factor" and right is Right.SIGNED_IN:
            continue
        answer = client.open(path, method=method, data={"csrf_token": csrf})
        if not is_refused(answer.status_code, answer.location):
            wrong.append((rule.endpoint, method, right, answer.status_code))
    assert wrong == []
    assert rows(app) == before


@pytest.mark.parametrize("kind", ["none", "empty", "wrong", "of another session", "foreign"])
def test_no_form_is_taken_without_the_token_of_its_own_session(app: Flask, kind: str) -> None:
    client = signed_in(app, role=Role.ADMINISTRATOR)
    other = signed_in(app, role=Role.ADMINISTRATOR)
    data = {
        "none": {},
        "empty": {"csrf_token": ""},
        "wrong": {"csrf_token": "x" * 90},
        "of another session": {"csrf_token": token(other)},
        "foreign": {"csrf_token": token(client)},
    }[kind]
    headers = {"Origin": "https://boese.example"} if kind == "foreign" else {}
    before = rows(app)
    accepted = [
        (rule.endpoint, method)
        for rule, method, path in routes(app, UNSAFE)
        if client.open(path, method=method, data=data, headers=headers).status_code
        # Where tokens are shown the session counts for nothing: that is no forbidden form.
        not in ({401, 403} if required_scope(app, rule.endpoint) else {403})
    ]
    assert accepted == []
    assert rows(app) == before
    assert client.get("/konto").status_code == 200, "still signed in: signing out was refused too"


@pytest.mark.parametrize("kind", ["none", "empty", "wrong", "of another visitor"])
def test_the_ways_in_want_a_token_as_well(app: Flask, kind: str) -> None:
    client, other = app.test_client(), app.test_client()
    token(client, "/anmelden")
    data = {
        "none": {},
        "empty": {"csrf_token": ""},
        "wrong": {"csrf_token": "x" * 90},
        "of another visitor": {"csrf_token": token(other, "/anmelden")},
    }[kind]
    paths = [
        (method, path)
        for rule, method, path in routes(app, UNSAFE)
        if rule.endpoint.startswith("accounts.")
        and required_right(app, rule.endpoint) is Right.PUBLIC
        and rule.endpoint != "accounts.sign_out"
    ]
    assert len(paths) > 6
    accepted = [
        path
        for method, path in paths
        if client.open(path, method=method, data=data).status_code != 403
    ]
    assert accepted == []


def test_a_form_with_its_token_is_taken(app: Flask) -> None:
    client = signed_in(app)
    data = {"csrf_token": token(client), "name": "Ehrenamtsbüro"}
    assert client.post("/konto/name", data=data).status_code == 303
    assert "Ehrenamtsbüro" in client.get("/konto").text


def test_every_caller_is_of_another_kind(app: Flask) -> None:
    signed = {name: caller(app, name).get("/konto").status_code for name in CALLERS}
    assert {name for name, status in signed.items() if status == 200} == set(ROLES)
    with app.app_context():
        roles = db.session.scalars(select(Account.role)).all()
    assert set(itertools.chain(roles)) == set(Role)


# Programmes with access tokens -------------------------------------------------------------------

BEARERS = (
    *ROLES,
    "reader",
    "writer",
    "wrong token",
    "expired token",
    "withdrawn token",
    "token of somebody locked",
)


def bearer_of(app: Flask, name: str) -> Bearer:
    """A programme of this kind."""
    if name in ROLES:
        places = ("05314000",) if name == "editor elsewhere" else ("05962016",)
        return bearer(app, role=ROLES[name], places=places)
    if name in ("reader", "writer"):
        scope = Scope.READ_DRAFTS if name == "reader" else Scope.WRITE_DRAFTS
        return bearer(app, role=Role.ADMINISTRATOR, scopes=[scope])
    found = bearer(app, role=Role.ADMINISTRATOR, email="ende@example.org")
    with app.app_context():
        begin_write(db.session)
        account = find_by_email(db.session, found.email)
        assert account is not None
        if name == "withdrawn token":
            end_tokens(db.session, account)
        elif name == "token of somebody locked":
            deactivate(db.session, account, by=None)
        db.session.commit()
    if name == "expired token":
        age_tokens(app, dt.timedelta(days=365))
    if name == "wrong token":
        found.secret = found.secret[:-1] + ("A" if found.secret[-1] != "A" else "B")
    return found


def may_use(name: str, scope: Scope) -> bool:
    allowed = {"reader": {Scope.READ_DRAFTS}, "writer": {Scope.WRITE_DRAFTS}}.get(name, set(Scope))
    return scope in allowed and (name in ROLES or name in ("reader", "writer"))


@pytest.mark.parametrize("name", everyday(BEARERS))
def test_a_token_opens_what_its_scopes_name_and_nothing_else(app: Flask, name: str) -> None:
    programme = bearer_of(app, name)
    app.config["COUNT_QUESTIONS"] = False
    before = rows(app)
    wrong = []
    asked = set()
    for rule, method, path in routes(app, ("GET", *UNSAFE)):
        right, scope = required_right(app, rule.endpoint), required_scope(app, rule.endpoint)
        if right is Right.PUBLIC and method != "GET":
            continue  # for anybody, token or none
        answer = programme.open(
            method, f"http://localhost{path}", json={"farbe": "rot"}, buffered=True
        )
        refused = is_refused(answer.status_code, answer.location)
        asked.add(scope)
        if right is Right.PUBLIC:
            expected = False
        elif scope is None:
            expected = True  # pages and forms want a session
        else:
            assert right is SCOPES[scope]
            expected = not may_use(name, scope)
        if rule.endpoint in ("accounts.second_step", "accounts.set_up_app"):
            continue  # steps on the way in, see test_signing_in.py
        if refused != expected:
            wrong.append((rule.endpoint, method, right, scope, answer.status_code))
    assert wrong == []
    assert asked == {None, *Scope}
    assert rows(app) == before
