"""The facets beside a list, with every value worth offering; a page may hold hundreds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from markupsafe import Markup

from directory.search.criteria import Criteria
from directory.search.lists.listings import Facet
from directory.search.lists.reference import Reference
from directory.search.queries import Hits
from directory.text import number
from directory.web.moulds import mould

# The name under which an address says whose values are all to be shown
ALL_OF = "alle"
# How many values of a facet are shown at once, and how many at least besides the chosen ones
_SHOWN_VALUES, _SHOWN_BESIDES_CHOSEN = 8, 3
# As many at most are folded away on the same page; of more nobody reads on without asking.
_MOST_FOLDED = 60


@dataclass(frozen=True)
class FacetView:
    """One facet with the values worth offering, rendered."""

    name: str
    label: str
    # Chosen values before the others, as many as are shown at first
    first: Markup
    # The others, where they are few enough to be folded away
    more: Markup
    more_count: int
    # Where all of very many are shown, or fewer again: label and address
    other_view: tuple[str, str] | None
    chosen_count: int
    open: bool


def facet_view(
    facet: Facet,
    criteria: Criteria,
    hits: Hits,
    reference: Reference,
    *,
    href: Callable[[str], str],
    is_first: bool = False,
    is_whole: bool = False,
) -> FacetView:
    """Return one facet with its strongest values first, or with all by name if `is_whole`.

    `href` gives the address of the page that shows all of the facet called so; of none, if it is
    called nothing. The first facets stand open before anybody chose from them.
    """
    counts = hits.counts.values[facet.name]
    chosen = criteria.choices.get(facet.name, ())
    labels = facet.labels(reference)
    taken = [value for value in labels if value in chosen]
    others = [value for value in labels if value in counts and value not in chosen]
    if not (facet.in_given_order or is_whole):
        taken.sort(key=lambda value: -counts.get(value, 0))
        others.sort(key=counts.__getitem__, reverse=True)

    def rendered(some: Iterable[str], *, chosen: bool = False) -> list[str]:
        pieces: list[str] = []
        for value in some:
            args = (facet.name, value, labels[value], chosen)
            before, after = mould("components/facet.html", "facet_value", args, 1)
            pieces += (before, number(counts.get(value, 0)), after)
        return pieces

    every = len(taken) + len(others)
    besides = every if is_whole else max(_SHOWN_VALUES - len(taken), _SHOWN_BESIDES_CHOSEN)
    shown, rest = others[:besides], others[besides:]
    folded = rest if every <= _MOST_FOLDED else []
    other_view = None
    if every > _MOST_FOLDED:
        other_view = (
            ("Nur die häufigsten anzeigen", href(""))
            if is_whole
            else (f"Alle {number(every)} anzeigen", href(facet.name))
        )
    first = [*rendered(taken, chosen=True), *rendered(shown)]
    return FacetView(
        name=facet.name,
        label=facet.label,
        first=Markup("".join(first)),  # noqa: S704 - rendered by the template, and numbers
        more=Markup("".join(rendered(folded))),  # noqa: S704
        more_count=len(folded),
        other_view=other_view,
        chosen_count=len(taken),
        open=is_first or is_whole or bool(chosen),
    )
