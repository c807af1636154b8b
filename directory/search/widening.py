"""The next wider questions where what the words say about places would leave nothing."""

from collections.abc import Iterator
from dataclasses import replace

from directory.search.criteria import Criteria
from directory.search.words.understanding import NEAR_KM
from directory.text import join, number

# Facets that are left out where they would leave nothing, in this order: counties have no size
_SAID = {"groesse": "Größe", "art": "Art"}


def widened(criteria: Criteria) -> Iterator[Criteria]:
    """Yield `criteria` as they are, then wider and wider ones."""
    yield criteria
    found = criteria.understood
    if found is None or not (found.place or found.choices):
        return
    lenient = replace(criteria, leniently=True)
    if criteria.q:
        yield lenient
    for name in _SAID:
        if name in found.choices:
            lenient = replace(lenient.without(name), leniently=True)
            yield lenient
    if not found.place:
        return
    where = criteria.where
    is_town = where is not None and all(len(place.ags) == 8 for place in where.places)
    if criteria.radius_km is None and is_town:
        yield replace(lenient, radius_km=NEAR_KM)
    if criteria.q:
        yield replace(criteria.without("ort"), leniently=False)


def widening_sentence(asked: Criteria, answered: Criteria) -> str:
    """Say in which way `answered` is wider than `asked`; empty if it is not."""
    place = asked.where.label if asked.where else ""
    if asked.place and not answered.place:
        return f"Zu „{asked.q}“ ist in „{place}“ nichts erfasst; gezeigt wird ganz NRW."
    if asked.radius_km != answered.radius_km:
        return (
            f"In „{place}“ selbst ist dazu nichts erfasst; gezeigt wird der Umkreis von "
            f"{number(answered.radius_km or 0)} km."
        )
    if asked.choices != answered.choices:
        what = join([_SAID[name] for name in asked.choices if name not in answered.choices])
        return f"In dieser {what} ist dazu nichts erfasst; gezeigt werden Kommunen jeder {what}."
    if answered.leniently:
        return "Nicht alle Suchworte kommen hier zusammen vor; gezeigt wird, was am nächsten kommt."
    return ""
