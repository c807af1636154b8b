"""What cells mean: from what people write to plain JSON values of a draft's fields, and back.

A reader raises `ValueError` with a German sentence when it cannot make sense of a cell.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from directory.importing.references import References
from directory.publication.differences import as_text as shown_text
from directory.sheets import values
from directory.sheets.table import Cell
from directory.text import clean, fold
from directory.topics.models import TermKind

S = TypeVar("S", bound=str)
Reader = Callable[[Cell, References], Any]
Shower = Callable[[Any, References], str]

NONE_KNOWN = "keine bekannt"
_LIST = re.compile(r"[|\n]")
_SOURCE = re.compile(
    r"(?P<title>.*?)\s*<(?P<url>[^<>\s]+)>\s*(?:\((?P<as_of>[^()]*)\))?", re.DOTALL
)
_YES, _NO = {"ja", "wahr", "x", "1"}, {"nein", "falsch", "0"}
_UNKNOWN = {"nicht bekannt", "unbekannt", "?"}


@dataclass(frozen=True)
class Content:
    """How one sort of cell is read and shown; `kind` and `choices` are what spreadsheets offer."""

    read: Reader
    show: Shower = lambda value, _: shown_text(value)
    kind: str = "text"
    choices: tuple[str, ...] = ()
    # Which list of the vocabulary it chooses from
    terms: TermKind | None = None


def _words(cell: Cell, _: References) -> str | None:
    text = values.as_text(cell)
    return clean(text) or None if text else None


def _line(cell: Cell, references: References) -> str | None:
    text = _words(cell, references)
    return " ".join(text.split()) if text else None


def _place(cell: Cell, references: References) -> str | None:
    text = _line(cell, references)
    return references.ags(text) if text else None


def _show_place(value: Any, references: References) -> str:
    name = references.names.get(value)
    return f"{name} ({value})" if name else shown_text(value)


def _parts(cell: Cell) -> list[str]:
    # Written one below the other, lists often have dashes in front.
    text = values.as_text(cell) or ""
    parts = (re.sub(r"^[-–•]\s+", "", clean(part)) for part in _LIST.split(text))
    return [part for part in parts if part]


def _items(cell: Cell, _: References) -> list[str]:
    return _parts(cell)


def _show_items(value: Any, _: References) -> str:
    return " | ".join(value or ())


def _stumbling_blocks(cell: Cell, _: References) -> list[str]:
    parts = _parts(cell)
    return [NONE_KNOWN] if [fold(part).rstrip(".") for part in parts] == [NONE_KNOWN] else parts


def _numbers(cell: Cell, _: References) -> list[int]:
    if isinstance(cell, int):
        return [cell]
    parts = [part.strip() for line in _parts(cell) for part in re.split(r"[,;]", line)]
    if not all(re.fullmatch(r"[0-9]{1,3}\.?", part) for part in parts):
        raise ValueError("Bitte Nummern angeben, mehrere getrennt durch |.")
    return sorted({int(part.rstrip(".")) for part in parts})


def _yes_or_no(cell: Cell, _: References) -> bool | None:
    text = fold(values.as_text(cell) or "")
    if not text or text in _UNKNOWN:
        return None
    if text in _YES | _NO:
        return text in _YES
    raise ValueError("Bitte ja, nein oder nicht bekannt angeben.")


def _show_yes_or_no(value: Any, _: References) -> str:
    return {True: "ja", False: "nein", None: "nicht bekannt"}[value]


def _integer(cell: Cell, _: References) -> int | None:
    return values.as_integer(cell)


def _date(cell: Cell, _: References) -> str | None:
    date = values.as_date(cell)
    return date.isoformat() if date else None


def _partial_date(cell: Cell, _: References) -> str | None:
    return values.as_partial_date(cell)


def _show_date(value: Any, _: References) -> str:
    return ".".join(reversed(value.split("-"))) if value else ""


def _sources(cell: Cell, _: References) -> list[dict[str, str | None]]:
    return [_source(part, number) for number, part in enumerate(_parts(cell), start=1)]


def _source(written: str, number: int) -> dict[str, str | None]:
    found = _SOURCE.fullmatch(written)
    if found is None or not found["title"]:
        raise ValueError(
            f"{number}. Quelle: Bitte als „Titel <https://…> (Stand)“ angeben, "
            "mehrere getrennt durch |."
        )
    try:
        as_of = values.as_partial_date((found["as_of"] or "").strip() or None)
    except ValueError as error:
        raise ValueError(f"{number}. Quelle: {error}") from error
    return {"title": " ".join(found["title"].split()), "url": found["url"], "as_of": as_of}


def _show_sources(value: Any, references: References) -> str:
    return "\n".join(
        f"{source['title']} <{source['url']}>"
        + (f" ({_show_date(source['as_of'], references)})" if source.get("as_of") else "")
        for source in value or ()
    )


TEXT = Content(_words)
LINE = Content(_line)
PLACE = Content(_place, _show_place)
ITEMS = Content(_items, _show_items)
STUMBLING_BLOCKS = Content(_stumbling_blocks, _show_items)
NUMBERS = Content(_numbers, lambda value, _: " | ".join(map(str, value or ())))
YES_OR_NO = Content(_yes_or_no, _show_yes_or_no, choices=("ja", "nein", "nicht bekannt"))
INTEGER = Content(_integer, kind="integer")
DATE = Content(_date, _show_date, kind="date")
PARTIAL_DATE = Content(_partial_date, _show_date)
SOURCES = Content(_sources, _show_sources)


def one_of(choices: Mapping[S, str]) -> Content:
    """Return how a cell is read that holds a label of `choices` (value → German label)."""
    labels = {str(value): label for value, label in choices.items()}
    by_label = {fold(label): value for value, label in labels.items()}
    by_label |= {fold(value): value for value in labels}

    def read(cell: Cell, _: References) -> str | None:
        text = values.as_text(cell)
        if not text:
            return None
        value = by_label.get(fold(" ".join(text.split())))
        if value is None:
            raise ValueError(f"Bitte eines angeben von: {', '.join(labels.values())}.")
        return value

    return Content(
        read,
        lambda value, _: labels.get(value, shown_text(value)),
        choices=tuple(labels.values()),
    )


def terms_of(kind: TermKind) -> Content:
    """Return how a cell is read that lists terms of one list by label or slug."""

    def read(cell: Cell, references: References) -> list[str]:
        return sorted({references.term(kind, part) for part in _parts(cell)})

    def show(value: Sequence[str] | None, references: References) -> str:
        return " | ".join(references.labels.get(slug, slug) for slug in value or ())

    return Content(read, show, terms=kind)
