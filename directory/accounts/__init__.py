"""People who sign in: accounts, roles, rights, sessions and how somebody proves who they are."""

from flask import Flask

from directory.accounts import (
    administration,
    bearers,
    guards,
    mailed_links,
    oidc_views,
    open_doors,
    own_account,
    own_tokens,
    passkey_views,
    signing_in,
)
from directory.accounts.blueprint import House, bp, remember_house

# What makes up the blueprint: importing a module is what adds its views.
VIEWS = (signing_in, passkey_views, mailed_links, own_account, own_tokens, administration)


def init_app(app: Flask, house: House) -> None:
    """Register the guards and the pages around signing in."""
    remember_house(app, house)
    guards.init_app(app)
    bearers.init_app(app)
    open_doors.init_app(app)
    app.register_blueprint(bp)
    if app.config["DIRECTORY"].oidc_issuer:
        app.register_blueprint(oidc_views.bp)
