"""A Flask application that spares every request what only other applications need."""

from collections.abc import Callable, MutableMapping
from typing import Any

from flask import Flask, Request, has_request_context, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.templating import Environment


class _Sessions(SecureCookieSessionInterface):
    """Makes what reads signed cookies only for those who send one: a twelfth of short answers."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of the cookie, an empty one without."""
        if app.secret_key and self.get_cookie_name(app) not in request.headers.get("Cookie", ""):
            return self.session_class()
        return super().open_session(app, request)


class _Environment(Environment):
    """Templates that all have the same globals."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of all templates as they are, unless one has some of its own.

        Laid below an empty layer, all were looked through each time a component is imported: a
        tenth of a page.
        """
        return super().make_globals(d) if d else self.globals


class LightFlask(Flask):
    """Answers as Flask does, with less ado."""

    session_interface = _Sessions()
    jinja_environment = _Environment

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make an application as Flask does."""
        super().__init__(*args, **kwargs)
        self._plain_addresses: dict[tuple[str, str], str] = {}

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return `func`: no view here is a coroutine, so none of a dozen is looked at for it."""
        return func

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """Return an address; one without values is made once, for every page has thirty of them.

        So nothing may be added to such addresses by `url_defaults`.
        """
        if values or endpoint.startswith(".") or not has_request_context():
            return super().url_for(endpoint, **values)
        name = request.script_root, endpoint
        if name not in self._plain_addresses:
            self._plain_addresses[name] = super().url_for(endpoint)
        return self._plain_addresses[name]
