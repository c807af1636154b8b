"""A Flask application that spares every request what only other applications need."""

import re
from collections.abc import Callable, MutableMapping
from typing import Any

from flask import Flask, Request, has_request_context, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.templating import Environment

_SLUG = re.compile(r"[a-z0-9-]+")
_ANY = "any-slug-at-all"


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
        # What stands before all addresses, endpoint, whether it has a slug → the address, cut there
        self._addresses: dict[tuple[str, str, bool], list[str]] = {}

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return `func`: no view here is a coroutine, so none of a dozen is looked at for it."""
        return func

    def url_for(
        self,
        /,
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        """Return an address; a page has fifty of them, so each kind is made only once.

        So nothing may be added to addresses without values, or with a slug, by `url_defaults`.
        """
        with_slug = values.keys() == {"slug"} and _SLUG.fullmatch(str(values["slug"]))
        is_usual = not (_anchor or _method or _scheme or _external)
        if not (is_usual and (with_slug or not values) and has_request_context()):
            how: dict[str, Any] = {"_anchor": _anchor, "_method": _method, "_scheme": _scheme}
            return super().url_for(endpoint, _external=_external, **how, **values)
        if endpoint.startswith("."):
            endpoint = f"{request.blueprint or ''}{endpoint}".removeprefix(".")
        name = request.script_root, endpoint, bool(values)
        parts = self._addresses.get(name)
        if parts is None:
            address = super().url_for(endpoint, **dict[str, Any](slug=_ANY) if values else {})
            parts = self._addresses[name] = address.split(_ANY)
        return values["slug"].join(parts) if values else parts[0]
