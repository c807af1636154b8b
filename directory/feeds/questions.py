"""What the address of a feed or an export asks for, in the words of its list."""

from flask import request, url_for

from directory.db import db
from directory.search.criteria import Criteria
from directory.search.lists.listings import ListKind
from directory.search.lists.reference import Reference, get_reference

_PAGES = {
    ListKind.MUNICIPALITIES: "municipalities.index",
    ListKind.PRACTICES: "practices.index",
    ListKind.EVENTS: "events.index",
}


def asked(kind: ListKind) -> tuple[Criteria, Reference]:
    """Return what the request asks of a list; whatever is wrong is a sentence in `problems`."""
    reference = get_reference(db.session)
    return Criteria.from_args(request.args, kind=kind, reference=reference), reference


def page_path(criteria: Criteria) -> str:
    """Return the path of the page that shows people what `criteria` ask for."""
    return with_query(url_for(_PAGES[criteria.kind]), criteria)


def with_query(path: str, criteria: Criteria) -> str:
    """Return `path` with the question as its query."""
    query = criteria.to_query()
    return f"{path}?{query}" if query else path


def in_words(criteria: Criteria, reference: Reference) -> str:
    """Say what is asked for: `Thema: Vernetzung; Suchbegriff: Bürgerrat`; empty if everything."""
    parts = [f"Suchbegriff: {criteria.q}"] if criteria.q else []
    for facet in criteria.listing.facets:
        labels = facet.labels(reference)
        chosen = [labels[value] for value in criteria.choices.get(facet.name, ())]
        if chosen:
            parts.append(f"{facet.label}: {', '.join(chosen)}")
    if criteria.where is not None:
        near = f" und {criteria.radius_km:g} km darum" if criteria.radius_km is not None else ""
        parts.append(f"Ort: {criteria.where.label}{near}".replace(".", ","))
    if criteria.box is not None:
        parts.append("gewählter Ausschnitt der Karte")
    return "; ".join(parts)
