"""`/redaktion/post`: what became of letters, and on a laptop what they say."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from directory.accounts.guards import requires
from directory.accounts.rights import Right
from directory.config import Settings
from directory.db import begin_write, db
from directory.errors import NotFound
from directory.mail import folder, outbox

# What letters are about, in German
_KINDS = {
    "address": "neue E-Mail-Adresse bestätigen",
    "address-changed": "E-Mail-Adresse geändert",
    "address-taken": "E-Mail-Adresse schon vergeben",
    "contact-confirmation": "Ansprechstelle bestätigen",
    "contact-fallback": "Ansprechstelle nicht erreichbar",
    "desk-notice": "Nachricht der Redaktion",
    "digest": "Neues im Abo",
    "handover": "Übergabe",
    "hint-answer": "Antwort auf einen Hinweis",
    "invitation": "Einladung",
    "password": "Passwort neu setzen",
    "password-changed": "Passwort geändert",
    "probe": "Probe",
    "second-factor-gone": "zweiter Faktor entfernt",
    "subscription": "Abo bestätigen",
}

bp = Blueprint("desk_post", __name__, url_prefix="/redaktion/post")


@bp.get("")
@requires(Right.ACCOUNTS)
def index() -> str:
    """Show the newest letters and what is wrong; with a mailbox folder also what lies in it."""
    place = _settings().mail_route.folder
    return render_template(
        "editorial/post.html",
        waiting=len(outbox.waiting(db.session)),
        failed=outbox.failed(db.session)[:50],
        latest=outbox.latest(db.session),
        kinds=_KINDS,
        is_folder=place is not None,
        letters=folder.letters_in(place) if place is not None else [],
    )


@bp.get("/<name>")
@requires(Right.ACCOUNTS)
def letter(name: str) -> str:
    """Show one letter of the mailbox folder."""
    place = _settings().mail_route.folder
    if place is None:
        raise NotFound("Nachrichten gehen an einen Mailserver; hier liegt keine.")
    return render_template("editorial/letter.html", letter=folder.read_letter(place, name))


@bp.post("/<int:number>/erneut")
@requires(Right.ACCOUNTS)
def try_again(number: int) -> ResponseReturnValue:
    """Let a letter that was given up be tried again."""
    begin_write(db.session)
    outbox.try_again(db.session, outbox.get_mail(db.session, number))
    db.session.commit()
    flash("Die Nachricht wird noch einmal versucht.", "success")
    return redirect(url_for(".index"), 303)


def _settings() -> Settings:
    settings: Settings = current_app.config["DIRECTORY"]
    return settings
