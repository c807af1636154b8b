"""What is published already under words like these: better found before writing than after."""

from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from directory.editorial.kinds import Kind
from directory.publication.models import EntryKind
from directory.search.criteria import Criteria
from directory.search.lists.listings import ListKind
from directory.search.lists.reference import get_reference
from directory.search.queries import find_first
from directory.text import clean

_MOST = 3
# Looked through for those of the same municipality, which come first
_LOOKED_AT = 20
_SHORTEST, _LONGEST = 4, 120


@dataclass(frozen=True)
class Duplicate:
    """One published entry with similar words."""

    title: str
    place: str
    href: str


def similar_entries(
    session: Session, kind: Kind, *, title: str, ags: str | None
) -> list[Duplicate]:
    """Return published entries found by the words of `title`, those of `ags` first.

    Only examples are looked for: of the other kinds everybody knows whether they exist.
    """
    words = clean(title)[:_LONGEST]
    if kind.kind is not EntryKind.PRACTICE or len(words) < _SHORTEST:
        return []
    criteria = Criteria(kind=ListKind.PRACTICES, q=words, literal=True)
    found = find_first(session, criteria, get_reference(session), limit=_LOOKED_AT)
    ordered = sorted(found, key=lambda one: one.ags != ags)
    return [
        Duplicate(one.title, one.municipality.name, url_for("practices.detail", slug=one.slug))
        for one in ordered[:_MOST]
    ]
