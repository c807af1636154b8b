"""What criteria are checked and labelled with: vocabulary, counties, districts, gazetteer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.events.models import EventSeries
from directory.geo.places import Gazetteer, Place
from directory.geo.points import Point
from directory.municipalities.models import Level, Municipality, PostcodePlace
from directory.publication.catalogue import grounded, prepared
from directory.search.lists.columns import Columns, get_columns
from directory.search.lists.listings import ListKind
from directory.search.lists.wholesale import shared
from directory.topics.models import Term, TermKind


@dataclass(frozen=True)
class Reference:
    """Values with their labels, in the order they are listed; the same until the next change."""

    terms: dict[TermKind, dict[str, str]]
    counties: dict[str, str]
    districts: dict[str, str]
    series: dict[str, str]
    # Of all municipalities, counties and districts
    names: dict[str, str]
    gazetteer: Gazetteer
    practices: Columns

    @cached_property
    def practising(self) -> dict[str, str]:
        """Municipalities with at least one published practice: AGS → name."""
        return {ags: name for ags, name in self.names.items() if self.practices.entries_at(ags)}

    @cached_property
    def term_labels(self) -> dict[str, str]:
        """All terms of the vocabulary: slug → label."""
        return {slug: label for terms in self.terms.values() for slug, label in terms.items()}

    @cached_property
    def term_names(self) -> dict[str, str]:
        """The same with what they are: slug → `Zielgruppe Jugendliche`."""
        return {
            slug: f"{kind.label} {label}"
            for kind, terms in self.terms.items()
            for slug, label in terms.items()
        }


def get_reference(session: Session) -> Reference:
    """Return the reference of the present catalogue."""
    return prepared(session, "reference", _with_practices)


def _with_practices(session: Session) -> Reference:
    reference = grounded(session, "ground of the reference", _load)
    return reference(practices=get_columns(session, ListKind.PRACTICES))


def _load(session: Session) -> Callable[..., Reference]:
    terms: dict[TermKind, dict[str, str]] = {kind: {} for kind in TermKind}
    for slug, kind, label in session.execute(
        select(Term.slug, Term.kind, Term.label).order_by(Term.position)
    ):
        terms[kind][slug] = label
    places = select(
        Municipality.ags,
        Municipality.level,
        Municipality.name,
        Municipality.lat,
        Municipality.lon,
    ).order_by(Municipality.sort_name)
    rows = list(shared(session.execute(places)))
    postcodes = session.execute(
        select(
            PostcodePlace.postcode, PostcodePlace.ags, PostcodePlace.lat, PostcodePlace.lon
        ).order_by(PostcodePlace.postcode, PostcodePlace.id)
    )
    return partial(
        Reference,
        terms=terms,
        counties={ags: name for ags, level, name, *_ in rows if level is Level.COUNTY},
        districts={ags: name for ags, level, name, *_ in rows if level is Level.DISTRICT},
        series=dict(
            session.execute(
                select(EventSeries.slug, EventSeries.title).order_by(EventSeries.position)
            ).all()
        ),
        names={ags: name for ags, _, name, *_ in rows},
        gazetteer=Gazetteer(
            (
                Place(ags, name, Point(lat, lon) if lat is not None and lon is not None else None)
                for ags, _, name, lat, lon in rows
            ),
            ((postcode, ags, Point(lat, lon)) for postcode, ags, lat, lon in postcodes),
        ),
    )
