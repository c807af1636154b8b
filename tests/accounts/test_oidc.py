"""Signing in with another service: a small real provider on the loopback, honest or not."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask, Response, jsonify, redirect, request
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from directory import create_app
from directory.accounts.models import Role
from directory.accounts.oidc import is_public
from directory.db import begin_write, db
from tests.factories import build_account
from tests.live import listening, serving
from tests.pages import checked, get
from tests.signing_in import have_account

CLIENT = ("verzeichnis", "ein Geheimnis: mit Zeichen")


@dataclass
class Provider:
    """What the service says; tests make it lie."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    description: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    signs_with: RSAKey | None = None
    detour: str = ""
    asked: list[str] = field(default_factory=list)
    nonce: str = ""
    challenge: str = ""

    def app(self) -> Flask:
        app = Flask("provider")

        @app.before_request
        def note() -> Response | None:
            self.asked.append(request.path)
            return redirect(self.detour) if self.detour and request.path == "/token" else None

        @app.get("/.well-known/openid-configuration")
        def describe() -> Response:
            return jsonify(
                {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token",
                    "jwks_uri": f"{self.issuer}/keys",
                    **self.description,
                }
            )

        @app.get("/keys")
        def keys() -> Response:
            return jsonify({"keys": [self.key.as_dict(private=False)]})

        @app.post("/token")
        def token() -> Response:
            assert request.authorization is not None
            assert request.authorization.username == CLIENT[0]
            assert create_s256_code_challenge(request.form["code_verifier"]) == self.challenge
            claims = {
                "iss": self.issuer,
                "aud": CLIENT[0],
                "sub": "person-1",
                "nonce": self.nonce,
                "iat": int(time.time()),
                "exp": int(time.time()) + 60,
                **self.claims,
            }
            signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.signs_with or self.key)
            return jsonify({"access_token": "x", "token_type": "Bearer", "id_token": signed})

        return app


@contextmanager
def listening_provider() -> Iterator[Provider]:
    provider = Provider()
    with listening() as (listener, base_url):
        provider.issuer = base_url
        with serving(provider.app(), listener):
            yield provider


@pytest.fixture
def provider() -> Iterator[Provider]:
    with listening_provider() as found:
        yield found


@pytest.fixture
def served(app: Flask, provider: Provider) -> Iterator[Flask]:
    """The application with this service configured."""
    settings = replace(
        app.config["DIRECTORY"],
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT[0],
        oidc_client_secret=CLIENT[1],
        oidc_name="Servicekonto",
    )
    twin = create_app(settings)
    twin.testing = True
    yield twin
    with twin.app_context():
        db.engine.dispose()


def go(client: FlaskClient, provider: Provider, **changes: str) -> TestResponse:
    """Leave for the service and come back with a code."""
    href = get(client, "/anmelden").link("Mit Servicekonto anmelden")
    away = urlsplit(client.get(href).location)
    asked = {name: values[0] for name, values in parse_qs(away.query).items()}
    assert asked["redirect_uri"] == "http://localhost/anmelden/dienst/zurueck"
    assert asked["code_challenge_method"] == "S256"
    provider.nonce, provider.challenge = asked["nonce"], asked["code_challenge"]
    back = {"code": secrets.token_hex(8), "state": asked["state"], **changes}
    return client.get("/anmelden/dienst/zurueck", query_string=back)


def test_the_button_is_there_only_when_a_service_is_configured(app: Flask, served: Flask) -> None:
    assert "Servicekonto" not in get(app.test_client(), "/anmelden").text
    assert app.test_client().get("/anmelden/dienst").status_code == 404
    assert "Mit Servicekonto anmelden" in get(served.test_client(), "/anmelden").text


def test_a_verified_address_lets_an_account_in_and_links_it(
    served: Flask, provider: Provider
) -> None:
    email = have_account(served, Role.EDITOR, ("05962016",))
    provider.claims = {"email": email.upper(), "email_verified": True}
    client = served.test_client()
    assert go(client, provider).location == "/redaktion"
    assert get(client, "/konto").has("h1")
    # Linked: from now on the name over there counts, whatever the address says.
    provider.claims = {}
    assert go(served.test_client(), provider).location == "/redaktion"


def test_an_invitation_is_taken_up(served: Flask, provider: Provider) -> None:
    with served.app_context():
        begin_write(db.session)
        build_account(db.session, email="neu@hemer.example", password_hash=None, joined_at=None)
        db.session.commit()
    provider.claims = {"email": "neu@hemer.example", "email_verified": True}
    assert go(served.test_client(), provider).status_code == 303


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "niemand@example.org", "email_verified": True},
        {"email": "da@hemer.example", "email_verified": False},
        {"email": "da@hemer.example"},
        {"email": "da@hemer.example", "email_verified": "true"},
        {},
    ],
    ids=["unknown", "unverified", "verified unsaid", "verified as text", "no address"],
)
def test_strangers_stay_outside(served: Flask, provider: Provider, claims: dict[str, Any]) -> None:
    have_account(served, Role.EDITOR, ("05962016",), "da@hemer.example")
    provider.claims = claims
    client = served.test_client()
    page = checked("/anmelden/dienst/zurueck", go(client, provider), status=403)
    assert "einladen" in page.text
    assert client.get("/konto").status_code == 303


def test_a_second_person_over_there_cannot_take_a_linked_account(
    served: Flask, provider: Provider
) -> None:
    email = have_account(served, Role.EDITOR, ("05962016",))
    provider.claims = {"email": email, "email_verified": True}
    assert go(served.test_client(), provider).status_code == 303
    provider.claims |= {"sub": "person-2"}
    assert go(served.test_client(), provider).status_code == 403


def test_reviewers_still_show_their_second_factor(served: Flask, provider: Provider) -> None:
    email = have_account(served, Role.REVIEWER, ())
    provider.claims = {"email": email, "email_verified": True}
    assert go(served.test_client(), provider).location.startswith("/anmelden/code")
    provider.claims = {"amr": ["pwd", "mfa"]}
    assert go(served.test_client(), provider).location == "/redaktion"


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "another"},
        {"iss": "https://boese.example"},
        {"exp": 1},
        {"azp": "another"},
        {"sub": None},
    ],
    ids=str,
)
def test_tokens_for_somebody_else_are_worth_nothing(
    served: Flask, provider: Provider, claims: dict[str, Any]
) -> None:
    email = have_account(served, Role.EDITOR, ("05962016",))
    provider.claims = {"email": email, "email_verified": True} | claims
    assert go(served.test_client(), provider).status_code == 502


def test_forged_tokens_are_worth_nothing(served: Flask, provider: Provider) -> None:
    email = have_account(served, Role.EDITOR, ("05962016",))
    provider.claims = {"email": email, "email_verified": True}
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "1"})
    assert go(served.test_client(), provider).status_code == 502


def test_whoever_comes_back_without_having_left_is_refused(
    served: Flask, provider: Provider
) -> None:
    email = have_account(served, Role.EDITOR, ("05962016",))
    provider.claims = {"email": email, "email_verified": True}
    assert go(served.test_client(), provider, state="wrong").status_code == 502
    answer = served.test_client().get("/anmelden/dienst/zurueck?code=x&state=y")
    assert answer.status_code == 502
    assert "/token" not in provider.asked


@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri"])
def test_a_description_that_points_into_our_network_is_not_followed(
    served: Flask, provider: Provider, name: str
) -> None:
    email = have_account(served, Role.EDITOR, ("05962016",))
    provider.claims = {"email": email, "email_verified": True}
    with listening_provider() as inside:
        provider.description = {name: f"{inside.issuer}/token"}
        assert go(served.test_client(), provider).status_code == 502
        provider.description = {}
        provider.detour = f"{inside.issuer}/token"
        assert go(served.test_client(), provider).status_code == 502
        assert inside.asked == []


def test_a_description_of_another_service_is_refused(served: Flask, provider: Provider) -> None:
    provider.description = {"issuer": "https://boese.example"}
    assert served.test_client().get("/anmelden/dienst").status_code == 502


def test_a_service_that_is_down_is_named_in_a_sentence(served: Flask, tmp_path: Path) -> None:
    gone = replace(served.config["DIRECTORY"], oidc_issuer="http://127.0.0.1:1")
    twin = create_app(replace(gone, instance_dir=tmp_path))
    page = get(twin.test_client(), "/anmelden/dienst", status=502)
    assert "Passwort oder Passkey" in page.text


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "192.168.1.1"])
def test_private_addresses_are_not_public(host: str) -> None:
    assert not is_public(host, 443)
