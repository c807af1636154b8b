"""`/redaktion/benachrichtigungen`: how often the desk writes to whoever is signed in."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from directory.accounts.guards import get_account, requires
from directory.accounts.rights import Right
from directory.db import begin_write, db
from directory.editorial import notices
from directory.errors import BadInput
from directory.subscriptions.models import DeskRhythm

bp = Blueprint("desk_notices", __name__, url_prefix="/redaktion/benachrichtigungen")


@bp.get("")
@requires(Right.WRITE)
def settings() -> str:
    """Show how often letters come, to be changed."""
    return render_template(
        "editorial/notices.html",
        rhythms=[(one.value, one.label) for one in DeskRhythm],
        chosen=notices.rhythm_of(db.session, get_account()).value,
    )


@bp.post("")
@requires(Right.WRITE)
def change() -> ResponseReturnValue:
    """Keep how often letters are to come."""
    wanted = request.form.get("rhythm", "")
    if wanted not in {one.value for one in DeskRhythm}:
        raise BadInput("Bitte wählen Sie, wie oft Sie Nachrichten bekommen möchten.")
    begin_write(db.session)
    notices.set_rhythm(db.session, get_account(), DeskRhythm(wanted))
    db.session.commit()
    flash("Gespeichert.", "success")
    return redirect(url_for(".settings"), 303)
