"""`/merkliste`: marked entries, without an account, shared by their address."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import orjson
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from directory.db import db
from directory.errors import Hint, NotFound
from directory.municipalities import queries as municipalities
from directory.municipalities.models import Municipality
from directory.pages import bookmarks
from directory.pages.bookmarks import MOST, MUNICIPALITY, PRACTICE, Bookmarks, Entry
from directory.pages.comparison import MOST as COMPARED
from directory.pages.components.cards import Link, municipality_card, practice_card
from directory.pages.components.links import compare_href, compare_practices_href
from directory.practices import queries as practices
from directory.practices.models import Practice
from directory.search.queries import practices_per_municipality
from directory.text import number, plural
from directory.topics.models import TermKind
from directory.web.addresses import absolute
from directory.web.redirects import local_path
from directory.web.tables import csv_response

bp = Blueprint("shortlist", __name__)

# Longer addresses get lost in mail programmes; practices are then named by number.
_LONGEST_ADDRESS = 1_800
_FULL = "voll"


@dataclass(frozen=True)
class Shortlist:
    """Marked entries that are public, in the order they were marked."""

    practices: list[Practice]
    municipalities: list[Municipality]

    @property
    def bookmarks(self) -> Bookmarks:
        """The entries as they stand in the cookie."""
        return Bookmarks(
            (
                *(Entry(PRACTICE, str(one.id)) for one in self.practices),
                *(Entry(MUNICIPALITY, one.ags) for one in self.municipalities),
            )
        )

    def pairs(self) -> list[tuple[str, str]]:
        """Return names and values of the address that shows this list."""
        places = [(MUNICIPALITY, one.ags) for one in self.municipalities]
        pairs = [*((PRACTICE, one.slug) for one in self.practices), *places]
        if len(urlencode(pairs)) > _LONGEST_ADDRESS:
            pairs = [*((PRACTICE, str(one.id)) for one in self.practices), *places]
        return pairs

    def __len__(self) -> int:
        return len(self.practices) + len(self.municipalities)


@bp.get("/merkliste")
def index() -> str:
    """Show the list in the address, else the visitor's own."""
    own = bookmarks.own_bookmarks()
    shown, is_shared = _shown(own)
    counts = practices_per_municipality(db.session, [one.ags for one in shown.municipalities])
    query = urlencode(shown.pairs())
    return render_template(
        "shortlist/index.html",
        is_shared=is_shared,
        own_count=len(own),
        problems=_problems(own, shown, is_shared=is_shared),
        total=len(shown),
        total_phrase=plural(len(shown), "Eintrag", "Einträge"),
        practices=[practice_card(one) for one in shown.practices],
        municipalities=[
            municipality_card(one, counts.get(one.ags, 0)) for one in shown.municipalities
        ],
        entries=shown.pairs(),
        share_url=absolute(f"{url_for('.index')}?{query}"),
        share_href=f"{url_for('.index')}?{query}",
        comparisons=_comparisons(shown),
        exports=[
            ("CSV", f"{url_for('.table')}?{query}"),
            ("JSON", f"{url_for('.data')}?{query}"),
        ],
    )


@bp.post("/merkliste")
def change() -> AnyResponse:
    """Mark or unmark entries, take a shared list over, or forget all; then lead back."""
    own = bookmarks.own_bookmarks()
    action = request.form.get("aktion", "merken")
    default = url_for(".index")
    if action == "leeren":
        return bookmarks.keep(redirect(default, code=303), Bookmarks())
    named = _named(request.form.getlist(PRACTICE), request.form.getlist(MUNICIPALITY)).bookmarks
    if not named:
        raise NotFound(
            "Diesen Eintrag gibt es hier nicht (mehr).", (Hint("Zur Merkliste", default),)
        )
    back = local_path(request.form.get("zurueck", ""), default)
    if action == "entfernen":
        return bookmarks.keep(redirect(back, code=303), own.without(named.entries))
    changed = own.with_added(named.entries)
    if not set(named.entries) <= set(changed.entries):
        back = url_for(".index", hinweis=_FULL)
    return bookmarks.keep(redirect(back, code=303), changed)


@bp.get("/merkliste.csv")
def table() -> Response:
    """Give the list as a table for spreadsheets."""
    shown, _ = _shown(bookmarks.own_bookmarks())
    head = [
        *("Art", "Titel", "Kommune", "Gemeindeschlüssel", "Kreis", "Einwohnerzahl"),
        *("Stand der Umsetzung", "Beginn", "Themen", "Kurzfassung", "Adresse"),
    ]
    rows = [_practice_row(one) for one in shown.practices]
    rows += [_municipality_row(one) for one in shown.municipalities]
    return csv_response("merkliste", head, rows)


@bp.get("/merkliste.json")
def data() -> Response:
    """Give the list for programmes."""
    shown, _ = _shown(bookmarks.own_bookmarks())
    items = [_practice_item(one) for one in shown.practices]
    items += [_municipality_item(one) for one in shown.municipalities]
    url = absolute(f"{url_for('.index')}?{urlencode(shown.pairs())}")
    body = {"items": items, "total": len(items), "url": url}
    return Response(orjson.dumps(body), mimetype="application/json")


def _shown(own: Bookmarks) -> tuple[Shortlist, bool]:
    """Return the list to show, and whether it is not the visitor's own."""
    slugs, keys = request.args.getlist(PRACTICE), request.args.getlist(MUNICIPALITY)
    if slugs or keys:
        named = _named(slugs, keys)
        return named, set(named.bookmarks.entries) != set(own.entries)
    return _named(own.keys(PRACTICE), own.keys(MUNICIPALITY)), False


def _named(slugs: Sequence[str], keys: Sequence[str]) -> Shortlist:
    """Return the public entries of these slugs (or numbers) and keys, in their order."""
    slugs, keys = slugs[:MOST], keys[: max(MOST - len(slugs), 0)]
    found = practices.by_slugs_or_ids(db.session, slugs)
    by_name = {one.slug: one for one in found} | {str(one.id): one for one in found}
    places = {one.ags: one for one in municipalities.by_keys(db.session, keys)}
    return Shortlist(
        list(dict.fromkeys(by_name[slug] for slug in slugs if slug in by_name)),
        [places[ags] for ags in dict.fromkeys(keys) if ags in places],
    )


def _problems(own: Bookmarks, shown: Shortlist, *, is_shared: bool) -> list[str]:
    asked = len(request.args.getlist(PRACTICE)) + len(request.args.getlist(MUNICIPALITY))
    lost = (asked or len(own)) - len(shown)
    problems = []
    if request.args.get("hinweis") == _FULL and not is_shared:
        problems.append(
            f"Ihre Merkliste ist voll: Sie fasst {number(MOST)} Einträge. Bitte entfernen Sie "
            "zuerst einige."
        )
    if asked > MOST:
        problems.append(f"Eine Merkliste fasst {number(MOST)} Einträge; gezeigt sind die ersten.")
    elif lost > 0:
        missing = plural(lost, "Eintrag ist", "Einträge sind")
        problems.append(f"{missing} hier nicht (mehr) verzeichnet.")
    return problems


def _comparisons(shown: Shortlist) -> list[Link]:
    """Return the pages with these practices and with their municipalities side by side."""
    slugs, places = [one.slug for one in shown.practices], _places(shown)
    found = []
    if len(slugs) > 1:
        which = "Diese" if len(slugs) <= COMPARED else "Die ersten"
        count = number(min(len(slugs), COMPARED))
        label = f"{which} {count} Praxisbeispiele nebeneinander"
        found.append((label, compare_practices_href(slugs[:COMPARED])))
    if len(places) > 1:
        label = f"Kommunen dieser Einträge ({number(len(places))}) nebeneinander"
        if len(places) > COMPARED:
            label = f"Die ersten {number(COMPARED)} Kommunen dieser Einträge nebeneinander"
        found.append((label, compare_href(places[:COMPARED])))
    return found


def _places(shown: Shortlist) -> list[str]:
    """Return the keys of all municipalities on the list, those of its practices last."""
    keys = [one.ags for one in shown.municipalities] + [one.ags for one in shown.practices]
    return list(dict.fromkeys(keys))


def _topics(practice: Practice) -> list[str]:
    return [term.label for term in practice.terms_of(TermKind.TOPIC)]


def _practice_row(practice: Practice) -> list[object]:
    place = practice.municipality
    return [
        "Praxisbeispiel",
        practice.title,
        place.name,
        place.ags,
        place.county.name if place.county else "",
        place.population,
        practice.state.label,
        practice.started_year,
        ", ".join(_topics(practice)),
        practice.summary,
        absolute(url_for("practices.detail", slug=practice.slug)),
    ]


def _municipality_row(place: Municipality) -> list[object]:
    return [
        "Kommune",
        place.name,
        place.name,
        place.ags,
        place.county.name if place.county else "",
        place.population,
        *("", "", "", ""),
        absolute(url_for("municipalities.detail", slug=place.slug)),
    ]


def _practice_item(practice: Practice) -> dict[str, object]:
    return {
        "kind": "practice",
        "id": practice.id,
        "slug": practice.slug,
        "title": practice.title,
        "municipality": {"ags": practice.ags, "name": practice.municipality.name},
        "summary": practice.summary,
        "topics": _topics(practice),
        "url": absolute(url_for("practices.detail", slug=practice.slug)),
    }


def _municipality_item(place: Municipality) -> dict[str, object]:
    return {
        "kind": "municipality",
        "ags": place.ags,
        "slug": place.slug,
        "name": place.name,
        "population": place.population,
        "url": absolute(url_for("municipalities.detail", slug=place.slug)),
    }
