"""Signing in with another service (OpenID Connect): code flow with state, nonce and PKCE.

The service is asked for four things: its description, a token, its keys, and nothing else. Each
answer has to come at once, without detours, and from where the operator said or from the open
internet: a description that points into our own network is refused.
"""

import ipaddress
import secrets
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

from directory.accounts.keys import digest
from directory.errors import DirectoryError, Hint

_TIMEOUT_SECONDS = 3.0
_DEADLINE_SECONDS = 6.0
_LARGEST_ANSWER = 200_000
_LEEWAY_SECONDS = 60
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
# What services call it when somebody proved themselves with two things (RFC 8176).
_TWO_FACTORS = "mfa"


class ServiceFailed(DirectoryError):
    """The service does not answer, or answers something that cannot be trusted."""

    status = 502
    title = "Der Anmelde-Dienst antwortet nicht richtig"

    def __init__(self) -> None:
        super().__init__(
            "Die Anmeldung über den anderen Dienst hat nicht geklappt. Bitte versuchen Sie es noch "
            "einmal oder melden Sie sich mit Passwort oder Passkey an.",
            (Hint("Zur Anmeldung", "/anmelden"), Hint("Zur Startseite", "/")),
        )


@dataclass(frozen=True)
class Started:
    """What this browser has to bring back, and what proves that it is the one that left."""

    href: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Person:
    """Who the service says it is; `subject` is our name for theirs."""

    subject: str
    email: str
    email_verified: bool
    with_two_factors: bool


@dataclass(frozen=True)
class Service:
    """The service as the settings describe it; `back` is our address it leads back to."""

    issuer: str
    client_id: str
    client_secret: str
    back: str

    def start(self) -> Started:
        """Return where to send the browser.

        Raises:
            ServiceFailed: the service does not say where that is.
        """
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        endpoint = self._described("authorization_endpoint")
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        href = prepare_grant_uri(
            endpoint,
            self.client_id,
            "code",
            redirect_uri=self.back,
            scope="openid email",
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Started(str(href), state, nonce, verifier)

    def finish(self, *, code: str, nonce: str, verifier: str) -> Person:
        """Exchange the code for who it is.

        Raises:
            ServiceFailed: the token is missing, forged, old or for somebody else.
        """
        token = self._ask(
            "POST",
            self._described("token_endpoint"),
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.back,
                "code_verifier": verifier,
            },
            auth=(quote(self.client_id, safe=""), quote(self.client_secret, safe="")),
        )
        claims = self._checked(str(token.get("id_token", "")), nonce)
        return Person(
            subject=digest(f"{self.issuer} {claims['sub']}"),
            email=str(claims.get("email", "")),
            email_verified=claims.get("email_verified") is True,
            with_two_factors=_TWO_FACTORS in (claims.get("amr") or ()),
        )

    def _checked(self, id_token: str, nonce: str) -> Mapping[str, Any]:
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        keys = self._ask("GET", self._described("jwks_uri"))
        rules = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            sub={"essential": True},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            token = jwt.decode(
                id_token,
                KeySet.import_key_set(keys),  # type: ignore[arg-type]
                algorithms=list(_ALGORITHMS),
            )
            rules.validate(token.claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise ServiceFailed from error
        others = [one for one in [token.claims.get("azp")] if one not in {None, self.client_id}]
        if others:
            raise ServiceFailed
        return token.claims

    def _described(self, name: str) -> str:
        description = self._ask(
            "GET", self.issuer.rstrip("/") + "/.well-known/openid-configuration"
        )
        if description.get("issuer") != self.issuer:
            raise ServiceFailed
        return str(description.get(name, ""))

    def _ask(self, method: str, url: str, **options: Any) -> Mapping[str, Any]:
        import requests

        if not self._may_be_asked(url):
            raise ServiceFailed
        deadline = time.monotonic() + _DEADLINE_SECONDS
        try:
            with (
                requests.Session() as session,
                session.request(
                    method,
                    url,
                    timeout=_TIMEOUT_SECONDS,
                    allow_redirects=False,
                    stream=True,
                    headers={"Accept": "application/json"},
                    **options,
                ) as answer,
            ):
                body = b""
                for part in answer.iter_content(8_192):
                    body += part
                    if len(body) > _LARGEST_ANSWER or time.monotonic() > deadline:
                        raise ServiceFailed
                found = orjson.loads(body) if answer.status_code == 200 else None
        except (requests.RequestException, ValueError) as error:
            raise ServiceFailed from error
        if not isinstance(found, dict):
            raise ServiceFailed
        return found

    def _may_be_asked(self, url: str) -> bool:
        """Whether `url` is the configured service's own, or somewhere public."""
        try:
            asked, own = urlsplit(url), urlsplit(self.issuer)
            if (asked.scheme, asked.netloc) == (own.scheme, own.netloc):
                return True
            return asked.scheme == "https" and is_public(asked.hostname or "", asked.port or 443)
        except ValueError:
            return False


def is_public(host: str, port: int) -> bool:
    """Whether every address of `host` lies in the open internet."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return bool(found) and all(ipaddress.ip_address(one[4][0]).is_global for one in found)
