"""What a page says to search engines: schema.org as JSON-LD, from the same entries.

It stands in `<script type="application/ld+json">`. That is data and never runs, so the policy needs
no nonce for it; `<`, `>` and `&` are escaped, so nothing in it can end the element.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask import Flask, url_for
from markupsafe import Markup

from directory.attributions import DATA_SOURCES
from directory.events.models import Event, EventFormat, EventStatus
from directory.municipalities.models import Level, Municipality
from directory.practices.models import Practice
from directory.practices.queries import PracticeRecord
from directory.web.addresses import absolute, canonical_url

Thing = Mapping[str, Any]

_ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
_NETWORK = {"@type": "Organization", "name": "Kommunen-Netzwerk: engagiert in NRW"}
_ATTENDANCE = {
    EventFormat.IN_PERSON: "OfflineEventAttendanceMode",
    EventFormat.DIGITAL: "OnlineEventAttendanceMode",
    EventFormat.HYBRID: "MixedEventAttendanceMode",
}


def init_app(app: Flask) -> None:
    """Offer `json_ld(thing)` and `breadcrumb_list(items)` to templates."""
    app.jinja_env.globals.update(json_ld=json_ld, breadcrumb_list=breadcrumb_list)


def json_ld(thing: Thing) -> Markup:
    """Return a thing as an element for the page; what is empty is left out."""
    known = {"@context": "https://schema.org"} | _without_gaps(thing)
    text = orjson.dumps(known).decode().translate(_ESCAPED)
    return Markup(f'<script type="application/ld+json">{text}</script>')  # noqa: S704 - escaped above


def breadcrumb_list(items: Sequence[tuple[str, str | None]]) -> Thing:
    """Return where a page stands; `items` as in `components/breadcrumb.html`."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": label,
                "item": canonical_url(href or ""),
            }
            for position, (label, href) in enumerate(items, start=1)
        ],
    }


def municipality(one: Municipality) -> Thing:
    """Return a municipality as the office it is."""
    point = None
    if one.lat is not None and one.lon is not None:
        point = {"@type": "GeoCoordinates", "latitude": one.lat, "longitude": one.lon}
    county = one.county if one.level is Level.MUNICIPALITY else None
    return {
        "@type": "GovernmentOrganization",
        "name": one.name_official,
        "alternateName": one.name if one.name != one.name_official else None,
        "identifier": {
            "@type": "PropertyValue",
            "propertyID": "Amtlicher Gemeindeschlüssel",
            "value": one.ags,
        },
        "url": one.website,
        "mainEntityOfPage": _page("municipalities.detail", one.slug),
        "location": {"@type": "AdministrativeArea", "name": one.name, "geo": point},
        "parentOrganization": {"@type": "GovernmentOrganization", "name": county.name}
        if county
        else None,
        "memberOf": _NETWORK if one.is_member else None,
    }


def practice(one: Practice | PracticeRecord) -> Thing:
    """Return an example as an article about what a municipality does."""
    place = one.municipality
    return {
        "@type": "Article",
        "headline": one.title,
        "abstract": one.summary,
        "inLanguage": "de",
        "datePublished": one.published_at,
        "dateModified": one.updated_at,
        "mainEntityOfPage": _page("practices.detail", one.slug),
        "about": [{"@type": "DefinedTerm", "name": term.label} for term in one.terms],
        "author": {
            "@type": "GovernmentOrganization",
            "name": place.name,
            "url": _page("municipalities.detail", place.slug),
        },
        "publisher": _NETWORK,
        "isBasedOn": [source.url for source in one.sources],
    }


def event(one: Event) -> Thing | None:
    """Return an event; None where its day is not known, which an `Event` has to say."""
    if one.days is None:
        return None
    first, last = one.days
    place = ", ".join(part for part in (one.venue_name, one.venue_town) if part)
    cancelled = one.event_status is EventStatus.CANCELLED
    mode = _ATTENDANCE.get(one.event_format) if one.event_format else None
    return {
        "@type": "Event",
        "name": one.title,
        "startDate": first,
        "endDate": last,
        "eventStatus": f"https://schema.org/{'EventCancelled' if cancelled else 'EventScheduled'}",
        "eventAttendanceMode": f"https://schema.org/{mode}" if mode else None,
        "location": {"@type": "Place", "name": place, "address": one.venue_town or place}
        if place
        else None,
        "organizer": [{"@type": "Organization", "name": who.name} for who in one.organisers],
        "url": _page("events.detail", one.slug),
        "subEvent": [
            {"@type": "Event", "name": part.title, "startDate": part.date or first}
            for part in one.sessions
            if part.date or first == last
        ],
    }


def dataset(name: str, description: str, exports: Sequence[tuple[str, str]]) -> Thing | None:
    """Return a list as a set of data; `exports` are label and path. None if there are none."""
    if not exports:
        return None
    return {
        "@type": "Dataset",
        "name": name,
        "description": description,
        "inLanguage": "de",
        "isAccessibleForFree": True,
        "creator": _NETWORK,
        "license": absolute(url_for("pages.licences")),
        "creditText": [source.attribution for source in DATA_SOURCES if source.attribution],
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": label, "contentUrl": absolute(path)}
            for label, path in exports
        ],
    }


def _page(endpoint: str, slug: str) -> str:
    return absolute(url_for(endpoint, slug=slug))


def _without_gaps(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {name: _without_gaps(part) for name, part in value.items()}
        return {name: part for name, part in kept.items() if part not in (None, "", [], {})}
    if isinstance(value, list):
        return [_without_gaps(part) for part in value]
    return value
