"""People who sign in: accounts, roles, rights, sessions and how somebody proves who they are."""

from flask import Flask

from directory.accounts import guards, own_account, signing_in
from directory.accounts.blueprint import bp

# What makes up the blueprint: importing a module is what adds its views.
VIEWS = (signing_in, own_account)


def init_app(app: Flask) -> None:
    """Register the guards and the pages around signing in."""
    guards.init_app(app)
    app.register_blueprint(bp)
