"""How others find the pages: sitemap, robots.txt, OpenSearch and security.txt."""

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from xml.etree import ElementTree as ET

from flask import Blueprint, Response, current_app, request, url_for
from sqlalchemy import func, select

from directory.contacts.models import ContactPoint
from directory.db import db, utc_now
from directory.errors import NotFound
from directory.events.models import Event
from directory.municipalities.models import Municipality
from directory.practices.models import Practice
from directory.publication.catalogue import last_change
from directory.publication.models import Status
from directory.topics.models import Term
from directory.web.addresses import absolute
from directory.web.prepared import Prepared

bp = Blueprint("discovery", __name__)

# As many as sitemaps.org allows in one file
MOST_ADDRESSES = 50_000
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_LISTS = ("municipalities", "practices", "topics", "events", "resources")
# The contact in security.txt has to be looked at within a year (RFC 9116).
_VALID_DAYS = 180
# A path and when what it shows last changed; None: it has no date
_Address = tuple[str, dt.datetime | None]

_NOT_FOR_ROBOTS = (
    "/redaktion/",
    "/ogc/",
    "/konto",
    "/merkliste",
    "/suche",
    "/vergleich",
    "/*?*seite=",
)


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """List the parts of the sitemap."""
    root = ET.Element("sitemapindex", {"xmlns": _SITEMAP})
    total = sum(1 for _ in _addresses())
    changed = last_change(db.session)
    for part in range(1, -(-total // MOST_ADDRESSES) + 1):
        element = ET.SubElement(root, "sitemap")
        _text(element, "loc", absolute(url_for(".sitemap_part", part=part)))
        _text(element, "lastmod", _moment(changed))
    return _xml(root, "application/xml")


@bp.get("/sitemap-<int:part>.xml")
def sitemap_part(part: int) -> Response:
    """List up to 50,000 pages, each with its last change."""
    first = (part - 1) * MOST_ADDRESSES
    some = list(islice(_addresses(), first, first + MOST_ADDRESSES)) if part > 0 else []
    if not some:
        raise NotFound("Diesen Teil der Sitemap gibt es nicht.")
    root = ET.Element("urlset", {"xmlns": _SITEMAP})
    for path, changed in some:
        element = ET.SubElement(root, "url")
        _text(element, "loc", absolute(path))
        if changed is not None:
            _text(element, "lastmod", _moment(changed))
    return _xml(root, "application/xml")


@bp.get("/robots.txt")
def robots() -> Response:
    """Say what robots leave alone: what is personal, and lists without end."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NOT_FOR_ROBOTS)]
    lines += ["", f"Sitemap: {absolute(url_for('.sitemap'))}", ""]
    return Prepared("\n".join(lines).encode(), "text/plain").response(request)


@bp.get("/opensearch.xml")
def opensearch() -> Response:
    """Describe the search, so that browsers can offer it."""
    root = ET.Element("OpenSearchDescription", {"xmlns": _OPENSEARCH})
    _text(root, "ShortName", "Kommunen-NRW")
    _text(root, "Description", "Kommunen, Praxisbeispiele und Veranstaltungen durchsuchen")
    _text(root, "Language", "de")
    _text(root, "InputEncoding", "UTF-8")
    icon = absolute(f"{current_app.config['ASSET_PREFIX']}img/favicon.svg")
    _text(root, "Image", icon).attrib.update(width="16", height="16", type="image/svg+xml")
    template = f"{absolute(url_for('search.index'))}?q={{searchTerms}}"
    ET.SubElement(root, "Url", {"type": "text/html", "method": "get", "template": template})
    return _xml(root, "application/opensearchdescription+xml")


@bp.get("/.well-known/security.txt")
def security() -> Response:
    """Say whom to tell about a weak spot (RFC 9116)."""
    email = current_app.config["DIRECTORY"].operator_email
    if not email:
        raise NotFound("Für diese Installation ist noch keine Funktionsadresse eingestellt.")
    midnight = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{email}",
        f"Expires: {_moment(midnight + dt.timedelta(days=_VALID_DAYS))}",
        "Preferred-Languages: de, en",
        f"Canonical: {absolute(request.path)}",
        "",
    ]
    response = Response("\n".join(lines), mimetype="text/plain")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _addresses() -> Iterator[_Address]:
    """Yield every page worth finding, always in the same order."""
    yield url_for("pages.home"), last_change(db.session)
    for name in _LISTS:
        yield url_for(f"{name}.index"), last_change(db.session)
    for name in ("about", "plain_language", "accessibility", "privacy", "imprint", "licences"):
        yield url_for(f"pages.{name}"), None
    yield url_for("embeds.order"), None
    yield url_for("open_data.page"), None
    yield from _municipalities()
    for slug in db.session.scalars(select(Term.slug).order_by(Term.slug)):
        yield url_for("topics.detail", slug=slug), None
    for endpoint, entity in (("events.detail", Event), ("practices.detail", Practice)):
        # Slugs need no quoting, so one address gives the beginning of all.
        beginning = url_for(endpoint, slug="-").removesuffix("-")
        rows = db.session.execute(
            select(entity.slug, entity.updated_at)
            .where(entity.status == Status.PUBLISHED)
            .order_by(entity.id)
        )
        yield from ((beginning + slug, changed) for slug, changed in rows)


def _municipalities() -> Iterator[_Address]:
    """Yield the profiles; they also change with what they show: examples and contact points."""
    changes: dict[str, dt.datetime] = {}
    for entity in (Practice, ContactPoint):
        rows = db.session.execute(
            select(entity.ags, func.max(entity.updated_at))
            .where(entity.status == Status.PUBLISHED)
            .group_by(entity.ags)
        )
        for ags, changed in rows:
            changes[ags] = max(changed, changes.get(ags, changed))
    places = db.session.execute(
        select(Municipality.slug, Municipality.ags, Municipality.updated_at).order_by(
            Municipality.ags
        )
    )
    beginning = url_for("municipalities.detail", slug="-").removesuffix("-")
    for slug, ags, changed in places:
        yield beginning + slug, max(changed, changes.get(ags, changed))


def _text(parent: ET.Element, tag: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, tag)
    element.text = text
    return element


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _xml(root: ET.Element, mimetype: str) -> Response:
    written = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return Prepared(written, mimetype).response(request)
