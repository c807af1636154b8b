"""Trust in exactly the configured number of proxies, none by default."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def init_app(app: Flask, *, count: int) -> None:
    """Read the visitor's address and the scheme from `count` proxies in front."""
    if count:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
