"""The facets beside a list, with every value worth offering; a page may hold hundreds."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from directory.search.criteria import Criteria
from directory.search.listings import Facet
from directory.search.queries import Hits
from directory.search.reference import Reference
from directory.text import number
from directory.web.moulds import mould

# How many values of a facet are shown at once, and how many at least besides the chosen ones
_SHOWN_VALUES, _SHOWN_BESIDES_CHOSEN = 8, 3


@dataclass(frozen=True)
class FacetView:
    """One facet with the values worth offering, rendered."""

    name: str
    label: str
    # Chosen values before the others, as many as are shown at first
    first: Markup
    more: Markup
    more_count: int
    chosen_count: int
    open: bool


def facet_view(
    facet: Facet, criteria: Criteria, hits: Hits, reference: Reference, *, first: bool
) -> FacetView:
    """Return one facet; the `first` ones stand open before anybody chose from them."""
    counts = hits.counts.values[facet.name]
    chosen = criteria.choices.get(facet.name, ())
    labels = facet.labels(reference)
    values = [value for value in labels if value in counts or value in chosen]
    if not facet.in_given_order:
        values.sort(key=lambda value: -counts.get(value, 0))
    if chosen:
        values.sort(key=lambda value: value not in chosen)
    shown = max(_SHOWN_VALUES, len(chosen) + _SHOWN_BESIDES_CHOSEN)

    def rendered(some: Iterable[str]) -> Markup:
        pieces: list[str] = []
        for value in some:
            args = (facet.name, value, labels[value], value in chosen)
            before, after = mould("components/facet.html", "facet_value", args, 1)
            pieces += (before, number(counts.get(value, 0)), after)
        return Markup("".join(pieces))  # noqa: S704 - rendered by the template, and numbers

    return FacetView(
        name=facet.name,
        label=facet.label,
        first=rendered(values[:shown]),
        more=rendered(values[shown:]),
        more_count=max(len(values) - shown, 0),
        chosen_count=len(chosen),
        open=bool(chosen) or first,
    )
