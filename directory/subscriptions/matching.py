"""Whether an entry that readers cannot see any more was among what a search asked for.

The search knows only what is public. So this looks at what the entry said last, field by field.
"""

from collections.abc import Mapping
from typing import Any

from directory.geo.points import Point
from directory.german.analysis import PART, index_tokens, index_words, stop_words
from directory.german.spelling import normal
from directory.german.stems import stem
from directory.municipalities.models import Evidence, Level, Municipality, size_class
from directory.publication.differences import as_text
from directory.search.criteria import Criteria
from directory.search.lists.listings import MEMBER, ListKind
from directory.search.lists.reference import Reference

# How each filter is called in what revisions keep.
_FIELDS = {
    ListKind.PRACTICES: {
        "thema": "topics",
        "zielgruppe": "target_groups",
        "instrument": "instruments",
        "status": "state",
        "kommune": "ags",
    },
    ListKind.EVENTS: {"art": "kind", "reihe": "series", "form": "event_format"},
}


def matched(
    fields: Mapping[str, Any],
    criteria: Criteria,
    reference: Reference,
    place: Municipality | None,
) -> bool:
    """Return whether an entry that said `fields`, in `place`, is what `criteria` ask for.

    Words count if all of them stand in the entry, in whatever inflection; other words for them and
    slips of the pen are left to the search.
    """
    known = _FIELDS[criteria.kind]
    values = {name: _as_set(fields.get(field)) for name, field in known.items()}
    if place is not None:
        values |= _of_place(place)
    return (
        all(values.get(name, set()) & {*wanted} for name, wanted in criteria.choices.items())
        and _is_where(criteria, reference, place)
        and _says(criteria, fields, reference, place)
    )


def _of_place(place: Municipality) -> dict[str, set[str]]:
    member = place.membership is not None and place.membership.evidence is Evidence.DOCUMENTED
    sized = place.level is Level.MUNICIPALITY and place.population is not None
    return {
        "art": {place.kind.value},
        "kreis": _as_set(place.county_ags),
        "bezirk": _as_set(place.district_ags),
        "groesse": {size_class(place.population or 0).value} if sized else set(),
        "mitglied": {MEMBER} if member else set(),
    }


def _is_where(criteria: Criteria, reference: Reference, place: Municipality | None) -> bool:
    if criteria.where is None and criteria.box is None:
        return True
    if place is None:
        return False
    where, box = criteria.where, criteria.box
    if where is not None and criteria.radius_km is not None:
        if where.point is None:
            return False
        if place.ags not in reference.gazetteer.within(where.point, criteria.radius_km):
            return False
    elif where is not None:
        areas = {place.ags, place.county_ags, place.district_ags}
        if not any(one.ags in areas for one in where.places):
            return False
    if box is None:
        return True
    point = None if place.lat is None or place.lon is None else Point(place.lat, place.lon)
    return point is not None and box.contains(point)


def _says(
    criteria: Criteria,
    fields: Mapping[str, Any],
    reference: Reference,
    place: Municipality | None,
) -> bool:
    wanted = {stem(word) for word in index_words(criteria.q) if normal(word) not in stop_words()}
    if not wanted:
        return True
    labels = {slug: label for terms in reference.terms.values() for slug, label in terms.items()}
    texts = [as_text(value) for value in fields.values()]
    texts += [
        labels[slug]
        for value in fields.values()
        if isinstance(value, list)
        for slug in value
        if isinstance(slug, str) and slug in labels
    ]
    texts.append(place.name if place else "")
    tokens = {token.removeprefix(PART) for text in texts for token in index_tokens(text)}
    return wanted <= tokens


def _as_set(value: Any) -> set[str]:
    if isinstance(value, list):
        return {str(one) for one in value}
    return set() if value is None else {str(value)}
