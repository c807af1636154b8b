"""Addresses as others get them: whole, from the setting, whatever host a request named."""

from urllib.parse import urlsplit

from flask import Flask, current_app, request


def init_app(app: Flask) -> None:
    """Let templates name the canonical address of a page."""
    app.jinja_env.globals["canonical_url"] = canonical_url


def canonical_url(path: str = "") -> str:
    """Return the whole address of `path`, or of this page without its query."""
    return absolute(path or request.path)


def absolute(path: str) -> str:
    """Return a path of this site (`/kommunen?q=…`) as a whole address."""
    return _base_url().rstrip("/") + path


def site_host() -> str:
    """Return the host of the public address: `www.example.org`."""
    return urlsplit(_base_url()).hostname or "localhost"


def _base_url() -> str:
    base: str = current_app.config["DIRECTORY"].base_url
    return base
