"""`/kommunen/<slug>/vergleichbar`: who is like this municipality, why, and what they do."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from directory.db import db
from directory.errors import NotFound
from directory.municipalities import queries as municipalities
from directory.municipalities.models import Level
from directory.pages.components.links import compare_href, page_href, practices_href
from directory.pages.municipalities import bp, similar_municipalities
from directory.pages.own import own_place
from directory.pages.peer_words import (
    Share,
    colour,
    missing_everywhere,
    missing_sentence,
    reason,
    shares,
    unknown_sentence,
)
from directory.search.likeness.peer_groups import get_peers, get_units
from directory.search.likeness.peers import PEERS, Peer
from directory.search.likeness.units import Unit
from directory.search.likeness.weights import HEAVIEST, Factor, Weights, written
from directory.search.lists.reference import Reference, get_reference
from directory.text import capitalised, join, number
from directory.web.filters import km

# The blueprint of the municipalities, with this page of theirs.
__all__ = ["bp", "peers"]

_MOST_COMPARED = 5
_FULL_BAR = 1.0


@dataclass(frozen=True)
class PeerCard:
    """One similar municipality; `shares` are its differences, which add up to the index."""

    ags: str
    name: str
    href: str
    eyebrow: str
    index_text: str
    meta: tuple[str, ...]
    reason: str
    missing: str
    shares: tuple[Share, ...]
    practices_count: int
    practices_href: str


@dataclass(frozen=True)
class Wish:
    """What a visitor asks of the comparison."""

    weights: Weights
    all_levels: bool
    with_practices: bool
    problems: tuple[str, ...]

    @classmethod
    def from_request(cls) -> "Wish":
        """Read the address; what cannot be read becomes a sentence."""
        weights, problems = Weights.from_args(request.args)
        return cls(
            weights,
            all_levels=request.args.get("ebenen") == "alle",
            with_practices=request.args.get("nur") == "praxis",
            problems=problems,
        )

    def pairs(self, *, with_practices: bool | None = None) -> list[tuple[str, str]]:
        """Return names and values for the address."""
        only = self.with_practices if with_practices is None else with_practices
        pairs = self.weights.pairs()
        pairs += [("ebenen", "alle")] if self.all_levels else []
        return pairs + ([("nur", "praxis")] if only else [])


@bp.get("/<slug>/vergleichbar")
def peers(slug: str) -> str:
    """Show the municipalities most like this one and how each of them differs."""
    ags = municipalities.find_key(db.session, slug)
    if ags is None:
        raise NotFound(
            f"Eine Kommune „{slug}“ ist nicht verzeichnet.", similar_municipalities(slug)
        )
    own = get_units(db.session)[ags]
    wish, found, unknown = _find(own, Wish.from_request())
    practising = found if wish.with_practices else _practising(own, wish)
    compared = practising or found
    lacking = missing_everywhere(found, unknown)
    return render_template(
        "municipalities/peers.html",
        municipality={"name": own.name, "href": _profile_href(own)},
        intro=_intro(own, wish, len(found)),
        problems=wish.problems,
        unknown=unknown_sentence(own.name, unknown, lacking),
        peers=_cards(own, found, (*unknown, *lacking)),
        key=_key(found),
        is_practised=any(peer.unit.practices for peer in found),
        practice=_practices_of(practising),
        compare_href=compare_href([ags, *(peer.unit.ags for peer in compared)][:_MOST_COMPARED]),
        compare_label=_compare_label(own, len(compared), shown=compared == found),
        only_href=_address(own, wish.pairs(with_practices=True)),
        wish=wish,
        factors=_controls(wish.weights),
        heaviest=written(HEAVIEST),
        action=_address(own, []),
        is_changed=bool(wish.pairs()),
        own=own_place(ags),
    )


@bp.get("/<ags:ags>/vergleichbar")
def peers_by_key(ags: str) -> Response:
    """Lead from an AGS to the municipalities like it."""
    municipality = municipalities.find_by_ags(db.session, ags)
    if municipality is None:
        raise NotFound(f"Den Gemeindeschlüssel {ags} gibt es in Nordrhein-Westfalen nicht.")
    return redirect(url_for(".peers", slug=municipality.slug), code=301)


def _find(own: Unit, wish: Wish) -> tuple[Wish, tuple[Peer, ...], list[Factor]]:
    """Return the wish as it can be fulfilled, the peers, and the factors not known here."""
    group = get_peers(db.session, None if wish.all_levels else own.level)
    known = group.known_factors(own.ags)
    unknown = [factor for factor in Factor if factor not in known]
    if not any(wish.weights[factor] for factor in known):
        sentence = (
            f"Zu {own.name} fehlen die Angaben, die allein zählen sollten; gerechnet "
            "wird mit gleichen Gewichten."
        )
        wish = Wish(
            Weights.equal(), wish.all_levels, wish.with_practices, (*wish.problems, sentence)
        )
    found = group.nearest(own.ags, wish.weights, PEERS, with_practices=wish.with_practices)
    return wish, found, [factor for factor in unknown if wish.weights[factor]]


def _practising(own: Unit, wish: Wish) -> tuple[Peer, ...]:
    """Return the most similar ones that have something to show."""
    group = get_peers(db.session, None if wish.all_levels else own.level)
    return group.nearest(own.ags, wish.weights, PEERS, with_practices=True)


def _practices_of(found: Sequence[Peer]) -> dict[str, object]:
    """Return how many practices these have, from where, and the list of exactly these."""
    return {
        "total": sum(peer.unit.practices for peer in found),
        "href": practices_href([peer.unit.ags for peer in found]),
        "names": join([peer.unit.name for peer in found]),
    }


def _compare_label(own: Unit, count: int, *, shown: bool) -> str:
    """Name the page with `own` beside up to four others: the first `shown`, or those practising."""
    count = min(count, _MOST_COMPARED - 1)
    if count == 1:
        others = "die erste" if shown else "die ähnlichste mit Praxisbeispielen"
    elif shown:
        others = f"die ersten {_numeral(count)}"
    else:
        others = f"die {_numeral(count)} ähnlichsten mit Praxisbeispielen"
    return f"{own.name} und {others} nebeneinander"


def _profile_href(unit: Unit) -> str:
    return page_href("municipalities.detail", unit.slug)


def _address(own: Unit, pairs: Sequence[tuple[str, str]]) -> str:
    path = url_for("municipalities.peers", slug=own.slug)
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _cards(own: Unit, found: Sequence[Peer], unknown: Sequence[Factor]) -> list[PeerCard]:
    reference = get_reference(db.session)
    longest = max([_FULL_BAR, *(peer.index for peer in found)])
    return [_card(own, peer, reference, longest, unknown) for peer in found]


def _key(found: Sequence[Peer]) -> list[tuple[str, str]]:
    """Return the factors in any of the bars, as their colour is called and in words."""
    present = {part.factor for peer in found for part in peer.parts if part.share}
    return [(colour(factor), factor.label) for factor in Factor if factor in present]


def _card(
    own: Unit, peer: Peer, reference: Reference, longest: float, unknown: Sequence[Factor]
) -> PeerCard:
    unit = peer.unit
    county = reference.counties.get(unit.county) if unit.level is Level.MUNICIPALITY else None
    meta = [f"{km(peer.km)} entfernt"] if peer.km is not None else []
    if unit.population is not None:
        meta.append(f"{number(unit.population)} Einwohnerinnen und Einwohner")
    return PeerCard(
        ags=unit.ags,
        name=unit.name,
        href=_profile_href(unit),
        eyebrow=capitalised(unit.legal_status) + (f" · {county}" if county else ""),
        index_text=number(peer.index, 2),
        meta=tuple(meta),
        reason=reason(peer),
        missing=missing_sentence(peer, unknown),
        shares=tuple(shares(own, peer, reference, longest)),
        practices_count=unit.practices,
        practices_href=practices_href([unit.ags] if unit.practices else []),
    )


def _intro(own: Unit, wish: Wish, found: int) -> str:
    group = "Kommunen aller Ebenen" if wish.all_levels else _GROUPS[own.level]
    narrowed = " mit erfassten Praxisbeispielen" if wish.with_practices else ""
    if not found:
        return f"Unter den {group}n{narrowed} ist keine, die sich vergleichen ließe."
    return (
        f"Die {_numeral(found)} {group}{narrowed}, die {own.name} am "
        "ähnlichsten sind – und worin sie sich unterscheiden. Der Index 0 hieße: in allem gleich; "
        "zwei zufällig gewählte Kommunen liegen im Mittel bei etwa 1."
    )


def _numeral(count: int) -> str:
    return _NUMERALS.get(count, number(count))


_NUMERALS = dict(enumerate(("zwei", "drei", "vier", "fünf", "sechs", "sieben"), start=2))
_GROUPS = {
    Level.MUNICIPALITY: "Städte und Gemeinden",
    Level.COUNTY: "Kreise",
    Level.DISTRICT: "Regierungsbezirke",
}


def _controls(weights: Weights) -> list[dict[str, object]]:
    return [
        {
            "name": factor.parameter,
            "label": factor.label,
            "hint": factor.hint,
            "value": written(weights[factor]),
            "text": number(weights[factor]),
        }
        for factor in Factor
    ]
