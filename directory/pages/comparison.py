"""`/vergleich`: up to five municipalities, or up to five practices, side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request, url_for

from directory.contacts import queries as contacts
from directory.db import db
from directory.events import queries as events
from directory.events.queries import Appearance
from directory.municipalities import queries as municipalities
from directory.municipalities.models import Level, Municipality
from directory.pages.bookmarks import PRACTICE
from directory.pages.components.cards import (
    PracticeCard,
    membership_label,
    municipality_href,
    practice_card,
    term_links,
)
from directory.pages.components.links import (
    compare_href,
    compare_practices_href,
    page_href,
    practices_href,
)
from directory.practices import queries as practices
from directory.practices.models import Practice
from directory.search.lists.reference import get_reference
from directory.text import capitalised, clean, join, number, plural
from directory.topics.models import TermKind
from directory.web.filters import date

bp = Blueprint("comparison", __name__)

MOST = 5
_LONGEST_WORDS = 80


@dataclass(frozen=True)
class Cell:
    """One value of the table; `href` and the words for a screen reader may be empty."""

    text: str
    href: str = ""
    spoken: str = ""
    unknown: bool = False


@dataclass(frozen=True)
class Row:
    """One line of the table: what is compared, and a cell for each municipality or one for all."""

    label: str
    cells: list[Cell]
    href: str = ""

    @property
    def rest(self) -> str:
        """Say of all that have none at once what a narrow screen does not say of each."""
        having = [cell for cell in self.cells if not cell.spoken]
        lacking = {cell.spoken for cell in self.cells if cell.spoken and cell != _IDLE}
        return f"sonst {join(sorted(lacking), 'oder')}" if having and lacking else ""


@dataclass(frozen=True)
class Group:
    """Lines of the table that belong together."""

    label: str
    rows: list[Row]


@dataclass(frozen=True)
class Example:
    """One practice of the comparison; an empty list of findings: not known.

    `href_without` leads to the comparison without it, where it was chosen by itself.
    """

    card: PracticeCard
    success_factors: tuple[str, ...]
    stumbling_blocks: tuple[str, ...]
    no_stumbling_blocks_known: bool
    href_without: str = ""


@dataclass(frozen=True)
class Column:
    """One municipality of the comparison."""

    name: str
    href: str
    kind_label: str
    href_without: str
    peers_href: str
    examples: list[Example]


@bp.get("/vergleich")
def index() -> str:
    """Show the practices named in the address, else the municipalities whose keys are in it."""
    if names := request.args.getlist(PRACTICE):
        return _practices_page(list(dict.fromkeys(names)))
    keys, problems = _chosen()
    found = {one.ags: one for one in municipalities.by_keys(db.session, keys)}
    chosen = [found[ags] for ags in keys]
    examples = practices.of_municipalities(db.session, keys)
    having = {one.ags for one in examples}
    return render_template(
        "comparison/index.html",
        problems=problems,
        columns=[_column(one, keys, examples) for one in chosen],
        without=join([one.name for one in chosen if one.ags not in having]),
        groups=_groups(chosen, examples) if chosen else [],
        keys=keys,
        most=MOST,
        action=url_for(".index"),
        has_room=len(keys) < MOST,
    )


def _practices_page(names: list[str]) -> str:
    """Show the practices of these slugs or numbers."""
    found = practices.by_slugs_or_ids(db.session, names)
    by_name = {one.slug: one for one in found} | {str(one.id): one for one in found}
    chosen = list(dict.fromkeys(by_name[name] for name in names if name in by_name))
    problems = []
    if lost := sum(name not in by_name for name in names):
        missing = plural(lost, "Praxisbeispiel ist", "Praxisbeispiele sind")
        problems.append(f"{missing} hier nicht (mehr) verzeichnet.")
    if len(chosen) > MOST:
        problems.append(
            f"Nebeneinander passen höchstens {number(MOST)} Praxisbeispiele; gezeigt werden die "
            f"ersten {number(MOST)}."
        )
    chosen = chosen[:MOST]
    slugs = [one.slug for one in chosen]
    places = list(dict.fromkeys(one.ags for one in chosen))
    return render_template(
        "comparison/practices.html",
        problems=problems,
        most=MOST,
        examples=[
            replace(
                _example(one),
                href_without=compare_practices_href([slug for slug in slugs if slug != one.slug]),
            )
            for one in chosen
        ],
        places_href=compare_href(places) if len(places) > 1 else "",
    )


def _example(practice: Practice) -> Example:
    return Example(
        practice_card(practice),
        success_factors=tuple(practice.success_factors),
        stumbling_blocks=tuple(practice.stumbling_blocks),
        no_stumbling_blocks_known=practice.no_stumbling_blocks_known,
    )


def _chosen() -> tuple[list[str], list[str]]:
    """Return the keys to compare and a sentence for everything that could not be taken."""
    gazetteer = get_reference(db.session).gazetteer
    problems = []
    keys = list(dict.fromkeys(clean(one)[:_LONGEST_WORDS] for one in request.args.getlist("ags")))
    known = {one.ags for one in municipalities.by_keys(db.session, keys)}
    unknown = [f"„{ags}“" for ags in keys if ags and ags not in known]
    if unknown:
        problems.append(
            f"Den Gemeindeschlüssel {join(unknown[:MOST])} gibt es in Nordrhein-Westfalen nicht; "
            "er wurde weggelassen."
        )
    keys = [ags for ags in keys if ags in known]
    words = clean(request.args.get("dazu", ""))[:_LONGEST_WORDS]
    if words:
        place = gazetteer.find(words)
        if place is None or not place.places:
            similar = [f"„{one.name}“" for one in gazetteer.suggest(words)]
            hint = f" Meinten Sie {join(similar, 'oder')}?" if similar else ""
            problems.append(f"Eine Kommune „{words}“ kennen wir nicht.{hint}")
        else:
            keys += [one.ags for one in place.places[:1] if one.ags not in keys]
            others = [f"„{one.name}“" for one in (*place.places[1:], *place.alternatives)]
            if others:
                problems.append(
                    f"Hinzugefügt wurde „{place.places[0].name}“. Oder meinten Sie "
                    f"{join(others[:MOST], 'oder')}?"
                )
    if len(keys) > MOST:
        problems.append(
            f"Nebeneinander passen höchstens {number(MOST)} Kommunen; gezeigt werden die ersten "
            f"{number(MOST)}."
        )
    return keys[:MOST], problems


def _column(municipality: Municipality, keys: list[str], examples: Sequence[Practice]) -> Column:
    return Column(
        name=municipality.name,
        href=municipality_href(municipality),
        kind_label=capitalised(municipality.legal_status),
        href_without=compare_href([ags for ags in keys if ags != municipality.ags]),
        peers_href=url_for("municipalities.peers", slug=municipality.slug, nur="praxis"),
        examples=[_example(one) for one in examples if one.ags == municipality.ags],
    )


def _groups(chosen: Sequence[Municipality], examples: Sequence[Practice]) -> list[Group]:
    shown_at = events.appearances_of(db.session, *[one.ags for one in chosen])
    return [
        Group("Auf einen Blick", _said_once(_facts(chosen))),
        Group("Netzwerk", _said_once(_network(chosen))),
        Group("Praxisbeispiele nach Thema", _said_once(_practices(chosen, examples))),
        Group("Veranstaltungen", _said_once(_events(chosen, shown_at))),
    ]


def _said_once(rows: Sequence[Row]) -> list[Row]:
    """Leave out what applies to none of the municipalities, and say once what none of them has."""
    said = []
    for row in rows:
        if len(set(row.cells)) > 1 or not row.cells[0].spoken:
            said.append(row)
        elif row.cells[0] != _IDLE:
            said.append(replace(row, cells=[Cell(row.cells[0].spoken, unknown=True)]))
    return said


def _facts(chosen: Sequence[Municipality]) -> list[Row]:
    rows = [
        Row("Rechtsstellung", [Cell(capitalised(one.legal_status)) for one in chosen]),
        Row("Kreis", [_place(one.county, of=one) for one in chosen]),
        Row("Regierungsbezirk", [_place(one.district, of=one) for one in chosen]),
        Row("Bevölkerung", [_known(one.population) for one in chosen]),
        Row("Fläche in km²", [_known(one.area_km2, 1) for one in chosen]),
        Row("Menschen je km²", [_known(one.density, 0) for one in chosen]),
        Row(
            "Siedlungsdichte",
            [_urbanisation(one) for one in chosen],
        ),
    ]
    dates = {one.population_date for one in chosen if one.population_date}
    if len(dates) == 1:
        label = f"Bevölkerung (Stand {date(dates.pop())})"
        rows[3] = Row(label, rows[3].cells)
    return [row for row in rows if any(not cell.unknown for cell in row.cells)]


def _network(chosen: Sequence[Municipality]) -> list[Row]:
    totals = contacts.totals(db.session, [one.ags for one in chosen])
    return [
        Row("Mitgliedschaft", [Cell(membership_label(one)[1]) for one in chosen]),
        Row(
            "Ansprechstellen",
            [
                Cell(number(count), f"{municipality_href(one)}#ansprechstellen")
                if (count := totals.get(one.ags, 0))
                else _none("keine erfasst")
                for one in chosen
            ],
        ),
    ]


def _practices(chosen: Sequence[Municipality], examples: Sequence[Practice]) -> list[Row]:
    """Return a line for each topic; one practice may have several topics.

    Where only one municipality has any, there is nothing to lay side by side: the total will do.
    """
    counts: dict[tuple[str, str], int] = {}
    terms = {}
    for practice in examples:
        for term in practice.terms_of(TermKind.TOPIC):
            terms[term.slug] = term
            counts[term.slug, practice.ags] = counts.get((term.slug, practice.ags), 0) + 1
    totals = {one.ags: sum(practice.ags == one.ags for practice in examples) for one in chosen}
    rows = [Row("Alle Praxisbeispiele", [_count(totals[one.ags], one.ags) for one in chosen])]
    if not _comparable(totals):
        return rows
    for term in sorted(terms.values(), key=lambda one: one.position):
        cells = [_count(counts.get((term.slug, one.ags), 0), one.ags, term.slug) for one in chosen]
        label, href = term_links([term])[0]
        rows.append(Row(label, cells, href))
    return rows


def _events(chosen: Sequence[Municipality], shown_at: Sequence[Appearance]) -> list[Row]:
    """Return a line for each event; only the total where one municipality alone took part."""
    titles = {one.event_slug: one.event_title for one in shown_at}
    attended = {
        one.ags: {part.event_slug for part in shown_at if part.ags == one.ags} for one in chosen
    }
    totals = {ags: len(slugs) for ags, slugs in attended.items()}
    rows = [Row("Alle Veranstaltungen", [_attended(totals[one.ags], one) for one in chosen])]
    if not _comparable(totals):
        return rows
    for slug, title in titles.items():
        cells = [
            _roles([part for part in shown_at if (part.ags, part.event_slug) == (one.ags, slug)])
            for one in chosen
        ]
        rows.append(Row(title, cells, page_href("events.detail", slug)))
    return rows


def _comparable(totals: Mapping[str, int]) -> bool:
    """Whether details lie side by side: two municipalities have some, or there is but one."""
    return sum(bool(total) for total in totals.values()) >= min(2, len(totals))


def _roles(parts: Sequence[Appearance]) -> Cell:
    if not parts:
        return _none("nicht verzeichnet")
    return Cell(", ".join(dict.fromkeys(one.role.label for one in parts)))


def _place(place: Municipality | None, *, of: Municipality) -> Cell:
    if place is None or place.ags == of.ags:
        return _IDLE
    if of.level is Level.COUNTY and place.level is Level.COUNTY:
        return _IDLE
    return Cell(place.name.removeprefix("Regierungsbezirk "), municipality_href(place))


def _urbanisation(one: Municipality) -> Cell:
    if one.level is not Level.MUNICIPALITY:
        return _IDLE
    return Cell(one.urbanisation) if one.urbanisation else _UNKNOWN


def _attended(count: int, one: Municipality) -> Cell:
    if not count:
        return _none("keine verzeichnet")
    return Cell(number(count), f"{municipality_href(one)}#auftritte")


def _count(count: int, ags: str, topic: str = "") -> Cell:
    if not count:
        return _none("keine erfasst")
    narrowed = {"thema": topic} if topic else {}
    return Cell(number(count), practices_href([ags], **narrowed))


def _known(value: float | None, digits: int | None = None) -> Cell:
    return _UNKNOWN if value is None else Cell(number(value, digits))


def _none(spoken: str) -> Cell:
    return Cell("–", spoken=spoken)


_IDLE = _none("entfällt")
_UNKNOWN = Cell("nicht bekannt", unknown=True)
