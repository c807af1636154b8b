"""`/redaktion/ansprechstellen/<nr>/bestaetigung`: how far one can be relied upon, and vouching."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from directory.accounts.guards import get_account, requires
from directory.accounts.rights import Right
from directory.contacts import vouching
from directory.contacts.models import ContactPoint
from directory.db import begin_write, db
from directory.editorial.access import refuse_foreign
from directory.editorial.kinds import KINDS
from directory.errors import Conflict
from directory.pages.components.cards import standing_text
from directory.publication.models import EntryKind, Status
from directory.web.today import now, this_day

bp = Blueprint("desk_contacts", __name__, url_prefix="/redaktion/ansprechstellen")

_KIND = KINDS[EntryKind.CONTACT]


@bp.get("/<key>/bestaetigung")
@requires(Right.WRITE)
def standing(key: str) -> str:
    """Show what is on file, who was asked when, and what can be done."""
    contact = _contact(key)
    request = vouching.find_open_request(db.session, contact)
    return render_template(
        "editorial/contact.html",
        contact=contact,
        key=key,
        kind=_KIND,
        standing=standing_text(contact, this_day()),
        asked=request,
        is_public=contact.status is Status.PUBLISHED,
    )


@bp.post("/<key>/bestaetigung")
@requires(Right.WRITE)
def confirm(key: str) -> ResponseReturnValue:
    """Keep that somebody of the municipality or the office vouches for what is on file."""
    begin_write(db.session)
    contact = _contact(key)
    if contact.status is not Status.PUBLISHED:
        raise Conflict("Bestätigt werden nur veröffentlichte Ansprechstellen.")
    vouching.confirm(db.session, contact, by=get_account().actor, now=now())
    db.session.commit()
    flash("Danke. Die Angaben gelten ab heute als bestätigt.", "success")
    return redirect(url_for(".standing", key=key), 303)


def _contact(key: str) -> ContactPoint:
    contact: ContactPoint = _KIND.get(db.session, key)
    refuse_foreign(get_account(), _KIND, contact.ags)
    return contact
