"""The one place where criteria become hits: pages, map and JSON all ask here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    ColumnElement,
    Row,
    String,
    TableValuedAlias,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy import union_all as union_all_of
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from directory.events.models import Event
from directory.geo.places import Place
from directory.municipalities.models import Municipality
from directory.practices.models import Practice
from directory.practices.queries import FOR_CARDS
from directory.publication.models import Status
from directory.search.answers import Answer, answer
from directory.search.criteria import DISTANCE, PAGE_SIZE, RELEVANCE, SIMILARITY, Criteria
from directory.search.listings import ALL, AnySelect, Facet, ListKind, is_member
from directory.search.peer_groups import keys_by_likeness
from directory.search.question import Question
from directory.search.reference import Reference
from directory.search.widening import widened
from directory.web.pagination import Page

Filter = tuple[str, str]

# Marks rows of the counting query that are no facet.
_TOTAL, _WITHOUT = "", "-"
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


def find(session: Session, criteria: Criteria, reference: Reference) -> Hits:
    """Return one page of the entries that `criteria` ask for."""
    question = _Question(session, criteria, reference)
    criteria = question.criteria
    counts = question.counts()
    ids = session.scalars(
        question.ordered().limit(PAGE_SIZE).offset((criteria.page - 1) * PAGE_SIZE)
    ).all()
    page = Page(_load(session, criteria, ids), criteria.page, PAGE_SIZE, counts.total)
    asked = question.answer.question if question.answer else None
    everywhere = 0 if counts.total else find_total(session, criteria.everywhere(), reference)
    return Hits(page, counts, criteria, question.distances, asked, everywhere)


def answered(session: Session, criteria: Criteria, reference: Reference) -> Criteria:
    """Return which criteria are answered: those asked, or wider ones where they find nothing."""
    return _Question(session, criteria, reference).criteria


def find_total(session: Session, criteria: Criteria, reference: Reference) -> int:
    """Return how many entries `criteria` ask for."""
    statement = _Question(session, criteria, reference).matching()
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def find_first(session: Session, criteria: Criteria, reference: Reference, limit: int) -> list[Any]:
    """Return the first entries that `criteria` ask for, without counting the rest."""
    ids = session.scalars(_Question(session, criteria, reference).ordered().limit(limit)).all()
    return _load(session, criteria, ids)


def find_on_map(
    session: Session, criteria: Criteria, reference: Reference
) -> Sequence[Row[tuple[str, str, str, str, float, float]]]:
    """Return every hit with its place: rows of `key, title, ags, name, lat, lon`, in list order.

    Only municipalities and practices have a place.
    """
    statement = _Question(session, criteria, reference).ordered()
    title = (
        Municipality.name
        if criteria.kind is ListKind.MUNICIPALITIES
        else criteria.listing.entity.title
    )
    slug = criteria.listing.entity.slug
    columns = (
        slug.label("key"),
        title.label("title"),
        Municipality.ags.label("ags"),
        Municipality.name.label("name"),
        Municipality.lat.label("lat"),
        Municipality.lon.label("lon"),
    )
    return session.execute(statement.with_only_columns(*columns, maintain_column_froms=True)).all()


def practices_per_municipality(session: Session, keys: Sequence[str]) -> dict[str, int]:
    """Return AGS → number of published practices for those of `keys` that have any."""
    statement = (
        select(Practice.ags, func.count())
        .where(Practice.status == Status.PUBLISHED, Practice.ags.in_(keys))
        .group_by(Practice.ags)
    )
    return dict(session.execute(statement).all())


class _Question:
    """One question to one list, on its way into SQL."""

    def __init__(self, session: Session, criteria: Criteria, reference: Reference) -> None:
        if criteria.understood is not None:
            criteria = _settled(session, criteria, reference)
        self.session = session
        self.criteria = criteria
        self.listing = criteria.listing
        self.reference = reference
        self.distances = self._distances()
        self.answer = (
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

    def matching(self, without: str | None = None) -> AnySelect:
        """Return the ids that fulfil all filters, but for the facet called `without`."""
        return self._filtered(self.criteria, without)

    def ordered(self) -> AnySelect:
        """Return the ids that fulfil all filters, in the order asked for."""
        statement = self.matching()
        order = self.criteria.order
        if order == RELEVANCE and self.answer is not None:
            fallback = self.listing.orders[self.listing.default_order].by
            hit = _hits(self.session, self.answer)
            return statement.join(hit, hit.c.value == self.listing.key).order_by(
                hit.c.key, *fallback
            )
        if order == DISTANCE and self.distances:
            nearest = case(self.distances, value=self.listing.place, else_=_EVERYWHERE_KM)
            return statement.order_by(nearest, self.listing.id)
        if order == SIMILARITY:
            like = _as_table(
                self.session, "alike", keys_by_likeness(self.session, self.criteria.own)
            )
            return statement.outerjoin(like, like.c.value == self.listing.place).order_by(
                like.c.key.is_(None), like.c.key, self.listing.id
            )
        by = self.listing.orders.get(order, self.listing.orders[self.listing.default_order])
        return statement.order_by(*by.by)

    def counts(self) -> Counts:
        """Count the hits, the values of every facet and what taking filters away brings."""
        filters = list(active_filters(self.criteria))
        parts = [_counting(_TOTAL, "", self.matching())]
        parts += [self._facet_counts(facet) for facet in self.listing.facets if facet.offered]
        parts += [
            _counting(_WITHOUT, str(number), self._filtered(self.criteria.without(*one), None))
            for number, one in enumerate(filters)
        ]
        values: dict[str, dict[str, int]] = {facet.name: {} for facet in self.listing.facets}
        total, everybody, without = 0, 0, {}
        rows: Sequence[Any] = self.session.execute(union_all_of(*parts)).all()
        for name, value, found in rows:
            if name == _TOTAL:
                total = found
            elif name == _WITHOUT:
                without[filters[int(value)]] = found
            else:
                everybody += found if name == "mitglied" else 0
                if value is not None:
                    values[name][value] = found
        if self.listing.members_by_default:
            values["mitglied"][ALL] = everybody
        return Counts(total, values, without)

    def _facet_counts(self, facet: Facet) -> AnySelect:
        statement = self.matching(without=facet.name)
        if facet.owner is not None:
            statement = statement.join(facet.owner.table, facet.owner == self.listing.id)
        name: ColumnElement[str] = literal_column(f"'{facet.name}'")
        # By position: PostgreSQL takes the same CASE with other parameters for another expression.
        return statement.with_only_columns(
            name, facet.value, func.count(), maintain_column_froms=True
        ).group_by(literal_column("2"))

    def _filtered(self, criteria: Criteria, without: str | None) -> AnySelect:
        statement = self.listing.base()
        conditions = [
            facet.condition(self.listing.id, criteria.choices[facet.name])
            for facet in self.listing.facets
            if facet.name != without
            and facet.name in criteria.choices
            and not (facet.name == "mitglied" and ALL in criteria.choices[facet.name])
        ]
        if criteria.members_only and without != "mitglied":
            conditions.append(is_member(self.listing.place))
        if criteria.q and self.answer is not None:
            hit = _hits(self.session, self.answer)
            conditions.append(self.listing.key.in_(select(hit.c.value)))
        if criteria.where is not None:
            conditions.append(self._place_condition(criteria))
        if criteria.box is not None and self.listing.place is not None:
            box = criteria.box
            conditions.append(
                and_(
                    Municipality.lon.between(box.west, box.east),
                    Municipality.lat.between(box.south, box.north),
                )
            )
        return statement.where(*conditions)

    def _place_condition(self, criteria: Criteria) -> ColumnElement[bool]:
        place: Any = self.listing.place
        if criteria.radius_km is not None:
            near = [ags for ags, km in self.distances.items() if km <= criteria.radius_km]
            within: ColumnElement[bool] = place.in_(near)
            return within
        if criteria.where is None:
            raise ValueError("no place to look in")
        return or_(*(_belongs_to(one) for one in criteria.where.places))

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
        asked = replace(wider, understood=None)
        if session.scalar(_Question(session, asked, reference).matching().limit(1)) is not None:
            return wider
    return criteria


def _hits(session: Session, found: Answer) -> TableValuedAlias:
    """Return the entries of an answer as a table: `value` their key, `key` their place in order."""
    return _as_table(session, "hit", found.keys)


def _as_table(session: Session, name: str, found: Sequence[str]) -> TableValuedAlias:
    """Return keys as a table called `name`: `value` the key, `key` its place in order."""
    keys = bindparam(f"{name}_keys", orjson.dumps(found).decode(), String)
    if session.get_bind().dialect.name == "sqlite":
        return func.json_each(keys).table_valued("value", "key").alias(name)
    rows = func.json_array_elements_text(cast(keys, JSON))
    return rows.table_valued("value", with_ordinality="key").render_derived(name=name)


def _belongs_to(place: Place) -> ColumnElement[bool]:
    """Return whether a municipality is `place` or lies in this county or district."""
    column = {3: Municipality.district_ags, 5: Municipality.county_ags}.get(
        len(place.ags), Municipality.ags
    )
    belongs: ColumnElement[bool] = column == place.ags
    return belongs


def _counting(name: str, value: str, statement: AnySelect) -> AnySelect:
    return statement.with_only_columns(
        literal_column(f"'{name}'"),
        literal_column(f"'{value}'"),
        func.count(),
        maintain_column_froms=True,
    )


def _load(session: Session, criteria: Criteria, ids: Sequence[Any]) -> list[Any]:
    """Return the entities of `ids`, in this order, with what their cards need."""
    listing = criteria.listing
    statement = select(listing.entity).where(listing.id.in_(ids)).options(*_LOADING[criteria.kind])
    name = listing.id.key
    by_id = {getattr(entity, name): entity for entity in session.scalars(statement)}
    return [by_id[one] for one in ids]
