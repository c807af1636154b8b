"""What changed between two states of an entry: field by field, word by word."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# Beyond so many words a field is shown whole: comparing would take longer than reading.
_MOST_WORDS = 4_000


class Change(StrEnum):
    """What happened to a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """Some words in a row with one fate."""

    change: Change
    text: str


@dataclass(frozen=True)
class FieldDifference:
    """One field that differs: its value before and after, and the pieces of either side."""

    field: str
    before: Any
    after: Any
    old: tuple[Piece, ...]
    new: tuple[Piece, ...]


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the names of the fields that say something else; empty means the same as missing."""
    names = dict.fromkeys([*before, *after])
    return [name for name in names if _said(before.get(name)) != _said(after.get(name))]


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], *, order: Sequence[str] = ()
) -> list[FieldDifference]:
    """Return every field that differs, those of `order` first and in that order."""
    names = differing(before, after)
    place = {name: position for position, name in enumerate(order)}
    found = []
    for name in sorted(names, key=lambda one: place.get(one, len(place))):
        old, new = before.get(name), after.get(name)
        pieces_old, pieces_new = compare(as_text(old), as_text(new))
        found.append(FieldDifference(name, old, new, pieces_old, pieces_new))
    return found


def compare(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Return both texts in pieces: the old one with what went, the new one with what came."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if len(before) + len(after) > _MOST_WORDS:
        return _pieces([(Change.REMOVED, old)]), _pieces([(Change.ADDED, new)])
    left: list[tuple[Change, str]] = []
    right: list[tuple[Change, str]] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, start, end, start_new, end_new in matcher.get_opcodes():
        was, now = "".join(before[start:end]), "".join(after[start_new:end_new])
        same = kind == "equal"
        left.append((Change.SAME if same else Change.REMOVED, was))
        right.append((Change.SAME if same else Change.ADDED, now))
    return _pieces(left), _pieces(right)


def as_text(value: Any) -> str:
    """Return any value of a field as lines of text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, Mapping):
        return " · ".join(as_text(one) for one in value.values() if one not in (None, ""))
    if isinstance(value, list | tuple):
        return "\n".join(as_text(one) for one in value)
    return str(value)


@dataclass(frozen=True)
class Collision:
    """One field that two people left in different states, and what it was before either."""

    field: str
    mine: Any
    theirs: Any
    # Whose version stands to reason: only one of the two touched the field. None: both did.
    suggested: str | None


def collisions(
    base: Mapping[str, Any] | None, mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> list[Collision]:
    """Return each field in which `mine` and `theirs` differ; `base` is what both began from."""
    found = []
    for name in differing(mine, theirs):
        suggested = None
        if base is not None:
            if _said(base.get(name)) == _said(mine.get(name)):
                suggested = "theirs"
            elif _said(base.get(name)) == _said(theirs.get(name)):
                suggested = "mine"
        found.append(Collision(name, mine.get(name), theirs.get(name), suggested))
    return found


def _said(value: Any) -> Any:
    return None if value in ("", [], None, False) else value


def _pieces(parts: list[tuple[Change, str]]) -> tuple[Piece, ...]:
    return tuple(Piece(change, text) for change, text in parts if text)
