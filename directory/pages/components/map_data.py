"""The hits of one question on the map: as GeoJSON and as a drawing, made together once.

Both come from the same rows of `find_on_map`, which asks exactly what the list asks. So what a
script shows, what is drawn without one and what the list beside them counts are the same entries.

A question is kept and passed on as it stands in the address, not as it was understood: what is
read from words, and widened where they find nothing, is then read the same everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from sys import intern
from urllib.parse import parse_qsl, urlencode

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, contains_eager
from werkzeug.datastructures import MultiDict

from directory.geo.points import Box, Point
from directory.maps.markers import MEMBER, OTHER, Marker, box_around, feature_collection, rounded
from directory.maps.outlines import NRW_PROJECTION
from directory.maps.packed import packed
from directory.maps.svg import Drawing, base_map, drawing, projection_for, svg_areas, svg_points
from directory.municipalities.models import Evidence, Level, Membership, Municipality
from directory.pages.components.cards import membership_label
from directory.pages.components.finding import ambiguous_sentence
from directory.pages.components.listing import list_href
from directory.publication.catalogue import grounded, prepared
from directory.search.criteria import Criteria
from directory.search.lists.listings import LISTINGS, ListKind
from directory.search.lists.reference import get_reference
from directory.search.queries import find_on_map, practices_per_municipality
from directory.text import join, plural
from directory.web.prepared import Prepared, Shelf

_SHELF_BYTES = 8_000_000
# In a drawing of so many widths of the state its municipalities are but specks.
_COARSE_FROM = 1.5
# Up to so many entries travel whole; of more the points come first.
_MOST_WHOLE = 1_000
# Decimals of degrees in which these travel: of a municipality, which is some place in it, to a
# hundred metres; of a practice to ten.
_DIGITS_OF_MUNICIPALITIES, _DIGITS_OF_PRACTICES = 3, 4
# Names in an address that say nothing about which entries are shown.
_BESIDES = {"ebene", "seite", "sort"}


@dataclass(frozen=True)
class Question:
    """What is asked of one layer of the map; `query` as it stands in the address after `?`."""

    kind: ListKind
    query: str = ""

    @classmethod
    def from_args(cls, kind: ListKind, args: MultiDict[str, str]) -> "Question":
        """Read what decides about the entries, and leave out order and page."""
        return cls(kind, urlencode([p for p in args.items(multi=True) if p[0] not in _BESIDES]))

    @property
    def layer_href(self) -> str:
        """Where the entries are as GeoJSON."""
        return _address(url_for("map.layer", name=self.kind.value), self.query)

    @property
    def places_href(self) -> str:
        """Where their points are, packed."""
        return _address(url_for("map.places", name=self.kind.value), self.query)

    @property
    def list_href(self) -> str:
        """Where the entries are as a list."""
        return _address(list_href(Criteria(kind=self.kind)), self.query)

    @property
    def map_href(self) -> str:
        """Where the entries are on the map."""
        layer = urlencode({"ebene": self.kind.value})
        return _address(url_for("map.index"), "&".join(filter(None, [layer, self.query])))

    def within(self, some: Sequence[Marker]) -> "Question":
        """Return the same question about the smallest box around `some`."""
        pairs = [p for p in parse_qsl(self.query, keep_blank_values=True) if p[0] != "bbox"]
        return Question(self.kind, urlencode([*pairs, ("bbox", box_around(some).to_text())]))


@dataclass(frozen=True, eq=False)
class MapData:
    """All hits of one question, in the forms they are asked for; each is made at first need."""

    markers: Sequence[Marker]
    question: Question
    box: Box | None
    problems: tuple[str, ...]

    @cached_property
    def located(self) -> int:
        """How many have a place."""
        return sum(marker.point is not None for marker in self.markers)

    @property
    def are_many(self) -> bool:
        """Whether they are too many to travel whole."""
        return self.located > _MOST_WHOLE

    @cached_property
    def kinds(self) -> frozenset[str]:
        """How the entries are drawn: MEMBER, OTHER or both."""
        return frozenset(marker.kind for marker in self.markers)

    @cached_property
    def geojson(self) -> Prepared:
        """All entries with what is said about them."""
        return Prepared(feature_collection(self.markers, **self._foreign), "application/geo+json")

    @cached_property
    def places(self) -> Prepared:
        """Their points, packed."""
        of_municipalities = self.question.kind is ListKind.MUNICIPALITIES
        digits = _DIGITS_OF_MUNICIPALITIES if of_municipalities else _DIGITS_OF_PRACTICES
        body = packed(self.markers, digits=digits, **self._foreign)
        return Prepared(body, "application/json")

    @cached_property
    def drawing(self) -> Drawing:
        """The map without script."""
        return _drawing(self.question, self.box, self.markers)

    @property
    def size(self) -> int:
        """Bytes it takes up, roughly."""
        return 400 * len(self.markers)

    @property
    def _foreign(self) -> dict[str, tuple[str, ...]]:
        return {"problems": self.problems} if self.problems else {}


@dataclass(frozen=True, slots=True)
class _Place:
    """What the map says about one municipality, county or district, but for its practices."""

    kind: str
    notes: tuple[str, ...]


def map_data(session: Session, question: Question) -> MapData:
    """Return all hits of `question`, kept until the catalogue changes if asked for recently."""
    shelf = prepared(session, "map-data", lambda _session: Shelf[MapData](_SHELF_BYTES))
    name = question.layer_href
    data = shelf.get(name)
    if data is None:
        data = _build(session, question)
        shelf.put(name, data)
    return data


def base_href(*, coarse: bool = False) -> str:
    """Return the address of the base map; another picture gets another address."""
    if coarse:
        return url_for("map.base_map", grob=1, v=base_map(coarse=True).digest)
    return url_for("map.base_map", v=base_map().digest)


def _build(session: Session, question: Question) -> MapData:
    reference = get_reference(session)
    args = MultiDict(parse_qsl(question.query, keep_blank_values=True))
    criteria = Criteria.from_args(args, kind=question.kind, reference=reference)
    places = grounded(session, "map-places", _places)
    of_municipalities = question.kind is ListKind.MUNICIPALITIES
    rows = find_on_map(session, criteria, reference)
    keys = [row.ags for row in rows] if of_municipalities else []
    practices = practices_per_municipality(session, keys)
    endpoint = "municipalities.detail" if of_municipalities else "practices.detail"
    # Slugs need no quoting, so one address gives the beginning of them all.
    beginning = url_for(endpoint, slug="-").removesuffix("-")
    markers = []
    for key, title, ags, name, lat, lon in rows:
        place = places[ags]
        point = Point(lat, lon) if lat is not None and lon is not None else None
        notes = place.notes if of_municipalities else ()
        if number := practices.get(ags):
            notes = (*notes, plural(number, "Praxisbeispiel", "Praxisbeispiele"))
        markers.append(Marker(key, title, beginning + key, point, ags, name, place.kind, notes))
    problems = tuple(filter(None, [*criteria.problems, ambiguous_sentence(criteria)]))
    return MapData(markers, question, criteria.box, problems)


def _drawing(question: Question, box: Box | None, markers: Sequence[Marker]) -> Drawing:
    points = [marker.point for marker in markers if marker.point is not None]
    projection = projection_for(points, box)
    members = {marker.ags for marker in markers if marker.kind == MEMBER}
    return drawing(
        base_href=base_href(coarse=projection.degrees > _COARSE_FROM * NRW_PROJECTION.degrees),
        areas=svg_areas(members),
        points=svg_points(
            markers,
            projection,
            title_of=lambda some: _title(some, question.kind),
            href_of=lambda some: _href(some, question),
        ),
        projection=projection,
    )


def _places(session: Session) -> dict[str, _Place]:
    """Return AGS → what the map says about it, for every entry."""
    # Of ten thousand a few columns; whole entries only of members, whose membership has a text.
    members = session.scalars(
        select(Municipality)
        .join(Municipality.membership)
        .where(Membership.evidence == Evidence.DOCUMENTED)
        .options(contains_eager(Municipality.membership))
    )
    labels = {one.ags: membership_label(one)[1] for one in members}
    county = aliased(Municipality)
    rows = session.execute(
        select(Municipality.ags, Municipality.kind, Municipality.level, county.name).outerjoin(
            county, Municipality.county
        )
    ).all()
    places = {}
    # Of one county all say the same.
    known: dict[_Place, _Place] = {}
    for ags, kind, level, county_name in rows:
        in_county = county_name is not None and level is Level.MUNICIPALITY
        notes = [f"{kind.label}, {county_name}" if in_county else kind.label]
        if ags in labels:
            notes.append(labels[ags])
        place = _Place(MEMBER if ags in labels else OTHER, tuple(notes))
        places[intern(ags)] = known.setdefault(place, place)
    return places


def _title(some: Sequence[Marker], kind: ListKind) -> str:
    if len(some) == 1:
        marker = some[0]
        return marker.title if marker.title == marker.place else f"{marker.title}, {marker.place}"
    total = plural(len(some), LISTINGS[kind].singular, LISTINGS[kind].plural)
    names = list(dict.fromkeys(marker.place for marker in some))
    if _share_a_point(some):
        return f"{join(names)}: {total}"
    return f"{total} um {names[0]}"


def _href(some: Sequence[Marker], question: Question) -> str:
    """Lead to the entry itself, to the list of those at one place, or closer to a region."""
    if len(some) == 1:
        return some[0].href
    narrowed = question.within(some)
    return narrowed.list_href if _share_a_point(some) else narrowed.map_href


def _share_a_point(some: Sequence[Marker]) -> bool:
    places = (rounded(marker.point) for marker in some if marker.point is not None)
    first = next(places)
    return all(place == first for place in places)


def _address(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
