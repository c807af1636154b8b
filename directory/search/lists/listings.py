"""The four lists: which entity each shows, where its facets read their values, and its orders."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, case, func, literal, null, select

from directory.events.models import (
    Event,
    EventFormat,
    EventKind,
    Resource,
    ResourceTerm,
    ResourceType,
)
from directory.municipalities.models import (
    Evidence,
    Level,
    Membership,
    Municipality,
    MunicipalityKind,
    SizeClass,
)
from directory.practices.models import Practice, PracticeState, practice_term
from directory.publication.models import Status
from directory.topics.models import Term, TermKind

# A query whose columns are chosen later.
AnySelect = Select[*tuple[Any, ...]]

MEMBER, ALL = "ja", "alle"
# The order of feeds
CHANGED = "geaendert"


class ListKind(enum.StrEnum):
    """The lists; each value is the path of its page."""

    MUNICIPALITIES = "kommunen"
    PRACTICES = "praxisbeispiele"
    EVENTS = "veranstaltungen"
    RESOURCES = "materialien"


class Names(Protocol):
    """What values are called that come and go with the catalogue, in the order they are listed."""

    @property
    def terms(self) -> Mapping[TermKind, Mapping[str, str]]:
        """Of the vocabulary."""

    @property
    def counties(self) -> Mapping[str, str]:
        """Kreise, by AGS."""

    @property
    def districts(self) -> Mapping[str, str]:
        """Regierungsbezirke, by AGS."""

    @property
    def practising(self) -> Mapping[str, str]:
        """Municipalities with at least one example, by AGS."""

    @property
    def series(self) -> Mapping[str, str]:
        """Series of events."""


Labels = Callable[[Names], Mapping[str, str]]


@dataclass(frozen=True)
class Facet:
    """One way to narrow a list.

    Its values are read from the column or expression `value`; `of` is the column beside it that
    says whose value that is: the list's own id, a column of an association that points at it, or
    the key of a municipality, whose values all entries of that place have.
    """

    name: str
    label: str
    value: Any
    of: Any
    labels: Labels
    in_given_order: bool = False
    # False: chosen by following links only; neither offered beside the list nor counted
    offered: bool = True
    # Which of the values are its own, where a column holds those of several facets
    condition: Any = None
    # A place has the values that this other list's entries there have
    borrowed_from: ListKind | None = None

    @property
    def is_of_places(self) -> bool:
        """Whether its values are those of municipalities."""
        return self.of is Municipality.ags


@dataclass(frozen=True)
class Order:
    """One order of a list: its label and the expressions to sort by."""

    label: str
    by: tuple[Any, ...]


@dataclass(frozen=True)
class Listing:
    """One list, all that the queries need to know about it."""

    kind: ListKind
    entity: type[Any]
    id: Any
    # What entries of the search index are named by
    key: Any
    index_kind: str
    singular: str
    plural: str
    facets: tuple[Facet, ...]
    orders: Mapping[str, Order]
    default_order: str
    # Column that says in which municipality an entry is; None: the list knows no places
    place: Any
    members_by_default: bool = False

    def facet(self, name: str) -> Facet | None:
        """Return the facet called `name` in addresses, if this list has it."""
        return next((facet for facet in self.facets if facet.name == name), None)

    def base(self) -> AnySelect:
        """Return the ids of all published entries, each with the municipality it is in."""
        statement = select(self.id.label("id"))
        if self.entity is Practice:
            statement = statement.join(Municipality, Municipality.ags == Practice.ags)
        if self.entity is not Municipality:
            statement = statement.where(self.entity.status == Status.PUBLISHED)
        return statement


def is_member(ags: Any) -> ColumnElement[bool]:
    """Return whether the membership of the municipality `ags` is documented."""
    documented = select(Membership.ags).where(Membership.evidence == Evidence.DOCUMENTED)
    member: ColumnElement[bool] = ags.in_(documented)
    return member


def size_value() -> ColumnElement[Any]:
    """Return the size class of a municipality as SQL; NULL for counties and districts."""
    branches = [
        (Municipality.population < size.bounds[1], size.value)
        for size in SizeClass
        if size.bounds[1]
    ]
    by_size = case(*branches, else_=SizeClass.METROPOLIS.value)
    return case((Municipality.level == Level.MUNICIPALITY, by_size), else_=null())


def _labelled(kind: type[Any]) -> Labels:
    labels = {member.value: member.label for member in kind}
    return lambda _: labels


def _terms(kind: TermKind) -> Labels:
    return lambda names: names.terms[kind]


def _own(name: str, label: str, value: Any, kind: type[Any]) -> Facet:
    """Return the facet of a column of the entries themselves whose values are an enumeration."""
    return Facet(name, label, value, value.class_.id, _labelled(kind), in_given_order=True)


def _of_places(
    name: str, label: str, value: Any, labels: Labels, *, in_given_order: bool = False
) -> Facet:
    return Facet(name, label, value, Municipality.ags, labels, in_given_order=in_given_order)


_KIND = _of_places(
    "art", "Art der Kommune", Municipality.kind, _labelled(MunicipalityKind), in_given_order=True
)
_SIZE = _of_places(
    "groesse", "Einwohnerzahl", size_value(), _labelled(SizeClass), in_given_order=True
)
_COUNTY = _of_places("kreis", "Kreis", Municipality.county_ags, lambda names: names.counties)
_DISTRICT = _of_places(
    "bezirk", "Regierungsbezirk", Municipality.district_ags, lambda names: names.districts
)


# By which facet practices are narrowed to the terms of each list of the vocabulary
TERM_FACETS = {
    TermKind.TOPIC: "thema",
    TermKind.TARGET_GROUP: "zielgruppe",
    TermKind.INSTRUMENT: "instrument",
}


def _practice_terms(kind: TermKind) -> Facet:
    slug = practice_term.c.term_slug
    return Facet(
        TERM_FACETS[kind],
        kind.label,
        slug,
        practice_term.c.practice_id,
        _terms(kind),
        condition=slug.in_(select(Term.slug).where(Term.kind == kind)),
    )


def _members(labels: Mapping[str, str]) -> Facet:
    value = case((is_member(Municipality.ags), literal(MEMBER)), else_=null())
    return _of_places("mitglied", "Mitgliedschaft", value, lambda _: labels)


# A municipality works on the topics of its published practices.
_MUNICIPALITY_TOPICS = Facet(
    "thema",
    "Thema der Praxisbeispiele",
    None,
    Municipality.ags,
    _terms(TermKind.TOPIC),
    borrowed_from=ListKind.PRACTICES,
)
_PRACTICE_MEMBERS = _members({MEMBER: "Mitglied im Kommunen-Netzwerk"})
# Lists of municipalities show members unless asked for all, so `alle` is no filter but widens.
_ALL_MUNICIPALITIES = _members(
    {ALL: "Alle in Nordrhein-Westfalen", MEMBER: "Nur belegte Mitglieder"}
)

_PRACTISING = Facet(
    "kommune",
    "Kommune",
    Municipality.ags,
    Municipality.ags,
    lambda names: names.practising,
    offered=False,
)
_SERIES = Facet(
    "reihe",
    "Reihe",
    Event.series_slug,
    Event.id,
    lambda names: names.series,
    in_given_order=True,
)
_RESOURCE_TOPICS = Facet(
    "thema",
    "Thema",
    ResourceTerm.term_slug,
    ResourceTerm.resource_id,
    _terms(TermKind.TOPIC),
)

_BY_NAME = (Municipality.sort_name, Municipality.ags)
_MEMBER_SINCE = (
    select(Membership.member_since).where(Membership.ags == Municipality.ags).scalar_subquery()
)

_MUNICIPALITIES = Listing(
    kind=ListKind.MUNICIPALITIES,
    entity=Municipality,
    id=Municipality.ags,
    key=Municipality.ags,
    index_kind="municipality",
    singular="Kommune",
    plural="Kommunen",
    facets=(_ALL_MUNICIPALITIES, _MUNICIPALITY_TOPICS, _KIND, _SIZE, _DISTRICT, _COUNTY),
    orders={
        "name": Order("Name", _BY_NAME),
        "einwohner": Order(
            "Einwohnerzahl, größte zuerst", (Municipality.population.desc(), *_BY_NAME)
        ),
        "klein": Order("Einwohnerzahl, kleinste zuerst", (Municipality.population, *_BY_NAME)),
        "beitritt": Order(
            "Beitrittsjahr, früheste zuerst", (func.coalesce(_MEMBER_SINCE, 9999), *_BY_NAME)
        ),
    },
    default_order="name",
    place=Municipality.ags,
    members_by_default=True,
)

_BY_TITLE = (Practice.title, Practice.id)

_PRACTICES = Listing(
    kind=ListKind.PRACTICES,
    entity=Practice,
    id=Practice.id,
    key=Practice.slug,
    index_kind="practice",
    singular="Praxisbeispiel",
    plural="Praxisbeispiele",
    facets=(
        *map(_practice_terms, TermKind),
        _own("status", "Stand der Umsetzung", Practice.state, PracticeState),
        _SIZE,
        _KIND,
        _DISTRICT,
        _COUNTY,
        _PRACTICE_MEMBERS,
        _PRACTISING,
    ),
    orders={
        "titel": Order("Titel", _BY_TITLE),
        "neu": Order(
            "Beginn, neueste zuerst",
            (func.coalesce(Practice.started_year, 0).desc(), *_BY_TITLE),
        ),
        "kommune": Order("Kommune", (*_BY_NAME, *_BY_TITLE)),
        "einwohner": Order("Einwohnerzahl, kleinste zuerst", (Municipality.population, *_BY_TITLE)),
        CHANGED: Order("Zuletzt geändert", (Practice.updated_at.desc(), Practice.id)),
    },
    default_order="kommune",
    place=Practice.ags,
)

_EVENTS = Listing(
    kind=ListKind.EVENTS,
    entity=Event,
    id=Event.id,
    key=Event.slug,
    index_kind="event",
    singular="Veranstaltung",
    plural="Veranstaltungen",
    facets=(
        _own("art", "Art", Event.kind, EventKind),
        _SERIES,
        _own("form", "Form", Event.event_format, EventFormat),
    ),
    orders={
        "datum": Order("Datum, neueste zuerst", (Event.sort_date.desc(), Event.id)),
        "aelteste": Order("Datum, älteste zuerst", (Event.sort_date, Event.id)),
        CHANGED: Order("Zuletzt geändert", (Event.updated_at.desc(), Event.id)),
    },
    default_order="datum",
    place=None,
)

_RESOURCES = Listing(
    kind=ListKind.RESOURCES,
    entity=Resource,
    id=Resource.id,
    key=Resource.slug,
    index_kind="resource",
    singular="Eintrag",
    plural="Materialien",
    facets=(_own("art", "Art", Resource.kind, ResourceType), _RESOURCE_TOPICS),
    orders={
        "datum": Order(
            "Datum, neueste zuerst",
            (func.coalesce(Resource.date, "0").desc(), Resource.title, Resource.id),
        ),
        "titel": Order("Titel", (Resource.title, Resource.id)),
    },
    default_order="datum",
    place=None,
)

LISTINGS: dict[ListKind, Listing] = {
    listing.kind: listing for listing in (_MUNICIPALITIES, _PRACTICES, _EVENTS, _RESOURCES)
}
