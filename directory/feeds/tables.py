"""What a row of an export says: one column after the other, under the words of the pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from directory.municipalities.models import Municipality
from directory.practices.models import Practice
from directory.search.lists.reference import Reference
from directory.search.queries import practices_per_municipality
from directory.sheets.writing import SheetColumn
from directory.topics.models import TermKind
from directory.web.addresses import absolute
from directory.web.filters import date, local_day
from directory.web.markup import plain_text


@dataclass(frozen=True)
class Beside:
    """What rows need besides their entry, read once for many: AGS → number of its practices."""

    reference: Reference
    practices: Mapping[str, int] = field(default_factory=dict)


def beside(session: Session, reference: Reference, entries: Sequence[Any]) -> Beside:
    """Return what the rows of these `entries` need besides them."""
    keys = [one.ags for one in entries if isinstance(one, Municipality)]
    return Beside(reference, practices_per_municipality(session, keys))


@dataclass(frozen=True)
class Column:
    """One column: how it looks, its name for programmes, and its value of an entry."""

    sheet: SheetColumn
    name: str
    value: Callable[[Any, Beside], object]


def _column(
    header: str,
    name: str,
    value: Callable[[Any, Beside], object],
    *,
    kind: str = "text",
    width: int = 20,
) -> Column:
    return Column(SheetColumn(header=header, kind=kind, width=width), name, value)


def _county(place: Municipality, known: Beside) -> str | None:
    return known.reference.counties.get(place.county_ags or "")


def _district(place: Municipality, known: Beside) -> str | None:
    name = known.reference.districts.get(place.district_ags or "", "")
    return name.removeprefix("Regierungsbezirk ") or None


def _member_since(place: Municipality, _known: Beside) -> int | None:
    return place.membership.member_since if place.membership and place.is_member else None


def _page(endpoint: str) -> Column:
    return _column(
        "Adresse des Eintrags",
        "url",
        lambda one, _: absolute(url_for(endpoint, slug=one.slug)),
        width=48,
    )


_UPDATED = _column(
    "Eintrag geändert am",
    "updated",
    lambda one, _: local_day(one.updated_at),
    kind="date",
    width=16,
)

MUNICIPALITY: tuple[Column, ...] = (
    _column("Name", "name", lambda one, _: one.name, width=28),
    _column("Amtlicher Name", "official_name", lambda one, _: one.name_official, width=32),
    _column("Amtlicher Gemeindeschlüssel", "ags", lambda one, _: one.ags, width=14),
    _column("Art", "kind", lambda one, _: one.kind.label, width=24),
    _column("Rechtsstellung", "legal_status", lambda one, _: one.legal_status, width=30),
    _column("Kreis", "county", _county, width=26),
    _column("Regierungsbezirk", "district", _district, width=16),
    _column("Einwohnerzahl", "population", lambda one, _: one.population, kind="integer", width=14),
    _column(
        "Einwohnerzahl vom",
        "population_date",
        lambda one, _: one.population_date,
        kind="date",
        width=14,
    ),
    _column("Fläche in km²", "area_km2", lambda one, _: one.area_km2, kind="decimal", width=12),
    _column(
        "Mitgliedschaft",
        "membership",
        lambda one, _: "Mitglied" if one.is_member else "nicht erfasst",
        width=16,
    ),
    _column("Mitglied seit", "member_since", _member_since, kind="integer", width=12),
    _column(
        "Praxisbeispiele",
        "practices_count",
        lambda one, known: known.practices.get(one.ags, 0),
        kind="integer",
        width=14,
    ),
    _column("Website", "website", lambda one, _: one.website, width=32),
    _UPDATED,
    _page("municipalities.detail"),
)


def _terms(kind: TermKind) -> Callable[[Practice, Beside], str]:
    return lambda one, _: ", ".join(term.label for term in one.terms_of(kind))


def _lines(name: str) -> Callable[[Practice, Beside], str]:
    return lambda one, _: "\n".join(getattr(one, name))


PRACTICE: tuple[Column, ...] = (
    _column("Titel", "title", lambda one, _: one.title, width=40),
    _column("Kommune", "municipality", lambda one, _: one.municipality.name, width=24),
    _column("Amtlicher Gemeindeschlüssel", "ags", lambda one, _: one.ags, width=14),
    _column("Kreis", "county", lambda one, known: _county(one.municipality, known), width=26),
    _column(
        "Regierungsbezirk",
        "district",
        lambda one, known: _district(one.municipality, known),
        width=16,
    ),
    _column(
        "Einwohnerzahl",
        "population",
        lambda one, _: one.municipality.population,
        kind="integer",
        width=14,
    ),
    _column("Themen", "topics", _terms(TermKind.TOPIC), width=32),
    _column("Zielgruppen", "target_groups", _terms(TermKind.TARGET_GROUP), width=28),
    _column("Instrumente", "instruments", _terms(TermKind.INSTRUMENT), width=28),
    _column("Stand der Umsetzung", "state", lambda one, _: one.state.label, width=18),
    _column("Stand der Quelle", "as_of", lambda one, _: date(one.as_of) if one.as_of else None),
    _column("Beginn", "started_year", lambda one, _: one.started_year, kind="integer", width=10),
    _column("Kurzfassung", "summary", lambda one, _: one.summary, width=60),
    _column("Ausgangslage", "situation", lambda one, _: plain_text(one.situation), width=60),
    _column("Vorgehen", "approach", lambda one, _: plain_text(one.approach), width=60),
    _column("Ergebnis", "result", lambda one, _: plain_text(one.result), width=60),
    _column("Gelingensbedingungen", "success_factors", _lines("success_factors"), width=48),
    _column("Stolpersteine", "stumbling_blocks", _lines("stumbling_blocks"), width=48),
    _column("Beteiligte", "partners", _lines("partners"), width=36),
    _column(
        "Quellen",
        "sources",
        lambda one, _: "\n".join(source.url for source in one.sources),
        width=48,
    ),
    _UPDATED,
    _page("practices.detail"),
)
