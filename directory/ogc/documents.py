"""The documents of OGC API Features as plain values, ready to be written as JSON."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from directory.ogc.collections import Collection, Entry
from directory.ogc.links import (
    GEOJSON,
    HTML,
    JSON,
    OPENAPI,
    QUERYABLES,
    SCHEMA,
    Link,
    address,
    here,
    link,
    neighbours,
)
from directory.ogc.places import extent, outline_geometry, point_geometry
from directory.ogc.questions import CRS84, Question
from directory.publication.catalogue import prepared
from directory.search.lists.reference import Reference
from directory.search.parameters import Parameter

TITLE = "Kommunen-Verzeichnis"
DESCRIPTION = (
    "Kommunen, Praxisbeispiele, Ansprechstellen und Veranstaltungen aus dem Verzeichnis des "
    "Kommunen-Netzwerks: engagiert in NRW, für Geoinformationssysteme."
)
CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
)
# All municipalities of North Rhine-Westphalia can still be listed, those of Germany cannot.
MOST_VALUES = 500


def landing() -> dict[str, Any]:
    """Return the way in."""
    return {
        "title": TITLE,
        "description": DESCRIPTION,
        "links": [
            *here(JSON),
            link("service-desc", address("api", f="json"), OPENAPI, "Beschreibung (OpenAPI 3.0)"),
            link("service-doc", address("api", f="html"), HTML, "Beschreibung für Menschen"),
            link("conformance", address("conformance", f="json"), JSON, "Erfüllte Klassen"),
            link("data", address("collections", f="json"), JSON, "Sammlungen"),
            _licence(),
        ],
    }


def conformance() -> dict[str, Any]:
    """Return which parts of the standard hold here."""
    return {"conformsTo": CONFORMANCE, "links": here(JSON)}


def collections(session: Session, some: Iterable[Collection]) -> dict[str, Any]:
    """Return all collections."""
    return {
        "links": here(JSON),
        "crs": [CRS84],
        "collections": [_collection(session, one, _links_of(one, alone=False)) for one in some],
    }


def collection(session: Session, one: Collection) -> dict[str, Any]:
    """Return one collection."""
    return _collection(session, one, [*here(JSON), *_links_of(one, alone=True)])


def queryables(one: Collection, reference: Reference) -> dict[str, Any]:
    """Return what the features of a collection can be narrowed by, as a JSON Schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": url_for("ogc.queryables", name=one.id, _external=True),
        "type": "object",
        "title": one.title,
        "properties": {each.name: _queryable(each, reference) for each in one.queryables},
        "additionalProperties": False,
    }


def items(
    one: Collection, question: Question, entries: Sequence[Entry], total: int
) -> dict[str, Any]:
    """Return some features of a collection."""
    return {
        "type": "FeatureCollection",
        "numberMatched": total,
        "numberReturned": len(entries),
        "links": [
            *here(GEOJSON),
            *neighbours(question, total),
            _of_collection(one),
        ],
        "features": [feature(entry, outlines=question.outlines) for entry in entries],
    }


def item(one: Collection, entry: Entry, *, outlines: bool) -> dict[str, Any]:
    """Return one feature."""
    links = [*here(GEOJSON), _of_collection(one), _licence()]
    return feature(entry, outlines=outlines) | {"links": links}


def feature(entry: Entry, *, outlines: bool) -> dict[str, Any]:
    """Return an entry as a feature: at its point, or with `outlines` as its municipality's area."""
    geometry: Any = point_geometry(entry.point)
    if outlines:
        geometry = outline_geometry(entry.ags) if entry.ags else None
    return {
        "type": "Feature",
        "id": entry.id,
        "geometry": geometry,
        "properties": entry.properties,
    }


def _collection(session: Session, one: Collection, links: list[Link]) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "description": one.description,
        "itemType": "feature",
        "extent": _extent(session, one),
        "crs": [CRS84],
        "storageCrs": CRS84,
        "links": links,
    }


def _extent(session: Session, one: Collection) -> dict[str, Any]:
    found: dict[str, Any] = {}
    box = extent(session)
    if box is not None:
        edges = (box.west, box.south, box.east, box.north)
        found["spatial"] = {"bbox": [[round(edge, 4) for edge in edges]], "crs": CRS84}
    times = prepared(session, f"ogc times {one.id}", one.times)
    if times is not None:
        interval = [_moment(times.start), _moment(times.end)]
        found["temporal"] = {
            "interval": [interval],
            "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
        }
    return found


def _links_of(one: Collection, *, alone: bool) -> list[Link]:
    name = one.id
    own = [
        link("self", address("collection", name=name, f="json"), JSON, one.title),
        link("alternate", address("collection", name=name, f="html"), HTML, one.title),
    ]
    return [
        *([] if alone else own),
        link("items", address("items", name=name, f="json"), GEOJSON, f"{one.title} als GeoJSON"),
        link("items", address("items", name=name, f="html"), HTML, f"{one.title} als Seite"),
        link(QUERYABLES, address("queryables", name=name, f="json"), SCHEMA, "Filter"),
        _licence(),
    ]


def _of_collection(one: Collection) -> Link:
    return link("collection", address("collection", name=one.id, f="json"), JSON, one.title)


def _licence() -> Link:
    href = url_for("pages.licences", _external=True)
    return link("license", href, HTML, "Lizenzen und Quellen")


def _queryable(one: Parameter, reference: Reference) -> dict[str, Any]:
    """Return the schema of one filter, with its values and their labels."""
    return {"title": one.meaning} | schema_of(one, reference)


def schema_of(one: Parameter, reference: Reference) -> dict[str, Any]:
    """Return the schema of one value of a parameter."""
    known = list(one.values(reference)) if one.values else []
    return dict(one.schema) | ({"enum": known} if 0 < len(known) <= MOST_VALUES else {})


def _moment(moment: dt.datetime) -> str:
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")
