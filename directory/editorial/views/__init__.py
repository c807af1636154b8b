"""The pages of the desk."""

from flask import Flask

from directory.accounts.guards import declare
from directory.accounts.rights import Right
from directory.editorial.frame import desk_frame
from directory.editorial.views import (
    audit,
    confirmation,
    contacts,
    copies,
    duplicates,
    entries,
    files,
    handover,
    hints,
    home,
    import_steps,
    imports,
    notices,
    office,
    parking,
    point,
    post,
    preview,
    review,
    vocabulary,
)

BLUEPRINTS = (
    home.bp,
    entries.bp,
    copies.bp,
    files.bp,
    point.bp,
    parking.bp,
    preview.bp,
    duplicates.bp,
    review.bp,
    contacts.bp,
    hints.bp,
    handover.bp,
    office.bp,
    imports.bp,
    import_steps.bp,
    vocabulary.bp,
    audit.bp,
    post.bp,
    notices.bp,
)

for _blueprint in BLUEPRINTS:
    _blueprint.context_processor(desk_frame)


def init_app(app: Flask) -> None:
    """Register the desk."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    # What contact points see who follow a link; they have no account.
    app.register_blueprint(declare(confirmation.bp, Right.PUBLIC))
