"""Fact sheets and posters: what the pages of practices and municipalities show, as PDF."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request, url_for

from directory.accounts.open_doors import count_file
from directory.attributions import DATA_SOURCES
from directory.contacts import queries as contacts
from directory.db import db
from directory.errors import Hint, NotFound
from directory.geo.boundaries import ATTRIBUTION
from directory.geo.points import Point
from directory.maps import printed
from directory.municipalities import queries as municipalities
from directory.municipalities.models import Municipality
from directory.pages.components.cards import ContactCard
from directory.pages.municipalities import municipality_page, similar_municipalities
from directory.pages.practices import practice_page
from directory.practices import queries as practices
from directory.practices.queries import PracticeRecord
from directory.printing import qr
from directory.printing.typesetting import Template, pdf_of
from directory.text import number, plural
from directory.web.addresses import absolute
from directory.web.markup import structured
from directory.web.prepared import Prepared

bp = Blueprint("prints", __name__)

NETWORK = "Kommunen-Netzwerk: engagiert in NRW"
_SUMMARY_ON_POSTER = 600

Values = dict[str, Any]


@bp.get("/praxisbeispiele/<slug>/steckbrief.pdf")
def practice(slug: str) -> Response:
    """Send the fact sheet of an example."""
    return _of_practice("practice", slug, f"steckbrief-{slug}.pdf")


@bp.get("/praxisbeispiele/<slug>/poster.pdf")
def poster(slug: str) -> Response:
    """Send the poster of an example, for the wall of a stand."""
    return _of_practice("poster", slug, f"poster-{slug}.pdf")


@bp.get("/kommunen/<slug>/steckbrief.pdf")
def municipality(slug: str) -> Response:
    """Send the fact sheet of a municipality."""
    found = municipalities.find_by_slug(db.session, slug)
    if found is None:
        raise NotFound(
            f"Eine Kommune „{slug}“ ist nicht verzeichnet.", similar_municipalities(slug)
        )
    return _pdf("municipality", _municipality_values(found), found, f"steckbrief-{slug}.pdf")


def _of_practice(template: Template, slug: str, file_name: str) -> Response:
    found = practices.find_by_slug(db.session, slug)
    if found is None:
        raise NotFound(
            "Dieses Praxisbeispiel gibt es hier nicht (mehr).",
            (Hint("Alle Praxisbeispiele", url_for("practices.index")),),
        )
    return _pdf(template, _practice_values(found), found, file_name)


def _pdf(
    template: Template, values: Values, entry: PracticeRecord | Municipality, file_name: str
) -> Response:
    body = pdf_of(template, values, changed_at=entry.updated_at, permit=count_file)
    response = Prepared(body, "application/pdf").response(request)
    response.headers["Content-Disposition"] = f'inline; filename="{file_name}"'
    return response


def _practice_values(one: PracticeRecord) -> Values:
    """Return what templates/print/practice.typ and poster.typ show."""
    page = practice_page(one)
    facts: Values = page["practice"]  # type: ignore[assignment]
    place: Values = page["municipality"]  # type: ignore[assignment]
    cards: list[ContactCard] = page["contacts"]  # type: ignore[assignment]
    glance = _practice_facts(facts, place)
    return _base(
        kind="Praxisbeispiel",
        title=one.title,
        eyebrow=f"Praxisbeispiel aus {place['name']}",
        summary=one.summary,
        topics=[label for label, _ in facts["topics"]],
        path=url_for("practices.detail", slug=one.slug),
        imprint=_imprint(
            [facts["updated_text"], facts["review_text"]],
            has_population=bool(place["population"]),
            from_sources=not facts["confirmed"],
        ),
    ) | {
        "facts": glance,
        "sections": [
            {"heading": heading, "body": structured(text), "empty": _missing(facts, "nicht")}
            for heading, text in (
                ("Ausgangslage", facts["situation"]),
                ("Vorgehen", facts["approach"]),
                ("Ergebnis", facts["result"]),
            )
        ]
        + _reason_of_end(facts),
        "factors": [
            _factors("success", "Gelingensbedingungen", facts["success_factors"], facts),
            _factors("stumbling", "Stolpersteine", facts["stumbling_blocks"], facts),
        ],
        "lists": [
            {"heading": heading, "items": items}
            for heading, items in (("Vorgestellt bei", _appearances(page["appearances"])),)
            if items
        ],
        **_contacts(cards, place["name"]),
        "sources": [
            {"title": source["title"], "url": source["url"], "as_of": _as_of(source["as_of"])}
            for source in facts["sources"]
        ],
        # A wall has room for what is known, and the beginning, which everybody asks for.
        "poster_facts": [one for one in glance if one["known"] or one["label"] == "Beginn"],
        "poster_sources": _poster_sources(facts),
        "poster_summary": _beginning(one.summary),
        "poster_short": (
            "Was zum Gelingen beiträgt und was im Weg steht, füllt mehr als dieses Poster: "
            f"{plural(len(one.success_factors), 'Gelingensbedingung', 'Gelingensbedingungen')} und "
            f"{plural(len(one.stumbling_blocks), 'Stolperstein', 'Stolpersteine')} stehen im "
            "Kommunen-Verzeichnis, dazu die ganze Zusammenfassung."
        ),
    }


def _practice_facts(facts: Values, place: Values) -> list[Values]:
    where = place["kind_label"] + (f", {place['county_name']}" if place["county_name"] else "")
    started, ended = facts["started_year"], facts["ended_year"]
    if facts["has_ended"] or ended:
        years = f"{started or 'Beginn nicht bekannt'} bis {ended or '(Ende nicht bekannt)'}"
        period = _fact("Zeitraum", years)
    else:
        period = _fact("Beginn", str(started or ""))
    return [
        _fact("Kommune", place["name"], where),
        _population(place),
        _fact("Stand der Umsetzung", facts["state_label"], facts["state_note"]),
        period,
        # As on the page: of these only what is known.
        *(
            _fact(label, value)
            for label, value in (
                ("Kosten der Kommune im Jahr", facts["cost_label"]),
                ("Arbeitszeit der Kommune", facts["effort_label"]),
                ("Beteiligte", ", ".join(facts["partners"])),
                ("Zielgruppen", ", ".join(label for label, _ in facts["target_groups"])),
                ("Instrumente", ", ".join(label for label, _ in facts["instruments"])),
            )
            if value
        ),
    ]


def _reason_of_end(facts: Values) -> list[Values]:
    if not (facts["has_ended"] and facts["ended_reason"]):
        return []
    part = {"kind": "text", "text": facts["ended_reason"]}
    body = [{"kind": "paragraph", "parts": [part]}]
    return [{"heading": "Warum es endete", "body": body, "empty": ""}]


def _factors(kind: str, heading: str, items: Sequence[str], facts: Values) -> Values:
    none_known = kind == "stumbling" and facts["no_stumbling_blocks_known"]
    return {
        "kind": kind,
        "heading": heading,
        "items": list(items),
        "known": none_known,
        "empty": "keine bekannt" if none_known else _missing(facts, "keine"),
        "note": "redaktionell zusammengefasst" if items and not facts["confirmed"] else "",
    }


def _missing(facts: Values, word: str) -> str:
    """Say what an entry does not tell: „in den Quellen nicht genannt“, „keine angegeben“."""
    return f"{word} angegeben" if facts["confirmed"] else f"in den Quellen {word} genannt"


def _poster_sources(facts: Values) -> str:
    if not facts["sources"]:
        return "Quellen sind nicht angegeben."
    first = facts["sources"][0]
    more = len(facts["sources"]) - 1
    text = f"Quelle: {first['title']}, {_as_of(first['as_of'])}"
    return text + (f", und {more} weitere" if more else "")


def _municipality_values(one: Municipality) -> Values:
    """Return what templates/print/municipality.typ shows."""
    page: Values = municipality_page(one, contacts.of_municipality(db.session, one.ags))
    facts, membership, examples = page["municipality"], page["membership"], page["practices"]
    is_placed = one.lat is not None and one.lon is not None
    point = Point(one.lat or 0.0, one.lon or 0.0) if is_placed else None
    return _base(
        kind="Kommune",
        title=one.name,
        eyebrow=facts["kind_label"] + (f" · {facts['county'][0]}" if facts["county"] else ""),
        summary=facts["intro"],
        topics=[label for label, _ in page["topics"]],
        path=url_for("municipalities.detail", slug=one.slug),
        imprint=_imprint(
            [page["updated_text"], f"{ATTRIBUTION}." if is_placed else ""], has_population=True
        ),
    ) | {
        "facts": _municipality_facts(facts),
        "map": printed.location(one.ags, point) if is_placed else None,
        "map_alt": f"Lage von {one.name} in Nordrhein-Westfalen",
        "membership": _membership(membership),
        **_contacts(page["contacts"], one.name),
        "practices_heading": "Praxisbeispiel" if len(examples) == 1 else "Praxisbeispiele",
        "practices_empty": "Im Verzeichnis steht noch keines.",
        "practices": [
            {
                "title": card.title,
                "url": absolute(card.href),
                "summary": card.summary,
                "state": card.state_label,
            }
            for card in examples
        ],
        "appearances": [
            {"title": label, "date": date_text, "note": note}
            for label, _, date_text, note in page["appearances"]
        ],
    }


def _municipality_facts(facts: Values) -> list[Values]:
    county, district = facts["county"], facts["district"]
    return [
        _fact("Amtlicher Name", facts["name_official"]),
        _population(facts),
        _fact("Fläche", facts["area_text"]),
        *([_fact("Siedlungsdichte", facts["urbanisation"])] if facts["urbanisation"] else []),
        *([_fact("Kreis", county[0])] if county else []),
        *([_fact("Regierungsbezirk", district[0].split(" ", 1)[-1])] if district else []),
        _fact("Amtlicher Gemeindeschlüssel", facts["ags"]),
        _fact("Internet", (facts["website"] or "").removeprefix("https://").removeprefix("www.")),
    ]


def _membership(membership: Values) -> Values:
    notes = [membership["note"], membership["training"]]
    if membership["state"] == "training":
        notes.insert(0, "Eine Mitgliedschaft ist nicht erfasst.")
    source = membership["source"]
    return {
        "label": membership["label"],
        "notes": [note for note in notes if note],
        "source": source["url"] if source else "",
    }


def _base(
    *,
    kind: str,
    title: str,
    eyebrow: str,
    summary: str,
    topics: list[str],
    path: str,
    imprint: list[str],
) -> Values:
    """Return what `sheet` in templates/print/parts.typ shows, whatever it is about."""
    permalink = absolute(path)
    return {
        "kind": kind,
        "title": title,
        "author": NETWORK,
        "description": summary,
        "keywords": topics,
        "eyebrow": eyebrow,
        "summary": summary,
        "topics": topics,
        "permalink": permalink,
        "qr": qr.svg(permalink),
        "imprint": imprint,
    }


def _fact(label: str, value: str, note: str = "") -> Values:
    known = bool(value)
    return {
        "label": label,
        "value": value if known else "nicht bekannt",
        "note": note,
        "known": known,
    }


def _population(facts: Values) -> Values:
    population = facts["population"]
    if not population:
        return _fact("Bevölkerung", "")
    return _fact("Bevölkerung", number(population), facts["population_note"])


def _contacts(cards: Sequence[ContactCard], place: str) -> Values:
    """Return the contact points as functions; names of persons stay off paper."""
    heading = "Ansprechstelle" if len(cards) == 1 else "Ansprechstellen"
    return {
        "contacts_heading": heading,
        "contacts_empty": f"In {place} ist noch keine verzeichnet.",
        "contacts": [_contact(card) for card in cards],
    }


def _contact(card: ContactCard) -> Values:
    town = " ".join(filter(None, [card.postcode, card.town]))
    email = card.email or card.email_note
    if card.email and card.email_note:
        email = f"{card.email} ({card.email_note})"
    standing = card.standing_text
    if card.standing != "confirmed" and card.as_of_text:
        standing += f" · {card.as_of_text}"
    ways = [
        _fact(label, value) | {"href": href}
        for label, value, href in (
            ("Telefon", card.phone, ""),
            ("E-Mail", email, f"mailto:{card.email}" if card.email else ""),
            ("Internet", card.url, card.url),
        )
        if value
    ]
    if card.unknown_ways:
        ways.append(_fact(card.unknown_ways, "") | {"href": ""})
    return {
        "unit": card.unit,
        "address": [row for row in (card.street, town) if row],
        "ways": ways,
        "standing": standing,
    }


def _appearances(appearances: object) -> list[str]:
    rows: Sequence[tuple[str, str, str]] = appearances  # type: ignore[assignment]
    return [f"{label} – {note}" if note else label for label, _, note in rows]


def _as_of(text: str | None) -> str:
    return f"Stand {text}" if text else "Stand nicht bekannt"


def _beginning(text: str) -> str:
    """Return the first sentences of a summary that is too long for a wall."""
    if len(text) <= _SUMMARY_ON_POSTER:
        return text
    whole = text[:_SUMMARY_ON_POSTER]
    end = max(whole.rfind(sign) for sign in (". ", "! ", "? "))
    return whole[: end + 1] if end > 0 else whole.rsplit(" ", 1)[0] + " …"


def _imprint(rows: Sequence[str], *, has_population: bool, from_sources: bool = True) -> list[str]:
    sources = ", nach den genannten Quellen" if from_sources else ""
    texts = (
        f"Texte für das Verzeichnis geschrieben{sources}. Fakten sind frei; "
        f"alle Bedingungen: {absolute(url_for('pages.licences'))}"
    )
    figures = DATA_SOURCES[0].attribution if has_population else ""
    return [f"{NETWORK} · Kommunen-Verzeichnis", *filter(None, [*rows, texts, figures])]
