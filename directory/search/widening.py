"""The next wider questions where what the words say about places would leave nothing."""

from collections.abc import Iterator
from dataclasses import replace

from directory.geo.places import Found
from directory.search.criteria import RADII_KM, Criteria
from directory.search.words.understanding import NEAR_KM
from directory.text import join, number

# Facets that are left out where they would leave nothing, in this order: counties have no size
_SAID = {"groesse": "Größe", "art": "Art"}
# Length of the AGS of a town
_OF_TOWNS = 8


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
    if criteria.radius_km is None and _is_town(criteria.where):
        yield replace(lenient, radius_km=NEAR_KM)
    if criteria.q:
        yield replace(criteria.without("ort"), leniently=False)


def circles(criteria: Criteria) -> Iterator[Criteria]:
    """Yield the wider and wider circles around the town of `criteria` that pages offer."""
    if not _is_town(criteria.where):
        return
    for km in RADII_KM:
        if km > (criteria.radius_km or 0):
            yield replace(criteria, radius_km=km, page=1, leniently=False, understood=None)


def _is_town(where: Found | None) -> bool:
    """Tell whether a place is a town, which has surroundings; counties and regions are wide."""
    return where is not None and all(len(place.ags) == _OF_TOWNS for place in where.places)


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
