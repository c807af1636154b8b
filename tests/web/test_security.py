"""Headers of every answer, whatever its status, and the refusal of foreign posts."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

EXACT = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


NO_PAGE = "default-src 'none'; frame-ancestors 'none'"


def _asset(app: Flask) -> str:
    return f"{app.config['ASSET_PREFIX']}css/base.css"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/kommunen/05314000", 301),
        ("GET", "/kommunen/nirgendwo", 404),
        ("GET", "/gibt/es/nicht", 404),
        ("POST", "/kommunen", 405),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "asset", 200),
    ],
)
def test_every_answer_carries_the_exact_headers(
    client: FlaskClient, site_app: Flask, method: str, path: str, status: int
) -> None:
    address = _asset(site_app) if path == "asset" else path
    answer = client.open(address, method=method)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in EXACT} == EXACT
    policy = NO_PAGE if path == "asset" else POLICY
    assert answer.headers["Content-Security-Policy"] == policy
    assert "Server" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    answer.close()


def test_static_files_are_kept_for_good(client: FlaskClient, site_app: Flask) -> None:
    answer = client.get(_asset(site_app))
    assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    answer.close()
    assert client.get("/static/0000/css/base.css").status_code == 404


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.delete("/kommunen")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].replace(" ", "").split(",")) >= {"GET", "HEAD"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://anderswo.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost.anderswo.example", "Sec-Fetch-Site": "same-origin"},
    ],
)
@pytest.mark.parametrize("path", ["/karte/kacheln", "/barrierefreiheit"])
def test_posts_from_other_sites_are_refused(
    client: FlaskClient, path: str, headers: dict[str, str]
) -> None:
    answer = client.post(path, data={"zustimmung": "ja"}, headers=headers)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_headers_of_a_page_itself_win(client: FlaskClient) -> None:
    answer = client.get("/anmelden")
    assert answer.headers.getlist("Referrer-Policy") == ["same-origin"]
    assert answer.headers.getlist("Cache-Control") == ["no-store"]
