"""`/bestaetigung/<token>`: what a contact point sees who follows the link of a letter.

Mail scanners follow it as well, so looking changes nothing: only the buttons do. The token stands
in the address alone; no other site and no log learns of it.
"""

from collections.abc import Mapping
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)

from directory.config import Settings
from directory.contacts import vouching
from directory.contacts.models import ContactPoint
from directory.db import begin_write, db
from directory.editorial.confirmations import CORRECTABLE, correct, name_successor
from directory.pages.components.cards import standing_text
from directory.publication.validation import InvalidEntry, Problems
from directory.web.today import now, this_day

bp = Blueprint("confirmation", __name__, url_prefix="/bestaetigung")

_THANKS = {
    "bestaetigt": "Die Angaben sind bestätigt",
    "berichtigt": "Ihre Berichtigung ist eingegangen",
    "nachfolge": "Die Nachfolge ist notiert",
    "angefordert": "Eine neue Nachricht ist unterwegs",
}


@bp.after_request
def keep_to_ourselves(response: Response) -> Response:
    """Let neither caches nor other sites see an address with a token in it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.get("/danke")
def thanks() -> str:
    """Say what came of an answer; knows nothing of the contact point."""
    what = request.args.get("zu", "")
    return render_template(
        "confirmation/thanks.html", what=what, title=_THANKS.get(what, "Vielen Dank")
    )


@bp.get("/<token>")
def show(token: str) -> Response:
    """Show what is on file, and change nothing."""
    contact = vouching.get_contact_of(db.session, token)
    if vouching.find_request(db.session, token, now=now()) is None:
        return _gone(token, contact)
    return _page(token, contact)


@bp.post("/<token>")
def answer(token: str) -> Response:
    """Take the answer: everything is right, this is right instead, or somebody else answers."""
    begin_write(db.session)
    contact = vouching.get_contact_of(db.session, token)
    if vouching.find_request(db.session, token, now=now()) is None:
        return _gone(token, contact)
    try:
        result = _take_answer(contact)
    except InvalidEntry as error:
        db.session.rollback()
        contact = vouching.get_contact_of(db.session, token)
        return _page(token, contact, typed=request.form, problems=error.problems, status=422)
    db.session.commit()
    return make_response(redirect(url_for(".thanks", zu=result), 303))


@bp.post("/<token>/neu")
def ask_again(token: str) -> Response:
    """Send a new link, but only to the address on file; the answer does not say which that is."""
    begin_write(db.session)
    contact = vouching.get_contact_of(db.session, token)
    vouching.send_new_link(db.session, contact, settings=_settings(), now=now())
    db.session.commit()
    return make_response(redirect(url_for(".thanks", zu="angefordert"), 303))


def _take_answer(contact: ContactPoint) -> str:
    """Do what the button says, and return which thanks belong to it."""
    said = request.form.get("antwort", "")
    if said == "stimmt":
        vouching.confirm(db.session, contact, by=vouching.BY_LINK, now=now())
        return "bestaetigt"
    if said == "berichtigung":
        correct(db.session, contact, request.form, now=now())
        return "berichtigt"
    if said == "nachfolge":
        name_successor(
            db.session,
            contact,
            unit=request.form.get("successor_unit", ""),
            email=request.form.get("successor_email", ""),
            now=now(),
        )
        return "nachfolge"
    raise InvalidEntry({"form": "Bitte wählen Sie einen der drei Knöpfe."})


def _page(
    token: str,
    contact: ContactPoint,
    *,
    typed: Mapping[str, str] | None = None,
    problems: Problems | None = None,
    status: int = 200,
) -> Response:
    entered: dict[str, Any] = {name: getattr(contact, name) or "" for name in CORRECTABLE}
    entered |= {"successor_unit": "", "successor_email": ""}
    if typed is not None:
        entered = {name: typed.get(name, value) for name, value in entered.items()}
    page = render_template(
        "confirmation/form.html",
        token=token,
        unit=contact.unit,
        municipality=contact.municipality.name,
        standing=standing_text(contact, this_day()),
        facts=[(label, getattr(contact, name)) for name, label in _LABELS.items()],
        fields=[(name, label) for name, label in _LABELS.items() if name in CORRECTABLE],
        entered=entered,
        problems=problems or {},
    )
    return make_response(page, status)


def _gone(token: str, contact: ContactPoint) -> Response:
    page = render_template(
        "confirmation/gone.html",
        token=token,
        unit=contact.unit,
        municipality=contact.municipality.name,
        standing=standing_text(contact, this_day()),
        waits=vouching.find_open_request(db.session, contact) is not None,
    )
    return make_response(page, 410)


_LABELS = {
    "unit": "Stelle",
    "email": "E-Mail",
    "phone": "Telefon",
    "url": "Internetseite",
    "street": "Straße und Hausnummer",
    "postcode": "Postleitzahl",
    "town": "Ort",
    "fallback_email": "Funktionspostfach",
    "person_name": "Ansprechperson",
}


def _settings() -> Settings:
    settings: Settings = current_app.config["DIRECTORY"]
    return settings
