"""Suggestions while somebody types: one probe of the index of beginnings."""

from collections.abc import Sequence

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from directory.german.analysis import index_words
from directory.german.spelling import normal
from directory.search.models import Suggestion

# How many of each kind are offered at most, in the order they are offered
_MOST = {"municipality": 4, "topic": 3, "practice": 4}
_SHORTEST, _LONGEST = 2, 60
# Beginnings looked at per kind; of several of one entry the earliest word counts.
_LOOKED_AT = 24


def suggestions(session: Session, typed: str) -> Sequence[Suggestion]:
    """Return entries with a word that begins like `typed`, best first; none for single letters."""
    beginning = " ".join(normal(word) for word in index_words(typed))[:_LONGEST]
    if len(beginning) < _SHORTEST:
        return []
    parts = [
        select(Suggestion.kind, Suggestion.beginning, Suggestion.key)
        .where(
            Suggestion.kind == kind,
            Suggestion.beginning >= beginning,
            Suggestion.beginning < beginning + "\U0010ffff",
        )
        .order_by(Suggestion.beginning)
        .limit(_LOOKED_AT)
        .subquery()
        for kind in _MOST
    ]
    keys = union_all(*(select(part.c.kind, part.c.beginning, part.c.key) for part in parts))
    chosen = keys.subquery("chosen")
    rows = session.scalars(
        select(Suggestion).join(
            chosen,
            (chosen.c.kind == Suggestion.kind)
            & (chosen.c.beginning == Suggestion.beginning)
            & (chosen.c.key == Suggestion.key),
        )
    )
    ranked = sorted(rows, key=lambda one: (one.position, len(one.label), one.label))
    found: list[Suggestion] = []
    for kind, most in _MOST.items():
        of_kind = {one.key: one for one in reversed(ranked) if one.kind == kind}
        best = [one for one in ranked if of_kind.get(one.key) is one]
        found += best[:most]
    return found
