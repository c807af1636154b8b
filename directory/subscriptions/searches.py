"""A subscription is a saved search: criteria in one spelling, kept as text and read again."""

from dataclasses import replace
from urllib.parse import parse_qsl

from werkzeug.datastructures import MultiDict

from directory.search.criteria import Criteria
from directory.search.lists.listings import ListKind
from directory.search.lists.reference import Reference

# The lists whose news are sent
SUBSCRIBED = (ListKind.PRACTICES, ListKind.EVENTS)


def canonical(criteria: Criteria) -> Criteria:
    """Return the same question without what changes no answer: order, page, own municipality."""
    return replace(criteria, own="", sort="", page=1, understood=None, leniently=False)


def find_criteria(kind: ListKind, query: str, reference: Reference) -> Criteria | None:
    """Return what a kept `query` asks today; None: the directory does not understand it any more.

    What was left out of it would ask for more than anybody subscribed to.
    """
    args = MultiDict(parse_qsl(query, keep_blank_values=True))
    criteria = canonical(Criteria.from_args(args, kind=kind, reference=reference))
    return criteria if criteria.to_query() == query else None
