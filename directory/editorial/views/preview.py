"""`/redaktion/fassungen/<nr>/vorschau`: what a working copy will look like to readers."""

from flask import Blueprint, render_template, request, url_for

from directory.accounts.guards import get_account, requires
from directory.accounts.rights import Right
from directory.db import db
from directory.editorial.access import get_copy
from directory.editorial.preview import preview_of
from directory.editorial.views.words import NO_TITLE

bp = Blueprint("desk_preview", __name__, url_prefix="/redaktion")


@bp.get("/fassungen/<int:copy_id>/vorschau")
@requires(Right.WRITE)
def show(copy_id: int) -> str:
    """Show the public page as it would be; `?von=pruefung` leads back to the review."""
    copy = get_copy(db.session, get_account(), copy_id)
    preview = preview_of(db.session, copy)
    reviews = request.args.get("von") == "pruefung"
    back = "desk_review.copy" if reviews else "desk_copies.edit"
    return render_template(
        preview.template,
        **preview.values,
        preview={
            "title": copy.title or NO_TITLE,
            "href": url_for(back, copy_id=copy.id),
            "label": "Zurück zur Prüfung" if reviews else "Weiterschreiben",
            "gaps": preview.gaps,
        },
    )
