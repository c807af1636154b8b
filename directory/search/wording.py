"""Criteria in German words: how pages, and letters about saved searches, call what was asked."""

from directory.search.criteria import Criteria
from directory.search.lists.reference import Reference
from directory.search.queries import Filter, active_filters
from directory.text import number

_LABELS = {"q": "Suchbegriff", "ort": "Ort", "bbox": "Karte"}
# Values that say by themselves what they are: „Kreis Lippe“.
_SPEAKING = {"kreis", "bezirk", "umkreis", "kommune", "mitglied"}


def filter_label(one: Filter, criteria: Criteria, reference: Reference) -> Filter:
    """Return what one filter in force is called, and its value."""
    name, value = one
    facet = criteria.listing.facet(name)
    if facet is not None:
        return facet.label, facet.labels(reference)[value]
    if name == "ort" and criteria.where is not None:
        where = criteria.where.label
        if criteria.radius_km is not None:
            return "Umkreis", f"{number(criteria.radius_km)} km um {where}"
        return "Ort", where
    if name == "bbox":
        return "Karte", "gewählter Ausschnitt"
    return _LABELS[name], f"„{value}“"


def described(criteria: Criteria, reference: Reference) -> str:
    """Return the whole question in one line: `Praxisbeispiele · Thema Beteiligung · Kreis Lippe`.

    Values of one filter are joined by “oder”, filters by dots.
    """
    parts: dict[str, list[str]] = {}
    for one in active_filters(criteria):
        label, value = filter_label(one, criteria, reference)
        speaks = one[0] in _SPEAKING or label == "Umkreis"
        parts.setdefault(one[0], ["" if speaks else f"{label} "]).append(value)
    words = [f"{label}{' oder '.join(values)}" for label, *values in parts.values()]
    return " · ".join([criteria.listing.plural, *words])
