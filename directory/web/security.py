"""Headers every answer carries, the nonce of inline scripts, and the refusal of foreign posts."""

import secrets
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import Forbidden

FIXED_HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}
SANDBOX = "default-src 'none'; sandbox"
# Of what is no page: it needs nothing, and shorter than that of pages it is sent with every file.
NO_PAGE = "default-src 'none'; frame-ancestors 'none'"
_HSTS = "max-age=31536000; includeSubDomains"
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def init_app(app: Flask, *, base_url: str) -> None:
    """Guard every request and every answer of `app`."""
    app.config["BEHIND_TLS"] = urlsplit(base_url).scheme == "https"
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.before_request(_refuse_foreign_posts)
    app.after_request(_add_policy)
    fixed = {**fixed_headers(behind_tls=app.config["BEHIND_TLS"]), "Cache-Control": "no-cache"}
    app.wsgi_app = _adding_headers(app.wsgi_app, fixed)  # type: ignore[method-assign, assignment]


def csp_nonce() -> str:
    """Return the nonce of this answer; asking for it is what lets inline scripts run at all."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def allow_images_from(origin: str) -> None:
    """Let this one answer load images from `origin` (`https://host`): map tiles after consent."""
    g.setdefault("image_origins", []).append(origin)


def sandbox() -> None:
    """Let this one answer do nothing at all, should a browser open it as a page: a foreign file."""
    g.sandboxed = True


def allow_framing() -> None:
    """Let sites named in the settings show this one answer in a frame; it then runs no scripts."""
    g.framed = True


def show_own_frames() -> None:
    """Let this one answer show pages of ours in frames."""
    g.shows_frames = True


def framed_policy(sites: Iterable[str]) -> str:
    """Return the policy of an answer for frames of `sites`, and of our own pages; none: of all."""
    ancestors = " ".join(["'self'", *sites]) if sites else "*"
    directives = (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        f"frame-ancestors {ancestors}",
    )
    return "; ".join(directives)


def content_security_policy(
    *, nonce: str | None = None, image_origins: Iterable[str] = (), own_frames: bool = False
) -> str:
    """Return the policy: nothing but our own files, plus what this answer asked for."""
    script = f"script-src 'self' 'nonce-{nonce}'" if nonce else "script-src 'self'"
    images = " ".join(["img-src 'self' data:", *image_origins])
    directives = (
        "default-src 'none'",
        script,
        "style-src 'self'",
        images,
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        *(("frame-src 'self'",) if own_frames else ()),
    )
    return "; ".join(directives)


def fixed_headers(*, behind_tls: bool) -> dict[str, str]:
    """Return the headers that are the same on every answer, static files included."""
    headers = dict(FIXED_HEADERS)
    if behind_tls:
        headers["Strict-Transport-Security"] = _HSTS
    return headers


def _adding_headers(application: WSGIApplication, fixed: dict[str, str]) -> WSGIApplication:
    """Return a layer that gives every answer the `fixed` headers it does not have of its own.

    Outside Flask, where each header is checked and copied: that took a tenth of short answers.
    """
    pairs = list(fixed.items())

    def layer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            given = {name for name, _ in headers}
            missing = [pair for pair in pairs if pair[0] not in given]
            return start_response(status, headers + missing, error)

        return application(environ, start)

    return layer


# The policy of nearly all answers
_PLAIN_POLICY = content_security_policy()


def _add_policy(response: Response) -> Response:
    if "framed" in g:
        # A page that isolates itself (COEP) may load only what says that everybody may have it.
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Content-Security-Policy"] = _policy() or _PLAIN_POLICY
    return response


def _policy() -> str:
    """Return the policy of this answer if it is one of its own."""
    if "sandboxed" in g:
        return SANDBOX
    if "framed" in g:
        return framed_policy(current_app.config["DIRECTORY"].embedding_sites)
    if "csp_nonce" in g or "image_origins" in g or "shows_frames" in g:
        return content_security_policy(
            nonce=g.get("csp_nonce"),
            image_origins=g.get("image_origins", ()),
            own_frames="shows_frames" in g,
        )
    return ""


def _refuse_foreign_posts() -> None:
    """Refuse what another site makes a browser send; browsers name the origin of every post."""
    if request.method in _SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    own = request.host_url.rstrip("/")
    if site not in {None, "same-origin", "none"} or origin not in {None, own}:
        raise Forbidden
