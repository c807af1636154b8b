"""The hits of one question on the map: as GeoJSON and as a drawing, made together once.

Both come from the same rows of `find_on_map`, which asks exactly what the list asks. So what a
script shows, what is drawn without one and what the list beside them counts are the same entries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from directory.geo.points import Point
from directory.maps.markers import MEMBER, OTHER, Marker, box_around, by_place, feature_collection
from directory.maps.prepared import Prepared, Shelf
from directory.maps.svg import Drawing, base_map, drawing, projection_for, svg_areas, svg_points
from directory.municipalities.models import Level, Municipality
from directory.pages.cards import membership_label
from directory.pages.listing import list_href, map_href
from directory.publication.catalogue import prepared
from directory.search.criteria import Criteria
from directory.search.listings import ListKind
from directory.search.queries import find_on_map, practices_per_municipality
from directory.search.reference import Reference
from directory.text import join, plural

GEOJSON = "application/geo+json"
_SHELF_BYTES = 8_000_000


@dataclass(frozen=True)
class MapData:
    """All hits of one question; `located` of them have a place."""

    located: int
    has_members: bool
    has_others: bool
    geojson: Prepared
    drawing: Drawing

    @property
    def size(self) -> int:
        """Bytes it takes up, roughly: the GeoJSON outweighs all else."""
        return len(self.geojson.body)


@dataclass(frozen=True, slots=True)
class _Place:
    """What the map says about one municipality, county or district."""

    kind: str
    notes: tuple[str, ...]


def map_data(session: Session, criteria: Criteria, reference: Reference) -> MapData:
    """Return all hits of `criteria`; its page and order do not matter.

    Kept until the catalogue changes, for the questions asked most recently.
    """
    question = replace(criteria, page=1, sort="")
    shelf = prepared(session, "map-data", lambda _session: Shelf[MapData](_SHELF_BYTES))
    name = f"{question.kind}?{question.to_query()}"
    data = shelf.get(name)
    if data is None:
        data = _build(session, question, reference)
        shelf.put(name, data)
    return data


def base_href() -> str:
    """Return the address of the base map; another picture gets another address."""
    return url_for("map.base_map", v=base_map().digest)


def _build(session: Session, criteria: Criteria, reference: Reference) -> MapData:
    places = prepared(session, "map-places", _places)
    markers = _markers(session, criteria, reference, places)
    points = [marker.point for marker in markers if marker.point is not None]
    projection = projection_for(points, criteria.box)
    members = {marker.ags for marker in markers if marker.kind == MEMBER}
    return MapData(
        located=len(points),
        has_members=bool(members),
        has_others=any(marker.kind == OTHER for marker in markers),
        geojson=Prepared(feature_collection(markers), GEOJSON),
        drawing=drawing(
            base_href=base_href(),
            areas=svg_areas(members, projection),
            points=svg_points(
                markers,
                projection,
                title_of=lambda some: _title(some, criteria),
                href_of=lambda some: _href(some, criteria),
            ),
            projection=projection,
        ),
    )


def _markers(
    session: Session, criteria: Criteria, reference: Reference, places: Mapping[str, _Place]
) -> list[Marker]:
    of_municipalities = criteria.kind is ListKind.MUNICIPALITIES
    endpoint = "municipalities.detail" if of_municipalities else "practices.detail"
    # Slugs need no quoting, so one address gives the beginning of them all.
    beginning = url_for(endpoint, slug="-").removesuffix("-")
    return [
        Marker(
            key=row.key,
            title=row.title,
            href=beginning + row.key,
            point=Point(row.lat, row.lon) if None not in (row.lat, row.lon) else None,
            ags=row.ags,
            place=row.name,
            kind=places[row.ags].kind,
            notes=places[row.ags].notes if of_municipalities else (),
        )
        for row in find_on_map(session, criteria, reference)
    ]


def _places(session: Session) -> dict[str, _Place]:
    """Return AGS → what the map says about it, for every entry."""
    rows = session.scalars(
        select(Municipality).options(
            joinedload(Municipality.county), joinedload(Municipality.membership)
        )
    ).all()
    counts = practices_per_municipality(session, [row.ags for row in rows])
    return {row.ags: _place(row, counts.get(row.ags, 0)) for row in rows}


def _place(municipality: Municipality, practices_count: int) -> _Place:
    county = municipality.county
    in_county = county is not None and municipality.level is Level.MUNICIPALITY
    label = municipality.kind.label
    notes = [f"{label}, {county.name}" if in_county and county else label]
    if municipality.is_member:
        notes.append(membership_label(municipality)[1])
    if practices_count:
        notes.append(plural(practices_count, "Praxisbeispiel", "Praxisbeispiele"))
    return _Place(MEMBER if municipality.is_member else OTHER, tuple(notes))


def _title(some: Sequence[Marker], criteria: Criteria) -> str:
    if len(some) == 1:
        marker = some[0]
        return marker.title if marker.title == marker.place else f"{marker.title}, {marker.place}"
    listing = criteria.listing
    total = plural(len(some), listing.singular, listing.plural)
    names = list(dict.fromkeys(marker.place for marker in some))
    if _share_a_point(some):
        return f"{total}: {join(names)}"
    return f"{total} um {names[0]}"


def _href(some: Sequence[Marker], criteria: Criteria) -> str:
    """Lead to the entry itself, to the list of those at one place, or closer to a region."""
    if len(some) == 1:
        return some[0].href
    narrowed = replace(criteria, box=box_around(some))
    return list_href(narrowed) if _share_a_point(some) else map_href(narrowed)


def _share_a_point(some: Sequence[Marker]) -> bool:
    return len(by_place(some)) == 1
