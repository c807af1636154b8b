"""`/kommunen/<slug>/kontakt.vcf`: the contact points of a municipality for address books."""

from flask import Blueprint, Response, request, url_for

from directory.contacts import queries as contacts
from directory.contacts.queries import ContactRow
from directory.contacts.standing import Standing, offered_email, standing_of
from directory.db import db, utc_now
from directory.errors import Hint, NotFound
from directory.feeds.vcard import MIMETYPE, Card, write
from directory.municipalities import queries as municipalities
from directory.municipalities.models import Municipality
from directory.web.addresses import absolute, site_host
from directory.web.filters import date, local_day
from directory.web.prepared import Prepared

bp = Blueprint("contact_cards", __name__)


@bp.get("/kommunen/<slug>/kontakt.vcf")
def of_municipality(slug: str) -> Response:
    """Give all contact points of one municipality as one file."""
    municipality = municipalities.find_by_slug(db.session, slug)
    if municipality is None:
        raise NotFound(
            f"Eine Kommune „{slug}“ ist nicht verzeichnet.",
            (Hint("Alle Kommunen", url_for("municipalities.index", mitglied="alle")),),
        )
    found = contacts.of_municipality(db.session, municipality.ags)
    if not found:
        raise NotFound(
            f"Für {municipality.name} ist noch keine Ansprechstelle verzeichnet.",
            (Hint(municipality.name, url_for("municipalities.detail", slug=slug)),),
        )
    cards = write(_card(contact, municipality) for contact in found)
    response = Prepared(cards, MIMETYPE).response(request)
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}.vcf"'
    return response


def _card(contact: ContactRow, municipality: Municipality) -> Card:
    # An office only: whom one meets there is not for address books that nobody keeps up to date.
    # As on the page: of one that nobody has confirmed for long only what stays right.
    day = local_day(utc_now())
    is_stale = standing_of(contact, day) is Standing.STALE
    return Card(
        uid=f"ansprechstelle-{contact.id}@{site_host()}",
        name=f"{contact.unit}, {municipality.name}",
        units=[municipality.name_official, contact.unit],
        revised=contact.updated_at,
        source=absolute(url_for("municipalities.detail", slug=municipality.slug)),
        street=contact.street or "",
        postcode=contact.postcode or "",
        town=contact.town or "",
        phone="" if is_stale else contact.phone or "",
        email=offered_email(contact, day) or "",
        url=contact.url or "",
        note=_as_of(contact),
    )


def _as_of(contact: ContactRow) -> str:
    if contact.verified_at is not None:
        return f"Zuletzt bestätigt am {date(contact.verified_at)}"
    return f"Stand der Quelle {date(contact.as_of)}" if contact.as_of else ""
