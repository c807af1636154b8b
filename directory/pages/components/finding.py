"""What a page says about a search: how the words were read, and why an entry stands here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from directory.geo.names import other_names
from directory.municipalities.models import Municipality, MunicipalityKind, SizeClass
from directory.municipalities.queries import postcodes_of
from directory.pages.components.cards import PracticeCard, practice_cards_of
from directory.practices.queries import PracticeRow, PracticeTexts, texts_of
from directory.search.criteria import Criteria
from directory.search.lists.reference import Reference
from directory.search.queries import Hits
from directory.search.widening import widening_sentence
from directory.search.words.asking import is_said
from directory.search.words.question import Question
from directory.search.words.snippets import snippets
from directory.search.words.understanding import Understood
from directory.text import join, number
from directory.web.markup import plain_text

Href = Callable[[Criteria], str]


_IN_KIND = {
    MunicipalityKind.INDEPENDENT_CITY: "kreisfreien Städten",
    MunicipalityKind.COUNTY_TOWN: "kreisangehörigen Städten",
    MunicipalityKind.RURAL: "Gemeinden",
    MunicipalityKind.COUNTY: "Kreisen und der Städteregion",
}


@dataclass(frozen=True)
class SearchNotice:
    """One sentence about the search, with ways to decide otherwise (label, address)."""

    sentence: str
    links: tuple[tuple[str, str], ...] = ()


NEAREST_ONLY = SearchNotice(
    "Genau dazu ist nichts erfasst; gezeigt wird, was dem am nächsten kommt."
)


def found_practice_cards(
    session: Session,
    rows: Sequence[PracticeRow],
    question: Question | None,
    reference: Reference,
    distances: Mapping[str, float] | None = None,
) -> list[PracticeCard]:
    """Return the cards of practices that were searched for, their hits marked."""
    if not question:
        return practice_cards_of(rows, reference, distances)

    def others(ids: Sequence[int]) -> list[list[str]]:
        texts = texts_of(session, ids)
        return [_words_of(texts[one]) for one in ids]

    labels = reference.term_names
    entries = {
        row.id: (row.title, row.summary, {slug: labels[slug] for slug in row.terms}) for row in rows
    }
    found = snippets(question, entries, others)
    return practice_cards_of(rows, reference, distances, found)


def _words_of(texts: PracticeTexts) -> list[str]:
    return [*map(plain_text, texts.story), *texts.factors]


def found_municipality_reasons(
    session: Session, municipalities: Sequence[Municipality], question: Question | None
) -> dict[str, str]:
    """Return AGS → what a municipality was found by, where its name does not say it."""
    if not question:
        return {}
    lacking = {
        one: [concept for concept in question.concepts if not is_said(concept, one.name)]
        for one in municipalities
    }
    keys = [one.ags for one, concepts in lacking.items() if concepts]
    postcodes = postcodes_of(session, keys) if keys else {}
    reasons = {}
    for one, concepts in lacking.items():
        county = [one.county.name] if one.county else []
        names = [*other_names(one.name), one.name_official]
        others = [*names, *postcodes.get(one.ags, ()), one.ags, *county]
        said = [
            next((other for other in others if is_said(concept, other)), "") for concept in concepts
        ]
        if any(said):
            reasons[one.ags] = f"gefunden über: {join(list(dict.fromkeys(filter(None, said))))}"
    return reasons


def search_notices(asked: Criteria, hits: Hits, href: Href) -> list[SearchNotice]:
    """Return what was corrected, understood, widened or left out, never silently."""
    found = [
        understood_notice(
            asked,
            asked.understood,
            href(Criteria(kind=asked.kind, q=asked.understood.typed, literal=True)),
        )
        if asked.understood
        else None,
        ambiguous_notice(asked, lambda place: href(replace(asked, place=place))),
        _widened(asked, hits),
        correction_notice(
            hits.question, hits.criteria.q, href(replace(hits.criteria, literal=True))
        ),
        unknown_notice(hits.question),
        _near_notice(hits),
    ]
    return [notice for notice in found if notice is not None]


def _near_notice(hits: Hits) -> SearchNotice | None:
    """Say how many hits are what was asked for, where the nearest others were added."""
    if not hits.near:
        return None
    fitting = hits.counts.total - hits.near
    if not fitting:
        return NEAREST_ONLY
    good = "Gut passt 1 Treffer" if fitting == 1 else f"Gut passen {number(fitting)} Treffer"
    others = "1 weiterer kommt" if hits.near == 1 else f"{number(hits.near)} weitere kommen"
    return SearchNotice(f"{good}; {others} dem nahe.")


def correction_notice(question: Question | None, q: str, href: str) -> SearchNotice | None:
    """Say what was looked for instead of the words typed, and lead back to them."""
    meant = question.corrected(q) if question else None
    if meant is None:
        return None
    return SearchNotice(f"Ergebnisse für „{meant}“.", ((f"Stattdessen suchen nach „{q}“", href),))


def unknown_notice(question: Question | None) -> SearchNotice | None:
    """Say which words occur nowhere, where others were found."""
    if not question or not question.unknown:
        return None
    words = join([f"„{word}“" for word in question.unknown])
    verb = "kommt" if len(question.unknown) == 1 else "kommen"
    return SearchNotice(f"{words} {verb} hier nicht vor; gesucht wurde ohne.")


def understood_notice(asked: Criteria, found: Understood, literal: str) -> SearchNotice:
    """Say what was recognised in the words; the address `literal` takes them as they are."""
    parts = [f"„{found.words}“"] if found.words else []
    if asked.where is not None and asked.radius_km is not None:
        parts.append(f"bis {number(asked.radius_km)} km um {asked.where.label}")
    elif asked.where is not None:
        parts.append(f"in {asked.where.label}")
    if kinds := found.choices.get("art"):
        parts.append(f"in {join([_IN_KIND[MunicipalityKind(kind)] for kind in kinds], 'oder')}")
    if sizes := found.choices.get("groesse"):
        parts.append(f"(Einwohnerzahl {_size_words([SizeClass(size) for size in sizes])})")
    coarse = " Die Größenklassen sind gröber als gefragt." if found.is_coarse else ""
    return SearchNotice(
        f"Verstanden als: {' '.join(parts)}.{coarse}",
        ((f"Wörtlich suchen nach „{found.typed}“", literal),),
    )


def _size_words(sizes: Sequence[SizeClass]) -> str:
    """Return what neighbouring classes are together: `unter 50.000`."""
    (low, _), (_, high) = sizes[0].bounds, sizes[-1].bounds
    if high is None:
        return f"ab {number(low)}"
    return f"{number(low)} bis unter {number(high)}" if low else f"unter {number(high)}"


def ambiguous_notice(asked: Criteria, href: Callable[[str], str]) -> SearchNotice | None:
    """Say which of several places was taken; `href` leads to the same question about another."""
    if asked.where is None or not asked.where.alternatives:
        return None
    return SearchNotice(
        f"Gesucht wurde in „{asked.where.label}“. Oder meinten Sie:",
        tuple((other.name, href(other.name)) for other in asked.where.alternatives),
    )


def ambiguous_sentence(asked: Criteria) -> str:
    """Say the same without links, for programmes; empty if the name means one place."""
    if asked.where is None or not asked.where.alternatives:
        return ""
    others = join([f"„{other.name}“" for other in asked.where.alternatives], "oder")
    return f"Gesucht wurde in „{asked.where.label}“. Oder meinten Sie {others}?"


def _widened(asked: Criteria, hits: Hits) -> SearchNotice | None:
    sentence = widening_sentence(asked, hits.criteria)
    return SearchNotice(sentence) if sentence else None
