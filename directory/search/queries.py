"""The one place where criteria become hits: pages, map and JSON all ask here."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from itertools import chain, islice
from operator import and_
from typing import Any

import orjson
from sqlalchemy import JSON, Row, String, TableValuedAlias, bindparam, cast, func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from directory.events.models import Event
from directory.geo.places import Found
from directory.geo.points import Box
from directory.municipalities.models import Municipality
from directory.practices.queries import FOR_CARDS
from directory.search.criteria import DISTANCE, PAGE_SIZE, RELEVANCE, SIMILARITY, Criteria
from directory.search.likeness.peer_groups import keys_by_likeness
from directory.search.lists import bitmaps
from directory.search.lists.columns import Columns, get_columns
from directory.search.lists.listings import ALL, MEMBER, TERM_FACETS, ListKind
from directory.search.lists.places import Place
from directory.search.lists.reference import Reference
from directory.search.widening import widened
from directory.search.words.answers import Answer, answer, best
from directory.search.words.question import Question
from directory.web.pagination import Page

Filter = tuple[str, str]
# Returns what there is of some ids: entries by id
Load = Callable[[Session, Sequence[Any]], Mapping[Any, Any]]

# For orders by distance every place of the state counts; its ends are 270 km apart.
_EVERYWHERE_KM = 500.0

_LOADING: dict[ListKind, tuple[ORMOption, ...]] = {
    ListKind.MUNICIPALITIES: (
        joinedload(Municipality.county),
        joinedload(Municipality.membership),
    ),
    ListKind.PRACTICES: FOR_CARDS,
    ListKind.EVENTS: (joinedload(Event.venue), selectinload(Event.sessions)),
    ListKind.RESOURCES: (),
}


@dataclass(frozen=True)
class Counts:
    """How many entries a question finds, per value of each facet, and without each filter."""

    total: int
    # Facet name → value → entries, under all other filters
    values: Mapping[str, Mapping[str, int]]
    # (filter name, value) → entries if this one is taken away
    without: Mapping[Filter, int]


@dataclass(frozen=True)
class Hits:
    """One page of what a question finds, in order, with the counts around it."""

    page: Page[Any]
    counts: Counts
    # What was answered: the criteria asked, or wider ones where a place found nothing
    criteria: Criteria
    # AGS → km from the place asked for; empty where no distance was asked for
    distances: Mapping[str, float] = field(default_factory=dict)
    # How the words were read; None without words
    question: Question | None = None
    # Where filters leave nothing: how many entries the words find without any of them
    everywhere: int = 0
    # Id → how well it fits the words, for those of the page that were ranked
    scores: Mapping[Any, float] = field(default_factory=dict)
    # How many of them only come near what the words say
    near: int = 0


def find(
    session: Session,
    criteria: Criteria,
    reference: Reference,
    load: Load | None = None,
    *,
    size: int = PAGE_SIZE,
    offset: int | None = None,
) -> Hits:
    """Return one page of the entries that `criteria` ask for: entities, or what `load` gives.

    It holds `size` of them; `offset` counts those before the first one, whatever page the criteria
    name.
    """
    question = _Question(session, criteria, reference)
    criteria = question.criteria
    counts = question.counts()
    first = (criteria.page - 1) * size if offset is None else offset
    numbers = question.numbers(first, first + size)
    ids = question.columns.of_ids(numbers)
    items = _loaded(session, criteria, ids, load)
    page = Page(items, first // size + 1, size, counts.total)
    return Hits(
        page,
        counts,
        criteria,
        question.distances,
        question=question.answer.question if question.answer else None,
        everywhere=0 if counts.total else find_total(session, criteria.everywhere(), reference),
        scores=question.scores(ids, numbers),
        near=question.near,
    )


def answered(session: Session, criteria: Criteria, reference: Reference) -> Criteria:
    """Return which criteria are answered: those asked, or wider ones where they find nothing."""
    return _Question(session, criteria, reference).criteria


def find_total(session: Session, criteria: Criteria, reference: Reference) -> int:
    """Return how many entries `criteria` ask for."""
    return _Question(session, criteria, reference).hits.bit_count()


def find_first(
    session: Session,
    criteria: Criteria,
    reference: Reference,
    limit: int,
    load: Load | None = None,
) -> list[Any]:
    """Return the first entries that `criteria` ask for, without counting the rest."""
    question = _Question(session, criteria, reference)
    return _loaded(session, criteria, question.ids(0, limit), load)


def find_page(
    session: Session,
    criteria: Criteria,
    reference: Reference,
    *,
    size: int,
    options: Sequence[ORMOption] = (),
) -> Page[Any]:
    """Return a page of `size` entries without counts of facets; `options` load more than cards."""
    question = _Question(session, criteria, reference)
    first = (criteria.page - 1) * size
    ids = question.ids(first, first + size)
    entries = load_entries(session, criteria, ids, options)
    return Page(entries, criteria.page, size, question.hits.bit_count())


def find_ids(session: Session, criteria: Criteria, reference: Reference) -> Sequence[Any]:
    """Return the ids of all hits in list order; `load_entries` gives them, a few at a time."""
    return _Question(session, criteria, reference).ids()


def load_entries(
    session: Session, criteria: Criteria, ids: Sequence[Any], options: Sequence[ORMOption] = ()
) -> list[Any]:
    """Return those of the entries `ids` that are still there, in this order."""
    by_id = _entities(session, criteria, ids, options)
    return [by_id[one] for one in ids if one in by_id]


@dataclass(frozen=True)
class Within:
    """What entries have to fulfil besides the criteria; None: nothing."""

    # AGS of the municipalities they may be in
    places: Collection[str] | None = None
    # Their own ids
    ids: Collection[Any] | None = None


def find_window(
    session: Session,
    criteria: Criteria,
    reference: Reference,
    *,
    size: int,
    offset: int,
    within: Within,
) -> tuple[Sequence[Any], int]:
    """Return the ids of `size` hits after the first `offset`, and how many hits there are in all.

    Nothing is counted but the hits. A list that knows no places takes no `places`.
    """
    question = _Question(session, criteria, reference, within.places)
    if within.ids is None:
        return question.ids(offset, offset + size), question.hits.bit_count()
    ids = [one for one in question.ids() if one in within.ids]
    return ids[offset : offset + size], len(ids)


def find_on_map(
    session: Session, criteria: Criteria, reference: Reference
) -> Sequence[Row[str, str, str, str, float | None, float | None]]:
    """Return every hit with its place: rows of `key, title, ags, name, lat, lon`, in list order.

    Only municipalities and practices have a place.
    """
    listing = criteria.listing
    hit = _as_table(session, "hit", _Question(session, criteria, reference).ids())
    title = (
        Municipality.name
        if criteria.kind is ListKind.MUNICIPALITIES
        else criteria.listing.entity.title
    )
    columns = (
        listing.entity.slug.label("key"),
        title.label("title"),
        Municipality.ags.label("ags"),
        Municipality.name.label("name"),
        Municipality.lat.label("lat"),
        Municipality.lon.label("lon"),
    )
    return session.execute(
        listing.base()
        .with_only_columns(*columns, maintain_column_froms=True)
        .join(hit, cast(hit.c.value, listing.id.type) == listing.id)
        .order_by(hit.c.key)
    ).all()


def practices_per_municipality(session: Session, keys: Sequence[str]) -> dict[str, int]:
    """Return AGS → number of published practices for those of `keys` that have any."""
    columns = get_columns(session, ListKind.PRACTICES)
    return {ags: found for ags in keys if (found := columns.entries_at(ags))}


def practices_per_term(session: Session) -> dict[str, int]:
    """Return slug → number of published practices for each term that has any."""
    totals = get_columns(session, ListKind.PRACTICES).totals
    return {slug: n for name in TERM_FACETS.values() for slug, n in totals[name].items()}


class _Question:
    """One question to one list: which entries fulfil which of its filters."""

    def __init__(
        self,
        session: Session,
        criteria: Criteria,
        reference: Reference,
        places: Collection[str] | None = None,
    ) -> None:
        if criteria.understood is not None:
            criteria = _settled(session, criteria, reference)
        self.session = session
        self.places = places
        self.criteria = criteria
        self.listing = criteria.listing
        self.reference = reference
        self.columns: Columns = get_columns(session, criteria.kind)
        self.distances = self._distances()
        self.answer: Answer | None = (
            answer(
                session,
                self.listing.index_kind,
                criteria.q,
                literal=criteria.literal,
                leniently=criteria.leniently,
            )
            if criteria.q
            else None
        )

    @cached_property
    def filters(self) -> dict[str, int]:
        """Name of each filter in force → the entries that fulfil it."""
        criteria = self.criteria
        found = {
            facet.name: self.columns.having(facet, criteria.choices[facet.name])
            for facet in self.listing.facets
            if facet.name in criteria.choices and ALL not in criteria.choices[facet.name]
        }
        if criteria.members_only:
            found["mitglied"] = self._members()
        if self.answer is not None:
            found["q"] = self.answer.hits
        if criteria.where is not None:
            found["ort"] = self.columns.at(self._places_in(criteria.where, criteria.radius_km))
        if criteria.box is not None and self.listing.place is not None:
            found["bbox"] = self.columns.at(_within(self.columns.places.rows, criteria.box))
        if self.places is not None:
            found["places"] = self.columns.at(self.places)
        return found

    @cached_property
    def hits(self) -> int:
        """The entries that fulfil all filters."""
        return self.without()

    @property
    def near(self) -> int:
        """How many of the hits only come near what the words say."""
        return (self.hits & self.answer.near).bit_count() if self.answer else 0

    def without(self, *names: str) -> int:
        """Return the entries that fulfil all filters but those of these names."""
        others = (hits for name, hits in self.filters.items() if name not in names)
        return reduce(and_, others, self.columns.everything)

    def counts(self) -> Counts:
        """Count the hits, the values of every facet and what taking filters away brings."""
        columns = self.columns
        if not self.filters:
            values = {name: dict(counts) for name, counts in columns.totals.items()}
        else:
            narrowed = self.filters.keys() & columns.values.keys()
            values = columns.counts(self.hits, leaving_out=narrowed)
            for name in narrowed:
                values[name] = columns.count(name, self.without(name))
        if self.listing.members_by_default:
            values["mitglied"][ALL] = self.without("mitglied").bit_count()
        for facet in self.listing.facets:
            values.setdefault(facet.name, {})
        gains = {one: self._found_without(one) for one in active_filters(self.criteria)}
        return Counts(self.hits.bit_count(), values, gains)

    def ids(self, start: int = 0, stop: int | None = None) -> list[Any]:
        """Return the ids of the hits in the order asked for, from one place to another."""
        return self.columns.of_ids(self.numbers(start, stop))

    def numbers(self, start: int, stop: int | None) -> list[int]:
        """Return the numbers of the hits in the order asked for, from one place to another."""
        return list(islice(self._ordered(), start, stop))

    def scores(self, ids: Iterable[Any], numbers: Iterable[int]) -> dict[Any, float]:
        """Return how well entries fit, id by id, as far as that was asked to put them in order."""
        if self.answer is None or self.criteria.order != RELEVANCE:
            return {}
        known = self.answer.scores
        pairs = zip(ids, numbers, strict=True)
        return {one: known[number] for one, number in pairs if number in known}

    def _found_without(self, one: Filter) -> int:
        name, value = one
        left = self.without(name)
        values = self.criteria.without(name, value).choices.get(name, ())
        facet = self.listing.facet(name)
        if facet is not None and values:
            left &= self.columns.having(facet, values)
        elif name == "mitglied" and self.listing.members_by_default:
            left &= self._members()
        return left.bit_count()

    def _members(self) -> int:
        facet = self.listing.facet("mitglied")
        return self.columns.having(facet, [MEMBER]) if facet else 0

    def _ordered(self) -> Iterator[int]:
        order = self.criteria.order
        default = self.listing.default_order
        if order == RELEVANCE and self.answer is not None:
            first = best(self.session, self.answer, self.hits, self.columns.ids.__getitem__)
            return chain(first, self._behind(first))
        if order == DISTANCE and self.distances:
            return self.columns.grouped(self.hits, self._by_distance())
        if order == SIMILARITY:
            alike = keys_by_likeness(self.session, self.criteria.own)
            return self.columns.grouped(
                self.hits, [*([ags] for ags in alike), self._besides(alike)]
            )
        known = order if order in self.listing.orders else default
        return self.columns.sorted(self.session, self.hits, known)

    def _behind(self, first: Sequence[int]) -> Iterator[int]:
        """Yield the hits besides `first`; put into order only when a page reaches them."""
        rest = self.hits & ~bitmaps.from_numbers(first)
        if rest:
            yield from self.columns.sorted(self.session, rest, self.listing.default_order)

    def _by_distance(self) -> list[list[str]]:
        """Return the municipalities around the place asked for, nearest first, then all others."""
        groups: dict[float, list[str]] = {}
        for ags, km in self.distances.items():
            groups.setdefault(km, []).append(ags)
        groups.setdefault(_EVERYWHERE_KM, []).extend(self._besides(self.distances))
        return [groups[km] for km in sorted(groups)]

    def _besides(self, some: Iterable[str]) -> list[str]:
        return sorted(self.columns.runs.keys() - set(some))

    def _places_in(self, where: Found, radius_km: float | None) -> Iterable[str]:
        """Return the municipalities near a place, or else in it: of a county all that belong."""
        if radius_km is not None:
            return [ags for ags, km in self.distances.items() if km <= radius_km]
        keys = {place.ags for place in where.places}
        return [
            ags
            for ags, row in self.columns.places.rows.items()
            if not keys.isdisjoint((ags, row.county, row.district))
        ]

    def _distances(self) -> dict[str, float]:
        criteria = self.criteria
        if criteria.where is None or criteria.where.point is None:
            return {}
        if criteria.radius_km is None and criteria.order != DISTANCE:
            return {}
        radius = criteria.radius_km if criteria.radius_km is not None else _EVERYWHERE_KM
        return self.reference.gazetteer.within(criteria.where.point, radius)


def active_filters(criteria: Criteria) -> list[Filter]:
    """Return every filter that can be taken away on its own: name and value."""
    filters: list[Filter] = [("q", criteria.q)] if criteria.q else []
    for facet in criteria.listing.facets:
        filters += [(facet.name, value) for value in criteria.choices.get(facet.name, ())]
    if criteria.place:
        filters.append(("ort", criteria.place))
    if criteria.box:
        filters.append(("bbox", criteria.box.to_text()))
    return filters


def _settled(session: Session, criteria: Criteria, reference: Reference) -> Criteria:
    """Return `criteria`, or the next wider ones that find anything.

    Only what was read from the visitor's words is widened, never a filter they chose.
    """
    for wider in widened(criteria):
        if _Question(session, replace(wider, understood=None), reference).hits:
            return wider
    return criteria


def _within(places: Mapping[str, Place], box: Box) -> list[str]:
    return [
        ags
        for ags, place in places.items()
        if place.lat is not None
        and place.lon is not None
        and box.west <= place.lon <= box.east
        and box.south <= place.lat <= box.north
    ]


def _as_table(session: Session, name: str, found: Sequence[Any]) -> TableValuedAlias:
    """Return ids as a table called `name`: `value` the id, `key` its place in order."""
    keys = bindparam(f"{name}_keys", orjson.dumps(found).decode(), String)
    if session.get_bind().dialect.name == "sqlite":
        return func.json_each(keys).table_valued("value", "key").alias(name)
    rows = func.json_array_elements_text(cast(keys, JSON))
    return rows.table_valued("value", with_ordinality="key").render_derived(name=name)


def _loaded(
    session: Session, criteria: Criteria, ids: Sequence[Any], load: Load | None
) -> list[Any]:
    """Return the entries of `ids`, in this order."""
    by_id = load(session, ids) if load else _entities(session, criteria, ids)
    # A reader of an older version may still see an entry that is gone since, or the reverse.
    return [by_id[one] for one in ids if one in by_id]


def _entities(
    session: Session, criteria: Criteria, ids: Sequence[Any], options: Sequence[ORMOption] = ()
) -> dict[Any, Any]:
    listing = criteria.listing
    statement = (
        select(listing.entity)
        .where(listing.id.in_(ids))
        .options(*_LOADING[criteria.kind], *options)
    )
    name = listing.id.key
    return {getattr(entity, name): entity for entity in session.scalars(statement)}
