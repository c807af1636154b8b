"""`/kommunen`: the list of members (or of all), and one municipality's profile."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response

from directory.contacts import queries as contacts
from directory.contacts.models import ContactPoint
from directory.contacts.queries import ContactRow
from directory.db import db
from directory.errors import Hint, NotFound
from directory.events import queries as events
from directory.events.queries import Appearance
from directory.geo.points import Point, kilometres
from directory.municipalities import queries as municipalities
from directory.municipalities.models import Level, Municipality
from directory.pages.components import drawings, jsonld
from directory.pages.components.cards import (
    Link,
    changed_text,
    contact_card,
    membership_label,
    municipality_card,
    municipality_href,
    population_note,
    practice_cards_of,
    resource_card,
    training_text,
)
from directory.pages.components.finding import found_municipality_reasons
from directory.pages.components.links import appearance_href, compare_href, page_href
from directory.pages.components.listing import (
    address,
    feed_links,
    listing_view,
    map_href,
    subscribe_href,
)
from directory.pages.own import arguments, nearness, own_of
from directory.practices import queries as practices
from directory.practices.queries import PracticeRow
from directory.search.criteria import DISTANCE, Criteria
from directory.search.lists.listings import ALL, ListKind
from directory.search.lists.reference import Reference, get_reference
from directory.search.queries import find, practices_per_municipality
from directory.text import capitalised, number, plural
from directory.topics.models import TermKind
from directory.web.filters import km, period


class AgsConverter(BaseConverter):
    """An AGS in an address: text of 8, 5 or 3 digits, leading zero included."""

    regex = r"\d{8}|\d{5}|\d{3}"


bp = Blueprint("municipalities", __name__, url_prefix="/kommunen")

# Published by the state government in 2024/25; the list here is partial and never counted as it.
NETWORK_SIZE = "über 100"
# Nearly everywhere a member of the network lies as near as this.
_NEAR_KM = 50


@bp.get("")
def index() -> str:
    """Show the members, or all of North Rhine-Westphalia, as a filtered list."""
    reference = get_reference(db.session)
    criteria = Criteria.from_args(arguments(), kind=ListKind.MUNICIPALITIES, reference=reference)
    hits = find(db.session, criteria, reference)
    counts = practices_per_municipality(db.session, [row.ags for row in hits.page.items])
    reasons = found_municipality_reasons(db.session, hits.page.items, hits.question)
    listing = listing_view(
        criteria,
        hits,
        reference,
        title="Kommunen",
        intro=(
            "Städte, Gemeinden, Kreise und ein Regierungsbezirk, die im Kommunen-Netzwerk "
            "zusammenarbeiten: mit ihren Ansprechstellen und Praxisbeispielen."
        ),
        page=hits.page.map(
            lambda one: replace(
                municipality_card(
                    one,
                    counts.get(one.ags, 0),
                    distances=hits.distances,
                    found_by=reasons.get(one.ags, ""),
                ),
                near=nearness(criteria.own, one.ags),
            )
        ),
        map_href=map_href(criteria),
        hidden_facets=("mitglied",),
    )
    everywhere = criteria.without("mitglied").toggled("mitglied", ALL)
    everybody = hits.counts.values["mitglied"].get(ALL, 0)
    members = sum(n for value, n in hits.counts.values["mitglied"].items() if value != ALL)
    return render_template(
        "municipalities/index.html",
        listing=listing,
        own=own_of(criteria),
        views=[
            (
                f"Belegte Mitglieder ({number(members)})",
                address(url_for(".index"), criteria.without("mitglied")),
                criteria.members_only,
            ),
            (
                f"Ganz Nordrhein-Westfalen ({number(everybody)})",
                address(url_for(".index"), everywhere),
                not criteria.members_only,
            ),
        ],
        network_note=(
            f"Nach Angaben des Landes gehören dem Netzwerk {NETWORK_SIZE} Kommunen an. Als "
            "Mitglied gezeigt wird hier nur, wessen Beitritt öffentlich belegt ist; bei allen "
            "anderen ist die Mitgliedschaft nicht erfasst."
        ),
    )


@bp.get("/<ags:ags>")
def by_key(ags: str) -> Response:
    """Lead from an AGS to the page of its municipality."""
    return redirect(municipality_href(_get_by_key(ags)), code=301)


@bp.get('/<ags:ags>/<any("steckbrief.pdf", "vorschau.png", "kontakt.vcf"):file>')
def file_by_key(ags: str, file: str) -> Response:
    """Lead from an AGS to what can be fetched of its municipality."""
    return redirect(f"{municipality_href(_get_by_key(ags))}/{file}", code=301)


def _get_by_key(ags: str) -> Municipality:
    municipality = municipalities.find_by_ags(db.session, ags)
    if municipality is None:
        raise NotFound(
            f"Den Gemeindeschlüssel {ags} gibt es in Nordrhein-Westfalen nicht.",
            _similar_keys(ags),
        )
    return municipality


@bp.get("/<slug>")
def detail(slug: str) -> str:
    """Show one municipality with everything that is linked to it."""
    municipality = municipalities.find_by_slug(db.session, slug)
    if municipality is None:
        raise NotFound(
            f"Eine Kommune „{slug}“ ist nicht verzeichnet.", similar_municipalities(slug)
        )
    known = contacts.of_municipality(db.session, municipality.ags)
    return render_template("municipalities/detail.html", **municipality_page(municipality, known))


def municipality_page(
    municipality: Municipality, contact_points: Sequence[ContactPoint | ContactRow]
) -> dict[str, object]:
    """Return what templates/municipalities/detail.html shows of a municipality."""
    ags = municipality.ags
    examples = practices.rows_of_municipality(db.session, ags)
    reference = get_reference(db.session)
    state, label = membership_label(municipality)
    membership = municipality.membership
    return {
        "thing": jsonld.municipality(municipality),
        "municipality": _facts(municipality, len(examples), has_contacts=bool(contact_points)),
        "membership": {
            "state": state,
            "label": label,
            "note": membership.note if membership else "",
            "training": training_text(municipality) if state == "member" else "",
            "source": {"title": "Quelle", "url": membership.source_url, "as_of": None}
            if membership
            else None,
        },
        "around": _around(municipality) if state != "member" else None,
        "drawing": drawings.of_municipality(municipality),
        "contacts": [contact_card(one) for one in contact_points],
        "practices": practice_cards_of(examples, reference),
        "feeds": _feeds(municipality, has_examples=bool(examples)),
        "topics": _topics(examples, reference),
        "appearances": [_appearance(one) for one in events.appearances_of(db.session, ags)],
        "neighbours": _neighbours(municipality),
        "neighbours_label": _NEIGHBOURS[municipality.level],
        "resources": [
            resource_card(one) for one in events.resources_of_municipality(db.session, ags)
        ],
        "papers": [
            ("Steckbrief", "DIN A4", url_for("prints.municipality", slug=municipality.slug))
        ],
        "updated_text": changed_text("Angaben zur Kommune", municipality),
    }


def _around(municipality: Municipality) -> dict[str, str] | None:
    """Return the ways on for a municipality that may join yet; a district is none."""
    if municipality.level is Level.DISTRICT:
        return None
    near: dict[str, Any] = {"ort": municipality.name, "umkreis": _NEAR_KM, "sort": DISTANCE}
    return {
        "radius": f"{_NEAR_KM} km",
        "members_href": url_for("municipalities.index", **near),
        "practices_href": url_for("practices.index", **near),
        "joining_href": url_for("pages.about", _anchor="netzwerk"),
    }


def _feeds(municipality: Municipality, *, has_examples: bool) -> list[Link]:
    """Return the feeds of the examples of a municipality, or of all in a county."""
    facet = {Level.COUNTY: "kreis", Level.DISTRICT: "bezirk"}.get(municipality.level)
    if facet is None and not has_examples:
        return []
    choices = {facet or "kommune": (municipality.ags,)}
    return feed_links(Criteria(kind=ListKind.PRACTICES, choices=choices))


def similar_municipalities(words: str) -> tuple[Hint, ...]:
    """Return ways on to the municipalities spelled most like `words`."""
    similar = get_reference(db.session).gazetteer.suggest(words.replace("-", " "), limit=5)
    hints = [Hint(one.name, url_for("municipalities.by_key", ags=one.ags)) for one in similar]
    return (*hints, Hint("Alle Kommunen", url_for("municipalities.index", mitglied=ALL)))


def _similar_keys(ags: str) -> tuple[Hint, ...]:
    """Lead from an unknown key to the county or district that its first digits name."""
    reference = get_reference(db.session)
    named = reference.counties | reference.districts
    known = [ags[:length] for length in (5, 3) if ags[:length] in named]
    hints = [Hint(named[key], url_for(".by_key", ags=key)) for key in known]
    return (*hints, Hint("Alle Kommunen", url_for(".index", mitglied=ALL)))


def _facts(
    municipality: Municipality, practices_count: int, *, has_contacts: bool
) -> dict[str, object]:
    county = municipality.county
    shows_county = county is not None and municipality.level is Level.MUNICIPALITY
    district = municipality.district if municipality.level is not Level.DISTRICT else None
    return {
        "name": municipality.name,
        "name_official": municipality.name_official,
        "kind_label": capitalised(municipality.legal_status),
        "intro": _intro(municipality, practices_count),
        "ags": municipality.ags,
        "website": municipality.website,
        "postcode": municipality.postcode or "",
        "area_text": f"{number(municipality.area_km2, 1)} km²" if municipality.area_km2 else "",
        "population": municipality.population,
        "population_note": population_note(municipality),
        "urbanisation": municipality.urbanisation or "",
        "county": (county.name, municipality_href(county)) if shows_county and county else None,
        "district": (district.name, municipality_href(district)) if district else None,
        "regional_association": _ASSOCIATIONS.get(municipality.regional_association or "", ""),
        "peers_href": url_for("municipalities.peers", slug=municipality.slug, nur="praxis"),
        "compare_href": compare_href([municipality.ags]),
        "map_href": url_for("map.index", q=municipality.name, mitglied=ALL),
        "vcard_href": url_for("contact_cards.of_municipality", slug=municipality.slug)
        if has_contacts
        else "",
        "subscribe_href": _subscribe_href(municipality),
    }


def _subscribe_href(municipality: Municipality) -> str:
    """Return where to subscribe to examples from a whole county or district; "" for a town."""
    name = {Level.COUNTY: "kreis", Level.DISTRICT: "bezirk"}.get(municipality.level)
    if name is None:
        return ""
    criteria = Criteria(kind=ListKind.PRACTICES, choices={name: (municipality.ags,)})
    return subscribe_href(criteria) or ""


_NEIGHBOURS = {
    Level.MUNICIPALITY: "Im selben Kreis",
    Level.COUNTY: "Städte und Gemeinden im Kreis",
    Level.DISTRICT: "Kreise im Regierungsbezirk",
}
_ASSOCIATIONS = {
    "LVR": "Landschaftsverband Rheinland (LVR)",
    "LWL": "Landschaftsverband Westfalen-Lippe (LWL)",
}


def _intro(municipality: Municipality, practices_count: int) -> str:
    """Say how large it is and what is known from there; kind and county stand above."""
    parts = []
    if municipality.population is not None:
        parts.append(f"{number(municipality.population)} Einwohnerinnen und Einwohner")
    if practices_count:
        parts.append(
            plural(practices_count, "Praxisbeispiel", "Praxisbeispiele") + " im Verzeichnis"
        )
    return f"{', '.join(parts)}." if parts else ""


def _topics(examples: Sequence[PracticeRow], reference: Reference) -> list[Link]:
    found = {slug for practice in examples for slug in practice.terms}
    topics = reference.terms[TermKind.TOPIC]
    return [
        (label, page_href("topics.detail", slug)) for slug, label in topics.items() if slug in found
    ]


def _appearance(one: Appearance) -> tuple[str, str, str, str]:
    """Return label, address, date and what the municipality did there."""
    note = one.role.label
    if one.practice_title is not None:
        note += f": „{one.practice_title}“"
    return one.event_title, appearance_href(one), period(one.date_start, one.date_end), note


def _neighbours(municipality: Municipality) -> list[dict[str, object]]:
    others = municipalities.neighbours(db.session, municipality)
    counts = practices_per_municipality(db.session, [one.ags for one in others])
    near = [(_km_between(municipality, one), one) for one in others]
    near.sort(key=lambda pair: pair[0])
    return [
        {
            "name": one.name,
            "href": page_href("municipalities.detail", one.slug),
            "km_text": km(distance) if distance else "",
            "is_member": one.is_member,
            "practices_count": counts.get(one.ags, 0),
        }
        for distance, one in near
    ]


def _km_between(one: Municipality, other: municipalities.Neighbour) -> float:
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return 0.0
    return kilometres(Point(one.lat, one.lon), Point(other.lat, other.lon))
